"""Count attempts in the tally of their version, exactly once, and subtract deleted ones."""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils import timezone
from django_tasks import task

from quiz.attempts.as_text import as_text
from quiz.attempts.deletions import record_deletion
from quiz.attempts.models.attempt import Attempt
from quiz.core.packing import answers_in_full, figures_in_full
from quiz.core.questionnaire import Questionnaire
from quiz.core.verdict import Verdict
from quiz.evidence.models.interest import recount_interests, subtract_interests
from quiz.evidence.models.tallies import Folding, TalliedAttempt, Tally
from quiz.evidence.tally import Tallied, TallyCounts
from quiz.questionnaires.models.version import frozen_questionnaire
from quiz.results import kept_pdfs

# Small, so that visitors who save an answer don't have to wait.
BATCH = 500
PAUSE = 0.05  # seconds between batches, for other writers
DELETED_PER_STATEMENT = 20_000
# An unfinished attempt counts as left after this long without a save.
LEFT_AFTER = timedelta(days=1)
# Look back past `saved_at` for attempts that had not been left yet then, and for writes by a
# machine whose clock is slow.
LOOK_BACK = LEFT_AFTER + timedelta(hours=1)


class Row(NamedTuple):
    """The columns of an attempt that a tally needs. Times (UTC) and JSON are database text."""

    pk: int
    version_id: int
    language: str
    is_first: bool
    revision: int
    started_at: str
    saved_at: str
    finished_at: str | None
    answers: str
    result: str | None
    tallied_revision: int | None
    tallied_pages: int | None

    @property
    def moment(self) -> datetime:
        """When it was finished, else when it was last saved."""
        return _moment(self.finished_at or self.saved_at)


COLUMNS: tuple[str | Combinable, ...] = (
    *("pk", "version_id", "language", "is_first", "revision"),
    *(as_text(name) for name in ("started_at", "saved_at", "finished_at", "answers", "result")),
    *("tallied__revision", "tallied__pages"),
)


class Answer(msgspec.Struct, frozen=True, gc=False):
    """The parts of an answer's JSON that a tally needs. `ms` is set once its page is saved."""

    value: int | None = None
    ms: int | msgspec.UnsetType | None = msgspec.UNSET


class StoredVerdict(msgspec.Struct, frozen=True, gc=False):
    """The parts of a result's JSON that a tally needs."""

    band: str
    field: str
    flags: tuple[dict[str, str], ...]


_answers = msgspec.json.Decoder(dict[str, Answer])
_stored_verdict = msgspec.json.Decoder(StoredVerdict)


def fold(now: datetime, *, batch: int = BATCH, most: int | None = None, pause: float = 0) -> int:
    """Bring the tallies up to date and return how many attempts were counted or recounted.

    Works in batches, each in its own transaction, and stops after about `most` attempts. Several
    workers take turns. `pause` is in seconds; between batches it gives other writers a chance.
    """
    count, last = 0, None
    while most is None or count < most:
        rows = _fold_batch(now, last, batch)
        if not rows:
            Folding.objects.filter(pk=1).update(folded_at=now)
            break
        count, last = count + len(rows), rows[-1]
        time.sleep(pause)
    return count


@task
def fold_evidence() -> int:
    """Do what the command of this name does."""
    return fold(timezone.now(), pause=PAUSE)


def refold() -> None:
    """Delete all tallies, so that `fold` rebuilds them. Recount interests immediately."""
    with transaction.atomic():
        folding = Folding.objects.locked()
        folding.saved_at = folding.folded_at = None
        folding.save()
        # In parts, because no statement may take long.
        tallied = TalliedAttempt.objects
        while keys := list(tallied.values_list("pk", flat=True)[:DELETED_PER_STATEMENT]):
            tallied.filter(pk__in=keys).delete()
        Tally.objects.all().delete()
        recount_interests()


def delete_attempts(attempts: QuerySet[Attempt]) -> int:
    """Delete attempts, subtract them from the tallies, and return how many there were.

    The rows stay locked, so that no one can continue an attempt that is already subtracted.
    """
    with transaction.atomic():
        Folding.objects.locked()
        locked = attempts.select_related(None).order_by().select_for_update()
        keys = list(locked.values_list("pk", flat=True))
        these = Attempt.objects.filter(pk__in=keys)
        subtract_interests(these)
        _apply([], list(_rows(these.filter(tallied__isnull=False))))
        record_deletion(these)
        # The queryset's own `delete` refuses to run.
        _all, by_model = QuerySet.delete(these)
    kept_pdfs.forget_all()
    return by_model.get(Attempt._meta.label, 0)


def _fold_batch(now: datetime, last: Row | None, batch: int) -> list[Row]:
    with transaction.atomic():
        folding = Folding.objects.locked()
        if last and not (folding.saved_at and last.moment <= folding.saved_at):
            last = None  # tallies were reset in the meantime, or a clock is fast: look back again
        rows = _waiting(now, folding.saved_at, last, batch)
        if not rows:
            return []
        _apply(rows, [row for row in rows if row.tallied_revision is not None])
        _mark(rows)
        reached = min(rows[-1].moment, now)
        folding.saved_at = max(reached, folding.saved_at or reached)
        folding.save(update_fields=["saved_at"])
        return rows


def _mark(rows: Sequence[Row]) -> None:
    """Mark rows as counted. Plain SQL, because model objects would take a third of the time."""
    values = ", ".join(["(%s, %s, %s)"] * len(rows))
    statement = (
        f"INSERT INTO quiz_talliedattempt (attempt_id, revision, pages) VALUES {values} "  # noqa: S608
        "ON CONFLICT (attempt_id) "
        "DO UPDATE SET revision = excluded.revision, pages = excluded.pages"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [x for row in rows for x in (row.pk, row.revision, _pages(row))])


def _waiting(now: datetime, watermark: datetime | None, last: Row | None, batch: int) -> list[Row]:
    """Return finished or left attempts that aren't counted in their present state, oldest first.

    `last` is the last row of the previous batch. At most `batch` rows.
    """
    waiting = Attempt.objects.filter(Q(tallied=None) | Q(tallied__revision__lt=F("revision")))
    left = waiting.filter(finished_at=None, saved_at__lte=now - LEFT_AFTER)
    found: list[Row] = []
    # Apart, since each has an index of its own.
    for name, attempts in (("finished_at", waiting), ("saved_at", left)):
        if last:
            ahead = Q(**{f"{name}__gte": last.moment}) & ~Q(
                **{name: last.moment, "pk__lte": last.pk}
            )
        elif watermark:
            ahead = Q(**{f"{name}__gte": watermark - LOOK_BACK})
        else:
            ahead = Q(**{f"{name}__isnull": False})
        found += _rows(attempts.filter(ahead).order_by(name, "pk")[:batch])
    return sorted(found, key=lambda row: (row.moment, row.pk))[:batch]


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _rows(attempts: QuerySet[Attempt]) -> Iterator[Row]:
    return (Row(*values) for values in attempts.values_list(*COLUMNS).iterator())


# ---------------------------------------------------------------- applying rows to tallies


def _apply(added: Sequence[Row], removed: Sequence[Row]) -> None:
    """Add rows to their tallies and subtract others."""
    by_tally: dict[tuple[int, str], tuple[list[Tallied], list[Tallied]]] = defaultdict(
        lambda: ([], [])
    )
    for place, rows in enumerate((added, removed)):
        for row in rows:
            questionnaire = frozen_questionnaire(row.version_id)
            tallied = _tallied(row, questionnaire, as_before=place == 1)
            by_tally[row.version_id, row.language][place].append(tallied)
    for (version_id, language), (coming, going) in sorted(by_tally.items()):
        questionnaire = frozen_questionnaire(version_id)
        tally = Tally.objects.filter(version=version_id, language=language).first()
        tally = tally or Tally(version_id=version_id, language=language)
        counts = TallyCounts.of(questionnaire, coming)
        if tally.pk:
            counts += TallyCounts.from_data(tally.data)
        counts -= TallyCounts.of(questionnaire, going)
        tally.data = counts.to_data()
        if counts.ways:
            tally.save()
        elif tally.pk:
            tally.delete()


def _tallied(row: Row, questionnaire: Questionnaire, *, as_before: bool) -> Tallied:
    """Return how an attempt counts now, or how it was last counted (`as_before`)."""
    started_on = row.started_at[:10]
    pages = row.tallied_pages if as_before else _pages(row)
    if pages is not None:
        return Tallied(started_on, pages)
    month = (row.finished_at or "")[:7]
    try:
        stored = _stored_verdict.decode(figures_in_full(questionnaire, row.result or ""))
        found = Verdict.find(stored.band, stored.field)
    except msgspec.DecodeError:
        return Tallied(started_on, None, month)
    verdict = found.order if found else None
    if not row.is_first or stored.flags:
        return Tallied(started_on, None, month, verdict)
    return Tallied(started_on, None, month, verdict, *_values(row.answers, questionnaire))


def _values(text: str, questionnaire: Questionnaire) -> tuple[list[int], list[int | None]]:
    """Return answers in the order of the items and times by page; nothing if any is invalid."""
    try:
        answers = _answers.decode(answers_in_full(questionnaire, text))
        values = [answers[item.key].value for item in questionnaire.items]
    except (msgspec.DecodeError, KeyError):
        return [], []
    low, high = questionnaire.low, questionnaire.high
    whole = [value for value in values if value is not None and low <= value <= high]
    if len(whole) < len(values):
        return [], []
    ms = (answers[page[0].key].ms for page in questionnaire.item_pages)
    return whole, [None if each is msgspec.UNSET else each for each in ms]


def _pages(row: Row) -> int | None:
    """Return how many pages of statements are complete in sequence; None if finished."""
    if row.finished_at:
        return None
    questionnaire = frozen_questionnaire(row.version_id)
    try:
        answers = _answers.decode(answers_in_full(questionnaire, row.answers))
    except msgspec.DecodeError:
        return 0
    saved = {key: answer for key, answer in answers.items() if answer.ms is not msgspec.UNSET}
    missing = questionnaire.unanswered(saved)
    return questionnaire.page_of(missing[0].key) - 1 if missing else len(questionnaire.item_pages)
