"""Score lines of `score_answers` in batches, into exactly what `scored_line` gives. Pure.

Lines of the usual form are decoded by msgspec and scored together. All others are scored one by
one: `scored_line` alone decides what is refused, and why.
"""

from array import array
from codecs import BOM_UTF8
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from msgspec import UNSET, DecodeError, Struct, UnsetType, json
from numpy.typing import NDArray

from quiz.core.answer_lines import (
    LineError,
    background_of,
    encoded,
    outcome_of,
    role_of,
    scored_line,
)
from quiz.core.careless import Flag
from quiz.core.precision import default_norms, precision
from quiz.core.questionnaire import Questionnaire
from quiz.core.scoring import contributions_of, lean_of, suggestion_of
from quiz.core.verdict import SALES, SERVICE
from quiz.evidence.batch import LEVELS, careless_levels_of, time_levels_of, trait_points_of

# People with the same trait scores, flags and roles share the rest of their line. This many
# are kept, about 25 MB.
MOST_KEPT = 50_000
# What a line raises that isn't of the usual form.
UNUSUAL = (DecodeError, KeyError, LineError, RecursionError, ValueError)

# The flags in the order of `careless_flags`.
FLAGS = ("longest_run", "spread", "time", "yes_saying")

Roles = tuple[str, str]  # suggested towards sales, and towards service


class Line(Struct, forbid_unknown_fields=True):
    """The usual form of a line."""

    id: Any
    answers: dict[str, int]
    seconds: dict[str, float] | UnsetType | None = UNSET
    background: dict[str, str | int | None] | UnsetType | None = UNSET


@dataclass
class Batch:
    """Results in the order of their lines, and messages with the place of the line, from 0."""

    results: list[str]
    faults: list[tuple[int, str]]


@dataclass
class _People:
    """The usual lines of a batch, in lists that run in parallel.

    `timed` are the positions in these lists that the rows of `seconds` belong to.
    """

    places: list[int] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    roles: list[Roles] = field(default_factory=list)
    answers: bytearray = field(default_factory=bytearray)
    timed: list[int] = field(default_factory=list)
    seconds: "array[float]" = field(default_factory=lambda: array("d"))


class BatchScorer:
    """Score lines for one questionnaire."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire
        self._keys = [item.key for item in questionnaire.items]
        self._decoded = json.Decoder(Line).decode
        self._norms = default_norms(questionnaire)
        self._errors = precision(questionnaire, self._norms)
        self._roles = lru_cache(maxsize=10_000)(self._roles_of)
        self._ending = lru_cache(maxsize=MOST_KEPT)(self._ending_of)

    def scored(self, lines: Sequence[bytes]) -> Batch:
        """Score lines, and skip blank ones."""
        people, alone = _People(), []
        for place, line in enumerate(lines):
            try:
                self._add(people, place, line)
            except UNUSUAL:
                alone.append(place)
        results = self._together(people)
        faults = []
        alone += [place for place in people.places if place not in results]
        for place in sorted(alone):
            line = lines[place]
            if line.removeprefix(BOM_UTF8).strip():
                try:
                    results[place] = scored_line(self.questionnaire, line)
                except LineError as error:
                    faults.append((place, str(error)))
        return Batch([results[place] for place in sorted(results)], faults)

    def _add(self, people: _People, place: int, line: bytes) -> None:
        """Add a line of the usual form; raise one of UNUSUAL for any other."""
        keys = self._keys
        data = self._decoded(line)
        answers = bytes(map(data.answers.__getitem__, keys))
        seconds: list[float] = []
        background = {}
        names = 2 + len(keys)
        if data.seconds is not UNSET:
            names += 1
            if data.seconds is not None:
                seconds = list(map(data.seconds.__getitem__, keys))
                names += len(keys)
        if data.background is not UNSET:
            names += 1
            background = data.background or {}
            names += len(background)
        # Each name has a colon. With more colons, an object may hold a name twice. A backslash may
        # hide one, and ids of other types may come back written differently.
        colons = line.count(b":") - (data.id.count(":") if type(data.id) is str else 0)
        if colons != names or b"\\" in line or type(data.id) not in (str, int):
            raise ValueError
        roles = self._roles(tuple(background.items()))
        identity = encoded(data.id)
        if seconds:
            people.timed.append(len(people.places))
            people.seconds.extend(seconds)
        people.places.append(place)
        people.ids.append(identity)
        people.roles.append(roles)
        people.answers += answers

    def _together(self, people: _People) -> dict[int, str]:
        """Return results by place; leave out people whose answers or times are off the scale."""
        count, items = len(people.places), len(self._keys)
        raw = np.frombuffer(people.answers, dtype=np.uint8).reshape(count, items).astype(np.int64)
        low, high = self.questionnaire.low, self.questionnaire.high
        is_sound: NDArray[np.bool_] = np.all((raw >= low) & (raw <= high), axis=1)
        time_levels = np.zeros(count, dtype=np.int8)
        if people.timed:
            seconds = np.array(people.seconds).reshape(len(people.timed), items)
            time_levels[people.timed] = time_levels_of(seconds)
            is_sound[people.timed] &= np.all(seconds >= 0, axis=1)
        points = trait_points_of(self.questionnaire, dict(zip(self._keys, raw.T, strict=True)))
        careless = careless_levels_of(self.questionnaire, raw)
        careless["time"] = time_levels
        levels = [careless[index] for index in FLAGS]
        rows = zip(
            people.places,
            people.ids,
            map(tuple, np.column_stack([*levels, points]).tolist()),
            people.roles,
            is_sound.tolist(),
            strict=True,
        )
        return {
            place: f'{{"id": {identity}, {self._ending(found, roles)}'
            for place, identity, found, roles, sound in rows
            if sound
        }

    def _ending_of(self, found: tuple[int, ...], roles: Roles) -> str:
        """Write what follows the id, from the level of each flag and the points of each trait."""
        questionnaire = self.questionnaire
        levels, points = found[: len(FLAGS)], found[len(FLAGS) :]
        flags = [
            Flag(index, LEVELS[level]) for index, level in zip(FLAGS, levels, strict=True) if level
        ]
        span = questionnaire.high - questionnaire.low
        by_trait = zip(questionnaire.items_by_trait.items(), points, strict=True)
        scores = {trait: 100 * own / (len(items) * span) for (trait, items), own in by_trait}
        lean = lean_of(contributions_of(questionnaire, scores))
        suggestion = suggestion_of(questionnaire, lean, flags, self._norms, self._errors)
        role = dict(zip((SALES, SERVICE), roles, strict=True)).get(suggestion.field, "")
        return encoded(outcome_of(scores, suggestion, flags, role)).removeprefix("{")

    def _roles_of(self, given: tuple[tuple[str, str | int | None], ...]) -> Roles:
        background = background_of(self.questionnaire, dict(given))
        return role_of(SALES, background), role_of(SERVICE, background)
