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
                f"{count} {what} have the key “{key}”; give each a key of its own.",
            )
    for kind in (ITEMS, BACKGROUND):
        for key in sorted(RESERVED_KEYS & set(keys[kind])):
            yield Fault.error(
                (kind.name, key), f"The pages use “{key}” themselves; choose another key."
            )
    for key in sorted(set(keys[ITEMS]) & set(keys[BACKGROUND])):
        yield Fault.error(
            ("items", key),
            f"The background question {key} has the same key; change the key of one of them.",
        )
    for question in q.background:
        for value, count in _repeated([option.value for option in question.options]):
            yield Fault.error(
                ("background", question.key),
                f"{count} of its answers have the value “{value}”; give each a value of its own.",
            )


def _repeated(keys: Iterable[str]) -> list[tuple[str, int]]:
    return sorted((key, count) for key, count in Counter(keys).items() if count > 1)


def _scale_faults(q: Questionnaire) -> Iterator[Fault]:
    values = [answer.value for answer in q.scale]
    if len(values) < 2:
        yield Fault.error(
            ("scale", ""),
            f"There {'is one answer' if values else 'are no answers'}; write at least two, "
            "such as “Disagree” with the value 1 and “Agree” with the value 2.",
        )
    elif values != list(range(values[0], values[0] + len(values))):
        yield Fault.error(
            ("scale", ""),
            f"The values are {', '.join(map(str, values))}; number the answers upwards by one, "
            "without gaps, such as 1, 2, 3, 4, 5.",
        )


def _band_faults(q: Questionnaire) -> Iterator[Fault]:
    if not 0.5 < q.leaning_from < q.clear_from < 1:
        yield Fault.error(
            ("version", "leaning_from"),
            f"“Leaning from” is {q.leaning_from:.10g} and “clear from” is {q.clear_from:.10g}; "
            "choose two numbers between 0.5 and 1, the one for “clear from” being the larger.",
            where="leaning from, clear from",
        )


def _trait_faults(q: Questionnaire) -> Iterator[Fault]:
    if not q.traits:
        yield Fault.error(("traits", ""), "There is none; add at least one.")
    spare = {item.trait for item in q.spare}
    for trait in q.traits:
        if not q.items_by_trait[trait.key]:
            fix = "ask one of its spare statements" if trait.key in spare else "add some"
            yield Fault.error(
                ("traits", trait.key),
                f"Visitors are asked no statement about it; {fix}, or delete the trait.",
            )


def _weight_faults(q: Questionnaire) -> Iterator[Fault]:
    for trait in q.traits:
        if not 0 < trait.weight < math.inf:
            yield Fault.error(
                ("traits", trait.key),
                f"Its weight is {trait.weight:.10g}; use a number above 0, such as 0.35.",
            )
    # Infinite weights of both signs have no sum.
    if not q.traits or not all(math.isfinite(trait.weight) for trait in q.traits):
        return
    total = sum(trait.weight for trait in q.traits)
    if abs(total - 1) > 1e-9:
        fix = "lower" if total > 1 else "raise"
        yield Fault.error(
            ("traits", ""),
            f"The weights of all traits together make {total:.10g}; {fix} some by "
            f"{abs(total - 1):.10g} in all, so that they make 1.",
            where="weights",
        )


def _item_faults(q: Questionnaire, item: Item) -> Iterator[Fault]:
    place: Place = ("items", item.key)
    if item.trait not in q.items_by_trait:
        yield Fault.error(
            place, f"It belongs to a trait “{item.trait}”, which does not exist; choose another."
        )
    if item.keying not in (1, -1):
        yield Fault.error(
            place,
            "It does not say which end agreeing speaks for; choose the high end (+1) or the low "
            f"end (-1) instead of {item.keying}.",
        )


def _balance_faults(q: Questionnaire) -> Iterator[Fault]:
    for trait in q.traits:
        keyings = [item.keying for item in q.items_by_trait[trait.key]]
        plus, minus = keyings.count(1), keyings.count(-1)
        if plus != minus:
            yield Fault.error(
                ("traits", trait.key),
                f"Agreeing speaks for its high end in {plus} of its statements and for its low "
                f"end in {minus}, so agreeing with everything moves its score; use as many of "
                "each.",
            )


def _careless_faults(q: Questionnaire) -> Iterator[Fault]:
    if len(q.scale) == 2:
        yield Fault.warning(
            ("scale", ""),
            "With two answers, it is normal that a person's answers differ little, so that is no "
            "sign of careless answers; write more answers if you want it to be one.",
        )


def _option_faults(q: Questionnaire) -> Iterator[Fault]:
    for question in q.background:
        place: Place = ("background", question.key)
        if not question.options:
            yield Fault.error(
                place, "It has no answers to choose from; add some on its own page, or delete it."
            )
        elif len(question.options) == 1:
            yield Fault.warning(place, "It has one answer only, so it tells nothing; add others.")


def _count_faults(q: Questionnaire) -> Iterator[Fault]:
    counts = {key: len(items) for key, items in q.items_by_trait.items() if items}
    for key, count in counts.items():
        if count < FEWEST_PER_TRAIT:
            yield Fault.warning(
                ("traits", key),
                f"Visitors are asked only {count} about it, so a single answer moves its score "
                f"far; ask {FEWEST_PER_TRAIT} or more.",
            )
    if len(set(counts.values())) > 1:
        by_trait = ", ".join(f"{key} {count}" for key, count in counts.items())
        fewest = min(counts, key=lambda key: counts[key])
        yield Fault.warning(
            ("traits", ""),
            f"They have different numbers of statements ({by_trait}), so an answer about {fewest} "
            "moves its score further than an answer about the others moves theirs; ask as many "
            "about each, unless you want this.",
        )


def _page_faults(q: Questionnaire) -> Iterator[Fault]:
    place: Place = ("version", "items_per_page")
    per_page, count = q.items_per_page, len(q.items)
    if per_page < 1:
        yield Fault.error(place, f"It is {per_page}; put at least one statement on a page.")
        return
    if per_page > MOST_PER_PAGE:
        yield Fault.warning(
            place,
            f"{per_page} statements make a long page; {MOST_PER_PAGE} or fewer read easily.",
        )
    if count % per_page:
        yield Fault.warning(
            place,
            f"{count} statements do not fill pages of {per_page}, so the last page is shorter; "
            "choose a number that goes into it, or ask more or fewer statements.",
        )
