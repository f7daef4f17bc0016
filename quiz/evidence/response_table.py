"""Read people's answers from CSV and analyze them scale by scale. Pure."""

import csv
import io
import math
import re
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import chain, islice, tee
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quiz.evidence.reliability import Matrix, Moments, scale_statistics

DELIMITERS = ";,\t|"
# The first line that some programs write for Excel.
DELIMITER_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
MISSING = frozenset({"", "na", "nan", "n/a", "null"})
# ASCII digits with a decimal point or comma. In 1,234 the comma may separate thousands instead.
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?")
AMBIGUOUS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
# The third row of a Qualtrics export; the second repeats the questions.
QUALTRICS = '{"ImportId"'
REVERSED = "-"
MOST_FAULTS = 20
MOST_SHOWN = 40
# Squares of larger sums of answers overflow whole numbers of 64 bits.
MOST_EXACT = 2**31
# Answers are turned into an array once there are this many.
BLOCK_CELLS = 100_000
ADVICE = "Write numbers as 4, 4.5 or 4,5. Name values that mean no answer with --missing."


Block = Matrix | NDArray[np.signedinteger[Any]]


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


def parsed_number(text: str) -> float:
    """Read a number such as 4, 4.0 or 4,0; nan if it is none, or ambiguous as 1,234 is."""
    if not NUMBER.fullmatch(text) or AMBIGUOUS.fullmatch(text):
        return math.nan
    return float(text.replace(",", "."))


@dataclass(frozen=True)
class Coding:
    """How cells are read: the ends of the scale, and what means that there is no answer.

    Words are compared without case, numbers by value.
    """

    low: float
    high: float
    missing_words: frozenset[str] = MISSING
    missing_numbers: frozenset[float] = frozenset()

    @classmethod
    def of(cls, low: float, high: float, missing: Iterable[str] = ()) -> "Coding":
        """Add to MISSING what else means no answer."""
        words = {word.strip().lower() for word in missing}
        numbers = {value for word in words if not math.isnan(value := parsed_number(word))}
        return cls(low, high, MISSING | words, frozenset(numbers))

    def read(self, cell: str) -> float | None:
        """Return an answer, nan if it is missing, and None if it is neither."""
        text = cell.strip()
        value = parsed_number(text)
        if text.lower() in self.missing_words or value in self.missing_numbers:
            return math.nan
        return value if self.low <= value <= self.high else None


@dataclass(frozen=True)
class Responses:
    """People's answers in blocks, with a row for each person and a column for each key.

    Blocks of whole numbers are kept in the smallest integers that hold the scale, and their
    `missing` answers as a number below it. Others are floats, with nan.
    """

    keys: Sequence[str]
    missing: int
    blocks: Sequence[Block]

    def tables(self, keys: Sequence[str]) -> Iterator[Matrix]:
        """Yield the answers to some of the items block by block; missing ones are nan."""
        places = [self.keys.index(key) for key in keys]
        for block in self.blocks:
            table = block[:, places].astype(np.float64)
            if block.dtype != np.float64:
                table[table == self.missing] = np.nan
            yield table


def read_answers(
    blocks: Iterable[str], keys: Sequence[str], coding: Coding, delimiter: str = ""
) -> Responses:
    """Return the answers by item key, from CSV with a header.

    The text comes in blocks of whole lines. Without a delimiter, it is the one that finds most of
    the keys in the header. Other columns may hold anything. Error messages count rows like a
    spreadsheet: the header is row 1.
    """
    lines = _lines(blocks)
    first = next(lines, "")
    if named := DELIMITER_LINE.fullmatch(first):
        delimiter = delimiter or named[1]
    else:
        lines = chain([first], lines)
    if not delimiter:
        delimiter, lines = _delimiter_for(keys, lines)
    rows = _rows(lines, delimiter)
    header = _names(next(rows, []))
    places = _places(header, keys)
    # A column holds the same few cells again and again.
    read = lru_cache(maxsize=1024)(coding.read)
    kind = _kind_for(coding)
    found: list[Block] = []
    answers = array("d")
    faults: list[str] = []
    advice: list[str] = []
    for number, cells in _people(rows, places.values()):
        if not any(cells):
            continue
        if len(cells) != len(header):
            faults.append(f"row {number}: {len(cells)} cells, where the header has {len(header)}")
        else:
            row = [read(cells[place]) for place in places.values()]
            for (key, place), value in zip(places.items(), row, strict=True):
                if value is None:
                    faults.append(
                        f"row {number}, column {key}: {_shown(cells[place])} isn't a number from "
                        f"{coding.low:g} to {coding.high:g}"
                    )
                    advice = [ADVICE]
                else:
                    answers.append(value)
            if len(answers) >= BLOCK_CELLS and not faults:
                found.append(_block(answers, len(keys), kind))
                answers = array("d")
        if len(faults) > MOST_FAULTS:
            break
    if faults:
        more = ["and more"] if len(faults) > MOST_FAULTS else []
        raise ResponseError("\n".join([*faults[:MOST_FAULTS], *more, *advice]))
    found.append(_block(answers, len(keys), kind))
    return Responses(keys, np.iinfo(kind).min, found)


def _kind_for(coding: Coding) -> type[np.signedinteger[Any]]:
    """Choose the smallest integers that hold the scale, and a number below it for no answer."""
    for kind in (np.int8, np.int16, np.int32):
        if np.iinfo(kind).min < coding.low and coding.high <= np.iinfo(kind).max:
            return kind
    return np.int64


def _block(answers: "array[float]", columns: int, kind: type[np.signedinteger[Any]]) -> Block:
    table = np.array(answers, dtype=np.float64).reshape(-1, columns)
    whole = np.where(np.isnan(table), np.iinfo(kind).min, table)
    return whole.astype(kind) if (whole == np.rint(whole)).all() else table


def analysed(responses: Responses, scale: ScaleItems, low: float, high: float) -> dict[str, Any]:
    """Return a scale's statistics as plain data, from people who answered all of its items.

    The mean of a reversed item is that of its reversed answers.
    """
    keys = [key for key, _is_reversed in scale.items]
    is_reversed = [is_reversed for _key, is_reversed in scale.items]
    ends = low + high
    moments = _moments(responses, keys, max(abs(low), abs(high))).turned(
        is_reversed, int(ends) if ends == int(ends) else ends
    )
    found = asdict(scale_statistics(moments))
    names = ("n", "alpha", "alpha_interval", "omega", "mean_r")
    return {
        **{name: found[name] for name in names},
        "items": dict(zip(keys, found["items"], strict=True)),
    }


def _moments(responses: Responses, keys: Sequence[str], farthest: float) -> Moments:
    """Add up the people who answered all items: exactly, if their answers are whole numbers.

    Otherwise the last digits depend on the order of additions, so they are added in one go.
    """

    def complete() -> Iterator[Matrix]:
        for table in responses.tables(keys):
            yield table[~np.isnan(table).any(axis=1)]

    n, is_whole = 0, True
    for table in complete():
        n += len(table)
        is_whole &= bool((table == np.rint(table)).all())
    if is_whole and 2 * len(keys) * n * farthest < MOST_EXACT:
        whole = (Moments.of(table.astype(np.int64)) for table in complete())
        return sum(whole, start=Moments.none(len(keys)))
    return Moments.of(np.ascontiguousarray(np.concatenate(list(complete()))))


def _lines(blocks: Iterable[str]) -> Iterator[str]:
    for block in blocks:
        yield from io.StringIO(block, newline="")


def _rows(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=delimiter != " ", strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise ResponseError(
            f"line {reader.line_num}: {error}; check the quotation marks, or give --delimiter"
        ) from None


def _names(header: Sequence[str]) -> list[str]:
    return [name.strip() for name in header]


def _delimiter_for(keys: Sequence[str], lines: Iterator[str]) -> tuple[str, Iterator[str]]:
    """Choose the delimiter that finds most keys in the header; of several, the most columns.

    Also returns the lines, which reading the header used up.
    """
    lines, *copies = tee(lines, 1 + len(DELIMITERS))

    def found(delimiter: str) -> tuple[int, int]:
        try:
            header = _names(next(_rows(copies.pop(), delimiter), []))
        except ResponseError:
            return 0, 0
        return len(set(keys).intersection(header)), len(header)

    return max(DELIMITERS, key=found), lines


def _people(rows: Iterator[list[str]], places: Collection[int]) -> Iterator[tuple[int, list[str]]]:
    """Number the rows after the header, and skip those in which Qualtrics explains the columns."""
    first = list(islice(rows, 2))
    explained = len(first) == 2 and all(
        place < len(first[1]) and first[1][place].startswith(QUALTRICS) for place in places
    )
    numbered = enumerate(chain(first, rows), start=2)
    return islice(numbered, 2, None) if explained else numbered


def _places(header: Sequence[str], keys: Sequence[str]) -> dict[str, int]:
    if missing := [key for key in keys if key not in header]:
        known = ", ".join(map(_shown, header[:MOST_FAULTS])) or "none"
        more = f" and {len(header) - MOST_FAULTS} more" if len(header) > MOST_FAULTS else ""
        raise ResponseError(
            f"row 1: no column {', '.join(missing)}; there are {known}{more}. "
            "If something else separates the columns, name it with --delimiter."
        )
    if twice := [key for key in keys if header.count(key) > 1]:
        raise ResponseError(f"row 1: column {', '.join(twice)} is there twice")
    return {key: header.index(key) for key in keys}


def _shown(text: str) -> str:
    """Cut a cell to length, and escape what would break the line of a message."""
    text = text.strip()
    short = text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"
    return short if short.isprintable() else ascii(short)
