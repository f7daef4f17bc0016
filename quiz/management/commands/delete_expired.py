import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from quiz.attempts.models import Attempt, ShareLink
from quiz.counseling.models import ClientInvitation, CounselorInvitation, GroupLink
from quiz.evidence.folding import delete_attempts
from quiz.web.models import CacheEntry

# Rows at a time: few enough that visitors who save an answer don't have to wait.
BATCH = 500
# E-mails may contain codes.
MAILS_KEPT = timedelta(days=7)


class Command(BaseCommand):
    help = (
        "Delete what the site no longer keeps: quizzes not finished within KEEP_UNFINISHED_DAYS, "
        "results older than KEEP_FINISHED_DAYS, expired links, sessions and counters, and e-mails "
        "in files. Run it every day."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="print what would be deleted without deleting anything",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        verb = "Would delete" if options["dry_run"] else "Deleted"
        for name, rows in expired(timezone.now()).items():
            count = rows.count() if options["dry_run"] else delete_all(rows)
            self.stdout.write(f"{verb} {count} {name}")
        mails = old_mails(timezone.now())
        if not options["dry_run"]:
            for mail in mails:
                mail.unlink(missing_ok=True)
        self.stdout.write(f"{verb} {len(mails)} e-mails in files")


def expired(now: datetime) -> dict[str, QuerySet[Any]]:
    """Return expired rows by what they are, in words."""
    attempts = Attempt.objects.past_keeping(now)
    return {
        "unfinished quizzes": attempts.filter(finished_at=None),
        "results": attempts.filter(finished_at__isnull=False),
        "share links": ShareLink.objects.filter(expires_at__lte=now),
        "invitations of clients": ClientInvitation.objects.filter(expires_at__lte=now),
        "links of groups": GroupLink.objects.filter(expires_at__lte=now),
        "invitations of counselors": CounselorInvitation.objects.filter(expires_at__lte=now),
        "counters of tries": CacheEntry.objects.expired(now),
        "sessions": Session.objects.filter(expire_date__lte=now),
        "addresses of ended sessions": UserSession.objects.exclude(
            session_key__in=Session.objects.filter(expire_date__gt=now).values("session_key")
        ),
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
        # Named by Django's file backend; the folder may hold logs of other programs.
        if re.fullmatch(r"\d{8}-\d{6}-\d+\.log", path.name) and path.stat().st_mtime <= oldest
    ]


def delete_all(rows: QuerySet[Any]) -> int:
    """Delete rows in batches; return how many."""
    deleted = 0
    while keys := list(rows.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            # Query again: someone may have continued a quiz in the meantime.
            still_expired = rows.model.objects.filter(pk__in=rows.filter(pk__in=keys).values("pk"))
            if rows.model is Attempt:
                deleted += delete_attempts(still_expired)
            else:
                deleted += still_expired.delete()[1].get(rows.model._meta.label, 0)
    return deleted
