"""What a file says of one occupation, before it becomes a figure. Pure."""

from dataclasses import dataclass
from decimal import Decimal

REGION = "United States"


@dataclass(frozen=True)
class ParsedFigure:
    """One figure of a file: a number, or words."""

    measure: str
    unit: str
    period: str
    occupation: str
    url: str
    value: Decimal | None = None
    category: str = ""
    text: str = ""
    currency: str = ""
    note: str = ""
    percentile: Decimal | None = None
    percentile_of: int | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Return what tells it from the other figures of a role and a family of sources."""
        return self.measure, self.category, self.unit, self.currency


@dataclass(frozen=True)
class Release:
    """A source as its release is credited, and the family of keys that its figures belong to."""

    key: str
    family: tuple[str, ...]
    licence: str
    url: str
    name: str
    about: str
    attribution: str
    label: str  # "O*NET 30.3": for the history of what it changed


@dataclass(frozen=True)
class ParsedRelease:
    """What was read for each occupation code, and what a person should know about the reading."""

    release: Release
    by_code: dict[str, list[ParsedFigure]]
    warnings: tuple[str, ...] = ()
    # Rows of these measures are a whole: what a file no longer has of it is taken away.
    complete_measures: frozenset[str] = frozenset()
    # Ratings on these scales give way to the ones that were read.
    replaced_units: frozenset[str] = frozenset()
