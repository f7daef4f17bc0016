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
# In occupations of 100: two ranks that are closer than the first get no sentence, and two that are
# at least the second apart differ by "much".
SMALLEST_RANK_GAP = 15
LARGE_RANK_GAP = 40

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

    @property
    def counted(self) -> str:
        """Whom official figures count, for the middle of a sentence."""
        role = self.role
        return role.occupation_title if role.occupation_is_closest else role.title_plural


@dataclass(frozen=True)
class Sentence:
    """How the roles differ in one topic; `figure` gives the origin."""

    topic: Text
    text: str
    figure: Figure

    @property
    def origin(self) -> str:
        return origin(self.figure)


def difference_sentences(compared: Sequence[RoleFigures]) -> list[Sentence]:
    """Describe the main differences: pay first, because people look for it first."""
    return [
        *_average_pay(compared),
        *_median_pay(compared),
        *_outlook(compared),
        *_entry(compared),
        *_years(compared),
        *_demands(compared),
    ]


def _average_pay(compared: Sequence[RoleFigures]) -> Iterator[Sentence]:
    """Compare the averages that one article gives for several roles, with all their digits."""
    averages = [
        (each, figure)
        for each in compared
        for figure in each.figures
        if figure.measure == "average_pay" and figure.source.kind != Source.Kind.OFFICIAL
    ]
    for place, (_each, figure) in enumerate(averages):
        pairs = [pair for pair in averages[place:] if not subtract(pair[1], figure).differs]
        if len(pairs) < 2:
            continue
        pairs.sort(key=lambda pair: -(pair[1].value or 0))
        (top, most), *others = pairs
        rest = _list(
            _("{role} {pay}, a difference of {less}").format(
                role=each.role.title_plural,
                pay=numbers.money(lower.value or Decimal(0), lower.currency),
                less=numbers.money(subtract(most, lower).value or Decimal(0), lower.currency),
            )
            for each, lower in others
        )
        text = _("On average, {role} earn {pay} and {rest}.").format(
            role=top.role.title_plural, pay=most.exact, rest=rest
        )
        yield Sentence(_("Pay"), text, most)
        return


def _median_pay(compared: Sequence[RoleFigures]) -> Iterator[Sentence]:
    medians = [(each, figure) for each in compared if (figure := each.official("median_pay"))]
    medians = [pair for pair in medians if not subtract(pair[1], medians[0][1]).differs]
    if len(medians) < 2:
        return
    medians.sort(key=lambda pair: -(pair[1].value or 0))
    (top, most), *others = medians
    rest = _list(_compared_pay(each, figure, most) for each, figure in others)
    text = _("Typical pay is {pay} a year for {role} and {rest}.").format(
        pay=_money(most, most.value or Decimal(0)), role=top.counted, rest=rest
    )
    text += " " + _("Half earn more, half earn less.")
    yield Sentence(_("Pay"), text, most)


def _compared_pay(each: RoleFigures, figure: Figure, most: Figure) -> str:
    pay = _money(figure, figure.value or Decimal(0))
    less = subtract(most, figure).value
    if not less:
        return _("the same for {role}").format(role=each.counted)
    return _("{pay} for {role}, {less} less").format(
        pay=pay, role=each.counted, less=_money(figure, less)
    )


def _money(figure: Figure, value: Decimal) -> str:
    return numbers.money(numbers.rounded(value), figure.currency)


def _outlook(compared: Sequence[RoleFigures]) -> Iterator[Sentence]:
    found = [(each, figure) for each in compared if (figure := each.official("outlook"))]
    found = [pair for pair in found if not subtract(pair[1], found[0][1]).differs]
    if not found:
        return
    found.sort(key=lambda pair: -(pair[1].value or 0))
    changes = _list(
        _("{change} for {role}").format(
            change=_change(figure.value or Decimal(0)), role=each.counted
        )
        for each, figure in found
    )
    text = _("The forecast for {period} is {changes}.").format(
        changes=changes, period=numbers.period_in_words(found[0][1].period)
    )
    missing = [each.counted for each in compared if each.official("outlook") is None]
    if missing:
        text += " " + _("We have no official forecast for {roles}.").format(roles=_list(missing))
    yield Sentence(_("Outlook"), text, found[0][1])


def _change(percent: Decimal) -> str:
    """Describe a change in the number of jobs, such as "5% fewer jobs"."""
    size = numbers.exact(abs(percent), "percent", "")
    if not percent:
        return _("no change in jobs")
    return (_("{size} more jobs") if percent > 0 else _("{size} fewer jobs")).format(size=size)


def _entry(compared: Sequence[RoleFigures]) -> Iterator[Sentence]:
    asked = []
    for each in compared:
        figures = [each.official(name) for name in ("entry_education", "entry_experience")]
        if present := [figure for figure in figures if figure]:
            asked.append((each, present))
    if len({tuple(figure.text for figure in figures) for _each, figures in asked}) < 2:
        return
    parts = ". ".join(
        f"{_capitalized(each.counted)}: " + _list(map(_asked_for, figures))
        for each, figures in asked
    )
    text = _("Employers usually ask for this. {parts}.").format(parts=parts)
    yield Sentence(_("Way in"), text, asked[0][1][0])


def _asked_for(figure: Figure) -> str:
    words = _uncapitalized(numbers.spoken(figure.text))
    if figure.measure == "entry_education":
        return words
    # What the official source writes where no experience is needed.
    is_none = words == "none"
    return _("no experience") if is_none else _("{words} of experience").format(words=words)


def _years(compared: Sequence[RoleFigures]) -> Iterator[Sentence]:
    by_origin: dict[str, list[tuple[RoleFigures, Figure]]] = {}
    for each in compared:
        for figure in each.figures:
            if figure.measure == "years_to_become":
                by_origin.setdefault(origin(figure), []).append((each, figure))
    for pairs in by_origin.values():
        times = _list(
            _("{role} {years}").format(role=each.role.title_plural, years=figure.in_words)
            for each, figure in pairs
        )
        text = _("Getting there typically takes {times}.").format(times=times)
        yield Sentence(_("The way there"), text, pairs[0][1])


def _demands(compared: Sequence[RoleFigures]) -> Iterator[Sentence]:
    """Name the ranks that are furthest apart; ranks are never subtracted."""
    ranks: dict[str, list[tuple[RoleFigures, Figure]]] = {}
    for each in compared:
        for figure in each.figures:
            if figure.measure == "rating" and figure.percentile is not None:
                ranks.setdefault(figure.category, []).append((each, figure))
    apart = [pairs for pairs in ranks.values() if len(pairs) == len(compared)]
    for pairs in apart:
        pairs.sort(key=_rank, reverse=True)
    apart = [pairs for pairs in apart if _gap(pairs) >= SMALLEST_RANK_GAP]
    apart.sort(key=_gap, reverse=True)
    for pairs in apart[:MOST_DEMANDS]:
        yield Sentence(
            _("What the work asks for"),
            _ranked(pairs, _places(compared)),
            pairs[0][1],
        )


def _rank(pair: tuple[RoleFigures, Figure]) -> int:
    return pair[1].in_a_hundred or 0


def _gap(pairs: Sequence[tuple[RoleFigures, Figure]]) -> int:
    return _rank(pairs[0]) - _rank(pairs[-1])


def _places(compared: Sequence[RoleFigures]) -> dict[Role, str]:
    """Say where something matters: in a field if each role is its field's, else for the role."""
    roles = [each.role for each in compared]
    if len({role.field for role in roles}) == len(roles) and not any(
        role.occupation_is_closest or role.level != Role.Level.INDIVIDUAL for role in roles
    ):
        return {role: _("in {field}").format(field=role.get_field_display()) for role in roles}
    return {each.role: _("for {role}").format(role=each.counted) for each in compared}


def _ranked(pairs: Sequence[tuple[RoleFigures, Figure]], places: dict[Role, str]) -> str:
    (top, most), *others = pairs
    category = category_named(most.category)
    if len(pairs) == 2:
        pattern = (
            _("{demand} matters much more {place} ({rank}) than {others}.")
            if _gap(pairs) >= LARGE_RANK_GAP
            else _("{demand} matters more {place} ({rank}) than {others}.")
        )
    else:
        pattern = _("{demand} matters most {place} ({rank}), then {others}.")
    return pattern.format(
        demand=_capitalized(str(category.gloss or category.label)),
        place=places[top.role],
        rank=_("higher than in about {n} of 100 occupations").format(n=most.in_a_hundred),
        others=_list(
            _("{place} (about {n} of 100)").format(place=places[each.role], n=figure.in_a_hundred)
            for each, figure in others
        ),
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
                    "{role}: {value}, {measure} ({origin}). {differs} from the official figure."
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
                "{source}, ratings {scale}: the period differs ({months}), so we show the ranks "
                "and subtract nothing."
            ).format(
                source=short_name(source_key),
                scale=numbers.with_unit("", unit, "").strip(),
                months=_list(map(numbers.period_in_words, sorted(months, key=_by_year))),
            )


def _by_year(month: str) -> tuple[str, ...]:
    return tuple(reversed(month.split("/")))


def origin(figure: Figure) -> str:
    """Name a figure's source, region and period, separated by commas."""
    parts = (short_name(figure.source.key) or figure.source.name, figure.region)
    period = numbers.period_in_words(figure.period) or _("undated")
    return ", ".join([*map(str, parts), period])


def _list(words: Iterable[str]) -> str:
    return get_text_list(list(words), _("and"))


def _plural(compared: RoleFigures) -> str:
    return _capitalized(compared.role.title_plural)


def _capitalized(words: str) -> str:
    return words[:1].upper() + words[1:]


def _uncapitalized(words: Text) -> str:
    text = str(words)
    return text[:1].lower() + text[1:]
