"""Drafts that differ from the shipped version, and their impact on one attempt at a time."""

import dataclasses
from collections import Counter

from quiz.core.scoring import band_of, capped, score
from quiz.core.verdict import Verdict
from quiz.evidence.batch import LEVELS
from tests.answers import SHIPPED


def without(*keys):
    items = tuple(item for item in SHIPPED.items if item.key not in keys)
    return dataclasses.replace(SHIPPED, items=items)


def with_item(key, **changes):
    items = tuple(
        dataclasses.replace(item, **changes) if item.key == key else item for item in SHIPPED.items
    )
    return dataclasses.replace(SHIPPED, items=items)


def with_weights(*weights):
    traits = tuple(
        dataclasses.replace(trait, weight=weight)
        for trait, weight in zip(SHIPPED.traits, weights, strict=True)
    )
    return dataclasses.replace(SHIPPED, traits=traits)


def worst(flags):
    return max((LEVELS.index(flag.level) for flag in flags), default=0)


def changes_one_by_one(draft, answers, answered=SHIPPED):
    """Return how verdicts change when each attempt is scored alone, with its original flags."""
    found = Counter()
    for each in answers:
        before = score(answered, each)
        asked = {item.key: each[item.key] for item in draft.items}
        after = score(draft, asked)
        plain = dataclasses.replace(after, flags=before.flags)
        band = _capped(draft, asked, plain)
        field = after.field if band in ("clear", "leaning") else ""
        if band in ("clear", "leaning") and not field:
            field = "sales" if after.lean > 0 else "service"
        if before.verdict is not (verdict := Verdict((band, field))):
            found[before.verdict, verdict] += 1
    return found


def _capped(draft, asked, result):
    return capped(band_of(draft, result.lean, result.agreement), result.flags)


def by_verdict(impact):
    return Counter({(c.before, c.after): c.count for c in impact.transitions})
