import dataclasses
from collections import Counter

import pytest

from quiz.questionnaire import TEXTS, Answer, check, words
from tests.quiz.answer_sets import SHIPPED


def changed(**changes):
    return dataclasses.replace(SHIPPED, **changes)


def with_item(key, /, **changes):
    items = tuple(
        dataclasses.replace(item, **changes) if item.key == key else item for item in SHIPPED.items
    )
    return changed(items=items)


def with_trait(key, /, **changes):
    traits = tuple(dataclasses.replace(t, **changes) if t.key == key else t for t in SHIPPED.traits)
    return changed(traits=traits)


def errors(questionnaire):
    return [fault for fault in check(questionnaire) if fault.level == "error"]


class TestShipped:
    def test_check_finds_nothing_wrong_with_it(self):
        assert check(SHIPPED) == []

    def test_it_has_24_statements_in_four_pages_of_six_and_three_questions_more(self):
        assert [len(page) for page in SHIPPED.item_pages] == [6, 6, 6, 6]
        assert [question.key for question in SHIPPED.background] == ["B1", "B2", "B3"]
        assert (SHIPPED.background_page, SHIPPED.last_page) == (5, 5)

    def test_each_trait_has_eight_statements_keyed_half_and_half(self):
        keyings = Counter((item.trait, item.keying) for item in SHIPPED.items)
        assert set(keyings.values()) == {4}
        assert len(keyings) == 6

    def test_weights_are_the_published_ones(self):
        assert {t.key: t.weight for t in SHIPPED.traits} == {
            "proactive": 0.35,
            "persuasion": 0.30,
            "targets": 0.35,
        }

    def test_statements_stand_in_the_published_order(self):
        order = "P1 E2 T1 P4 E3 T4 P3 E1 T2 P2 E4 T3 P6 T5 E5 T8 P7 E8 T6 P5 E6 T7 P8 E7"
        assert [item.key for item in SHIPPED.items] == order.split()


class TestPages:
    def test_an_item_is_found_on_its_page(self):
        assert SHIPPED.page_of("P1") == 1
        assert SHIPPED.page_of("T4") == 1
        assert SHIPPED.page_of("P3") == 2
        assert SHIPPED.page_of("E7") == 4

    def test_what_is_unanswered_is_told_by_page_and_in_all(self):
        assert [i.key for i in SHIPPED.unanswered({"P1": 1, "E2": 5}, 1)] == [
            "T1",
            "P4",
            "E3",
            "T4",
        ]
        assert len(SHIPPED.unanswered({"P1": 1})) == 23

    def test_without_background_questions_the_last_page_is_one_of_items(self):
        assert changed(background=()).last_page == 4


class TestCheck:
    @pytest.mark.parametrize(
        ("questionnaire", "where", "says"),
        [
            (with_item("P1", trait="courage"), "items P1", "courage"),
            (with_item("P1", keying=-1), "traits proactive", "keyed"),
            (with_item("P1", keying=2), "items P1", "keying"),
            (with_item("P1", key="P2"), "items", "P2"),
            (with_item("P1", key="B1"), "items B1", "background"),
            (with_item("P1", key="go"), "items", "pages use themselves"),
            (with_item("P1", text={"en": "  "}), "items P1", "empty"),
            (with_item("P1", text={}), "items P1", "empty"),
            (with_item("P2", text=SHIPPED.items_by_key["P1"].text), "items P2", "P1"),
            (with_trait("targets", weight=0.5), "traits", "sum"),
            (with_trait("targets", weight=-0.35), "traits targets", "above 0"),
            (with_trait("targets", key="proactive"), "traits", "proactive"),
            (changed(traits=()), "traits", "none"),
            (changed(languages=("en", "fr")), "items P1", "fr"),
            (changed(languages=()), "languages", "none"),
            (changed(clear_from=0.6), "bands", "leaning"),
            (changed(clear_from=1.0), "bands", "clear"),
            (changed(items_per_page=0), "items_per_page", "one"),
            (changed(scale=SHIPPED.scale[:1]), "scale", "two"),
            (changed(scale=(*SHIPPED.scale, Answer(9, {"en": "x"}))), "scale", "one"),
            (changed(texts={}), "texts close", "missing"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_an_error_names_the_culprit_and_the_fix(self, questionnaire, where, says):
        found = [fault for fault in errors(questionnaire) if fault.where == where]
        assert found
        assert any(says in fault.message for fault in found)

    def test_all_faults_are_told_at_once(self):
        broken = dataclasses.replace(with_item("P1", text={"en": ""}), clear_from=0.5)
        assert {fault.where for fault in errors(broken)} >= {"items P1", "bands"}

    def test_answering_all_alike_must_not_give_a_clear_verdict(self):
        items = tuple(dataclasses.replace(item, keying=1) for item in SHIPPED.items)
        found = errors(changed(items=items))
        assert all("keyed" in fault.message for fault in found)
        assert len(found) == 3

    def test_a_verdict_that_no_answers_reach_is_an_error(self):
        found = errors(changed(clear_from=0.99999999))
        assert {fault.where for fault in found} == {"bands"}
        assert "clear sales" in " ".join(fault.message for fault in found)

    def test_warnings_do_not_count_as_errors(self):
        long = with_item("P1", text={"en": "word " * 21})
        assert [(f.level, f.where) for f in check(long)] == [("warning", "items P1")]
        assert [f.where for f in check(changed(items_per_page=7))] == ["items_per_page"]

    def test_every_text_the_result_needs_is_asked_for(self):
        assert set(TEXTS) == SHIPPED.texts.keys()


def test_words_come_in_the_language_asked_or_the_first_there_is():
    text = {"en": "yes", "fr": "oui"}
    assert (words(text, "fr"), words(text, "de"), words({}, "de")) == ("oui", "yes", "")
