"""Tables of the US Bureau of Labor Statistics: wages (OEWS, national) and projections. Pure.

https://www.bls.gov/oes/tables.htm, https://www.bls.gov/emp/tables.htm
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from roles.importing.parsed import ParsedFigure, ParsedRelease, Release
from roles.importing.tables import FETCH_AGAIN, Row, Table, TableError, read_sheet

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
NOT_AVAILABLE = {
    "*": "the survey gives no estimate",
    "**": "the survey gives no estimate",
    "~": "the survey gives no estimate",
    "#": "it is above the highest wage that the survey reports, so the value is unknown",
}

THOUSAND = 1000
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
    return _wages(table, list(codes), period or _month_in(path.name))


def _is_wages(cells: Sequence[str]) -> bool:
    return len({cell.strip().upper() for cell in cells} & {CODE, TITLE, *WAGES}) >= 3


def _is_projections(cells: Sequence[str]) -> bool:
    return len(_projection_columns(cells)) >= 3


def _month_in(name: str) -> str:
    """Find the month in a file name as published, such as national_M2025_dl; "" if not there."""
    named = re.search(r"M(20\d\d)", name)
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
    for row in table.rows:
        code = row.text(by_name[CODE])
        if code not in (*codes, ALL_OCCUPATIONS):
            continue
        if code in by_code:
            raise TableError(
                f"{table.file}, line {row.line}: {code} appears more than once. This isn't the "
                "national table of all industries together. Use that one."
            )
        title = row.text(by_name[TITLE])
        by_code[code] = []
        for column, (measure, unit, currency) in WAGES.items():
            text = row.text(by_name[column])
            if text in NOT_AVAILABLE:
                warnings.append(f"Not imported: {column} of {code}; {NOT_AVAILABLE[text]}.")
            elif (value := row.number(by_name[column])) is not None:
                by_code[code].append(
                    ParsedFigure(
                        measure,
                        unit,
                        period,
                        f"{code} {title}",
                        "https://www.bls.gov/oes/",
                        value=value,
                        currency=currency,
                    )
                )
    _refuse_empty(table, by_code, codes)
    return ParsedRelease(_survey(period), by_code, tuple(warnings))


def _survey(period: str) -> Release:
    survey = "US Bureau of Labor Statistics, Occupational Employment and Wage Statistics"
    year = period.split()[-1] if period else "undated"
    month = f", {period}" if period else ""
    return Release(
        key=f"bls-oews-{year}",
        family=("bls-oews",),
        licence="public domain",
        url="https://www.bls.gov/oes/",
        name=f"{survey}{month}",
        about="Employers report these wages. Commissions are counted; overtime and people who work "
        "for themselves are not.",
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
    for row in table.rows:
        code = re.sub(r'[="\s]', "", row.text(columns["code"]))
        if code not in codes:
            continue
        if code in by_code:
            raise TableError(f"{table.file}, line {row.line}: {code} appears twice. {FETCH_AGAIN}")
        by_code[code] = list(_projected(row, code, columns, first, second, years))
    _refuse_empty(table, by_code, codes)
    return ParsedRelease(_forecast(years), by_code)


def _projected(
    row: Row, code: str, columns: Mapping[str, str], first: str, second: str, years: str
) -> Iterable[ParsedFigure]:
    title = re.sub(r"\s*(\[\d+\]|\*)\s*$", "", row.text(columns["title"]))
    periods = {"employment": first, "employment_projected": second}
    occupation, url = f"{code} {title}", "https://www.bls.gov/emp/"
    for name in PROJECTIONS:
        if name in ("code", "title"):
            continue
        text = row.text(columns[name])
        if text in ("", "-", "–", "—"):
            continue
        if name in IN_WORDS:
            yield ParsedFigure(name, "", first, occupation, url, text=text)
            continue
        value = row.number(columns[name])
        if value is None:
            continue
        if name == "outlook":
            yield ParsedFigure(name, "percent", years, occupation, url, value=value)
        else:
            period = periods.get(name, years)
            yield ParsedFigure(name, "jobs", period, occupation, url, value=value * THOUSAND)


def _forecast(years: str) -> Release:
    name = f"US Bureau of Labor Statistics, Employment Projections {years}, table 1.2"
    return Release(
        key=f"bls-projections-{years}",
        family=("bls-outlook", "bls-projections"),
        licence="public domain",
        url="https://www.bls.gov/emp/",
        name=name,
        about="A forecast for ten years. Openings count both new jobs and jobs that people leave.",
        attribution=f"Source: {name}. {CANNOT_VOUCH}",
        label=f"BLS projections {years}",
    )


def _refuse_empty(table: Table, by_code: Mapping[str, object], codes: list[str]) -> None:
    if not set(by_code) & set(codes):
        raise TableError(
            f"{table.file} has no line for any of the roles' occupations ({', '.join(codes)}). "
            f"{FETCH_AGAIN}"
        )
