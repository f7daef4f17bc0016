import dataclasses
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.core.questionnaire import Answer, Option
from quiz.questionnaires.differences import Piece, differences, word_changes
from tests.answers import SHIPPED
from tests.calls import calls_of
from tests.questionnaires import changed, with_item, with_question, with_spare, with_trait, without

pytestmark = pytest.mark.pure

P1 = SHIPPED.items_by_key["P1"]
B2 = SHIPPED.background[1]


def rows_of(old, new):
    """The rows of the page, without pieces and without the words for their places."""
    return [(d.kind, d.place, d.old, d.new) for d in differences(old, new)]


def in_order(keys):
    return tuple(SHIPPED.items_by_key[key] for key in keys)


class TestWordChanges:
    @pytest.mark.parametrize(
        ("old", "new", "pieces"),
        [
            ("I like work.", "I like work.", "=I like work."),
            ("", "", ""),
            ("", "new", "+new"),
            ("old", "", "-old"),
            ("I like new work", "I like hard work", "=I like |-new|+hard|= work"),
            ("one two three", "four five six", "-one two three|+four five six"),
            ("I like it", "I like it now", "=I like it|+ now"),
            ("the big cat", "the cat", "=the|- big|= cat"),
            ("a b", "a  b", "=a|- |+  |=b"),
            ("a ", "a", "=a|- "),
        ],
    )
    def test_words_are_marked_as_same_removed_or_added(self, old, new, pieces):
        signs = {"same": "=", "removed": "-", "added": "+"}
        assert "|".join(signs[p.kind] + p.text for p in word_changes(old, new)) == pieces

    @given(*[st.text(st.sampled_from("ab \n") | st.characters(), max_size=30)] * 2)
    def test_pieces_make_up_both_texts(self, old, new):
        pieces = word_changes(old, new)
        assert "".join(p.text for p in pieces if p.kind != "added") == old
        assert "".join(p.text for p in pieces if p.kind != "removed") == new

    @given(*[st.text("ab \n", max_size=30)] * 2)
    def test_neighboring_pieces_differ_in_kind_and_none_is_empty(self, old, new):
        pieces = word_changes(old, new)
        assert all(a.kind != b.kind for a, b in pairwise(pieces))
        assert all(piece.text for piece in pieces)

    def test_long_texts_of_few_words_take_little_work(self):
        # 300,000 pairs of equal words: without the limit, each is looked at again and again.
        assert calls_of(lambda: word_changes("a b " * 500, "b c a " * 333)) < 50_000


class TestSettings:
    def test_numbers_of_the_version(self):
        assert rows_of(
            SHIPPED, changed(items_per_page=8, clear_from=0.95, leaning_from=0.7000001)
        ) == [
            ("changed", ("version", "items_per_page"), "6", "8"),
            ("changed", ("version", "clear_from"), "0.9", "0.95"),
            ("changed", ("version", "leaning_from"), "0.7", "0.7000001"),
        ]

    def test_languages(self):
        rows = rows_of(SHIPPED, changed(languages=("en", "fr")))
        assert rows == [("changed", ("version", "languages"), "en", "en, fr")]

    def test_version_number_does_not_count(self):
        assert differences(SHIPPED, changed(number=7)) == ()


class TestTexts:
    def test_text_is_compared_word_by_word(self):
        old = changed(texts={**SHIPPED.texts, "close": {"en": "one two three"}})
        new = changed(texts={**SHIPPED.texts, "close": {"en": "one 2 three"}})
        (found,) = differences(old, new)
        assert (found.kind, found.place) == ("changed", ("texts", "close"))
        assert "“close”" in found.what
        assert (found.old, found.new) == ("one two three", "one 2 three")
        assert found.pieces == (
            Piece("same", "one "),
            Piece("removed", "two"),
            Piece("added", "2"),
            Piece("same", " three"),
        )

    def test_missing_and_empty_texts_are_equal(self):
        without = changed(texts={k: v for k, v in SHIPPED.texts.items() if k != "close"})
        empty = changed(texts={**SHIPPED.texts, "close": {"en": ""}})
        row = ("removed", ("texts", "close"), SHIPPED.texts["close"]["en"], None)
        assert rows_of(SHIPPED, without) == rows_of(SHIPPED, empty) == [row]
        assert rows_of(without, empty) == []

    def test_language_is_named_if_there_are_several(self):
        both = dataclasses.replace(
            with_item("P1", text={**P1.text, "fr": "Oui"}), languages=("en", "fr")
        )
        old = changed(languages=("en", "fr"))
        assert rows_of(old, both) == [("added", ("items", "P1"), None, "Oui")]
        assert "(fr)" in differences(old, both)[0].aspect
        assert differences(old, both, ["en"]) == ()


class TestScale:
    def test_labels_and_steps(self):
        new = changed(
            scale=(Answer(0, {"en": "Never"}), Answer(1, {"en": "No"}), *SHIPPED.scale[2:])
        )
        assert rows_of(SHIPPED, new) == [
            ("added", ("scale", "0"), None, "Never"),
            ("changed", ("scale", "1"), SHIPPED.scale[0].label["en"], "No"),
            ("removed", ("scale", "2"), SHIPPED.scale[1].label["en"], None),
        ]


class TestTraits:
    def test_weight_and_words(self):
        new = with_trait("targets", weight=0.4, low_gloss={"en": "You like calm."})
        old_gloss = SHIPPED.traits[2].low_gloss["en"]
        assert rows_of(SHIPPED, new) == [
            ("changed", ("traits", "targets"), "0.35", "0.4"),
            ("changed", ("traits", "targets"), old_gloss, "You like calm."),
        ]

    def test_removed_trait_and_moved_trait(self):
        proactive, persuasion, targets = SHIPPED.traits
        removed, moved = rows_of(SHIPPED, changed(traits=(persuasion, proactive)))
        (kind, place, described, none) = removed
        assert (kind, place, none) == ("removed", ("traits", "targets"), None)
        for text in (targets.name["en"], targets.low["en"], targets.high["en"], "0.35"):
            assert text in described
        assert moved == ("moved", ("traits", "proactive"), "1", "2")


class TestStatements:
    def test_added_statement_describes_itself(self):
        ((kind, place, old, new),) = rows_of(without("P1"), SHIPPED)
        assert (kind, place, old) == ("added", ("items", "P1"), None)
        assert new.startswith(f"{P1.text['en']} (")
        assert P1.trait in new
        flipped = with_item("P1", keying=-P1.keying)
        assert rows_of(without("P1"), flipped)[0][3] != new

    def test_spare_statement_is_marked_as_spare(self):
        ((kind, place, _, new),) = rows_of(SHIPPED, with_spare())
        assert (kind, place) == ("added", ("items", "S1"))
        asked = changed(items=(*SHIPPED.items, *with_spare().spare))
        assert rows_of(SHIPPED, asked)[0][3] != new

    def test_making_a_statement_spare_moves_no_others(self):
        spare = dataclasses.replace(without("P1"), spare=(P1,))
        place = ("items", "P1")
        assert rows_of(SHIPPED, spare) == [("changed", place, "asked", "spare")]
        assert rows_of(spare, SHIPPED) == [("changed", place, "spare", "asked")]

    def test_trait_end_text_and_reason(self):
        new = with_item("P1", trait="targets", keying=-1, text={"en": "I call."}, rationale="")
        trait, end, text, reason = rows_of(SHIPPED, new)
        place = ("items", "P1")
        assert trait == ("changed", place, "proactive", "targets")
        assert end[:2] == ("changed", place)
        assert ("high" in end[2], "low" in end[3]) == (True, True)
        assert text == ("changed", place, P1.text["en"], "I call.")
        assert reason == ("removed", place, P1.rationale, None)

    @pytest.mark.parametrize(
        ("old", "new", "moved"),
        [
            ("P1 P2 P3 P4", "P2 P3 P4 P1", {"P1": ("1", "4")}),
            ("P1 P2 P3 P4", "P4 P1 P2 P3", {"P4": ("4", "1")}),
            ("P1 P2 P3 P4", "P1 E1 P2 P3 P4", {}),
            ("P1 P2 P3 P4", "P1 P3 P4", {}),
            ("P1 P2", "P2 P1", {"P2": ("2", "1")}),
            ("P2 P1", "P1 P2", {"P2": ("1", "2")}),
            ("P1 P2 P3 P4", "E1 P1 P4 P2 P3", {"P4": ("4", "3")}),
            ("P1 P2 P3", "P3 P2 P1", {"P1": ("1", "3"), "P3": ("3", "1")}),
            ("P1 P2", "E1 P2 P1", {"P1": ("1", "3")}),
            ("P1 P2 P3 P4 P5", "P4 P5 P3 P1 P2", {"P4": ("4", "1"), "P5": ("5", "2")}),
        ],
    )
    def test_only_statements_that_passed_others_moved(self, old, new, moved):
        found = differences(
            changed(items=in_order(old.split())), changed(items=in_order(new.split()))
        )
        assert {d.place[1]: (d.old, d.new) for d in found if d.kind == "moved"} == moved

    def test_differences_follow_the_new_order_with_removed_ones_in_place(self):
        old, new = in_order(["P1", "P2", "P3"]), in_order(["E1", "P1", "P3", "E2"])
        found = differences(changed(items=old), changed(items=new))
        assert [d.place[1] for d in found] == ["E1", "P2", "E2"]


class TestBackground:
    def test_removed_question_lists_its_answers(self):
        rows = rows_of(SHIPPED, changed(background=SHIPPED.background[::2]))
        text = f"{B2.text['en']} ({'; '.join(option.label['en'] for option in B2.options)})"
        assert rows == [("removed", ("background", "B2"), text, None)]

    def test_answers_are_compared_one_by_one(self):
        now, soon, later, no = B2.options
        options = (later, now, Option("no", {"en": "No"}), Option("never", {"en": "Never"}))
        new, place = with_question("B2", options=options), ("background", "B2")
        assert rows_of(SHIPPED, new) == [
            ("moved", place, "1", "2"),
            ("removed", place, soon.label["en"], None),
            ("changed", place, no.label["en"], "No"),
            ("added", place, None, "Never"),
        ]
        named = [each.aspect.split(",")[0] for each in differences(SHIPPED, new)]
        assert [aspect.split()[-1] for aspect in named] == ["now", "soon", "no", "never"]


# ---------------------------------------------------------------- properties

TEXTS = [{"en": ""}, {"en": "one two"}, {"en": "one three"}]


def subset(parts, vary):
    """Some of these parts in any order, each unchanged or varied."""
    chosen = st.permutations([*parts, *(vary(part) for part in parts)])
    return st.tuples(chosen, st.integers(0, len(parts))).map(
        lambda drawn: tuple({part.key: part for part in drawn[0][: drawn[1] + 2]}.values())
    )


def reworded(part):
    return dataclasses.replace(part, text={"en": "one two"})


ITEMS = subset(SHIPPED.items[:5], lambda item: dataclasses.replace(reworded(item), keying=-1))
QUESTIONNAIRES = st.builds(
    lambda items, asked, traits, background, per_page, text: changed(
        items=items[:asked],
        spare=items[asked:],
        traits=traits,
        background=background,
        items_per_page=per_page,
        texts={"close": text} if text["en"] else {},
    ),
    ITEMS,
    st.integers(0, 7),
    subset(SHIPPED.traits, lambda trait: dataclasses.replace(trait, weight=0.1, name=TEXTS[1])),
    subset(
        SHIPPED.background,
        lambda question: dataclasses.replace(
            reworded(question), options=(*question.options[::-2], Option("new", TEXTS[1]))
        ),
    ),
    st.integers(5, 6),
    st.sampled_from(TEXTS),
)
MIRRORED = {"added": "removed", "removed": "added"}


@given(QUESTIONNAIRES)
def test_equal_questionnaires_have_no_differences(questionnaire):
    assert differences(questionnaire, dataclasses.replace(questionnaire)) == ()


@pytest.mark.slow
@given(QUESTIONNAIRES, QUESTIONNAIRES)
def test_comparing_the_other_way_around_mirrors_the_differences(one, other):
    there = differences(one, other)
    back = differences(other, one)
    assert {(d.place, d.aspect, d.kind, d.old, d.new) for d in there} == {
        (
            d.place,
            MIRRORED.get(d.aspect, d.aspect),
            MIRRORED.get(d.kind, d.kind),
            d.new,
            d.old,
        )
        for d in back
    }


@given(QUESTIONNAIRES, QUESTIONNAIRES)
def test_every_reported_difference_differs(one, other):
    found = differences(one, other)
    assert all(d.old != d.new for d in found)
    assert all((d.old is None) == (d.kind == "added") for d in found)
    assert all((d.new is None) == (d.kind == "removed") for d in found)
    assert len({(d.place, d.aspect) for d in found}) == len(found)
