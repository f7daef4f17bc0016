"""How often somebody may try something, such as a code: counted in the cache, by whole windows."""

import hashlib
from http import HTTPStatus

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from quiz.errors import PageError

TRIES = 10
WINDOW_SECONDS = 10 * 60


class Tries:
    """What one address has tried of one kind: `spend` counts a try, `require_left` ends them."""

    def __init__(self, request: HttpRequest, kind: str, about: str = "") -> None:
        """`about` narrows it down, for instance to one link."""
        who = get_adapter(request).get_client_ip(request)
        digest = hashlib.sha256(f"{kind} {about} {who}".encode()).hexdigest()
        self._key = f"tries-{digest}"

    def require_left(self) -> None:
        """Raise a page that says to wait, once all are spent."""
        if cache.get(self._key, 0) >= TRIES:
            raise PageError(
                HTTPStatus.TOO_MANY_REQUESTS,
                _("That was tried too often"),
                _(
                    "Nothing was changed, and nothing is lost. Wait ten minutes, then try again "
                    "with what you noted down."
                ),
            )

    def spend(self) -> None:
        cache.add(self._key, 0, WINDOW_SECONDS)
        try:
            cache.incr(self._key)
        except ValueError:  # it ended in between
            cache.set(self._key, 1, WINDOW_SECONDS)
