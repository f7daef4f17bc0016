"""Who sent a request that came through proxies, and whether the settings fit what they send."""

import ipaddress
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)

LOOKED_AT = 100  # requests of each process, from its first one on
UNFORWARDED = {"/healthz", "/readyz"}  # monitoring asks without a proxy


class Proxies:
    """Put the sender's address into REMOTE_ADDR, and test the settings on the first requests."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.looked_at = 0
        self.reported: set[str] = set()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self.looked_at < LOOKED_AT and request.path_info not in UNFORWARDED:
            self.test(request.META)
        request.META["REMOTE_ADDR"] = sender(request.META, settings.ALLAUTH_TRUSTED_PROXY_COUNT)
        # Allauth raises for what it can't read there. It looks at REMOTE_ADDR next.
        request.META.pop("HTTP_X_FORWARDED_FOR", None)
        return self.get_response(request)

    def test(self, headers: Mapping[str, Any]) -> None:
        """Log what doesn't fit, each fault once; and once that the first request fits."""
        found = set(faults(headers))
        if not self.looked_at and not found and settings.ALLAUTH_TRUSTED_PROXY_COUNT:
            logger.info("The first request came through proxies as TRUSTED_PROXIES says.")
        for fault in found - self.reported:
            logger.warning("%s", fault)
        self.reported |= found
        self.looked_at += 1


def sender(headers: Mapping[str, Any], proxies: int) -> str:
    """Return the address that sent a request to the outermost of our proxies.

    Each proxy adds the address that it got the request from to the end of X-Forwarded-For; what
    comes before them is the client's own. Without a readable entry it is the address that sent the
    request to us, which no one can forge.
    """
    peer = str(headers.get("REMOTE_ADDR", ""))
    entries = forwarded_for(headers)
    if not 0 < proxies <= len(entries):
        return peer
    return readable(entries[-proxies]) or peer


def forwarded_for(headers: Mapping[str, Any]) -> list[str]:
    given = str(headers.get("HTTP_X_FORWARDED_FOR", ""))
    return [entry.strip() for entry in given.split(",")] if given.strip() else []


def readable(entry: str) -> str | None:
    """Return an address without port and brackets, IPv4 always as such; None if it isn't one."""
    if entry.startswith("[") and "]" in entry:
        entry = entry[1:].partition("]")[0]
    elif entry.count(":") == 1:
        entry = entry.partition(":")[0]
    try:
        address = ipaddress.ip_address(entry)
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)


def faults(headers: Mapping[str, Any]) -> Iterator[str]:
    """Yield what in a request's headers doesn't fit BEHIND_TLS_PROXY and TRUSTED_PROXIES."""
    proxies, entries = settings.ALLAUTH_TRUSTED_PROXY_COUNT, len(forwarded_for(headers))
    if entries and not proxies:
        yield (
            "A proxy sends X-Forwarded-For, but TRUSTED_PROXIES is 0, so all visitors share one "
            "limit. Set it to the number of proxies in front."
        )
    if entries < proxies:
        yield (
            f"TRUSTED_PROXIES is {proxies}, but a request came with {entries} addresses in "
            "X-Forwarded-For. Let each proxy add one, or correct the number."
        )
    protocol = headers.get("HTTP_X_FORWARDED_PROTO", "")
    if settings.SECURE_PROXY_SSL_HEADER and not protocol:
        yield (
            "BEHIND_TLS_PROXY is set, but a request came without X-Forwarded-Proto. Let the proxy "
            "set it."
        )
    if protocol == "https" and not (settings.SECURE_PROXY_SSL_HEADER or settings.PLAIN_HTTP):
        yield (
            "A proxy sends X-Forwarded-Proto, but BEHIND_TLS_PROXY isn't set, so every page is "
            "redirected to itself. Set BEHIND_TLS_PROXY=1."
        )
