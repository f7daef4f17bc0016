"""How often somebody may try something, such as a code: counted in the cache, by whole windows."""

import hashlib
import ipaddress
from http import HTTPStatus

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from quiz.web.errors import PageError

TRIES = 10  # of one network address
TRIES_OF_ALL = 100  # of one link, wherever they come from
WINDOW_SECONDS = 10 * 60


class Tries:
    """What was tried of one kind: each counts before it is looked at, the right one not at all."""

    def __init__(self, request: HttpRequest, kind: str, about: str = "") -> None:
        """`about` narrows it down, for instance to one link, which then has a limit for all."""
        self._limits = {_key(kind, about, network_of(request)): TRIES}
        if about:
            self._limits[_key(kind, about, "all")] = TRIES_OF_ALL

    def spend(self) -> None:
        """Count a try; raise a page that says to wait, once all are spent."""
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
        """Take the try back that was right."""
        for key in self._limits:
            try:
                cache.decr(key)
            except ValueError:  # its window has ended in between
                continue

    @staticmethod
    def _count(key: str) -> int:
        cache.add(key, 0, WINDOW_SECONDS)
        try:
            return cache.incr(key)
        except ValueError:  # its window has ended in between
            cache.set(key, 1, WINDOW_SECONDS)
            return 1


def _key(*parts: str) -> str:
    return f"tries-{hashlib.sha256(' '.join(parts).encode()).hexdigest()}"


def network_of(request: HttpRequest) -> str:
    """Return the address that a request came from; of IPv6 the part that one customer has."""
    address = get_adapter(request).get_client_ip(request)
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if ip.version == 6:
        return str(ipaddress.ip_network(f"{ip}/64", strict=False))
    return address
