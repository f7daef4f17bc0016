"""Sentences on how a few roles differ, and on which figures can't be subtracted and why."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from roles import numbers
from roles.comparison import subtract
from roles.measures import Text, category_named, measure_named, short_name
from roles.models import Figure, Role, Source

MOST_DEMANDS = 3
# In occupations of 100: two ranks that are closer than this get no sentence.
SMALLEST_RANK_GAP = 15

NAMES: dict[str, Text] = {
    "measure": gettext_lazy("what is measured"),
    "category": gettext_lazy("what is measured"),
    "unit": gettext_lazy("the unit"),
    "currency": gettext_lazy("the currency"),
    "source_key": gettext_lazy("the source"),
    "region": gettext_lazy("the region"),
    "period": gettext_lazy("the period"),
}


@dataclass(frozen=True)
class RoleFigures:
    """A role and its published figures."""

    role: Role
    figures: Sequence[Figure]

    def official(self, measure: str) -> Figure | None:
        wanted = (
            figure
            for figure in self.figures
            if figure.measure == measure and figure.source.kind == Source.Kind.OFFICIAL
        )
        return next(wanted, None)


@dataclass(frozen=True)
class Sentence:
    """How the roles differ in one topic.

    `figure` gives the origin; `exact` repeats the numbers of `text` with all their digits.
    """

    topic: Text
    text: str
    figure: Figure
    exact: str = ""

    @property
    def origin(self) -> str:
        return origin(self.figure)


def difference_sentences(compared: Sequence[RoleFigures]) -> list[Sentence]:
    """Describe the main differences: pay first, because people look for it first."""
    return [
        *_pay(compared),
        *_outlook(compared),
        *_entry(compared),
        *_years(compared),
        *_demands(compared),
    ]


def _pay(compared: Sequence[RoleFigures]) -> Iterator[Sentence]:
    medians = [(each, figure) for each in compared if (figure := each.official("median_pay"))]
    medians = [pair for pair in medians if not subtract(pair[1], medians[0][1]).differs]
    if len(medians) < 2:
        return
    medians.sort(key=lambda pair: -(pair[1].value or 0))
    (top, most), *others = medians
    by = [(each, subtract(most, figure).value or Decimal(0)) for each, figure in others]
    lower = [(each, more) for each, more in by if more]
    if not lower:
        yield Sentence(_("Pay"), _("Pay in the middle (the median) is the same."), most)
        return
    rest = _list(
        _("{more} more than {role}").format(
            more=numbers.in_words(more, most.unit, most.currency)
            if place == 0
            else numbers.in_words(more, "", ""),
            role=each.role.title_plural,
        )
        for place, (each, more) in enumerate(lower)
    )
    exact = _list(numbers.exact(more, most.unit, most.currency) for _each, more in lower)
    text = _("{role} earn {rest} at the median.").format(role=_plural(top), rest=rest)
    yield Sentence(_("Pay"), text, most, exact)


def _outlook(compared: Sequence[RoleFigures]) -> Iterator[Sentence]:
    found = [(each, figure) for each in compared if (figure := each.official("outlook"))]
    found = [pair for pair in found if not subtract(pair[1], found[0][1]).differs]
    if not found:
        return
    found.sort(key=lambda pair: -(pair[1].value or 0))
    changes = _list(
        _("{change} for {role}").format(change=figure.in_words, role=each.role.title_plural)
        for each, figure in found
    )
    text = _("The number of jobs is forecast to change in {period}: {changes}.").format(
        changes=changes, period=found[0][1].period
    )
    missing = [each.role.title_plural for each in compared if each.official("outlook") is None]
    if missing:
        text += " " + _("There is no official forecast among our figures for {roles}.").format(
            roles=_list(missing)
        )
    yield Sentence(_("Outlook"), text, found[0][1])


def _entry(compared: Sequence[RoleFigures]) -> Iterator[Sentence]:
    asked = []
    for each in compared:
        figures = [each.official(name) for name in ("entry_education", "entry_experience")]
        if present := [figure for figure in figures if figure]:
            asked.append((each, present))
    if len({tuple(figure.text for figure in figures) for _each, figures in asked}) < 2:
        return
    parts = "; ".join(
        f"{each.role.title}: "
        + _list(
            figure.text
            if figure.measure == "entry_education"
            else _("experience: {words}").format(words=figure.text.lower())
            for figure in figures
        )
        for each, figures in asked
    )
    text = _("What employers usually ask for. {parts}.").format(parts=parts)
    yield Sentence(_("What it needs"), text, asked[0][1][0])


def _years(compared: Sequence[RoleFigures]) -> Iterator[Sentence]:
    for each in compared:
        for figure in each.figures:
            if figure.measure == "years_to_become":
                text = _("{role}: it takes {years} to become one.").format(
                    years=figure.in_words, role=_plural(each)
                )
                yield Sentence(_("The way there"), text, figure)


def _demands(compared: Sequence[RoleFigures]) -> Iterator[Sentence]:
    """List the ranks that are furthest apart; ranks are never subtracted."""
    ranks: dict[str, list[tuple[RoleFigures, Figure]]] = {}
    for each in compared:
        for figure in each.figures:
            if figure.measure == "rating" and figure.percentile is not None:
                ranks.setdefault(figure.category, []).append((each, figure))
    apart = [pairs for pairs in ranks.values() if len(pairs) == len(compared)]

    def rank(pair: tuple[RoleFigures, Figure]) -> int:
        return pair[1].in_a_hundred or 0

    for pairs in apart:
        pairs.sort(key=rank, reverse=True)
    apart = [pairs for pairs in apart if rank(pairs[0]) - rank(pairs[-1]) >= SMALLEST_RANK_GAP]
    apart.sort(key=lambda pairs: rank(pairs[-1]) - rank(pairs[0]))
    for pairs in apart[:MOST_DEMANDS]:
        places = _list(
            _("about {n} for {role}").format(n=rank(pair), role=pair[0].role.title_plural)
            for pair in pairs
        )
        most = pairs[0][1]
        text = _("{demand}. Of 100 occupations it counts for less in {places}.").format(
            demand=category_named(most.category).label, places=places
        )
        yield Sentence(_("What it asks for"), text, most, _exact_ranks(pairs))


def _exact_ranks(pairs: Sequence[tuple[RoleFigures, Figure]]) -> str:
    """List percentiles in the order of the sentence, with their months if those differ."""
    figures = [figure for _each, figure in pairs]
    counts = {figure.percentile_of for figure in figures}
    periods = {figure.period for figure in figures}
    if len(counts) == len(periods) == 1:
        return _("percentiles {percentiles} of {count} occupations").format(
            percentiles=_list(figure.percentile_exact for figure in figures), count=counts.pop()
        )
    return _list(
        _("percentile {percentile} of {count} occupations (rated {period})").format(
            percentile=figure.percentile_exact,
            count=figure.percentile_of,
            period=figure.period or _("undated"),
        )
        for figure in figures
    )


# ---------------------------------------------------------------- what is not subtracted

TYPICAL_PAY = ("median_pay", "average_pay")
FORECAST = ("outlook", "growth_rate")


def not_subtracted(compared: Sequence[RoleFigures]) -> list[str]:
    """Say which figures we don't subtract from each other, and in what they differ."""
    return [
        *_against_the_official(compared, TYPICAL_PAY),
        *_against_the_official(compared, FORECAST),
        *_ratings_apart(compared),
    ]


def _against_the_official(
    compared: Sequence[RoleFigures], measures: tuple[str, ...]
) -> Iterator[str]:
    official = next((figure for each in compared if (figure := each.official(measures[0]))), None)
    if official is None:
        return
    for each in compared:
        for figure in each.figures:
            if figure.measure not in measures:
                continue
            differs = subtract(figure, official).differs
            if differs:
                yield _(
                    "{role}, {measure}: {value} ({origin}). {differs} from the official."
                ).format(
                    role=each.role.title,
                    measure=_uncapitalized(measure_named(figure.measure).label),
                    value=figure.exact,
                    origin=origin(figure),
                    differs=_capitalized(_differ(differs)),
                )


def _differ(differs: tuple[str, ...]) -> str:
    names = list(dict.fromkeys(str(NAMES[name]) for name in differs))
    return (
        _("{names} differs").format(names=_list(names))
        if len(names) == 1
        else _("{names} differ").format(names=_list(names))
    )


def _ratings_apart(compared: Sequence[RoleFigures]) -> Iterator[str]:
    """Name rating scales with different months: O*NET rates occupations in turn, not together."""
    periods: dict[tuple[str, str], set[str]] = {}
    for each in compared:
        for figure in each.figures:
            if figure.measure == "rating":
                key = (figure.source_key, figure.unit)
                periods.setdefault(key, set()).add(figure.period)
    for (source_key, unit), months in periods.items():
        if len(months) > 1:
            yield _(
                "{source}, ratings {scale}: the period differs ({months}), so ranks stand side by "
                "side and nothing is subtracted."
            ).format(
                source=short_name(source_key),
                scale=numbers.with_unit("", unit, "").strip(),
                months=_list(sorted(months, key=_by_year)),
            )


def _by_year(month: str) -> tuple[str, ...]:
    return tuple(reversed(month.split("/")))


def origin(figure: Figure) -> str:
    """Name a figure's source, region and period, separated by commas."""
    parts = (short_name(figure.source.key) or figure.source.name, figure.region)
    return ", ".join([*map(str, parts), figure.period or _("undated")])


def _list(words: Iterable[str]) -> str:
    return get_text_list(list(words), _("and"))


def _plural(compared: RoleFigures) -> str:
    return _capitalized(compared.role.title_plural)


def _capitalized(words: str) -> str:
    return words[:1].upper() + words[1:]


def _uncapitalized(words: Text) -> str:
    text = str(words)
    return text[:1].lower() + text[1:]
