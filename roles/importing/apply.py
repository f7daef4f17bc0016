"""Apply a parsed release to the database: only figures of that source change."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history
from translated_fields import to_attribute

from roles.importing.bls import ALL_OCCUPATIONS
from roles.importing.parsed import REGION, ParsedFigure, ParsedRelease, Release
from roles.importing.tables import FETCH_AGAIN, Faults, TableError
from roles.measures import ONET, WORKFORCE_MEASURES
from roles.models import Figure, Role, Source
from roles.numbers import exact_number, is_large_change

OWN_LANGUAGE = settings.LANGUAGES[0][0]
TEXT, NOTE = to_attribute("text", OWN_LANGUAGE), to_attribute("note", OWN_LANGUAGE)
# All languages of a text: when the default language changes, translations are out of date.
IN_LANGUAGES = {TEXT: Figure.text.fields, NOTE: Figure.note.fields}
WRITTEN = (
    *("value", "value_high", "region", "period", "occupation", "source", "url", "checked_on"),
    *("percentile", "percentile_of", *Figure.text.fields, *Figure.note.fields),
)
STALE_AFTER_DAYS = 400
# Pay and numbers of people seldom double within a year. Changes and ratings have other checks.
STEADY_UNITS = frozenset({"year", "hour", "persons", "jobs"})


@dataclass
class ImportSummary:
    """What an import did, with a line of text for each new, changed and removed figure."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unchanged: int = 0

    def lines(self) -> Iterator[str]:
        yield from self.warnings
        for word in ("new", "changed", "removed"):
            yield from (f"{word:<8} {line}" for line in getattr(self, word))
        yield (
            f"{len(self.new)} new, {len(self.changed)} changed, {len(self.removed)} removed, "
            f"{self.unchanged} unchanged."
        )


@transaction.atomic
def apply_release(
    parsed: ParsedRelease,
    *,
    is_dry_run: bool = False,
    accepts_older: bool = False,
    accepts_large_changes: bool = False,
) -> ImportSummary:
    """Write all parsed figures or none; a dry run only reports what would change.

    Raises TableError if a figure can't hold a value, such as a text that is too long, and unless
    they are accepted, for a release older than what is stored and for numbers that are more than
    twice or less than half of what is stored.
    """
    plan = _Import(parsed)
    plan.prepare()
    if not accepts_older:
        plan.refuse_older()
    if not accepts_large_changes:
        plan.large_changes.refuse(
            "Check these numbers at the source. If they are right, import them with "
            "--accept-large-changes."
        )
    summary = plan.write()
    if is_dry_run:
        transaction.set_rollback(True)
    return summary


class _Import:
    def __init__(self, parsed: ParsedRelease) -> None:
        self.parsed = parsed
        self.today = timezone.localdate()
        self.reason = f"Imported from {parsed.release.label}"[:100]
        self.summary = ImportSummary(warnings=list(parsed.warnings))
        self.made: list[Figure] = []
        self.updated: list[Figure] = []
        self.outdated: list[Figure] = []
        self.large_changes = Faults()
        # How many figures of each newer edition this release would replace.
        self.newer: Counter[str] = Counter()

    def prepare(self) -> None:
        self.source = self._source()
        existing = _existing(self.parsed.release)
        for role, found in self._by_role():
            self._apply(role, found, existing[role.pk if role else None])

    def refuse_older(self) -> None:
        if not self.newer:
            return
        label = self.parsed.release.label
        stored = " and ".join(f"{count} of {edition}" for edition, count in self.newer.items())
        if not re.search(r"\d", label):
            raise TableError(
                "The files don't say which release they are, so they may be older than the figures "
                f"they would replace ({stored}). Name the release with --release or --period."
            )
        raise TableError(
            f"{label} is older than the figures that it would replace ({stored}). To replace them "
            "anyway, import it with --older."
        )

    def write(self) -> ImportSummary:
        for figure in self.outdated:
            figure._change_reason = self.reason
            figure.delete()
        bulk_create_with_history(self.made, Figure, default_change_reason=self.reason)
        bulk_update_with_history(self.updated, Figure, WRITTEN, default_change_reason=self.reason)
        return self.summary

    def _by_role(self) -> Iterator[tuple[Role | None, list[ParsedFigure]]]:
        by_code = self.parsed.by_code
        for role in Role.objects.all():
            if role.occupation_code in by_code:
                yield role, by_code[role.occupation_code]
            else:
                self.summary.warnings.append(
                    f"{role.title}: {role.occupation_code or 'its occupation'} is not in these "
                    "files. Its figures stay unchanged."
                )
        if ALL_OCCUPATIONS in by_code:
            yield None, by_code[ALL_OCCUPATIONS]

    def _source(self) -> Source:
        """Find the source of the release by its key or name, or create it."""
        release = self.parsed.release
        words = {
            to_attribute(name, OWN_LANGUAGE): getattr(release, name)
            for name in ("name", "about", "attribution")
        }
        same_name = {to_attribute("name", OWN_LANGUAGE): release.name}
        known = Source.objects.filter(
            Q(key=release.key) | Q(key__startswith=release.family[0], **same_name)
        )
        source = known.order_by("pk").first()
        if source is None:
            source = Source(
                key=release.key,
                kind=Source.Kind.OFFICIAL,
                licence=release.licence,
                url=release.url,
                stale_after_days=STALE_AFTER_DAYS,
                **words,
            )
            source._change_reason = self.reason
            source.save()
        return source

    def _apply(
        self, role: Role | None, found: Sequence[ParsedFigure], existing: Sequence[Figure]
    ) -> None:
        name = role.title if role else "All occupations"
        of_role = role.figures.all() if role else existing
        last = max((figure.order for figure in of_role), default=0)
        by_key = defaultdict(list)
        for figure in existing:
            key = (figure.measure, figure.category, figure.unit, figure.currency)
            by_key[key].append(figure)
        for place, each in enumerate(found, start=1):
            if figures := by_key.pop(each.key, []):
                self._update(name, max(figures, key=self._closeness), each)
            else:
                self._create(name, role, each, last + place)
        complete = {each.measure for each in found} & self.parsed.complete_measures
        for (measure, _category, unit, _currency), figures in by_key.items():
            if measure in complete or unit in self.parsed.replaced_units:
                self._remove(name, figures)

    def _closeness(self, figure: Figure) -> tuple[bool, list[str]]:
        """Sort key that picks the figure to update: from this source, then the latest period.

        There are several if an editor kept figures from older releases.
        """
        return figure.source == self.source, re.findall(r"\d{4}", figure.period)

    def _create(self, name: str, role: Role | None, found: ParsedFigure, order: int) -> None:
        figure = Figure(
            role=role,
            measure=found.measure,
            category=found.category,
            unit=found.unit,
            currency=found.currency,
            order=order,
            checked_on=self.today,
            **self._values(found),
        )
        self._check(name, figure)
        self.made.append(figure)
        self.summary.new.append(f"{name}: {figure}: {_described(figure)}")

    def _update(self, name: str, figure: Figure, found: ParsedFigure) -> None:
        values = self._values(found)
        self._note_edition(figure, found.period)
        self._compare_ranks(figure.percentile_of, found.percentile_of)
        if (
            figure.value is not None
            and found.value is not None
            and found.unit in STEADY_UNITS
            and not figure.measure_words.is_signed
            and is_large_change(figure.value, found.value)
        ):
            self.large_changes.found.append(
                f"{found.place}: {name}: {figure}: {_described(figure)} -> "
                f"{exact_number(found.value)}"
            )
        differing = [each for each, value in values.items() if getattr(figure, each) != value]
        if not differing:
            self.summary.unchanged += 1
            if figure.checked_on == self.today:
                return
        before = _described(figure)
        for attribute in differing:
            for each in IN_LANGUAGES.get(attribute, ()):
                setattr(figure, each, "")
            setattr(figure, attribute, values[attribute])
        figure.checked_on = self.today
        self._check(name, figure)
        self.updated.append(figure)
        if differing:
            self.summary.changed.append(f"{name}: {figure}: {before} -> {_described(figure)}")

    def _note_edition(self, figure: Figure, period: str) -> None:
        """Count a figure of a newer edition that this release would replace."""
        newer = _edition(figure.source.key, figure.period)
        if _edition(self.source.key, period) < newer:
            is_onet = figure.source.key.startswith(ONET)
            self.newer[figure.source.key if is_onet else figure.period] += 1

    def _compare_ranks(self, before: int | None, after: int | None) -> None:
        """Warn if far fewer or more occupations are ranked: a rank among a few says little."""
        if before and after and is_large_change(Decimal(before), Decimal(after)):
            warning = f"Ranks are among {after} occupations, but so far among {before}."
            if warning not in self.summary.warnings:
                self.summary.warnings.append(warning)

    def _check(self, name: str, figure: Figure) -> None:
        try:
            figure.clean_fields(exclude={"role", "source"})
        except ValidationError as error:
            raise TableError(
                f"{name}: {figure}: {' '.join(error.messages)} {FETCH_AGAIN}"
            ) from error

    def _values(self, found: ParsedFigure) -> dict[str, object]:
        return {
            TEXT: found.text,
            NOTE: found.note,
            "value": found.value,
            "value_high": None,
            "region": REGION,
            "period": found.period,
            "occupation": found.occupation,
            "source": self.source,
            "url": found.url,
            "percentile": found.percentile,
            "percentile_of": found.percentile_of,
        }

    def _remove(self, name: str, figures: Iterable[Figure]) -> None:
        for figure in figures:
            self._note_edition(figure, self.parsed.release.label)
            self.summary.removed.append(f"{name}: {figure}: {_described(figure)}")
            self.outdated.append(figure)


def _edition(source_key: str, period: str) -> tuple[int, ...]:
    """Sort key of an edition: O*NET's number, or the year (and month) of a period; () if unknown.

    O*NET's periods say when a rating was made, which a newer release can leave as it was.
    """
    if source_key.startswith(ONET):
        return tuple(map(int, re.findall(r"\d+", source_key)))
    try:
        month = datetime.strptime(period, "%B %Y")
    except ValueError:
        return tuple(map(int, re.findall(r"\d{4}", period)[:1]))
    return month.year, month.month


def _existing(release: Release) -> dict[int | None, list[Figure]]:
    of_family = Q()
    for prefix in release.family:
        of_family |= Q(source__key__startswith=prefix)
    figures = Figure.objects.filter(of_family, region=REGION)
    figures = figures.exclude(measure__in=WORKFORCE_MEASURES)
    by_role: dict[int | None, list[Figure]] = defaultdict(list)
    for figure in figures.select_related("source"):
        by_role[figure.role_id].append(figure)
    return by_role


def _described(figure: Figure) -> str:
    rank = f"; percentile {figure.percentile_exact}" if figure.percentile is not None else ""
    return f"{figure.exact}{rank} ({figure.period or 'undated'}, {figure.source.key})"
