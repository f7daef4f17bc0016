import dataclasses
import math

import pytest

from quiz.core.questionnaire import Answer
from quiz.questionnaires.check import check
from tests.answers import SHIPPED
from tests.questionnaires import (
    changed,
    errors,
    warnings,
    with_item,
    with_question,
    with_spare,
    with_trait,
    without,
)

pytestmark = pytest.mark.pure

TWICE = SHIPPED.background[0].options[:1] * 2

ERRORS = {
    "a trait that is not there": (
        with_item("P1", trait="courage"),
        ("items", "P1"),
        "a trait “courage” that doesn't exist",
    ),
    "keying that is none": (with_item("P1", keying=2), ("items", "P1"), "Choose which end"),
    "keying out of balance": (
        with_item("P1", keying=-1),
        ("traits", "proactive"),
        "3 statements for its high end (+1) and 5 for its low end",
    ),
    "a statement's key twice": (
        with_item("P1", key="P2"),
        ("items", "P2"),
        "2 statements, asked or spare, have the key “P2”",
    ),
    "a spare one's key": (with_spare(key="P2"), ("items", "P2"), "Give each its own key"),
    "a question's key": (with_item("P1", key="B1"), ("items", "B1"), "background question B1"),
    "a spare one with a question's key": (with_spare(key="B1"), ("items", "B1"), "has the same"),
    "a key of the pages": (with_item("P1", key="go"), ("items", "go"), "Choose another one"),
    "a question with a key of the pages": (
        with_question("B1", key="attempt"),
        ("background", "attempt"),
        "Choose another one",
    ),
    "a question with the key of a tick of the pages": (
        with_question("B1", key="research"),
        ("background", "research"),
        "Choose another one",
    ),
    "a question's key twice": (with_question("B1", key="B2"), ("background", "B2"), "its own key"),
    "an answer twice": (with_question("B1", options=TWICE), ("background", "B1"), "“0”"),
    "a trait's key twice": (
        with_trait("targets", key="proactive"),
        ("traits", "proactive"),
        "2 traits",
    ),
    "no traits": (changed(traits=()), ("traits", ""), "Add at least one"),
    "a trait without statements": (
        without(*(f"T{number}" for number in range(1, 9))),
        ("traits", "targets"),
        "Add some, or delete the trait",
    ),
    "a trait whose statements are all spare": (
        dataclasses.replace(
            without(*(f"T{number}" for number in range(1, 9))),
            spare=(SHIPPED.items_by_key["T1"],),
        ),
        ("traits", "targets"),
        "Ask one of its spare statements",
    ),
    "weights above 1": (with_trait("targets", weight=0.5), ("traits", ""), "Lower some by 0.15"),
    "weights below 1": (with_trait("targets", weight=0.3), ("traits", ""), "Raise some by 0.05"),
    "no weight": (with_trait("targets", weight=0), ("traits", "targets"), "above 0"),
    "a weight below 0": (with_trait("targets", weight=-1), ("traits", "targets"), "above 0"),
    "a weight without end": (with_trait("targets", weight=math.inf), ("traits", "targets"), "inf"),
    "a weight that is no number": (
        with_trait("targets", weight=math.nan),
        ("traits", "targets"),
        "nan",
    ),
    "clear below leaning": (changed(clear_from=0.6), ("version", "leaning_from"), "the larger one"),
    "clear from certain": (changed(clear_from=1.0), ("version", "leaning_from"), "is 1."),
    "leaning from a coin toss": (changed(leaning_from=0.5), ("version", "leaning_from"), "0.5"),
    "bands that are no numbers": (changed(clear_from=math.nan), ("version", "leaning_from"), "nan"),
    "no statement on a page": (changed(items_per_page=0), ("version", "items_per_page"), "least"),
    "no answers": (changed(scale=()), ("scale", ""), "There are no answers"),
    "one answer": (changed(scale=SHIPPED.scale[:1]), ("scale", ""), "There is only one answer"),
    "a gap between answers": (
        changed(scale=(*SHIPPED.scale, Answer(9, {"en": "x"}))),
        ("scale", ""),
        "The values are 1, 2, 3, 4, 5, 9",
    ),
    "a spare one's trait": (with_spare(trait="courage"), ("items", "S1"), "“courage”"),
    "a spare one's keying": (with_spare(keying=0), ("items", "S1"), "Its end is 0"),
}


@pytest.mark.parametrize(("questionnaire", "place", "says"), ERRORS.values(), ids=ERRORS)
def test_error_names_the_part_and_the_fix(questionnaire, place, says):
    found = [fault.message for fault in errors(questionnaire) if fault.place == place]
    assert any(says in message for message in found), found


def test_sum_of_weights_is_one_fault():
    (fault,) = errors(with_trait("targets", weight=0.5))
    assert fault.where == "weights"
    assert "add up to 1.15" in fault.message


def test_weight_that_is_not_a_number_is_reported_once():
    assert len(errors(with_trait("targets", weight=math.nan))) == 1


def test_spare_statements_do_not_affect_balance():
    assert check(with_spare()) == []


def test_messages_use_the_words_of_editors():
    messages = " ".join(fault.message for row in ERRORS.values() for fault in check(row[0]))
    assert "item" not in messages
    assert "keyed" not in messages


class TestWarnings:
    def test_too_few_statements_for_a_trait(self):
        few = without("P1", "P3", "P5", "P2", "P4", "P6")
        messages = dict(warnings(few))
        assert "only 2 of its statements" in messages["traits", "proactive"]

    def test_four_statements_are_enough_and_unequal_numbers_are_explained(self):
        (found,) = warnings(dataclasses.replace(without("P1", "P3", "P2", "P4"), items_per_page=5))
        assert found[0] == ("traits", "")
        assert "(proactive 4, persuasion 8, targets 8)" in found[1]
        assert "one answer about proactive counts for more" in found[1]

    @pytest.mark.parametrize("low", [0, 1])
    def test_two_answers_leave_out_a_sign_of_careless_answers(self, low):
        labels = ("Disagree", "Agree")
        scale = tuple(Answer(value, {"en": label}) for value, label in enumerate(labels, low))
        ((place, message),) = warnings(changed(scale=scale))
        assert place == ("scale", "")
        assert "as a sign of careless answers" in message

    @pytest.mark.parametrize(
        ("per_page", "says"),
        [(12, "12 statements make a long page"), (7, "24 statements don't fill pages of 7")],
    )
    def test_long_page_or_short_last_page(self, per_page, says):
        ((place, message),) = warnings(changed(items_per_page=per_page))
        assert place == ("version", "items_per_page")
        assert says in message


@pytest.mark.parametrize(("kept", "level"), [(0, "error"), (1, "warning")])
def test_background_question_needs_answers_to_choose_from(kept, level):
    question = SHIPPED.background[0]
    faults = check(with_question(question.key, options=question.options[:kept]))
    assert [(fault.level, fault.place) for fault in faults] == [
        (level, ("background", question.key))
    ]
