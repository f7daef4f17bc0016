"""Starting an attempt once, no matter how often its form is sent."""

import secrets

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language

from quiz.attempts.codes import code_from
from quiz.attempts.models import Attempt
from quiz.visitor.starts import count_start


def new_form_mark() -> str:
    """Return what tells one form that starts a quiz from all others: 128 random bits as text."""
    return secrets.token_urlsafe(16)


def start_once(
    request: HttpRequest, before: Attempt | None, version_id: int, *, is_first: bool
) -> Attempt | None:
    """Start an attempt, or return the one that a copy of this request has started.

    `before` is the same person's attempt before it, and there is one attempt after it per version.
    Someone who is new in this browser has none: the mark of the form tells their requests apart.
    Return None for an old form of theirs that someone has answered since: it may be another person.
    """
    mark = request.POST.get("form", "")
    code = _code_after(before, version_id) if before else _code_of_form(mark)
    started = Attempt.objects.by_code(code) if code else None
    if started is None:
        try:
            # One transaction: without Redis, counting then takes no commit of its own.
            with transaction.atomic():
                count_start(request)
                started, _code = Attempt.objects.start(
                    version_id,
                    language=get_language() or settings.LANGUAGE_CODE,
                    is_first=is_first,
                    after=before,
                    now=timezone.now(),
                    code=code,
                )
        except IntegrityError:  # a copy of this request was faster
            started = Attempt.objects.by_code(code)
    if started and before is None and not started.is_empty:
        return None
    return started


def _code_after(before: Attempt, version_id: int) -> str:
    return _derived("again", f"{before.code} {version_id}")


def _code_of_form(mark: str) -> str:
    return _derived("first", mark) if mark else ""


def _derived(purpose: str, value: str) -> str:
    """Derive a return code that no one can compute without the site's secret key."""
    return code_from(salted_hmac(f"quiz.start.{purpose}", value, algorithm="sha256").digest())
