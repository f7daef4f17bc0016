"""Questionnaires made from the shipped one, with parts changed, added or left out. Pure."""

import dataclasses

from quiz.core.questionnaire import Answer
from quiz.questionnaires.check import check
from tests.answers import SHIPPED

# Odd numbers of items, other weights, an answer worth 0, and a last page that is not full.
SMALL = dataclasses.replace(
    SHIPPED,
    items_per_page=4,
    scale=tuple(Answer(value, {"en": str(value)}) for value in range(4)),
    traits=tuple(
        dataclasses.replace(trait, weight=weight)
        for trait, weight in zip(SHIPPED.traits, (0.5, 0.2, 0.3), strict=True)
    ),
    items=tuple(
        item
        for items, kept in zip(SHIPPED.items_by_trait.values(), (5, 3, 7), strict=True)
        for item in items[:kept]
    ),
)
QUESTIONNAIRES = {"shipped": SHIPPED, "small": SMALL}


def changed(**changes):
    return dataclasses.replace(SHIPPED, **changes)


def changed_part(parts, key, changes):
    return tuple(dataclasses.replace(p, **changes) if p.key == key else p for p in parts)


def with_item(key, /, **changes):
    return changed(items=changed_part(SHIPPED.items, key, changes))


def with_trait(key, /, **changes):
    return changed(traits=changed_part(SHIPPED.traits, key, changes))


def with_question(key, /, **changes):
    return changed(background=changed_part(SHIPPED.background, key, changes))


def with_spare(**changes):
    """Add a spare statement without faults, then apply the changes."""
    spare = dataclasses.replace(SHIPPED.items[0], key="S1", text={"en": "I like to talk."})
    return changed(spare=(dataclasses.replace(spare, **changes),))


def with_traits(count):
    """Keep the first traits, or add copies of them, each with statements of its own."""
    traits, items = [], []
    for number in range(count):
        trait = SHIPPED.traits[number % len(SHIPPED.traits)]
        copy = f" {number}" if number >= len(SHIPPED.traits) else ""
        key = trait.key + copy.strip()
        traits.append(
            dataclasses.replace(
                trait,
                key=key,
                weight=1 / count,
                **{
                    name: {"en": getattr(trait, name)["en"] + copy}
                    for name in ("name", "low", "high", "low_gloss", "high_gloss")
                },
            )
        )
        items += [
            dataclasses.replace(
                item, key=item.key + copy.strip(), trait=key, text={"en": item.text["en"] + copy}
            )
            for item in SHIPPED.items_by_trait[trait.key]
        ]
    return changed(traits=tuple(traits), items=tuple(items), items_per_page=8)


def without(*item_keys):
    return changed(items=tuple(item for item in SHIPPED.items if item.key not in item_keys))


def errors(questionnaire):
    return [fault for fault in check(questionnaire) if fault.level == "error"]


def warnings(questionnaire):
    assert errors(questionnaire) == []
    return [(fault.place, fault.message) for fault in check(questionnaire)]
