"""Parse the text release of the O*NET database, 28.0 or newer. Pure.

Files are found by patterns and elements by name, because 30.3 split skills and experience into
several files and changed the element IDs. https://www.onetcenter.org/dictionary/
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from roles.importing.parsed import ParsedFigure, ParsedRelease, Release
from roles.importing.tables import FETCH_AGAIN, Faults, Row, Table, TableError, read_tabs

OLDEST = (28, 0)
CODE, NAME, SCALE, VALUE = "O*NET-SOC Code", "Element Name", "Scale ID", "Data Value"
SUPPRESS, DATE, CATEGORY = "Recommend Suppress", "Date", "Category"
DESCRIPTION = "Category Description"
ZONE = "Job Zone"
MOST_TITLES = 10
MOST_OFF_100 = Decimal("1.5")  # percentage points, from rounding each share
URL = "https://www.onetonline.org/link/summary/{code}"


@dataclass(frozen=True)
class RatingKind:
    """Ratings of one kind: O*NET's scale ID, its ends, and the names of the elements to import."""

    what: str
    unit: str
    scale: str
    low: int
    high: int
    note: str
    elements: tuple[str, ...]


SKILLS = RatingKind(
    "skills",
    "importance 1..5",
    "IM",
    1,
    5,
    "Skills",
    (
        *("Active Listening", "Speaking", "Social Perceptiveness", "Persuasion", "Negotiation"),
        "Service Orientation",
    ),
)
STYLES = RatingKind(
    "work styles",
    "impact -3..+3",
    "WI",
    -3,
    3,
    "Work Styles (2025 taxonomy)",
    (
        *("Achievement Orientation", "Initiative", "Self-Confidence", "Perseverance", "Empathy"),
        *("Cooperation", "Stress Tolerance", "Self-Control"),
    ),
)
OLD_STYLES = RatingKind(
    "work styles",
    "work style 1..5",
    "IM",
    1,
    5,
    "Work Styles (before 2025)",
    (
        *("Achievement/Effort", "Initiative", "Persistence", "Concern for Others", "Cooperation"),
        *("Stress Tolerance", "Self-Control"),
    ),
)
INTERESTS = RatingKind(
    "interests",
    "interest 1..7",
    "OI",
    1,
    7,
    "Interests",
    ("Social", "Enterprising", "Conventional"),
)
SHARES = {"RL": "education_share", "RW": "experience_share"}
# Names of the categories in O*NET's dictionary, for a folder without the categories file.
MEANINGS = {
    "RL": (
        *("Less than a High School Diploma", "High School Diploma", "Post-Secondary Certificate"),
        *("Some College Courses", "Associate's Degree (or other 2-year degree)"),
        *("Bachelor's Degree", "Post-Baccalaureate Certificate", "Master's Degree"),
        *("Post-Master's Certificate", "First Professional Degree", "Doctoral Degree"),
        "Post-Doctoral Training",
    ),
    "RW": (
        *("None", "Up to and including 1 month", "Over 1 month, up to and including 3 months"),
        *("Over 3 months, up to and including 6 months",),
        *("Over 6 months, up to and including 1 year", "Over 1 year, up to and including 2 years"),
        *("Over 2 years, up to and including 4 years", "Over 4 years, up to and including 6 years"),
        *("Over 6 years, up to and including 8 years",),
        *("Over 8 years, up to and including 10 years", "Over 10 years"),
    ),
}


def percentile(values: Sequence[Decimal], own: Decimal) -> Decimal:
    """Percentage (0 to 100) of the sorted values that are lower than `own`; ties count half."""
    lower, upto = bisect_left(values, own), bisect_right(values, own)
    share = Decimal(lower + upto) * 50 / len(values)
    return share.quantize(Decimal("0.1"), ROUND_HALF_UP)


def read_release(folder: Path, codes: Iterable[str], release: str = "") -> ParsedRelease:
    """Parse a release for these SOC codes (such as 41-4012).

    `release` overrides the number found in the folder. Raises TableError if a file is unusable.
    """
    if not folder.is_dir():
        raise TableError(f"There is no folder {folder}. Enter the one with the text files.")
    files = _Files(folder)
    number = release or files.release()
    warnings: list[str] = []
    faults = Faults()
    if not number:
        warnings.append(
            "These files don't contain the release number, so the figures are credited to O*NET "
            "without a number. Set it with --release."
        )
    elif _version(number) < OLDEST:
        raise TableError(f"Release {number} is too old. Use 28.0 or newer.")
    by_code = {code: f"{code}.00" for code in codes}
    wanted = set(by_code.values())
    titles = {
        row.text(CODE): row.text("Title")
        for table in files.tables("occupation data", (CODE, "Title"))
        for row in table.rows
    }
    found: dict[str, list[ParsedFigure]] = defaultdict(list)

    def keep(code: str, **values: Any) -> None:
        occupation = f"{code} {titles.get(code, '')}".strip()
        figure = ParsedFigure(occupation=occupation, url=URL.format(code=code), **values)
        if any(figure.key == other.key for other in found[code]):
            what = figure.category or figure.measure.replace("_", " ")
            faults.found.append(f"{figure.place}: {what} of {code} appears twice.")
        found[code].append(figure)

    styles_read: RatingKind | None = None
    for kind, tables in files.ratings():
        if not tables:
            warnings.append(f"No {kind.what} in these files. Their figures stay unchanged.")
            continue
        if kind.what == STYLES.what:
            styles_read = kind
        for code, values in _ratings(kind, tables, wanted, warnings, faults):
            keep(code, measure="rating", unit=kind.unit, note=kind.note, **values)
    for code, values in _shares(files, wanted, warnings, faults):
        keep(code, unit="percent", **values)
    zones = {}
    for table in files.tables("job zones", (CODE, ZONE, DATE)):
        for row in table.rows:
            if row.text(CODE) not in wanted:
                continue
            zones[row.text(CODE)] = row.text(DATE)
            with faults.collected():
                if (zone := row.number(ZONE, 1, 5, is_whole=True)) is not None:
                    keep(
                        row.text(CODE),
                        measure="job_zone",
                        unit="1 to 5",
                        value=zone,
                        period=row.text(DATE),
                        place=row.place,
                    )
    for code, words in _reported_titles(files, wanted):
        keep(code, measure="job_titles", unit="", text=words, period=zones.get(code, ""))
    faults.refuse()
    if not files.used:
        raise TableError(f"{folder} contains none of O*NET's text files, such as Skills.txt.")
    if not found:
        raise TableError(
            f"None of the roles' occupations ({', '.join(sorted(wanted))}) is in these files. "
            f"{FETCH_AGAIN}"
        )
    replaced = {STYLES: OLD_STYLES, OLD_STYLES: STYLES}[styles_read] if styles_read else None
    return ParsedRelease(
        _release(number),
        {code: found[by_code[code]] for code in by_code if by_code[code] in found},
        tuple(dict.fromkeys(warnings)),
        complete_measures=frozenset(SHARES.values()),
        replaced_units=frozenset({replaced.unit} if replaced else ()),
    )


class _Files:
    """The text files in a folder, found by patterns because names vary between releases."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".txt")
        self.used: set[str] = set()

    def release(self) -> str:
        """Find the release number in the folder's name or its read-me file; "" if not there."""
        if named := re.search(r"db_(\d+)_(\d+)", self.folder.resolve().name):
            return f"{named[1]}.{named[2]}"
        for path in self.paths:
            if re.match(r"read.?me", path.stem, re.IGNORECASE):
                text = path.read_bytes().decode("utf-8", errors="replace")
                if named := re.search(r"O\*NET\W{0,3}\s*(\d+\.\d+)\s+Database", text):
                    return named[1]
        return ""

    def tables(self, pattern: str, needed: Iterable[str]) -> list[Table]:
        """Read the files whose whole name matches; raises TableError if a column is missing."""
        tables = []
        for path in self.paths:
            if re.fullmatch(pattern, path.stem, re.IGNORECASE):
                table = read_tabs(path)
                table.require(needed)
                self.used.add(path.name)
                tables.append(table)
        return tables

    def ratings(self) -> Iterator[tuple[RatingKind, list[Table]]]:
        needed = (CODE, NAME, SCALE, VALUE, DATE)
        # Skip lists of software, and files that link skills to something else.
        skills = r"(?!.*\b(technology|software|to|examples?|crosswalk)\b).*skills"
        yield SKILLS, self.tables(skills, needed)
        styles = self.tables("work styles", needed)
        is_new = any(row.text(SCALE) == STYLES.scale for table in styles for row in table.rows)
        yield (STYLES if is_new or not styles else OLD_STYLES), styles
        yield INTERESTS, self.tables(r"(?!.*\b(basic|to)\b).*interests", needed)


def _ratings(
    kind: RatingKind, tables: list[Table], wanted: set[str], warnings: list[str], faults: Faults
) -> Iterator[tuple[str, dict[str, Any]]]:
    values: dict[str, list[Decimal]] = defaultdict(list)
    own: list[tuple[Row, Decimal]] = []
    for table in tables:
        for row in table.rows:
            if row.text(SCALE) != kind.scale or row.text(NAME) not in kind.elements:
                continue
            value = None
            with faults.collected():
                value = row.number(VALUE, kind.low, kind.high)
            if value is None:
                continue
            if row.text(SUPPRESS) == "Y":
                if row.text(CODE) in wanted:
                    warnings.append(
                        f"Not imported: {row.text(NAME)} of {row.text(CODE)}. O*NET advises "
                        "against using it because too few people were asked."
                    )
                continue
            values[row.text(NAME)].append(value)
            if row.text(CODE) in wanted:
                own.append((row, value))
    for each in values.values():
        each.sort()
    for row, value in own:
        name = row.text(NAME)
        yield (
            row.text(CODE),
            {
                "category": name,
                "value": value,
                "period": row.text(DATE),
                "percentile": percentile(values[name], value),
                "percentile_of": len(values[name]),
                "place": row.place,
            },
        )


def _shares(
    files: _Files, wanted: set[str], warnings: list[str], faults: Faults
) -> Iterator[tuple[str, dict[str, Any]]]:
    explaining = files.tables(
        r".*(education|experience).*categories", (SCALE, CATEGORY, DESCRIPTION)
    )
    descriptions = _descriptions(explaining)
    tables = files.tables(
        r"(?!.*categories).*(education|experience).*", (CODE, SCALE, CATEGORY, VALUE, DATE)
    )
    if not tables:
        warnings.append("No education and experience in these files. Their figures stay unchanged.")
    shares: dict[tuple[str, str], list[tuple[Row, Decimal]]] = defaultdict(list)
    for table in tables:
        for row in table.rows:
            if row.text(SCALE) in SHARES and row.text(CODE) in wanted:
                with faults.collected():
                    if (value := row.number(VALUE, 0, 100)) is not None:
                        shares[row.text(SCALE), row.text(CODE)].append((row, value))
    for (scale, code), rows in shares.items():
        last = rows[-1][0]
        total = sum((value for _row, value in rows), Decimal())
        if abs(total - 100) > MOST_OFF_100:
            faults.found.append(
                f"{last.place}: the shares of {code} on scale {scale} add up to {total}, not 100."
            )
        if any(row.text(SUPPRESS) == "Y" for row, _value in rows):
            warnings.append(
                f"{last.file}: O*NET advises against using some shares of {code} because too few "
                "people were asked. They are imported because only all shares add up to 100."
            )
        for row, value in rows:
            key = (scale, row.text(CATEGORY))
            if key not in descriptions:
                where = " or ".join(table.file for table in explaining) or "O*NET's dictionary"
                faults.found.append(
                    f"{row.place}: category {key[1]} of scale {scale} isn't explained in {where}."
                )
            elif value > 0:
                yield (
                    code,
                    {
                        "measure": SHARES[scale],
                        "category": descriptions[key],
                        "value": value,
                        "period": row.text(DATE),
                        "place": row.place,
                    },
                )


def _descriptions(explaining: Sequence[Table]) -> dict[tuple[str, str], str]:
    """Return the names of the categories by scale and number, of the files if there are any.

    They aren't completed from the dictionary: a release may number its categories differently.
    """
    if not explaining:
        return {
            (scale, str(number)): meaning
            for scale, meanings in MEANINGS.items()
            for number, meaning in enumerate(meanings, start=1)
        }
    # Drop the explanation: "High School Diploma - or the equivalent (for example, GED)".
    return {
        (row.text(SCALE), row.text(CATEGORY)): name
        for table in explaining
        for row in table.rows
        if (name := row.text(DESCRIPTION).partition(" - ")[0])
    }


def _reported_titles(files: _Files, wanted: set[str]) -> Iterator[tuple[str, str]]:
    title, shown = "Reported Job Title", "Shown in My Next Move"
    by_code: dict[str, list[Row]] = defaultdict(list)
    for table in files.tables("sample of reported titles", (CODE, title)):
        for row in table.rows:
            if row.text(CODE) in wanted and row.text(title):
                by_code[row.text(CODE)].append(row)
    for code, rows in by_code.items():
        picked = [row for row in rows if row.text(shown) == "Y"] or rows
        yield code, "; ".join(sorted({row.text(title) for row in picked})[:MOST_TITLES])


def _version(number: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in number.split("."))
    except ValueError as error:
        raise TableError(f"“{number}” isn't a release number such as 30.3.") from error


def _release(number: str) -> Release:
    named = f"O*NET {number} Database" if number else "O*NET Database"
    return Release(
        key=f"onet-{number or 'unstated'}",
        family=("onet-",),
        licence="CC BY 4.0",
        url="https://www.onetonline.org/",
        name=f"{named}, US Department of Labor, Employment and Training Administration",
        about="A survey of workers and experts. Each rating shows the month in which it was made.",
        attribution=f"This page includes information from the {named} by the U.S. Department of "
        "Labor, Employment and Training Administration (USDOL/ETA). Used under the CC BY 4.0 "
        "license. O*NET® is a trademark of USDOL/ETA. Sales or service? has modified all or some "
        "of this information. USDOL/ETA has not approved, endorsed, or tested these modifications.",
        label=f"O*NET {number}".strip(),
    )
