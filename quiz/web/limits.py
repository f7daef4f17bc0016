"""How often someone may try something, such as a code: counted in fixed windows.

The cache "limits" is Redis, if the site has it, or else a table of the database: every worker sees
the same counters, and they survive a restart.


A class shares one network, so only wrong tries stay counted. A code that no one can guess is looked
up before it is counted.
"""

import ipaddress
import logging
from collections.abc import Mapping

from allauth.account.adapter import get_adapter
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

logger = logging.getLogger(__name__)

TRIES = 10  # per window, from one network or for one attempt
TRIES_OF_ALL = 100  # per window, for one link from everyone together
WINDOW_SECONDS = 10 * 60
# The code of a form's error that says to wait. The page is then answered with status 429.
TOO_MANY = "too_many"


class Tries:
    """Tries of one kind in the running window."""

    def __init__(
        self,
        kind: str,
        limits: Mapping[str, int],
        *,
        seconds: int = WINDOW_SECONDS,
        is_strict: bool = False,
    ) -> None:
        """`limits` maps what tries are counted by to how many it has, the narrowest first.

        A strict window lasts until `seconds` have passed without an allowed try, so no stretch of
        that length holds more tries than the limit. A fixed one ends `seconds` after its first try.
        """
        self._kind = kind
        self._limits = {_key(kind, thing): limit for thing, limit in limits.items()}
        self._seconds, self._is_strict = seconds, is_strict

    def spend(self) -> bool:
        """Count a try before it is checked, and return whether it is allowed.

        Stops at the first limit that is used up, so no network can use up the limit of everyone.
        """
        is_allowed = all(self._count(key) <= limit for key, limit in self._limits.items())
        if not is_allowed:
            logger.warning("Limit reached: %s", self._kind)
        elif self._is_strict:
            for key in self._limits:
                caches["limits"].touch(key, self._seconds)
        return is_allowed

    def give_back(self) -> None:
        """Subtract an allowed try that was right."""
        for key in self._limits:
            try:
                caches["limits"].decr(key)
            except ValueError:  # the window ended between the two calls
                continue

    def _count(self, key: str) -> int:
        limits = caches["limits"]
        try:
            return limits.incr(key)
        except ValueError:  # the first one in this window
            return 1 if limits.add(key, 1, self._seconds) else limits.incr(key)


def too_many(words: str) -> ValidationError:
    """The error for a field, which keeps what was typed; `words` say how long to wait."""
    return ValidationError(words, code=TOO_MANY)


def _key(*parts: str) -> str:
    # Hashed with the secret key, because e-mail addresses and networks could be guessed.
    return f"tries-{salted_hmac('quiz.limits', ' '.join(parts), algorithm='sha256').hexdigest()}"


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
