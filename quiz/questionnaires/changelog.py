"""What a version changed since the one before, for people who take the quiz. Pure."""

from dataclasses import dataclass
from functools import lru_cache

from quiz.core.questionnaire import Questionnaire, words
from quiz.questionnaires.differences import Difference, differences


@dataclass(frozen=True)
class Changelog:
    """How a version differs from the one before it.

    `reworded`, `weights`, `clear_from` and `leaning_from` hold the old and the new. `turned` are
    statements with another trait or favored end. `others` counts the remaining differences: texts,
    places and background questions.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    reworded: tuple[tuple[str, str], ...]
    turned: tuple[str, ...]
    weights: tuple[tuple[str, float, float], ...]
    clear_from: tuple[float, float] | None
    leaning_from: tuple[float, float] | None
    others: int

    @property
    def is_any(self) -> bool:
        return any(vars(self).values())


@lru_cache(maxsize=64)
def changelog(old: Questionnaire, new: Questionnaire, language: str) -> Changelog:
    """Compare in one language; leave out what only editors see, such as why an item is asked."""
    before, after = old.items_by_key, new.items_by_key
    in_both = before.keys() & after.keys()
    old_weights = {trait.key: trait.weight for trait in old.traits}
    reworded, turned, others = set[str](), dict[str, str](), 0
    for each in differences(old, new, (language,)):
        kind, key = each.place
        if kind == "items":
            if key in in_both and each.aspect == "text":
                reworded.add(key)
            elif key in in_both and each.aspect in ("trait", "favored end"):
                turned[key] = words(after[key].text, language)
            elif key in in_both and each.aspect == "place":
                others += 1
        elif not _has_own_entry(each):
            others += 1
    return Changelog(
        added=tuple(words(i.text, language) for i in new.items if i.key not in before),
        removed=tuple(words(i.text, language) for i in old.items if i.key not in after),
        reworded=tuple(
            (words(before[item.key].text, language), words(item.text, language))
            for item in new.items
            if item.key in reworded
        ),
        turned=tuple(turned.values()),
        weights=tuple(
            (words(trait.name, language), old_weights[trait.key], trait.weight)
            for trait in new.traits
            if old_weights.get(trait.key, trait.weight) != trait.weight
        ),
        clear_from=_both(old.clear_from, new.clear_from),
        leaning_from=_both(old.leaning_from, new.leaning_from),
        others=others,
    )


def _has_own_entry(difference: Difference) -> bool:
    kind, key = difference.place
    if kind == "version":
        return key in ("clear_from", "leaning_from")
    return kind == "traits" and difference.aspect == "weight"


def _both(old: float, new: float) -> tuple[float, float] | None:
    return None if old == new else (old, new)
