"""Counts over many attempts, which attempts can be added to and subtracted from. Pure.

All counts are whole numbers, so the same people give exactly the same tally in any order. A tally
holds nothing about a single person, and its size doesn't grow with the number of people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from quiz.core.questionnaire import Item, Questionnaire
from quiz.core.scoring import ZERO_LEAN
from quiz.core.verdict import Verdict
from quiz.evidence.reliability import Moments

Counts = NDArray[np.int64]

# Time on a statement, in steps of half a second. The last step is "30 seconds or longer".
TIME_STEP_MS, TIME_STEPS = 500, 61
# Steps of the lean (-50..50) of half a questionnaire, in half points. No step contains 0.
LEAN_STEP, LEAN_STEPS = 0.5, 200
# What the other half of the items says: service, exactly the middle, sales.
SIDES = 3


class Tallied(NamedTuple):
    """One attempt, as it is counted.

    `pages` is how many pages of statements were complete when the person left; None if finished.
    A finished attempt also has a month (2026-11) and the index of its verdict in Verdict
    (None if the stored result is damaged). Attempts that count for the statistics have `values`,
    the answers in the order of the items, and `ms`, the time per statement on each page.
    """

    started_on: str
    pages: int | None
    finished_in: str = ""
    verdict: int | None = None
    values: Sequence[int] = ()
    ms: Sequence[int | None] = ()


@dataclass(frozen=True)
class TallyCounts:
    """The sufficient statistics of one questionnaire in one language.

    moments: moments of the raw answers, in the order of the items.
    steps: how often each step of the scale was chosen, one row per item.
    points: by trait, how many people have each sum of keyed answers, from the lowest possible.
    halves: how many people have each lean by one half of the items (rows, LEAN_STEP apart) and
        each side by the other half (columns, SIDES).
    times: one row per page, one column per step of TIME_STEP_MS.
    people: by month of finishing, how many people all of the above is based on.
    verdicts: by month of finishing, how many of all who finished got each of Verdict.
    ways: by day of starting, how many left after each number of pages. The last column counts
        those who finished.
    """

    moments: Moments
    steps: Counts
    points: Mapping[str, Counts]
    halves: Counts
    times: Counts
    people: Mapping[str, Counts]
    verdicts: Mapping[str, Counts]
    ways: Mapping[str, Counts]

    @property
    def n(self) -> int:
        """How many people the statistics are based on."""
        return self.moments.n

    @property
    def finished(self) -> Counts:
        """How many of all who finished got each verdict."""
        return sum(self.verdicts.values(), np.zeros(len(Verdict), dtype=np.int64))

    @classmethod
    def of(cls, questionnaire: Questionnaire, sittings: Sequence[Tallied]) -> "TallyCounts":
        counted = [sitting for sitting in sittings if sitting.values]
        size, pages = len(questionnaire.items), len(questionnaire.item_pages)
        raw = np.array([each.values for each in counted], dtype=np.int64).reshape(-1, size)
        keyed = _keyed(questionnaire, raw)
        columns = {item.key: keyed[:, place] for place, item in enumerate(questionnaire.items)}
        low, high = questionnaire.low, questionnaire.high
        return cls(
            moments=Moments.of(raw),
            steps=np.array(
                [np.bincount(column - low, minlength=high - low + 1) for column in raw.T],
                dtype=np.int64,
            ),
            points={
                trait: np.bincount(
                    sum((columns[item.key] for item in items), np.zeros(len(raw), dtype=np.int64))
                    - len(items) * low,
                    minlength=len(items) * (high - low) + 1,
                )
                for trait, items in questionnaire.items_by_trait.items()
            },
            halves=_halves(questionnaire, columns, len(raw)),
            times=_times(pages, counted),
            people=_by_key((each.finished_in, 0) for each in counted),
            verdicts=_by_key(
                ((each.finished_in, each.verdict) for each in sittings if each.verdict is not None),
                len(Verdict),
            ),
            ways=_by_key(
                (
                    (each.started_on, pages + 1 if each.pages is None else each.pages)
                    for each in sittings
                ),
                pages + 2,
            ),
        )

    def __add__(self, other: "TallyCounts") -> "TallyCounts":
        return self._joined(other, 1)

    def __sub__(self, other: "TallyCounts") -> "TallyCounts":
        return self._joined(other, -1)

    def _joined(self, other: "TallyCounts", sign: int) -> "TallyCounts":
        return TallyCounts(
            moments=self.moments + other.moments if sign > 0 else self.moments - other.moments,
            steps=self.steps + sign * other.steps,
            points={trait: own + sign * other.points[trait] for trait, own in self.points.items()},
            halves=self.halves + sign * other.halves,
            times=self.times + sign * other.times,
            people=_joined(self.people, other.people, sign),
            verdicts=_joined(self.verdicts, other.verdicts, sign),
            ways=_joined(self.ways, other.ways, sign),
        )

    def to_data(self) -> dict[str, Any]:
        """Return plain data for JSON. Equal tallies give identical data."""
        upper = np.triu_indices(len(self.moments.sums))
        return {
            "n": self.moments.n,
            "sums": self.moments.sums.tolist(),
            "products": self.moments.products[upper].tolist(),
            "steps": self.steps.tolist(),
            "points": {trait: counts.tolist() for trait, counts in self.points.items()},
            "halves": self.halves.tolist(),
            "times": self.times.tolist(),
            "people": _to_lists(self.people),
            "verdicts": _to_lists(self.verdicts),
            "ways": _to_lists(self.ways),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "TallyCounts":
        sums = _counts(data["sums"])
        products = np.zeros((len(sums), len(sums)), dtype=np.int64)
        products[np.triu_indices(len(sums))] = data["products"]
        products += np.triu(products, 1).T
        return cls(
            moments=Moments(data["n"], sums, products),
            steps=_counts(data["steps"]),
            points=_from_lists(data["points"]),
            halves=_counts(data["halves"]),
            times=_counts(data["times"]),
            people=_from_lists(data["people"]),
            verdicts=_from_lists(data["verdicts"]),
            ways=_from_lists(data["ways"]),
        )


def halves_of(questionnaire: Questionnaire) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """Split the items in half, alternating within each trait and keying."""
    first: list[Item] = []
    second: list[Item] = []
    for items in questionnaire.items_by_trait.values():
        in_turn = sorted(items, key=lambda item: -item.keying)
        first += in_turn[::2]
        second += in_turn[1::2]
    return tuple(first), tuple(second)


def _keyed(questionnaire: Questionnaire, raw: Counts) -> Counts:
    is_reversed = np.array([item.keying < 0 for item in questionnaire.items], dtype=np.bool_)
    return np.where(is_reversed, questionnaire.low + questionnaire.high - raw, raw)


def _halves(questionnaire: Questionnaire, columns: Mapping[str, Counts], n: int) -> Counts:
    first, second = (_leans(questionnaire, columns, half, n) for half in halves_of(questionnaire))
    # A lean just below the edge of a step counts as on it: the gap is rounding error.
    whole = np.floor(np.abs(first) / LEAN_STEP + ZERO_LEAN)
    steps = np.minimum(whole, LEAN_STEPS // 2 - 1).astype(np.int64)
    rows = LEAN_STEPS // 2 + np.where(first > 0, steps, -1 - steps)
    sides = np.where(np.abs(second) < ZERO_LEAN, 0, np.sign(second)).astype(np.int64) + 1
    counts = np.zeros((LEAN_STEPS, SIDES), dtype=np.int64)
    # A lean of exactly 0 names no field for the other half to agree with.
    has_side = np.abs(first) >= ZERO_LEAN
    np.add.at(counts, (rows[has_side], sides[has_side]), 1)
    return counts


def _leans(
    questionnaire: Questionnaire, columns: Mapping[str, Counts], half: Sequence[Item], n: int
) -> NDArray[np.float64]:
    """Return each person's lean by some of the items. It doesn't depend on the other people."""
    span = questionnaire.high - questionnaire.low
    leans = np.zeros(n)
    for trait in questionnaire.traits:
        own = [columns[item.key] for item in half if item.trait == trait.key]
        if own:
            points = sum(own, np.zeros(n, dtype=np.int64)) - len(own) * questionnaire.low
            leans += trait.weight * (100 * points / (len(own) * span) - 50)
    return leans


def _times(pages: int, counted: Sequence[Tallied]) -> Counts:
    counts = np.zeros((pages, TIME_STEPS), dtype=np.int64)
    for page in range(pages):
        known = [each.ms[page] for each in counted if each.ms[page] is not None]
        steps = np.array(known, dtype=np.int64) // TIME_STEP_MS
        counts[page] = np.bincount(np.minimum(steps, TIME_STEPS - 1), minlength=TIME_STEPS)
    return counts


def _by_key(found: Any, size: int = 1) -> dict[str, Counts]:
    """Count pairs of key and index (0 .. size - 1)."""
    counts: dict[str, Counts] = {}
    for key, place in found:
        if key not in counts:
            counts[key] = np.zeros(size, dtype=np.int64)
        counts[key][place] += 1
    return counts


def _joined(
    own: Mapping[str, Counts], others: Mapping[str, Counts], sign: int
) -> dict[str, Counts]:
    """Add counts key by key, and drop keys whose counts are all 0."""
    joined = dict(own)
    for key, counts in others.items():
        joined[key] = joined.get(key, np.zeros_like(counts)) + sign * counts
    return {key: counts for key, counts in sorted(joined.items()) if counts.any()}


def _counts(data: Any) -> Counts:
    return np.array(data, dtype=np.int64)


def _to_lists(counts: Mapping[str, Counts]) -> dict[str, list[int]]:
    return {key: counts[key].tolist() for key in sorted(counts)}


def _from_lists(data: Mapping[str, list[int]]) -> dict[str, Counts]:
    return {key: _counts(counts) for key, counts in data.items()}
