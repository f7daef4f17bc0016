"""How many quizzes one network may start: enough for a school, too few to fill the disk.

What counts is a start that no one uses. With the first answer, or when its code is mailed, a start
is given back, so a class behind one address doesn't use up its limit. Invitations have their own
number of places and don't count.
"""

from contextlib import suppress
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from quiz.web.errors import PageError
from quiz.web.limits import WINDOW_SECONDS, Tries, network_of

USED_OR_NOT = 10  # times STARTS_PER_NETWORK


def count_start(request: HttpRequest) -> None:
    """Count a start before it is made; raise a page that says to wait if there were too many."""
    limit = settings.STARTS_PER_NETWORK
    everything = Tries("start, used or not", {network_of(request): USED_OR_NOT * limit})
    # Without Redis, people can still start: a limit on guesses closes, this one opens.
    with suppress(OSError):
        if not (_unused(request).spend() and everything.spend()):
            raise PageError(
                HTTPStatus.TOO_MANY_REQUESTS,
                _("Too many quizzes started on your network"),
                _("Wait ten minutes, then start again. Your return code works at any time."),
                (reverse("quiz:resume"), _("Enter your return code")),
                retry_after=WINDOW_SECONDS,
            )


def give_start_back(request: HttpRequest) -> None:
    """Subtract a start that is in use now."""
    with suppress(OSError):
        _unused(request).give_back()


def _unused(request: HttpRequest) -> Tries:
    return Tries("start", {network_of(request): settings.STARTS_PER_NETWORK})
