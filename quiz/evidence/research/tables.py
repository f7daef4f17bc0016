"""The two research tables: one line per result, and one line per answer. Pure."""

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from msgspec import DecodeError, Struct, json

from quiz.core.packing import answers_in_full, figures_in_full
from quiz.core.questionnaire import Questionnaire
from quiz.core.scopes import ANSWERS
from quiz.core.suggestions import FIELDS_AND_LEVELS
from quiz.results.tables.columns import ITEM, SCORE, SEM, VERDICT_NUMBERS, VERDICT_WORDS, Columns
from quiz.results.tables.lines import END_OF_LINE, quoted, safe_text
from quiz.results.tables.values import ValueReader

SECONDS, FIT = "seconds_", "fit_"
ROLES = tuple(FIELDS_AND_LEVELS)
CIRCUMSTANCES = ("id", "questionnaire", "language", "month", "is_first")
LONG = ("id", "questionnaire", "item", "trait", "keying", "position", "answer", "seconds")


class Row(NamedTuple):
    """A result with its circumstances. The time (UTC) and JSON are database text."""

    version_id: int
    language: str
    is_first: bool
    finished_at: str
    result: str
    answers: str
    # The interest in each of ROLES.
    about_roles: tuple[str | None, ...]


class Answer(Struct, frozen=True, gc=False):
    """The parts of an answer's JSON that the tables need."""

    value: int | None = None
    position: int | None = None
    ms: int | None = None

    @property
    def seconds(self) -> int | None:
        return None if self.ms is None else (self.ms + 500) // 1000


_answers = json.Decoder(dict[str, Answer])
_no_answer = Answer()


class Tables:
    """Writes the lines of both tables, with columns for every item of these versions."""

    def __init__(self, questionnaires: Mapping[int, Questionnaire]) -> None:
        self.questionnaires = questionnaires
        self.columns = Columns.of(questionnaires.values())
        self._values = ValueReader(self.columns)
        self._fixed = {key: _fixed_cells(each) for key, each in questionnaires.items()}

    @cached_property
    def wide_names(self) -> list[str]:
        traits, items = self.columns.trait_keys, self.columns.item_keys
        return [
            *CIRCUMSTANCES,
            *VERDICT_WORDS,
            *VERDICT_NUMBERS,
            *(SCORE + key for key in traits),
            *(SEM + key for key in traits),
            *(ITEM + key for key in items),
            *(SECONDS + key for key in items),
            *(FIT + role for role in ROLES),
        ]

    def lines(self, id_here: str, row: Row) -> tuple[str, list[str]]:
        """Return the wide line and the long ones. Unreadable values leave their cells empty."""
        questionnaire = self.questionnaires[row.version_id]
        given = answers_in_full(questionnaire, row.answers)
        try:
            answers = _answers.decode(given)
        except DecodeError:
            answers = {}
        start = f"{id_here},{self.questionnaires[row.version_id].number}"
        figures = figures_in_full(questionnaire, row.result)
        values = self._values.cells(ANSWERS, figures, given)
        return self._wide(start, row, values, answers), self._long(start, row, answers)

    def _wide(self, start: str, row: Row, values: str, answers: Mapping[str, Answer]) -> str:
        cells = [
            start,
            quoted(safe_text(row.language)),
            row.finished_at[: len("2026-11")],
            str(int(row.is_first)),
            values,
            *(_cell(answers.get(key, _no_answer).seconds) for key in self.columns.item_keys),
            *(said or "" for said in row.about_roles),
        ]
        return ",".join(cells) + END_OF_LINE

    def _long(self, start: str, row: Row, answers: Mapping[str, Answer]) -> list[str]:
        lines = []
        for key, fixed in self._fixed[row.version_id]:
            answer = answers.get(key, _no_answer)
            given = f"{_cell(answer.position)},{_cell(answer.value)},{_cell(answer.seconds)}"
            lines.append(f"{start},{fixed},{given}{END_OF_LINE}")
        return lines


def _fixed_cells(questionnaire: Questionnaire) -> list[tuple[str, str]]:
    """Return each item's key with the cells that are the same for everyone."""
    return [(item.key, f"{item.key},{item.trait},{item.keying:d}") for item in questionnaire.items]


def _cell(number: int | None) -> str:
    return "" if number is None else str(number)
