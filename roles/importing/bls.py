"""Tables of the US Bureau of Labor Statistics: wages (OEWS, national) and projections. Pure.

https://www.bls.gov/oes/tables.htm, https://www.bls.gov/emp/tables.htm
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from roles.importing.parsed import ParsedFigure, ParsedRelease, Release
from roles.importing.tables import FETCH_AGAIN, Faults, Row, Table, TableError, read_sheet

ALL_OCCUPATIONS = "00-0000"
CODE, TITLE = "OCC_CODE", "OCC_TITLE"
# Measure, unit and currency by column.
WAGES = {
    "TOT_EMP": ("employment", "persons", ""),
    "A_MEAN": ("mean_pay", "year", "USD"),
    "H_MEDIAN": ("median_pay_hourly", "hour", "USD"),
    "A_PCT10": ("pay_p10", "year", "USD"),
    "A_PCT25": ("pay_p25", "year", "USD"),
    "A_MEDIAN": ("median_pay", "year", "USD"),
    "A_PCT75": ("pay_p75", "year", "USD"),
    "A_PCT90": ("pay_p90", "year", "USD"),
}
# The lowest value by unit: 45.380 for 45,380 is a year's pay with a European separator.
LOWEST_BY_UNIT = {"persons": 1, "year": 1_000, "hour": 1}
PERCENTILES = ("A_PCT10", "A_PCT25", "A_MEDIAN", "A_PCT75", "A_PCT90")
TOP_CODED = "#"
NOT_AVAILABLE = {
    "": "the file gives no value",
    "*": "the survey gives no estimate",
    "**": "the survey gives no estimate",
    "~": "the survey gives no estimate",
    TOP_CODED: "it is above the highest wage that the survey reports, so the value is unknown",
}
# What the columns of the national table of all industries contain, if a table has them.
NATIONAL = {
    "AREA": r"0*99|0{7}|U\.?S\.?",
    "AREA_TYPE": r"1",
    "AREA_TITLE": r"U\.?S\.?|United States|National",
    "PRIM_STATE": r"U\.?S\.?",
    "ST": r"U\.?S\.?",
    "STATE": r"U\.?S\.?|United States|National",
    "NAICS": r"0+",
    "NAICS_TITLE": r"Cross-industry(, private, federal, state,? and local government)?",
    "I_GROUP": r"Cross-industry",
    "OWN_CODE": r"1235",
}

THOUSAND = 1000
OEWS_URL, PROJECTIONS_URL = "https://www.bls.gov/oes/", "https://www.bls.gov/emp/"
# Patterns for the column headings of projections, in the download and in table 1.2.
PROJECTIONS = {
    "code": r"(occupation|.*matrix) code",
    "title": r"(occupation|.*matrix) title",
    "employment": r"employment,? (?P<first>\d{4})",
    "employment_projected": r"employment,? (?P<second>\d{4})",
    "employment_change": r"employment change,( numeric,)? \d{4}-\d{2,4}",
    "outlook": r"employment (percent change|change, percent), \d{4}-\d{2,4}",
    "openings_per_year": r"occupational openings, \d{4}-\d{2,4} annual average",
    "entry_education": r"typical (entry-level education|education needed for entry)",
    "entry_experience": r"work experience in a related occupation",
    "on_the_job_training": r"typical on-the-job training.*",
}
# The lowest value that a column can have; changes in numbers of jobs can be negative.
LOWEST = {"employment": 0, "employment_projected": 0, "outlook": -100, "openings_per_year": 0}
# How far the published changes may be from what the published (rounded) employment gives.
ROUNDING_OF_CHANGE = Decimal("0.2")  # thousands of jobs
ROUNDING_OF_PERCENT = Decimal("0.6")  # percentage points
NOTHING = ("", "-", "–", "—")  # the cell of a row without a value
IN_WORDS = ("entry_education", "entry_experience", "on_the_job_training")
NAMES = {
    "code": "Occupation Code",
    "title": "Occupation Title",
    "employment": "Employment (first year)",
    "employment_projected": "Employment (last year)",
    "employment_change": "Employment Change",
    "outlook": "Employment Percent Change",
    "openings_per_year": "Occupational Openings, Annual Average",
    "entry_education": "Typical Entry-Level Education",
    "entry_experience": "Work Experience in a Related Occupation",
    "on_the_job_training": "Typical on-the-job Training",
}
CANNOT_VOUCH = (
    "BLS.gov cannot vouch for the data or analyses derived from these data after the data have "
    "been retrieved from BLS.gov."
)


def read_bls(path: Path, codes: Iterable[str], period: str = "") -> ParsedRelease:
    """Parse a wage table or projections for these SOC codes and for all occupations together.

    `period` overrides the month in the file name. Raises TableError if the file is unusable.
    """
    table = read_sheet(path, lambda cells: _is_wages(cells) or _is_projections(cells))
    if _is_projections(table.columns) and not _is_wages(table.columns):
        return _projections(table, list(codes))
    return _wages(table, list(codes), period.strip() or _month_in(path.name))


def _is_wages(cells: Sequence[str]) -> bool:
    return len({cell.strip().upper() for cell in cells} & {CODE, TITLE, *WAGES}) >= 3


def _is_projections(cells: Sequence[str]) -> bool:
    return len(_projection_columns(cells)) >= 3


def _month_in(name: str) -> str:
    """Find the month in a file name as published, such as national_M2025_dl; "" if not there."""
    named = re.search(r"(?:M|(?<![A-Za-z])m)(20\d\d)", name)
    return f"May {named[1]}" if named else ""


# ---------------------------------------------------------------- wages


def _wages(table: Table, codes: list[str], period: str) -> ParsedRelease:
    by_name = {column.upper(): column for column in table.columns}
    missing = [name for name in (CODE, TITLE, *WAGES) if name not in by_name]
    table.require(missing)
    warnings = []
    if not period:
        warnings.append(
            "Neither the file name nor --period contains the month, so the figures are shown as "
            "undated."
        )
    by_code: dict[str, list[ParsedFigure]] = {}
    faults = Faults()
    for row in table.rows:
        code = _code(row, by_name[CODE])
        if code not in (*codes, ALL_OCCUPATIONS):
            continue
        _refuse_other_tables(row)
        if code in by_code:
            raise TableError(
                f"{row.place}: {code} appears more than once. This isn't the national table of "
                "all industries together. Use that one."
            )
        by_code[code] = []
        title = _without_marks(row.text(by_name[TITLE]))
        shared = ParsedFigure("", "", period, f"{code} {title}".strip(), OEWS_URL, place=row.place)
        for column, (measure, unit, currency) in WAGES.items():
            text = row.text(by_name[column])
            if text in NOT_AVAILABLE:
                warnings.append(f"Not imported: {column} of {code}; {NOT_AVAILABLE[text]}.")
                continue
            with faults.collected():
                low, is_whole = LOWEST_BY_UNIT[unit], unit == "persons"
                value = row.number(by_name[column], low, is_whole=is_whole)
                by_code[code].append(
                    replace(shared, measure=measure, unit=unit, value=value, currency=currency)
                )
        with faults.collected():
            _check_percentiles(row, by_name)
    faults.refuse()
    _refuse_empty(table, by_code, codes)
    return ParsedRelease(_survey(period), by_code, tuple(warnings))


def _refuse_other_tables(row: Row) -> None:
    """Raise TableError for the table of a state, an area, an industry or a kind of owner."""
    for column in row.places:
        pattern = NATIONAL.get(column.upper().replace(" ", "_"))
        text = row.text(column)
        if pattern and text and not re.fullmatch(pattern, text, re.IGNORECASE):
            raise TableError(
                f"{row.place}: “{column}” is “{text}”, so this isn't the national table of all "
                "industries together. Use that one, such as national_M2025_dl.xlsx."
            )


def _check_percentiles(row: Row, by_name: Mapping[str, str]) -> None:
    """Raise TableError if a percentile is lower than the one before; withheld ones are skipped."""
    before, highest = "", Decimal("-Infinity")
    for column in PERCENTILES:
        text = row.text(by_name[column])
        if text in NOT_AVAILABLE and text != TOP_CODED:
            continue
        try:
            value = Decimal("Infinity") if text == TOP_CODED else row.number(by_name[column])
        except TableError:
            return  # reported already
        if value is not None and value < highest:
            raise TableError(
                f"{row.place}: “{column}” is {text}, but it can't be below “{before}”, which is "
                f"{row.text(by_name[before])}."
            )
        before, highest = column, value or highest


def _survey(period: str) -> Release:
    survey = "US Bureau of Labor Statistics, Occupational Employment and Wage Statistics"
    year = period.split()[-1] if period else "undated"
    month = f", {period}" if period else ""
    return Release(
        key=f"bls-oews-{year}",
        family=("bls-oews",),
        licence="public domain",
        url=OEWS_URL,
        name=f"{survey}{month}",
        about="Employers report these wages. They include commissions, but not overtime or people "
        "who work for themselves.",
        attribution=f"Source: {survey}, national table{month}. {CANNOT_VOUCH}",
        label=f"BLS wage survey {period}".strip(),
    )


# ---------------------------------------------------------------- projections


def _plain(column: str) -> str:
    """Normalize a heading: no footnote marks, lowercase, hyphens instead of dashes."""
    text = re.sub(r"\[\d+\]|\(\d+\)|\*", "", column.replace("–", "-").replace("—", "-"))
    return re.sub(r"\s+", " ", text).strip().lower()


def _projection_columns(columns: Sequence[str]) -> dict[str, str]:
    """Map the keys of PROJECTIONS to the headings that match them."""
    found: dict[str, str] = {}
    for column in columns:
        for name, pattern in PROJECTIONS.items():
            if name not in found and re.fullmatch(pattern, _plain(column)):
                found[name] = column
                break  # so that the heading of the second year matches the next pattern
    return found


def _projections(table: Table, codes: list[str]) -> ParsedRelease:
    columns = _projection_columns(table.columns)
    table.require([NAMES[name] for name in PROJECTIONS if name not in columns])
    first, second = (
        re.findall(r"\d{4}", _plain(columns[name]))[0]
        for name in ("employment", "employment_projected")
    )
    years = f"{first}-{second[2:]}"
    by_code: dict[str, list[ParsedFigure]] = {}
    faults = Faults()
    for row in table.rows:
        code = _code(row, columns["code"])
        if code not in codes:
            continue
        _refuse_other_tables(row)
        if code in by_code:
            raise TableError(f"{row.place}: {code} appears twice. {FETCH_AGAIN}")
        periods = {"employment": first, "employment_projected": second}
        periods |= dict.fromkeys(IN_WORDS, first)
        title = _without_marks(row.text(columns["title"]))
        shared = ParsedFigure(
            "", "", years, f"{code} {title}".strip(), PROJECTIONS_URL, place=row.place
        )
        by_code[code] = [
            replace(figure, period=periods.get(figure.measure, years))
            for figure in _projected(row, columns, shared, faults)
        ]
        with faults.collected():
            _check_changes(row, columns)
    faults.refuse()
    _refuse_empty(table, by_code, codes)
    return ParsedRelease(_forecast(years), by_code)


def _projected(
    row: Row, columns: Mapping[str, str], shared: ParsedFigure, faults: Faults
) -> Iterator[ParsedFigure]:
    for name in PROJECTIONS:
        text = row.text(columns[name])
        if name in ("code", "title") or text in NOTHING:
            continue
        if name in IN_WORDS:
            yield replace(shared, measure=name, text=_without_marks(text))
            continue
        with faults.collected():
            value = row.number(columns[name], low=LOWEST.get(name))
            if value is not None and name == "outlook":
                yield replace(shared, measure=name, unit="percent", value=value)
            elif value is not None:
                yield replace(shared, measure=name, unit="jobs", value=value * THOUSAND)


def _check_changes(row: Row, columns: Mapping[str, str]) -> None:
    """Raise TableError if a change doesn't follow from the employment in the same row."""
    names = ("employment", "employment_projected", "employment_change", "outlook")
    try:
        first, second, change, percent = (
            None if row.text(columns[name]) in NOTHING else row.number(columns[name])
            for name in names
        )
    except TableError:
        return  # reported already
    if first is None or second is None:
        return
    if change is not None and abs(second - first - change) > ROUNDING_OF_CHANGE:
        raise TableError(
            f"{row.place}: “{columns['employment_change']}” is {change}, but employment changes "
            f"from {first} to {second}."
        )
    if percent is not None and first:
        expected = (second - first) / first * 100
        rounding = ROUNDING_OF_PERCENT + ROUNDING_OF_CHANGE / first * 100
        if abs(expected - percent) > rounding:
            raise TableError(
                f"{row.place}: “{columns['outlook']}” is {percent}, but employment changes from "
                f"{first} to {second}."
            )


def _forecast(years: str) -> Release:
    name = f"US Bureau of Labor Statistics, Employment Projections {years}, table 1.2"
    return Release(
        key=f"bls-projections-{years}",
        family=("bls-outlook", "bls-projections"),
        licence="public domain",
        url=PROJECTIONS_URL,
        name=name,
        about="A forecast for ten years. Openings are new jobs and jobs that people leave.",
        attribution=f"Source: {name}. {CANNOT_VOUCH}",
        label=f"BLS projections {years}",
    )


def _code(row: Row, column: str) -> str:
    """Read an occupation code, also one written as a formula (="43-4051")."""
    return re.sub(r'[="\s]', "", _without_marks(row.text(column)))


def _without_marks(text: str) -> str:
    """Drop footnote marks, and the names of jobs that follow a title: "Cashiers  * Teller* ..."."""
    words = " ".join(text.split()).lstrip("* ")
    return re.sub(r"(\s*(\[\d+\]|\(\d+\)|[¹²³⁴-⁹†‡]))+$", "", re.split(r"\s*[*•]", words)[0])


def _refuse_empty(table: Table, by_code: Mapping[str, object], codes: list[str]) -> None:
    if not set(by_code) & set(codes):
        raise TableError(
            f"{table.file} has no line for any of the roles' occupations ({', '.join(codes)}). "
            f"{FETCH_AGAIN}"
        )
