"""How many requests one network may send the API in a minute."""

from contextlib import suppress

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

from quiz.web.limits import Tries, network_of

WINDOW_SECONDS = 60


class PerNetwork(BaseThrottle):
    """Count where every worker sees it: ninja's own throttles don't add in one step."""

    def allow_request(self, request: HttpRequest) -> bool:
        limits = {network_of(request): settings.API_REQUESTS_PER_MINUTE}
        # What can't be counted is answered: a limit on guesses closes, this one opens.
        with suppress(OSError, DatabaseError):
            return Tries("API", limits, seconds=WINDOW_SECONDS).spend()
        return True

    def wait(self) -> float:
        return WINDOW_SECONDS
