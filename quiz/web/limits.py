"""How often someone may try something, such as a code: counted in the cache, in fixed windows."""

import hashlib
import ipaddress
from http import HTTPStatus

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from quiz.web.errors import PageError

TRIES = 10  # per window, from one network address
TRIES_OF_ALL = 100  # per window, for one link from all addresses together
WINDOW_SECONDS = 10 * 60


class Tries:
    """Attempts of one kind. Each counts before it is checked; a right one is given back."""

    def __init__(self, request: HttpRequest, kind: str, about: str = "") -> None:
        """`about` names one thing, such as a link, that also gets a limit for all addresses."""
        self._limits = {_key(kind, about, network_of(request)): TRIES}
        if about:
            self._limits[_key(kind, about, "all")] = TRIES_OF_ALL

    def spend(self) -> None:
        """Count a try; raise a page that says to wait when all are spent."""
        spent = [self._count(key) > limit for key, limit in self._limits.items()]
        if any(spent):
            raise PageError(
                HTTPStatus.TOO_MANY_REQUESTS,
                _("That was tried too often"),
                _(
                    "Nothing was changed, and nothing is lost. Wait ten minutes, then try again "
                    "with what you noted down."
                ),
            )

    def give_back(self) -> None:
        """Subtract a try that was right."""
        for key in self._limits:
            try:
                cache.decr(key)
            except ValueError:  # the window ended between the two calls
                continue

    @staticmethod
    def _count(key: str) -> int:
        cache.add(key, 0, WINDOW_SECONDS)
        try:
            return cache.incr(key)
        except ValueError:  # the window ended between the two calls
            cache.set(key, 1, WINDOW_SECONDS)
            return 1


def _key(*parts: str) -> str:
    return f"tries-{hashlib.sha256(' '.join(parts).encode()).hexdigest()}"


def network_of(request: HttpRequest) -> str:
    """Return the address of a request; for IPv6 the /64 network that one customer has."""
    address: str = get_adapter(request).get_client_ip(request)
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if ip.version == 6:
        return str(ipaddress.ip_network(f"{ip}/64", strict=False))
    return address
