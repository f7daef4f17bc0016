"""What a page shows first: a few official figures, and the ratings that stand out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from roles import numbers
from roles.measures import RATING_SECTIONS, category_named
from roles.models import Figure, Source
from roles.sections import Cell, Column, Table, TableRow

HIGHEST, LOWEST = 3, 2  # how many of one role's ratings are highlighted at either end


def standouts(tables: Mapping[str, tuple[Table, ...]]) -> tuple[TableRow, ...]:
    """Pick the highest and lowest ratings of one role, or those where several roles differ most.

    They are rows, not a Table, because they come from several sources and months.
    """
    rows = [
        row
        for section in dict.fromkeys(RATING_SECTIONS.values())
        for table in tables.get(section, ())
        if not table.missing
        for row in table.rows
        if all(cell.bar for cell in row.cells)
    ]

    def spread(row: TableRow) -> float:
        places = [float(cell.bar or 0) for cell in row.cells]
        return max(places) - (min(places) if len(places) > 1 else 0)

    rows.sort(key=spread, reverse=True)
    is_about_one = all(len(row.cells) == 1 for row in rows)
    return tuple(
        rows[:HIGHEST] + rows[HIGHEST:][-LOWEST:] if is_about_one else rows[: HIGHEST + LOWEST]
    )


@dataclass(frozen=True)
class Tile:
    """One of the facts at the top of a job page; `name` is the measure behind it."""

    name: str
    label: str
    value: str
    note: str = ""


def tiles(figures: Sequence[Figure], benchmark: Sequence[Figure]) -> tuple[Tile, ...]:
    """Pick pay, outlook, way in and openings from the official figures of a role.

    Without an official way in, it is the education named most often; without openings, it is how
    many people work in the occupation today.
    """
    official, of_all = _official(figures), _official(benchmark)
    found = []
    if pay := official.get("median_pay"):
        note = _("a year: half earn more, half less.")
        if everyone := of_all.get("median_pay"):
            note += " " + _("All jobs: {pay}.").format(pay=_money(everyone))
        found.append(Tile("median_pay", _("Pay"), _money(pay), note))
    if outlook := official.get("outlook"):
        note = _("jobs, {period}").format(period=numbers.period_in_words(outlook.period))
        found.append(Tile("outlook", _("Outlook"), outlook.exact, note))
    else:
        note = _("We don't guess one.")
        found.append(Tile("outlook", _("Outlook"), _("No official forecast"), note))
    if entry := official.get("entry_education"):
        note = _("is usual")
        found.append(Tile("entry_education", _("Way in"), numbers.spoken(entry.in_words), note))
    elif shares := [
        each
        for each in figures
        if each.measure == "education_share" and each.source.kind == Source.Kind.OFFICIAL
    ]:
        most = max(shares, key=lambda each: each.value or 0)
        value = str(category_named(most.category).label)
        note = _("named most often, by {share}").format(share=most.in_words)
        found.append(Tile("education_share", _("Way in"), value, note))
    if openings := official.get("openings_per_year"):
        value = numbers.exact_number(numbers.rounded(openings.value or Decimal(0)))
        note = _("a year in the United States")
        found.append(Tile("openings_per_year", _("Openings"), value, note))
    elif employment := official.get("employment"):
        value = numbers.exact_number(numbers.rounded(employment.value or Decimal(0)))
        note = _("do this work in the United States")
        found.append(Tile("employment", _("People today"), value, note))
    return tuple(found)


def pay_fact(figures: Sequence[Figure]) -> str:
    """Say in one line what most people earn, without the highest-paid and lowest-paid tenth."""
    official = _official(figures)
    low, high = official.get("pay_p10"), official.get("pay_p90")
    if not (low and high):
        return ""
    return _("8 in 10 earn {low} to {high}").format(
        low=_in_thousands(low), high=_in_thousands(high)
    )


def middle_pay_fact(by_role: Sequence[Sequence[Figure]]) -> str:
    """Say in one line what the middle of several roles earns, in their order."""
    found = [median for each in by_role if (median := _official(each).get("median_pay"))]
    if not found:
        return ""
    return _("In the middle: {amounts} a year").format(
        amounts=get_text_list([_money(each) for each in found], _("and"))
    )


def outlooks_fact(by_role: Sequence[Sequence[Figure]]) -> str:
    """Say in one line how the number of jobs is forecast to change in several roles."""
    outlooks = [_official(each).get("outlook") for each in by_role]
    found = [outlook for outlook in outlooks if outlook]
    if not found:
        return _("No official forecast")
    changes = [outlook.exact if outlook else _("no official forecast") for outlook in outlooks]
    return _("{period}: {changes}").format(
        changes=get_text_list(changes, _("and")),
        period=numbers.period_in_words(found[0].period),
    )


def outlook_fact(figures: Sequence[Figure]) -> str:
    """Say in one line how many jobs there are and how that is forecast to change."""
    outlook = _official(figures).get("outlook")
    if outlook is None:
        return _("No official forecast")
    period = numbers.period_in_words(outlook.period)
    change = _("{change} from {period}").format(change=outlook.exact, period=period)
    # The pay survey counts people: only the forecast's own count fits next to its change.
    jobs = _official([each for each in figures if each.unit == "jobs"]).get("employment")
    return _("{jobs} now, {change}").format(jobs=jobs.in_words, change=change) if jobs else change


def _official(figures: Sequence[Figure]) -> dict[str, Figure]:
    """Map measures to their first official figure."""
    found: dict[str, Figure] = {}
    for figure in figures:
        if figure.source.kind == Source.Kind.OFFICIAL:
            found.setdefault(figure.measure, figure)
    return found


def _money(figure: Figure) -> str:
    return numbers.money(numbers.rounded(figure.value or Decimal(0)), figure.currency)


def _in_thousands(figure: Figure) -> str:
    return numbers.money(numbers.in_thousands(figure.value or Decimal(0)), figure.currency)


@dataclass(frozen=True)
class MostNamed:
    """The answer that most respondents gave, with where it is in its table."""

    table: Table
    column: Column
    row: TableRow
    cell: Cell


def most_named(tables: Sequence[Table]) -> tuple[MostNamed, ...]:
    """Pick the largest share for each table and role."""
    found = []
    for table in tables:
        for place, column in enumerate(table.columns):
            shares = [row for row in table.rows if row.is_category and row.cells[place].bar]
            if shares:
                row = max(shares, key=lambda row: float(row.cells[place].bar or 0))
                found.append(MostNamed(table, column, row, row.cells[place]))
    return tuple(found)


def named_fact(named: Sequence[MostNamed]) -> str:
    """Say in one line what was named most often for several roles, without repeating it."""
    labels = list(dict.fromkeys(str(each.row.label) for each in named))
    if not labels:
        return ""
    return _("Named most often: {labels}").format(labels=get_text_list(labels, _("and")))


def has_official_outlook(figures: Sequence[Figure]) -> bool:
    """Tell whether a statistics office forecasts jobs; a count of today's jobs isn't enough."""
    return any(
        figure.measure == "outlook" and figure.source.kind == Source.Kind.OFFICIAL
        for figure in figures
    )
