"""The columns of an export, in order. Their names are the same in every language. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

from quiz.core.questionnaire import Questionnaire

SCORE, SEM, ITEM = "score_", "sem_", "item_"

OF_WHOM = ("client_id", "client_name", "email", "group", "tags")
SITTING = ("scope", "shared_at", "finished_at", "questionnaire", "language", "is_first")
# In UTC.
TIMES = ("shared_at", "finished_at")
FLAGS = "flags"
VERDICT_WORDS = ("norms", FLAGS, "band", "field")
# These and all columns after them are numbers.
VERDICT_NUMBERS = ("lean", "lean_se", "agreement", "agreement_low", "agreement_high")


def newest_first(questionnaires: Iterable[Questionnaire]) -> list[Questionnaire]:
    return sorted(questionnaires, key=lambda each: -(each.number or 0))


class Kind(Enum):
    """What the cells of a column are; times are ISO 8601 in UTC, such as 2026-11-24T12:00:00Z."""

    TEXT = auto()
    NUMBER = auto()
    TIME = auto()


@dataclass(frozen=True)
class Columns:
    """The traits and items of an export, across all of its versions."""

    trait_keys: tuple[str, ...]
    item_keys: tuple[str, ...]

    @classmethod
    def of(cls, questionnaires: Iterable[Questionnaire]) -> "Columns":
        """Collect keys in the order of the newest version, then keys of older versions only."""
        ordered = newest_first(questionnaires)
        traits = dict.fromkeys(trait.key for q in ordered for trait in q.traits)
        items = dict.fromkeys(item.key for q in ordered for item in q.items)
        return cls(tuple(traits), tuple(items))

    @cached_property
    def names(self) -> list[str]:
        return [
            *OF_WHOM,
            *SITTING,
            *VERDICT_WORDS,
            *VERDICT_NUMBERS,
            *(SCORE + key for key in self.trait_keys),
            *(SEM + key for key in self.trait_keys),
            *(ITEM + key for key in self.item_keys),
        ]

    @cached_property
    def kinds(self) -> list[Kind]:
        words = {*OF_WHOM, *SITTING, *VERDICT_WORDS} - {"questionnaire", "is_first", "norms"}
        return [
            Kind.TIME if name in TIMES else Kind.TEXT if name in words else Kind.NUMBER
            for name in self.names
        ]
