"""The rows of some shared results, each cell as the text that stands for it in a file."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    Case,
    ExpressionWrapper,
    F,
    IntegerField,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast

from quiz.exporting.columns import FLAGS, VERDICT_NUMBERS, VERDICT_WORDS, Columns
from quiz.exporting.expressions import (
    MOST_PATHS,
    Keys,
    Moment,
    Path,
    StrongestLevel,
    TagsOf,
    ValuesAt,
)
from quiz.exporting.lines import safe_text
from quiz.models import Counselor, Disclosure
from quiz.scopes import SCOPES, Scope
from quiz.scoring import INVALID, REVIEW

SHOWING_TRAITS = tuple(scope for scope in SCOPES if Scope(scope).shows_traits)
SHOWING_ANSWERS = tuple(scope for scope in SCOPES if Scope(scope).shows_answers)

VERDICT_PATHS = [(key,) for key in (*VERDICT_WORDS, *VERDICT_NUMBERS)]
# Which signs of careless answers there are tells of the answers.
VERDICT = Case(
    When(scope__in=SHOWING_ANSWERS, then=ValuesAt("attempt__result", VERDICT_PATHS)),
    default=ValuesAt("attempt__result", [path for path in VERDICT_PATHS if path != (FLAGS,)]),
)
LEVEL_OF_FLAGS = Case(
    When(scope__in=SHOWING_ANSWERS, then=Value("", TextField())),
    default=StrongestLevel("attempt__result", (INVALID, REVIEW)),
)


class Row(NamedTuple):
    """The cells of one result: of whom, as typed by people; then all others with commas between.

    In the others, no cell holds a comma, a quote or a line break.
    """

    of_whom: tuple[str, ...]
    others: str

    @property
    def cells(self) -> list[str]:
        return [*self.of_whom, *self.others.split(",")]


@dataclass(frozen=True)
class Numbers:
    """Numbers in a column of JSON that some scopes let through."""

    column: str
    paths: Sequence[Path]
    scopes: Sequence[str]

    @property
    def value(self) -> Case:
        # What is out of scope does not even leave the database.
        return Case(When(scope__in=self.scopes, then=ValuesAt(self.column, self.paths)))

    @property
    def gap(self) -> str:
        """Return what stands for them where they are out of scope."""
        return f"[{',' * (len(self.paths) - 1)}]"


def numbers_of(columns: Columns) -> Iterator[Numbers]:
    """Yield what to read for the columns behind the verdict."""
    traits = [(kind, key) for kind in ("scores", "sem") for key in columns.trait_keys]
    items = [(key, "value") for key in columns.item_keys]
    for column, paths, scopes in (
        ("attempt__result", traits, SHOWING_TRAITS),
        ("attempt__answers", items, SHOWING_ANSWERS),
    ):
        for begin in range(0, len(paths), MOST_PATHS):
            yield Numbers(column, paths[begin : begin + MOST_PATHS], scopes)


class RowReader:
    """Reads rows with these columns, of one counselor's clients alone."""

    def __init__(self, counselor: Counselor, columns: Columns) -> None:
        self._counselor = counselor
        self._numbers = tuple(numbers_of(columns))

    def rows(self, attempt_ids: Sequence[int]) -> Iterator[Row]:
        """Yield one row for each of these attempts that is still shared, in their order."""
        gaps = [numbers.gap for numbers in self._numbers]
        for found in self._found(attempt_ids):
            yield _row(found, gaps)

    def _found(self, attempt_ids: Sequence[int]) -> QuerySet[Disclosure, Any]:
        # Asked for a counselor and some attempts, SQLite goes through all that the counselor has,
        # for every batch anew; for a sum it has no index, and so begins with the attempts.
        owner = ExpressionWrapper(F("client__counselor_id") + 0, BigIntegerField())
        return (
            Disclosure.objects.alias(owner=owner)
            .filter(owner=self._counselor.pk, attempt__in=Keys(attempt_ids))
            .order_by("attempt_id")
            .values_list(
                # Cast, also since Django looks at every row again for what is not text.
                *(Cast("client_id", TextField()), "client__name", "client__email"),
                *("client__group__name", TagsOf("client_id")),
                *("scope", Moment("at"), Moment("attempt__finished_at")),
                *("attempt__version__number", "attempt__language"),
                *(Cast(Cast("attempt__is_first", IntegerField()), TextField()), VERDICT),
                LEVEL_OF_FLAGS,
                *(numbers.value for numbers in self._numbers),
            )
        )


def _row(found: Sequence[Any], gaps: Sequence[str]) -> Row:
    client_id, name, email, group, tags, scope, at, finished_at = found[:8]
    version, language, is_first, verdict, level, *numbers = found[8:]
    words, *figures = verdict.rsplit(",", len(VERDICT_NUMBERS))
    of_whom = (
        _dashed(client_id),
        safe_text(name),
        safe_text(email),
        safe_text(group) if group else "",
        safe_text(tags) if tags else "",
    )
    if None in numbers:
        numbers = [values or gap for values, gap in zip(numbers, gaps, strict=True)]
    numbers.insert(0, f"[{','.join(figures)}")
    return Row(
        of_whom,
        f"{scope},{at},{finished_at},{version},{language},{is_first},"
        f"{_verdict_cells(words, level)},{_number_cells(numbers)}",
    )


def _dashed(key: str) -> str:
    """Return a key as in the addresses of pages; SQLite keeps it without dashes."""
    if "-" in key:
        return key
    return f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"


@lru_cache(maxsize=1024)
def _verdict_cells(words: str, level: str) -> str:
    """Return the cells of norms, flags, band and field; few results have some of their own.

    Where the words hold no flags, their highest level stands for them.
    """
    norms, *lists, band, field = json.loads(f"{words}]")
    told = "; ".join(f"{flag['index']}: {flag['level']}" for flags in lists for flag in flags)
    return f"{norms},{told or level},{band},{field}"


_ONLY_NUMBERS = re.compile(r"[0-9eE+.,-]*")


def _number_cells(lists: Sequence[str]) -> str:
    """Return the cells of JSON lists of numbers; what is no number leaves its cell empty."""
    text = ",".join(lists).replace("],[", ",")[1:-1].replace(" ", "").replace("null", "")
    if _ONLY_NUMBERS.fullmatch(text):
        return text
    return ",".join(cell if _ONLY_NUMBERS.fullmatch(cell) else "" for cell in text.split(","))
