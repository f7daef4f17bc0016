"""What the site no longer keeps, and deleting it."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_tasks import task

from quiz.attempts.deletions import drop_old_records, empty_wal
from quiz.attempts.models import Attempt, ShareLink
from quiz.counseling.exporting.kept import ExportFile
from quiz.counseling.meetings import Meeting
from quiz.counseling.models import ClientInvitation, CounselorInvitation, GroupLink
from quiz.counseling.reminders import Reminder
from quiz.evidence.folding import delete_attempts
from quiz.web.mail import MAIL_FILE
from quiz.web.models import CacheEntry

# Rows at a time: few enough that visitors who save an answer don't have to wait.
BATCH = 500
PAUSE = 0.05  # seconds between batches
# E-mails may contain codes.
MAILS_KEPT = timedelta(days=7)
# Copies that the site itself made, before it replaced or migrated a database.
COPIES_KEPT = timedelta(days=30)


@task
def delete_expired() -> dict[str, int]:
    """Do what the command of this name does."""
    return dict(delete(timezone.now()))


def delete(now: datetime) -> Iterator[tuple[str, int]]:
    """Delete everything that has expired. Yield what it was, in words, and how much."""
    for name, (rows, by) in expired(now).items():
        yield name, delete_all(rows, by)
    for name, files in old_files(now).items():
        for file in files:
            file.unlink(missing_ok=True)
        yield name, len(files)
    drop_old_records(now)
    empty_wal()


def count(now: datetime) -> Iterator[tuple[str, int]]:
    """Yield what `delete` would."""
    for name, (rows, _by) in expired(now).items():
        yield name, rows.count()
    for name, files in old_files(now).items():
        yield name, len(files)


def expired(now: datetime) -> dict[str, tuple[QuerySet[Any], str]]:
    """Return expired rows by what they are, in words, each with the field they are read by.

    Attempts are the largest table, so an index has to hold that field and the primary key, in this
    order. Of the others, reading all rows once by primary key is fast enough.
    """
    attempts = Attempt.objects
    by_key = {
        "share links": ShareLink.objects.filter(expires_at__lte=now),
        "invitations of clients": ClientInvitation.objects.filter(expires_at__lte=now),
        "links of groups": GroupLink.objects.filter(expires_at__lte=now),
        "invitations of counselors": CounselorInvitation.objects.filter(expires_at__lte=now),
        "meetings without a result": Meeting.objects.without_result(),
        "reminders": Reminder.objects.past_keeping(now),
        "export files": ExportFile.objects.expired(now),
        "counters of tries": CacheEntry.objects.expired(now),
        "sessions": Session.objects.filter(expire_date__lte=now),
        "addresses of ended sessions": UserSession.objects.exclude(
            session_key__in=Session.objects.filter(expire_date__gt=now).values("session_key")
        ),
    }
    return {
        "unfinished quizzes": (attempts.unfinished_past_keeping(now), "saved_at"),
        "results": (attempts.results_past_keeping(now), "finished_at"),
        **{name: (rows, "pk") for name, rows in by_key.items()},
    }


def old_files(now: datetime) -> dict[str, list[Path]]:
    """Return old files by what they are, in words."""
    oldest = (now - COPIES_KEPT).timestamp()
    copies = Path(settings.DATA_DIR, "copies").glob("*")
    return {
        "e-mails in files": old_mails(now),
        "copies of the database": [path for path in copies if path.stat().st_mtime <= oldest],
    }


def old_mails(now: datetime) -> list[Path]:
    """Return e-mails older than MAILS_KEPT that were written to files instead of being sent."""
    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    if not folder:
        return []
    oldest = (now - MAILS_KEPT).timestamp()
    return [
        path
        for path in Path(folder).glob("*.log")
        if MAIL_FILE.fullmatch(path.name) and path.stat().st_mtime <= oldest
    ]


def delete_all(rows: QuerySet[Any], by: str) -> int:
    """Delete rows in batches, in the order of a field; return how many."""
    deleted, unread = 0, rows
    while batch := list(unread.order_by(by, "pk").values_list(by, "pk")[:BATCH]):
        # Query again: someone may have continued a quiz in the meantime.
        still_expired = rows.filter(pk__in=[key for _place, key in batch])
        with transaction.atomic():
            if rows.model is Attempt:
                deleted += delete_attempts(still_expired)
            else:
                deleted += still_expired.delete()[1].get(rows.model._meta.label, 0)
        if len(batch) == BATCH:
            time.sleep(PAUSE)
        # Continue after the last one: what was kept, and what was deleted, isn't read again.
        place, key = batch[-1]
        unread = rows.filter(**{f"{by}__gte": place}).exclude(**{by: place, "pk__lte": key})
    return deleted
