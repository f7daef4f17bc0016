import dataclasses

import pytest

from quiz.core.questionnaire import Answer, Option
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
    with_traits,
)

pytestmark = pytest.mark.pure

P1 = SHIPPED.items_by_key["P1"].text
FIVE_LABELS = ("No", "Rather not", "Neither", "Rather", "Yes")


def with_text(key, words):
    return changed(texts={**SHIPPED.texts, key: {"en": words}})


def with_labels(*labels):
    return changed(scale=tuple(Answer(n, {"en": label}) for n, label in enumerate(labels, 1)))


def with_options(*labels):
    return with_question(
        "B2", options=tuple(Option(str(n), {"en": x}) for n, x in enumerate(labels))
    )


def without_text(key):
    return changed(texts={k: text for k, text in SHIPPED.texts.items() if k != key})


ERRORS = {
    "no language": (changed(languages=()), "languages", "Name at least one"),
    "a blank statement": (with_item("P1", text={"en": " \n"}), "statement P1", "is empty. Write"),
    "only what has no width": (with_item("P1", text={"en": "\u200b"}), "statement P1", "is empty"),
    "a statement without text": (with_item("P1", text={}), "statement P1", "is empty"),
    "a blank spare statement": (with_spare(text={}), "statement S1", "is empty"),
    "a blank label": (with_labels("", *FIVE_LABELS[1:]), "answer 1 of the scale", "is empty"),
    "a blank end": (with_trait("targets", low={}), "trait targets, low end", "is empty"),
    "a blank sentence": (
        with_trait("targets", high_gloss={"en": ""}),
        "trait targets, high end in a sentence",
        "is empty",
    ),
    "a blank question": (with_question("B1", text={}), "background question B1", "is empty"),
    "a blank answer": (with_options("a", " "), "background question B2, answer 1", "is empty"),
    "a missing verdict": (without_text("close"), "verdict text “close”", "is missing. Add it"),
    "a blank verdict": (with_text("close", ""), "verdict text “close”", "is empty"),
    "a statement twice": (
        with_item("P2", text={"en": P1["en"].upper().replace(" ", "  ")}),
        "statement P2",
        "the same as in statement P1. Change one",
    ),
    "a spare one like one asked": (with_spare(text=P1), "statement S1", "in statement P1"),
    "a label twice": (
        with_labels("No", "no ", "a", "b", "c"),
        "answer 2 of the scale",
        "in answer 1 of the scale",
    ),
    "a trait's name twice": (
        with_trait("targets", name=SHIPPED.traits[0].name),
        "trait targets, name",
        "in trait proactive, name",
    ),
    "two ends alike": (
        with_trait("targets", high=SHIPPED.traits[2].low),
        "trait targets, high end",
        "in trait targets, low end",
    ),
    "an answer to a question twice": (
        with_options("Yes", "yes"),
        "background question B2, answer 1",
        "in background question B2, answer 0",
    ),
    "a verdict twice": (
        with_text("close", SHIPPED.texts["clear_sales"]["en"]),
        "verdict text “close”",
        "in verdict text “clear sales”",
    ),
    "a NUL": (
        with_item("P1", text={"en": "I like\0 work."}),
        "statement P1",
        "can't be seen (number 0) after “I like”. Delete it",
    ),
    "a control character first": (
        with_item("P1", text={"en": "\x1bI like work."}),
        "statement P1",
        "at its start",
    ),
    "a line end in a statement": (
        with_item("P1", text={"en": "I like\nwork."}),
        "statement P1",
        "number 10",
    ),
    "half a character": (with_text("close", "Close \ud800"), "verdict text “close”", "55296"),
    "a NUL in why": (
        with_item("P1", rationale="Because\0"),
        "statement P1, why it is asked",
        "“Because”",
    ),
}


@pytest.mark.parametrize(("questionnaire", "where", "says"), ERRORS.values(), ids=ERRORS)
def test_error_names_the_part_and_the_fix(questionnaire, where, says):
    found = [fault.message for fault in errors(questionnaire) if fault.where == where]
    assert any(says in message for message in found), errors(questionnaire)


@pytest.mark.parametrize("where", ["statement P1", "trait targets, low end", "instructions"])
def test_every_text_is_required_in_every_language(where):
    found = [f.message for f in errors(changed(languages=("en", "fr"))) if f.where == where]
    assert found == ["The text in “fr” is empty. Write it."]


def test_same_words_in_two_languages_are_allowed():
    both = {"en": "I like sport.", "fr": P1["en"]}
    found = errors(dataclasses.replace(with_item("P2", text=both), languages=("en", "fr")))
    assert not any("same" in fault.message for fault in found)


def test_two_traits_may_name_an_end_alike():
    assert check(with_trait("targets", low=SHIPPED.traits[0].low)) == []


@pytest.mark.parametrize(
    "questionnaire",
    [
        with_text("close_explained", "One line.\r\nThe next,\tafter a gap."),
        with_item("P1", rationale="One line.\nThe next."),
    ],
)
def test_long_text_may_have_line_breaks(questionnaire):
    assert check(questionnaire) == []


class TestCountedPreferences:
    @pytest.mark.parametrize("count", [1, 2, 5])
    def test_text_that_counts_other_preferences_is_found(self, count):
        found = [place for place, says in warnings(with_traits(count)) if "preferences”" in says]
        assert found == [
            ("texts", key) for key in ("clear_explained", "leaning_explained", "close_explained")
        ]

    @pytest.mark.parametrize(
        ("words", "is_found"),
        [
            ("All 3 preferences agree.", False),
            ("Three preferences agree.", False),
            ("Your preferences agree.", False),
            ("Both of your two preferences agree.", True),
            ("One preference decides.", True),
            ("All 12 preferences agree.", True),
        ],
    )
    def test_number_is_compared_in_words_and_digits(self, words, is_found):
        found = {place for place, _says in warnings(with_text("clear_explained", words))}
        assert (("texts", "clear_explained") in found) is is_found


class TestLength:
    def test_statement_over_14_words_is_a_warning(self):
        assert warnings(with_item("P1", text={"en": "so " * 14})) == []
        ((place, message),) = warnings(with_item("P1", text={"en": "so " * 15}))
        assert place == ("items", "P1")
        assert message == "It has 15 words. Use 14 or fewer."

    def test_heading_over_90_characters_is_a_warning(self):
        assert warnings(with_text("close", "ab " * 30)) == []
        ((place, message),) = warnings(with_text("close", "ab " * 30 + "c"))
        assert place == ("texts", "close")
        assert "91 characters" in message

    def test_answer_over_30_characters_is_a_warning(self):
        assert warnings(with_labels(*FIVE_LABELS[:4], "x" * 30)) == []
        ((place, message),) = warnings(with_labels(*FIVE_LABELS[:4], "x" * 31))
        assert place == ("scale", "5")
        assert "31 characters" in message


class TestReading:
    HARD = "Considerable organisational responsibilities necessitate continuous professional " * 4

    @pytest.mark.parametrize("key", ["instructions", "close_explained"])
    def test_hard_text_is_reported_with_its_longest_words(self, key):
        ((place, message),) = warnings(with_text(key, self.HARD))
        assert place == ("texts", key)
        assert "Aim for grade 8" in message
        assert "organisational, responsibilities" in message

    def test_short_text_is_not_graded(self):
        assert warnings(with_text("close_explained", self.HARD[:160])) == []

    @pytest.mark.parametrize(
        "words",
        [
            "I am predisposed towards the facilitation of communication.",
            "I prioritise the utilisation of quantitative performance indicators.",
            "I facilitate interdepartmental communication processes.",
        ],
    )
    def test_bureaucratic_statement_is_reported(self, words):
        ((place, _),) = warnings(with_item("P1", text={"en": words}))
        assert place == ("items", "P1")

    @pytest.mark.parametrize(
        "words",
        [
            "I enjoy persuading customers.",
            "I like negotiating with customers about conditions.",
            "I feel comfortable with responsibility.",
            "I would rather collaborate than compete with colleagues.",
        ],
    )
    def test_plain_statement_may_have_a_long_word(self, words):
        assert warnings(with_item("P1", text={"en": words})) == []

    def test_statements_that_pass_one_by_one_can_be_too_hard_together(self):
        items = tuple(
            dataclasses.replace(item, text={"en": f"I enjoy negotiating conditions {n}."})
            for n, item in enumerate(SHIPPED.items)
        )
        assert [place for place, _ in warnings(changed(items=items))] == [("items", "")]

    def test_other_languages_are_not_graded(self):
        french = dataclasses.replace(
            with_item(
                "P1", text={"fr": "Organisationnel communication responsabilité utilisation."}
            ),
            languages=("fr",),
        )
        assert [f for f in check(french) if "school grade" in f.message] == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda q: dataclasses.replace(
            q, texts={**q.texts, "close_explained": q.texts["clear_explained"]}
        ),
        lambda q: dataclasses.replace(
            q,
            traits=(
                dataclasses.replace(q.traits[0], low_gloss=q.traits[0].high_gloss),
                *q.traits[1:],
            ),
        ),
        lambda q: dataclasses.replace(
            q,
            background=(
                dataclasses.replace(q.background[0], text=q.background[1].text),
                *q.background[1:],
            ),
        ),
        lambda q: dataclasses.replace(
            q,
            items=(
                dataclasses.replace(
                    q.items[0], text={"en": q.items[1].text["en"].rstrip(".") + " !"}
                ),
                *q.items[1:],
            ),
        ),
    ],
    ids=["explanations", "sentences of a trait", "background questions", "but for the end"],
)
def test_repeated_text_is_found_in_every_kind_of_part(spoil):
    assert [fault.level for fault in check(spoil(SHIPPED)) if "the same as" in fault.message] == [
        "error"
    ]


@pytest.mark.parametrize("words", ["\u3164", "I like \u202eto win\u202c.", "\u2800\u2800"])
def test_invisible_and_direction_changing_characters_are_found(words):
    first, *others = SHIPPED.items
    spoiled = dataclasses.replace(
        SHIPPED, items=(dataclasses.replace(first, text={"en": words}), *others)
    )
    assert ("items", first.key) in {
        fault.place for fault in check(spoiled) if fault.level == "error"
    }
