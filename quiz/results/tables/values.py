"""The cells of a stored result and its answers, within a scope. Pure."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import DecodeError, Struct, defstruct, json

from quiz.core.careless import INVALID, REVIEW
from quiz.core.scopes import SCOPES, Scope
from quiz.results.tables.columns import VERDICT_NUMBERS, Columns

# Of points and shares: as exact as weights of two decimals, without what floats add (-1.24999…).
DECIMALS = 6

SHOWING_TRAITS = frozenset(scope for scope in SCOPES if Scope(scope).shows_traits)
SHOWING_ANSWERS = frozenset(scope for scope in SCOPES if Scope(scope).shows_answers)


# gc=False: these objects are never part of a cycle, and tracking them doubles the time.
class Flag(Struct, frozen=True, gc=False):
    index: str
    level: str


class Answer(Struct, frozen=True, gc=False):
    """The parts of an answer's JSON that an export needs."""

    value: int | None = None


class Result(Struct, frozen=True, gc=False):
    """The parts of a result's JSON that an export needs, apart from the scores."""

    norms: int | None = None
    flags: tuple[Flag, ...] = ()
    band: str = ""
    field: str = ""
    lean: float | None = None
    lean_se: float | None = None
    agreement: float | None = None
    agreement_low: float | None = None
    agreement_high: float | None = None


class ValueReader:
    """Reads values into types defined for these columns. Dicts would take twice as long."""

    def __init__(self, columns: Columns) -> None:
        traits, items = columns.trait_keys, columns.item_keys
        by_trait = _keyed("ByTrait", traits, float | None, None)
        of_traits = [(name, by_trait, by_trait()) for name in ("scores", "sem")]
        result = defstruct("ResultOfTraits", of_traits, bases=(Result,), frozen=True, gc=False)
        self._results = json.Decoder(result)
        answers = _keyed("Answers", items, Answer, Answer())
        self._answers = json.Decoder(answers)
        self._no_result, self._no_answers = result(), answers()
        self._verdict = attrgetter(*VERDICT_NUMBERS)
        self._traits = _getter(
            f"{name}.{place}" for name in ("scores", "sem") for place in _places(traits)
        )
        self._values = _getter(f"{place}.value" for place in _places(items))
        self._no_traits = self._traits(self._no_result)
        self._no_values = self._values(self._no_answers)

    def cells(self, scope: str, result: str, answers: str | None) -> str:
        """Return the cells from the norms to the last item, separated by commas.

        `result` and `answers` are JSON in the long form. No cell contains a comma, a quote or a
        line break. Missing or invalid values leave their cells empty.
        """
        read = _read(self._results, result, self._no_result)
        traits = self._traits(read) if scope in SHOWING_TRAITS else self._no_traits
        values = self._no_values
        if answers and scope in SHOWING_ANSWERS:
            values = self._values(_read(self._answers, answers, self._no_answers))
        # Adding zero turns -0.0 into 0.0.
        rounded = [
            None if number is None else round(number, DECIMALS) + 0.0
            for number in (*self._verdict(read), *traits)
        ]
        numbers = json.encode((*rounded, *values))
        norms = "" if read.norms is None else read.norms
        written = numbers[1:-1].decode().replace("null", "")
        return f"{norms},{_flags(read.flags, scope)},{read.band},{read.field},{written}"


def _read(decoder: Any, text: str, otherwise: Any) -> Any:
    try:
        return decoder.decode(text)
    except DecodeError:
        return otherwise


def _places(keys: Sequence[str]) -> list[str]:
    """Return attribute names for keys, because a key may not be a valid identifier."""
    return [f"at_{place}" for place in range(len(keys))]


def _keyed(name: str, keys: Sequence[str], kind: Any, otherwise: Any) -> type[Struct]:
    """Define a struct for JSON objects with these keys."""
    fields = [
        (place, kind, msgspec.field(name=key, default=otherwise))
        for place, key in zip(_places(keys), keys, strict=True)
    ]
    return defstruct(name, fields, frozen=True, gc=False)


def _getter(names: Iterable[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Like attrgetter, but always return a tuple."""
    names = list(names)
    if len(names) > 1:
        return attrgetter(*names)
    return lambda read: tuple(attrgetter(name)(read) for name in names)


@lru_cache(maxsize=256)
def _flags(flags: tuple[Flag, ...], scope: str) -> str:
    """Name the flags, or only the highest level if the scope hides the answers."""
    if scope in SHOWING_ANSWERS:
        return "; ".join(f"{flag.index}: {flag.level}" for flag in flags)
    levels = {flag.level for flag in flags}
    return next((level for level in (INVALID, REVIEW) if level in levels), "")
