"""Read people's answers from CSV and analyze them scale by scale. Pure."""

import csv
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from quiz.evidence.reliability import Matrix, Moments, scale_statistics

DELIMITERS = ",;\t"
MISSING = {"", "na", "nan", "n/a", "null"}
REVERSED = "-"
MOST_FAULTS = 20


class ResponseError(ValueError):
    """A table or scale that can't be analyzed. The message names row and column."""


@dataclass(frozen=True)
class ScaleItems:
    """The items of a scale. Each has a key and True if it is reversed."""

    name: str
    items: tuple[tuple[str, bool], ...]

    @classmethod
    def parse(cls, text: str) -> "ScaleItems":
        """Parse a scale such as `A=A1-,A2,A3`, where - marks a reversed item."""
        name, equals, listed = text.partition("=")
        items = [
            (item.strip().removesuffix(REVERSED), item.strip().endswith(REVERSED))
            for item in listed.split(",")
        ]
        keys = [key for key, _is_reversed in items]
        if not (name.strip() and equals and all(keys)):
            raise ResponseError(f"{text!r} is no scale; write it as in A=A1-,A2,A3")
        if twice := {key for key in keys if keys.count(key) > 1}:
            raise ResponseError(f"scale {name}: {', '.join(sorted(twice))} is there twice")
        return cls(name.strip(), tuple(items))


def parsed_scales(texts: Iterable[str]) -> list[ScaleItems]:
    """Parse scales, and refuse duplicate names."""
    scales = [ScaleItems.parse(text) for text in texts]
    names = [scale.name for scale in scales]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ResponseError(f"scale {', '.join(sorted(twice))} is there twice")
    return scales


def read_answers(
    lines: Iterable[str], keys: Sequence[str], low: float, high: float
) -> Mapping[str, Matrix]:
    """Return the answers by item key, from CSV with a header; missing answers are nan.

    Other columns may hold anything. Error messages count rows like a spreadsheet: the header is
    row 1.
    """
    rows = _rows(lines)
    header = [name.strip() for name in next(rows, [])]
    places = _places(header, keys)
    answers: list[list[float]] = []
    faults: list[str] = []
    for number, cells in enumerate(rows, start=2):
        if not any(cells):
            continue
        if len(cells) != len(header):
            faults.append(f"row {number}: {len(cells)} cells, where the header has {len(header)}")
        else:
            answers.append(
                [_answer(cells[places[key]], number, key, low, high, faults) for key in keys]
            )
        if len(faults) > MOST_FAULTS:
            break
    if faults:
        more = ["and more"] if len(faults) > MOST_FAULTS else []
        raise ResponseError("\n".join([*faults[:MOST_FAULTS], *more]))
    table = np.array(answers, dtype=np.float64).reshape(len(answers), len(keys))
    return dict(zip(keys, table.T, strict=True))


def analysed(
    answers: Mapping[str, Matrix], scale: ScaleItems, low: float, high: float
) -> dict[str, Any]:
    """Return a scale's statistics as plain data, from people who answered all of its items.

    The mean of a reversed item is that of its reversed answers.
    """
    keys = [key for key, _is_reversed in scale.items]
    table = np.column_stack([answers[key] for key in keys])
    complete = table[~np.isnan(table).any(axis=1)]
    if (complete == np.rint(complete)).all():
        complete = complete.astype(np.int64)
    is_reversed = [is_reversed for _key, is_reversed in scale.items]
    ends = low + high
    moments = Moments.of(complete).turned(is_reversed, int(ends) if ends == int(ends) else ends)
    found = asdict(scale_statistics(moments))
    names = ("n", "alpha", "alpha_interval", "omega", "mean_r")
    return {
        **{name: found[name] for name in names},
        "items": dict(zip(keys, found["items"], strict=True)),
    }


def _rows(lines: Iterable[str]) -> Iterator[list[str]]:
    lines = iter(lines)
    first = next(lines, "")
    delimiter = max(DELIMITERS, key=first.count)

    def all_lines() -> Iterator[str]:
        yield first
        yield from lines

    reader = csv.reader(all_lines(), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise ResponseError(f"line {reader.line_num}: {error}") from None


def _places(header: Sequence[str], keys: Sequence[str]) -> dict[str, int]:
    if missing := [key for key in keys if key not in header]:
        raise ResponseError(
            f"row 1: no column {', '.join(missing)}; there are {', '.join(header) or 'none'}"
        )
    if twice := [key for key in keys if header.count(key) > 1]:
        raise ResponseError(f"row 1: column {', '.join(twice)} is there twice")
    return {key: header.index(key) for key in keys}


def _answer(cell: str, row: int, column: str, low: float, high: float, faults: list[str]) -> float:
    text = cell.strip()
    if text.lower() in MISSING:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        shown = text if len(text) <= 40 else f"{text[:39]}…"
        faults.append(f"row {row}, column {column}: {shown} is no number from {low:g} to {high:g}")
    return value
