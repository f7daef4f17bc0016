"""What works for the site: its web workers, the mail server, the counting of figures, the clock."""

import http.client
import json
import smtplib
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from datetime import timedelta
from email.utils import parsedate_to_datetime

from django.conf import settings
from django.core import mail as django_mail
from django.db import DatabaseError, connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from quiz.attempts.models import Attempt
from quiz.evidence.models.tallies import Folding
from quiz.web.background import background
from quiz.web.first_day import FirstDayMark, What
from quiz.web.mail import sends_mail
from quizsite.doctor import outside
from quizsite.doctor.findings import Finding, duration, error, ok, reason, skipped, warning
from quizsite.environment.derived import in_link
from quizsite.environment.variables import read

SECONDS_TO_ANSWER = 5
STALE = timedelta(days=1)
LATE = timedelta(minutes=10)
# Codes of authenticator apps change every 30 seconds, and only the current one is accepted.
SECONDS_OFF, SECONDS_WRONG = 5, 30
HERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to ask a server that listens there


def web_workers() -> Finding:
    """Ask /readyz where `manage.py serve` listens."""
    host, port = HERE.get(read("HOST"), read("HOST")), read("PORT")
    address = f"{in_link(host)}:{port}"
    with closing(http.client.HTTPConnection(host, port, timeout=SECONDS_TO_ANSWER)) as asked:
        try:
            asked.request("GET", "/readyz")
            answer = asked.getresponse()
            body = answer.read(10_000)
        except (OSError, http.client.HTTPException) as failure:
            return error(
                f"No one answers on {address}: {reason(failure)}.",
                "Start the site with `manage.py serve`, or correct HOST and PORT.",
            )
    if answer.status == 200:
        return ok(f"A web worker on {address} is ready.")
    return error(
        f"A web worker on {address} isn't ready: {_not_ready(body) or answer.status}.",
        "See the lines above and the site's log.",
    )


def _not_ready(body: bytes) -> str:
    """Return what /readyz lists as not ready; empty if it isn't its answer."""
    try:
        parts = json.loads(body).items()
    except (ValueError, AttributeError):
        return ""
    return ", ".join(f"{name} {how}" for name, how in parts if how != "ok" and name != "status")


def task_worker() -> Finding:
    """Say whether background work is done, and what has failed for good."""
    now = background()
    start = "run `manage.py work`" if not settings.TASK_WORKER else "start the site"
    if not now.is_alive:
        return error("No task worker was seen in the last minutes.", f"To have one, {start}.")
    if now.oldest_waiting > LATE:
        return warning(
            f"A task has waited for {duration(now.oldest_waiting)}.",
            "See the list of tasks in the admin, and the site's log.",
        )
    if failed := DBTaskResult.objects.failed().count():
        return warning(
            f"{failed} tasks failed at every try.", "See the list of tasks in the admin."
        )
    return ok("A task worker is there, and no task is late.")


def mail() -> Finding:
    """Connect to the mail server and log in; send nothing."""
    if not sends_mail():
        folder = getattr(settings, "EMAIL_FILE_PATH", None)
        where = f"written to files in {folder}" if folder else "not sent"
        return warning(f"No mail server is set up: e-mails are {where}.", "Set EMAIL_URL.")
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT or smtplib.SMTP_PORT}"
    try:
        with closing(django_mail.get_connection(timeout=SECONDS_TO_ANSWER)) as opened:
            opened.open()
    except smtplib.SMTPAuthenticationError as failure:
        return error(
            f"{server} refuses user and password ({failure.smtp_code}).", "Correct EMAIL_URL."
        )
    except (OSError, smtplib.SMTPException) as failure:
        return error(f"{server} can't be used: {reason(failure)}.", "Correct EMAIL_URL.")
    is_encrypted = settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
    if settings.EMAIL_HOST_PASSWORD and not is_encrypted:
        return warning(
            f"{server} takes e-mails, but the password isn't encrypted on its way.",
            "Use smtp+tls:// or smtp+ssl:// in EMAIL_URL.",
        )
    has_user = "knows the user" if settings.EMAIL_HOST_USER else "asks for no user"
    return ok(f"{server} answers and {has_user}. Nothing was sent.")


def figures() -> Finding:
    """Say when attempts were last counted for /method/ and the admin."""
    if not Attempt.objects.exists():
        return ok("There is nothing to count yet.")
    counted_at = Folding.objects.values_list("folded_at", flat=True).first()
    fix = "The task worker does it every hour; `manage.py fold_evidence` does it now."
    if counted_at is None:
        return warning("Attempts were never counted, so figures are missing.", fix)
    age = timezone.now() - counted_at
    found = f"Attempts were last counted {duration(age)} ago."
    return warning(found, fix) if age > STALE else ok(found)


def terms() -> Finding:
    """Say whether someone has accepted what results are for, and read what visitors are told."""
    said = set(FirstDayMark.objects.values_list("what", flat=True))
    fix = "Read it from the list of the first day in the admin, and confirm there."
    if What.USE not in said:
        return warning("No one has accepted that results aren't for hiring.", fix)
    if What.DATA not in said:
        return warning(
            "No administrator has confirmed what visitors are told about their data.", fix
        )
    return ok(
        "Someone has accepted that results aren't for hiring, and an administrator has read what "
        "visitors are told about their data."
    )


def clock() -> Finding:
    """Compare with the clocks of PostgreSQL and of the machine behind SITE_URL."""
    ahead = {}
    if connection.vendor == "postgresql":
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
            ahead["the database"] = time.time() - float(cursor.fetchone()[0])
    if not outside.reason_to_skip():
        with suppress(OSError, ValueError, TypeError, http.client.HTTPException):
            seen = outside.look(settings.SITE_URL)
            date = parsedate_to_datetime(str(seen.headers["Date"])).timestamp()
            ahead["SITE_URL"] = seen.at - date
    return compared(ahead)


def compared(ahead: Mapping[str, float]) -> Finding:
    """Judge by how many seconds this machine's clock is ahead of others; negative if behind."""
    if not ahead:
        return skipped("There is no clock to compare with: neither PostgreSQL nor SITE_URL.")
    other, seconds = max(ahead.items(), key=lambda each: abs(each[1]))
    found = f"This machine's clock and that of {other} differ by {abs(seconds):.0f} s."
    fix = "Set both by NTP; codes for two-step login last 30 seconds."
    if abs(seconds) >= SECONDS_WRONG:
        return error(found, fix)
    return warning(found, fix) if abs(seconds) >= SECONDS_OFF else ok(found)
