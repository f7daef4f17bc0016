"""Figures as parsed from official files, before they reach the database. Pure."""

from dataclasses import dataclass
from decimal import Decimal

REGION = "United States"


@dataclass(frozen=True)
class ParsedFigure:
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
    place: str = ""  # the file and line, for error messages

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Identifies the figure among those of a role from a family of sources."""
        return self.measure, self.category, self.unit, self.currency


@dataclass(frozen=True)
class Release:
    """An edition of an official source, with the texts for its credit.

    `family` holds the key prefixes of all editions: their figures replace one another.
    """

    key: str
    family: tuple[str, ...]
    licence: str
    url: str
    name: str
    about: str
    attribution: str
    label: str  # for change reasons, such as "O*NET 30.3"


@dataclass(frozen=True)
class ParsedRelease:
    """All figures parsed from a release, by SOC code.

    Applying it removes existing figures of `complete_measures` that the release doesn't have, and
    all existing ratings in `replaced_units`.
    """

    release: Release
    by_code: dict[str, list[ParsedFigure]]
    warnings: tuple[str, ...] = ()
    complete_measures: frozenset[str] = frozenset()
    replaced_units: frozenset[str] = frozenset()
