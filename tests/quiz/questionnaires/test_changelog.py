"""What changed from one version to the next, in words."""

import dataclasses

import pytest

from quiz.core.questionnaire import Item
from quiz.questionnaires.changelog import changelog
from tests.answers import SHIPPED

pytestmark = pytest.mark.pure

NOTHING_CHANGED = changelog(SHIPPED, SHIPPED, "en")


def another(**more):
    return dataclasses.replace(SHIPPED, **more)


def with_item(place, **more):
    items = list(SHIPPED.items)
    items[place] = dataclasses.replace(items[place], **more)
    return another(items=tuple(items))


class TestChanges:
    def test_equal_versions_have_no_changes(self):
        assert not changelog(SHIPPED, another(number=9), "en").is_any

    def test_rationale_is_left_out(self):
        assert not changelog(SHIPPED, with_item(0, rationale="Another reason."), "en").is_any

    def test_reworded_statement_is_shown_in_both_wordings(self):
        found = changelog(SHIPPED, with_item(0, text={"en": "I call first."}), "en")
        assert found.reworded == ((SHIPPED.items[0].text["en"], "I call first."),)
        assert found == dataclasses.replace(NOTHING_CHANGED, reworded=found.reworded)

    def test_added_and_removed_statements_are_listed(self):
        new = Item("X1", "targets", 1, {"en": "I like a race."})
        found = changelog(SHIPPED, another(items=(*SHIPPED.items[1:], new)), "en")
        assert found.added == ("I like a race.",)
        assert found.removed == (SHIPPED.items[0].text["en"],)

    def test_statement_that_becomes_a_spare_is_listed_as_removed(self):
        first, *others = SHIPPED.items
        found = changelog(SHIPPED, another(items=tuple(others), spare=(first,)), "en")
        assert found.removed == (first.text["en"],)
        assert found.added == ()

    def test_rekeyed_statement_is_listed_once(self):
        item = SHIPPED.items[0]
        other = next(t.key for t in SHIPPED.traits if t.key != item.trait)
        found = changelog(SHIPPED, with_item(0, trait=other, keying=-item.keying), "en")
        assert found.turned == (item.text["en"],)

    def test_weights_and_bands_are_listed_with_old_and_new_values(self):
        traits = tuple(
            dataclasses.replace(trait, weight=weight)
            for trait, weight in zip(SHIPPED.traits, (0.4, 0.3, 0.3), strict=True)
        )
        found = changelog(SHIPPED, another(traits=traits, clear_from=0.95), "en")
        names = [trait.name["en"] for trait in SHIPPED.traits]
        assert found.weights == ((names[0], 0.35, 0.4), (names[2], 0.35, 0.3))
        assert (found.clear_from, found.leaning_from) == ((0.9, 0.95), None)
        assert found.others == 0

    def test_other_differences_are_counted(self):
        texts = {**SHIPPED.texts, "instructions": {"en": "Answer."}, "close": {"en": "Close"}}
        found = changelog(SHIPPED, another(texts=texts, items_per_page=8), "en")
        assert found == dataclasses.replace(NOTHING_CHANGED, others=3)


NOTHING_CHANGED = changelog(SHIPPED, SHIPPED, "en")
