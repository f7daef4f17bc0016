import dataclasses
import math
from collections import Counter

import pytest

from quiz.core.questionnaire import TEXTS, Answer, Questionnaire, words
from quiz.questionnaires.check import check
from quiz.questionnaires.checks.faults import named
from tests.answers import SHIPPED
from tests.questionnaires import changed, errors, with_item

pytestmark = pytest.mark.pure

LONG_SCALE = (*SHIPPED.scale[:-1], Answer(5, {"en": "I agree with this very strongly indeed"}))


def all_keyed(keying):
    return changed(items=tuple(dataclasses.replace(i, keying=keying) for i in SHIPPED.items))


class TestShipped:
    def test_check_finds_no_faults(self):
        assert check(SHIPPED) == []

    def test_24_statements_on_four_pages_and_three_background_questions(self):
        assert [len(page) for page in SHIPPED.item_pages] == [6, 6, 6, 6]
        assert [question.key for question in SHIPPED.background] == ["B1", "B2", "B3"]
        assert (SHIPPED.background_page, SHIPPED.last_page) == (5, 5)

    def test_each_trait_has_eight_statements_keyed_half_and_half(self):
        keyings = Counter((item.trait, item.keying) for item in SHIPPED.items)
        assert set(keyings.values()) == {4}
        assert len(keyings) == 6

    def test_weights_match_the_documentation(self):
        assert {t.key: t.weight for t in SHIPPED.traits} == {
            "proactive": 0.35,
            "persuasion": 0.30,
            "targets": 0.35,
        }

    def test_statements_are_in_the_published_order(self):
        order = "P1 E2 T1 P4 E3 T4 P3 E1 T2 P2 E4 T3 P6 T5 E5 T8 P7 E8 T6 P5 E6 T7 P8 E7"
        assert [item.key for item in SHIPPED.items] == order.split()


class TestPages:
    def test_page_of_an_item(self):
        assert SHIPPED.page_of("P1") == 1
        assert SHIPPED.page_of("T4") == 1
        assert SHIPPED.page_of("P3") == 2
        assert SHIPPED.page_of("E7") == 4

    def test_unanswered_items_by_page_and_overall(self):
        assert [i.key for i in SHIPPED.unanswered({"P1": 1, "E2": 5}, 1)] == [
            "T1",
            "P4",
            "E3",
            "T4",
        ]
        assert len(SHIPPED.unanswered({"P1": 1})) == 23

    def test_last_page_has_items_if_there_are_no_background_questions(self):
        assert changed(background=()).last_page == 4


class TestCheck:
    def test_errors_come_before_warnings(self):
        broken = changed(
            items_per_page=12, texts={**SHIPPED.texts, "close": {"en": " "}}, scale=LONG_SCALE
        )
        assert [fault.level for fault in check(broken)] == ["error", "warning", "warning"]

    def test_all_faults_are_reported_together(self):
        broken = dataclasses.replace(with_item("P1", text={"en": ""}), clear_from=0.5)
        assert {fault.where for fault in errors(broken)} == {
            "leaning from, clear from",
            "statement P1",
        }

    def test_fault_names_its_place_for_people_and_for_programs(self):
        (fault,) = check(with_item("P1", text={"en": ""}))
        assert str(fault) == "error: statement P1: The text is empty; write it."
        assert fault.place == ("items", "P1")

    def test_shipped_texts_are_exactly_those_that_pages_need(self):
        assert set(TEXTS) == SHIPPED.texts.keys()

    def test_empty_questionnaire_is_checked_without_crashing(self):
        empty = Questionnaire(None, (), 0, math.nan, math.inf, {}, (), (), (), ())
        wheres = {fault.where for fault in check(empty)}
        assert wheres >= {"traits", "answer scale", "statements per page", "languages"}


class TestScoringChecks:
    """Unbalanced keying doesn't stop scoring, so its effect is reported too."""

    def test_uniform_answers_must_not_give_a_clear_verdict(self):
        found = errors(all_keyed(1))
        assert {fault.where for fault in found} == {
            "trait proactive",
            "trait persuasion",
            "trait targets",
            "statements",
        }
        messages = " ".join(fault.message for fault in found if fault.where == "statements")
        assert "agrees with everything would get a clear verdict (sales)" in messages
        assert "disagrees with everything would get a clear verdict (customer service)" in messages
        assert "as many statements that speak for its low end as for its high end" in messages
        assert "middle" not in messages

    @pytest.mark.parametrize("which", ["lower", "upper"])
    def test_both_middle_answers_of_an_even_scale_are_tried(self, which):
        two_steps = dataclasses.replace(all_keyed(1), scale=SHIPPED.scale[:2])
        messages = " ".join(fault.message for fault in errors(two_steps))
        assert f"always takes the {which} of the two middle answers would get" in messages

    def test_middle_answers_give_no_verdict_if_keying_is_balanced(self):
        assert check(changed(scale=SHIPPED.scale[:4])) == []

    def test_verdict_out_of_reach_is_an_error(self):
        found = errors(changed(clear_from=0.99999999))
        assert {fault.where for fault in found} == {"clear from"}
        assert {fault.place for fault in found} == {("version", "clear_from")}
        messages = " ".join(fault.message for fault in found)
        assert "“clear sales”" in messages
        assert "“clear customer service”" in messages

    def test_verdict_that_falls_between_two_steps_is_an_error(self):
        found = errors(changed(leaning_from=0.8999999))
        assert {fault.place for fault in found} == {("version", "leaning_from")}

    def test_scoring_is_not_checked_if_it_is_impossible(self):
        found = errors(dataclasses.replace(all_keyed(1), scale=()))
        assert "statements" not in {fault.where for fault in found}


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (("items", "P1"), "statement P1"),
        (("items", ""), "statements"),
        (("traits", "targets"), "trait targets"),
        (("scale", ""), "answer scale"),
        (("scale", "3"), "answer 3 of the scale"),
        (("texts", "clear_sales"), "verdict text “clear sales”"),
        (("texts", "instructions"), "instructions"),
        (("background", "B1"), "background question B1"),
        (("version", "items_per_page"), "statements per page"),
    ],
)
def test_place_is_named_in_the_words_of_editors(place, name):
    assert named(place) == name


def test_words_fall_back_to_the_first_language():
    text = {"en": "yes", "fr": "oui"}
    assert (words(text, "fr"), words(text, "de"), words({}, "de")) == ("oui", "yes", "")
