"""Checks of the structure: keys, scale, traits, weights, keying, pages. Pure."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator

from quiz.core.questionnaire import (
    BACKGROUND,
    ITEMS,
    KINDS,
    RESERVED_KEYS,
    TRAITS,
    Item,
    Questionnaire,
)
from quiz.questionnaires.checks.faults import Fault, Place

# With fewer, a single careless answer moves a score too far.
FEWEST_PER_TRAIT = 4
# More make a page long on a phone.
MOST_PER_PAGE = 8


def faults_that_stop_scoring(questionnaire: Questionnaire) -> Iterator[Fault]:
    """Yield errors that make scoring impossible or meaningless."""
    yield from _key_faults(questionnaire)
    yield from _scale_faults(questionnaire)
    yield from _band_faults(questionnaire)
    yield from _trait_faults(questionnaire)
    yield from _weight_faults(questionnaire)
    for item in questionnaire.all_items:
        yield from _item_faults(questionnaire, item)


def structure_faults(questionnaire: Questionnaire) -> Iterator[Fault]:
    """Yield the other faults: scoring works, but the scores or the pages have a problem."""
    yield from _balance_faults(questionnaire)
    yield from _careless_faults(questionnaire)
    yield from _option_faults(questionnaire)
    yield from _count_faults(questionnaire)
    yield from _page_faults(questionnaire)


def _key_faults(q: Questionnaire) -> Iterator[Fault]:
    keys = {kind: [kind.key_of(part) for part in kind.parts(q)] for kind in KINDS}
    # The values of the scale have a check of their own.
    for kind in (TRAITS, ITEMS, BACKGROUND):
        what = f"{kind.every}, asked or spare," if kind is ITEMS else kind.every
        for key, count in _repeated(keys[kind]):
            yield Fault.error(
                (kind.name, key),
                f"{count} {what} have the key “{key}”. Give each its own key.",
            )
    for kind in (ITEMS, BACKGROUND):
        for key in sorted(RESERVED_KEYS & set(keys[kind])):
            yield Fault.error(
                (kind.name, key), f"The site's pages use the key “{key}”. Choose another one."
            )
    for key in sorted(set(keys[ITEMS]) & set(keys[BACKGROUND])):
        yield Fault.error(
            ("items", key),
            f"The background question {key} has the same key. Change one of them.",
        )
    for question in q.background:
        for value, count in _repeated([option.value for option in question.options]):
            yield Fault.error(
                ("background", question.key),
                f"{count} of its answers have the value “{value}”. Give each its own value.",
            )


def _repeated(keys: Iterable[str]) -> list[tuple[str, int]]:
    return sorted((key, count) for key, count in Counter(keys).items() if count > 1)


def _scale_faults(q: Questionnaire) -> Iterator[Fault]:
    values = [answer.value for answer in q.scale]
    if len(values) < 2:
        yield Fault.error(
            ("scale", ""),
            f"There {'is only one answer' if values else 'are no answers'}. Add at least two, "
            "such as “Disagree” with the value 1 and “Agree” with the value 2.",
        )
    elif values != list(range(values[0], values[0] + len(values))):
        yield Fault.error(
            ("scale", ""),
            f"The values are {', '.join(map(str, values))}. Number the answers without gaps, "
            "such as 1, 2, 3, 4, 5.",
        )


def _band_faults(q: Questionnaire) -> Iterator[Fault]:
    if not 0.5 < q.leaning_from < q.clear_from < 1:
        yield Fault.error(
            ("version", "leaning_from"),
            f"“Leaning from” is {q.leaning_from:.10g} and “clear from” is {q.clear_from:.10g}. "
            "Choose two numbers between 0.5 and 1, with the larger one for “clear from”.",
            where="leaning from, clear from",
        )


def _trait_faults(q: Questionnaire) -> Iterator[Fault]:
    if not q.traits:
        yield Fault.error(("traits", ""), "There are none. Add at least one.")
    spare = {item.trait for item in q.spare}
    for trait in q.traits:
        if not q.items_by_trait[trait.key]:
            fix = "Ask one of its spare statements" if trait.key in spare else "Add some"
            yield Fault.error(
                ("traits", trait.key),
                f"Visitors see no statement about it. {fix}, or delete the trait.",
            )


def _weight_faults(q: Questionnaire) -> Iterator[Fault]:
    for trait in q.traits:
        if not 0 < trait.weight < math.inf:
            yield Fault.error(
                ("traits", trait.key),
                f"Its weight is {trait.weight:.10g}. Use a number above 0, such as 0.35.",
            )
    # Infinite weights of both signs have no sum.
    if not q.traits or not all(math.isfinite(trait.weight) for trait in q.traits):
        return
    total = sum(trait.weight for trait in q.traits)
    if abs(total - 1) > 1e-9:
        fix = "Lower" if total > 1 else "Raise"
        yield Fault.error(
            ("traits", ""),
            f"The weights of all traits add up to {total:.10g}. {fix} some by "
            f"{abs(total - 1):.10g} in all, so that they add up to 1.",
            where="weights",
        )


def _item_faults(q: Questionnaire, item: Item) -> Iterator[Fault]:
    place: Place = ("items", item.key)
    if item.trait not in q.items_by_trait:
        yield Fault.error(
            place, f"It belongs to a trait “{item.trait}” that doesn't exist. Choose another one."
        )
    if item.keying not in (1, -1):
        yield Fault.error(
            place,
            f"Its end is {item.keying}. Choose which end agreeing speaks for: the high end (+1) or "
            "the low end (-1).",
        )


def _balance_faults(q: Questionnaire) -> Iterator[Fault]:
    for trait in q.traits:
        keyings = [item.keying for item in q.items_by_trait[trait.key]]
        plus, minus = keyings.count(1), keyings.count(-1)
        if plus != minus:
            yield Fault.error(
                ("traits", trait.key),
                f"It has {plus} statements for its high end (+1) and {minus} for its low end (-1), "
                "so agreeing with everything moves its score. Ask as many of each.",
            )


def _careless_faults(q: Questionnaire) -> Iterator[Fault]:
    if len(q.scale) == 2:
        yield Fault.warning(
            ("scale", ""),
            "With two answers, a person's answers always differ little, so that isn't taken as a "
            "sign of careless answers. To check for it, write more answers.",
        )


def _option_faults(q: Questionnaire) -> Iterator[Fault]:
    for question in q.background:
        place: Place = ("background", question.key)
        if not question.options:
            yield Fault.error(
                place, "It has no answers to choose from. Add some on its page, or delete it."
            )
        elif len(question.options) == 1:
            yield Fault.warning(place, "It has only one answer, so it asks nothing. Add others.")


def _count_faults(q: Questionnaire) -> Iterator[Fault]:
    counts = {key: len(items) for key, items in q.items_by_trait.items() if items}
    for key, count in counts.items():
        if count < FEWEST_PER_TRAIT:
            yield Fault.warning(
                ("traits", key),
                f"Visitors see only {count} of its statements, so one answer moves its score far. "
                f"Ask {FEWEST_PER_TRAIT} or more.",
            )
    if len(set(counts.values())) > 1:
        by_trait = ", ".join(f"{key} {count}" for key, count in counts.items())
        fewest = min(counts, key=lambda key: counts[key])
        yield Fault.warning(
            ("traits", ""),
            f"They have different numbers of statements ({by_trait}), so one answer about {fewest} "
            "counts for more than one about another trait. Ask as many about each.",
        )


def _page_faults(q: Questionnaire) -> Iterator[Fault]:
    place: Place = ("version", "items_per_page")
    per_page, count = q.items_per_page, len(q.items)
    if per_page < 1:
        yield Fault.error(place, f"It is {per_page}. Put at least one statement on a page.")
        return
    if per_page > MOST_PER_PAGE:
        yield Fault.warning(
            place,
            f"{per_page} statements make a long page. Use {MOST_PER_PAGE} or fewer.",
        )
    if count % per_page:
        yield Fault.warning(
            place,
            f"{count} statements don't fill pages of {per_page}, so the last page is shorter. "
            "Choose another number, or ask more or fewer statements.",
        )
