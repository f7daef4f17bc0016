"""What the forms of an embedded quiz hold in place of a cookie.

A token is the return code and a page, signed. It opens what the code opens, so it is in forms only,
never in an address. The signature stops guesses of codes: nothing counts them here.
"""

from http import HTTPStatus
from typing import NamedTuple

from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from quiz.attempts.codes import grouped
from quiz.attempts.models import Attempt
from quiz.web.errors import PageError

SALT = "quiz.embed"
TOKEN_AGE = 24 * 3600  # seconds; each page has a new one


class Place(NamedTuple):
    """The attempt that a form belongs to, and the page that it was on."""

    attempt: Attempt
    page: int


def token_of(attempt: Attempt, page: int) -> str:
    return signing.dumps([attempt.code, page], salt=SALT, compress=False)


def place_of(token: str) -> Place:
    """Read a token; raise a page that says what to do if it is forged or old, or opens nothing."""
    is_old = False
    try:
        code, page = signing.loads(token, salt=SALT, max_age=TOKEN_AGE)
    except signing.SignatureExpired:
        (code, page), is_old = signing.loads(token, salt=SALT), True
    except signing.BadSignature:
        raise cannot_continue() from None
    attempt = Attempt.objects.by_code(code)
    if attempt is None:
        raise cannot_continue()
    if is_old:
        raise _open_too_long(attempt)
    return Place(attempt, page)


def cannot_continue() -> PageError:
    return PageError(
        HTTPStatus.FORBIDDEN,
        _("We can't continue here"),
        _(
            "We can't find the answers that this page belongs to. Maybe they were deleted. Reload "
            "the page to start again, or enter your return code on our site."
        ),
        _resume(),
    )


def _open_too_long(attempt: Attempt) -> PageError:
    """Name the code: the page was the only place that showed it."""
    return PageError(
        HTTPStatus.FORBIDDEN,
        _("This page was open too long"),
        _(
            "We didn't save this page, but everything before it is saved. Continue on our site "
            "with your return code: %(code)s"
        )
        % {"code": grouped(attempt.code)},
        _resume(),
    )


def _resume() -> tuple[str, str]:
    return reverse("quiz:resume"), _("Enter your return code")
