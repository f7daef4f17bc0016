import dataclasses
import math
import re
from collections import Counter

import pytest

from quiz.core.questionnaire import TEXTS, Answer, Questionnaire, words
from quiz.core.suggestions import SCHOOLING_STEPS
from quiz.questionnaires.check import check
from quiz.questionnaires.checks.faults import named
from quiz.questionnaires.checks.readability import grade, words_of
from tests.answers import SHIPPED, VERSION_2
from tests.questionnaires import changed, errors, with_item

pytestmark = pytest.mark.pure

LONG_SCALE = (*SHIPPED.scale[:-1], Answer(5, {"en": "I agree with this very strongly indeed"}))


def all_keyed(keying):
    return changed(items=tuple(dataclasses.replace(i, keying=keying) for i in SHIPPED.items))


class TestShipped:
    @pytest.mark.parametrize("questionnaire", [SHIPPED, VERSION_2], ids=[1, 2])
    def test_check_finds_no_faults(self, questionnaire):
        assert check(questionnaire) == []

    def test_24_statements_on_four_pages_and_three_background_questions(self):
        assert [len(page) for page in SHIPPED.item_pages] == [6, 6, 6, 6]
        assert [question.key for question in SHIPPED.background] == ["B1", "B2", "B3"]
        assert (SHIPPED.background_page, SHIPPED.last_page) == (5, 5)

    def test_version_2_asks_for_the_years_in_each_field(self):
        keys = [question.key for question in VERSION_2.background]
        assert keys == ["B1_sales", "B1_service", "B2", "B3"]
        sales, service, *_others = VERSION_2.background
        assert sales.options == service.options

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


def scored(questionnaire):
    """Return what the scoring of a questionnaire depends on."""
    return (
        [(item.key, item.trait, item.keying) for item in questionnaire.items],
        [(trait.key, trait.weight) for trait in questionnaire.traits],
        [answer.value for answer in questionnaire.scale],
        (questionnaire.clear_from, questionnaire.leaning_from, questionnaire.items_per_page),
    )


class TestStatementsOfVersion2:
    TEXTS = tuple(item.text["en"] for item in VERSION_2.items)

    def test_only_words_differ_from_version_1(self):
        assert scored(VERSION_2) == scored(SHIPPED)
        assert not set(self.TEXTS) & {item.text["en"] for item in SHIPPED.items[:7]}

    @pytest.mark.parametrize("text", TEXTS)
    def test_each_reads_like_grade_6_or_lower(self, text):
        assert grade(text) <= 6

    @pytest.mark.parametrize("text", TEXTS)
    def test_each_is_about_the_reader_and_says_what_they_like(self, text):
        likes = r"\b(like|enjoy|prefer|rather|prouder|feels better|more fun|wear me out)\b"
        assert re.search(likes, text)
        assert re.search(r"\b(I|I'd|me)\b", text)

    @pytest.mark.parametrize("text", TEXTS)
    def test_none_asks_for_a_skill_or_holds_a_negation(self, text):
        said = {word.lower() for word in words_of(text)}
        assert not said & {"easy", "good", "best", "quick", "quickly", "able", "well", "usually"}
        assert not said & {"not", "never", "nobody", "without"}
        assert not any(word.endswith("n't") for word in said)

    def test_at_most_two_pairs_start_alike(self):
        starts = Counter(tuple(words_of(text)[:4]) for text in self.TEXTS)
        assert sum(count - 1 for count in starts.values()) <= 2

    def test_each_says_to_editors_why_it_is_asked(self):
        rationales = [item.rationale for item in VERSION_2.items]
        assert min(map(len, rationales)) > 60
        assert len(set(rationales)) == 24
        assert not re.search(r"seed|consistency", " ".join(rationales))


class TestBackgroundOfVersion2:
    SALES, SERVICE, LEADING, SCHOOLING = VERSION_2.background

    def test_values_of_years_are_the_lower_ends_of_ranges_without_gaps(self):
        ranges = {option.value: option.label["en"] for option in self.SALES.options}
        assert ranges.pop("none") == "None"
        numbers = [[int(n) for n in re.findall(r"\d+", label)] for label in ranges.values()]
        assert numbers == [[1], [1, 2], [2, 4], [4, 6], [6]]
        assert list(ranges) == ["0", "1", "2", "4", "6"]

    def test_leading_keeps_its_values(self):
        values = [option.value for option in SHIPPED.background[1].options]
        assert [option.value for option in self.LEADING.options] == values

    def test_schooling_names_the_us_and_keeps_its_values(self):
        assert "US" in self.SCHOOLING.text["en"]
        labels = {option.value: option.label["en"] for option in self.SCHOOLING.options}
        assert labels["none"] == "Left school before finishing"
        assert labels["other"] == "Other or outside the US"
        comparable = tuple(value for value in labels if value not in ("student", "other"))
        assert comparable == SCHOOLING_STEPS


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
        assert str(fault) == "error: statement P1: The text is empty. Write it."
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
        assert "statements for its low end as for its high end" in messages
        assert "middle" not in messages

    @pytest.mark.parametrize("which", ["lower", "upper"])
    def test_both_middle_answers_of_an_even_scale_are_tried(self, which):
        two_steps = dataclasses.replace(all_keyed(1), scale=SHIPPED.scale[:2])
        messages = " ".join(fault.message for fault in errors(two_steps))
        assert f"always picks the {which} of the two middle answers would get" in messages

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
