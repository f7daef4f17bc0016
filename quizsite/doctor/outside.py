"""The site as visitors reach it: SITE_URL through TLS and proxies."""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from email.message import Message
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

from quizsite.doctor.findings import Finding, error, ok, reason, skipped, warning

SECONDS_TO_ANSWER = 5
PLAIN_PORT = 80
# Certificates are usually renewed 30 days before they end.
SOON, VERY_SOON = timedelta(days=21), timedelta(days=3)
NEEDED_HEADERS = {
    "Strict-Transport-Security": "HSTS",
    "Content-Security-Policy": "CSP",
    "X-Request-ID": "X-Request-ID",
}
FORGED = {"X-Forwarded-Proto": "http", "X-Forwarded-For": "192.0.2.1"}
PROXY_FILES = "deploy/nginx has files that do it right."


class Seen(NamedTuple):
    """An answer from outside. Times are in seconds since 1970."""

    status: int
    headers: Message
    at: float
    certificate_fault: str = ""  # why browsers don't trust it
    certificate_ends: float = 0  # 0 if it isn't trusted


def reason_to_skip() -> str:
    """Return why there is no outside to look from; empty if there is one."""
    if settings.PLAIN_HTTP:
        return "PLAIN_HTTP is on, so the site is for this machine only."
    if is_local(urlsplit(settings.SITE_URL).hostname or ""):
        return f"SITE_URL is {settings.SITE_URL}, which is this machine. Set SITE_URL."
    return ""


def is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


@cache
def look(address: str) -> Seen:
    """Get the first page. OSError or HTTPException if no one answers in time."""
    try:
        return get(address, trusting=False)
    except ssl.SSLCertVerificationError as failure:
        fault = (failure.verify_message or reason(failure)).rstrip(".")
    return get(address, trusting=True)._replace(certificate_fault=fault)


def get(address: str, headers: Mapping[str, str] | None = None, *, trusting: bool) -> Seen:
    """Get the first page of a site; `trusting` takes any certificate."""
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        if trusting:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection(
            host, port, timeout=SECONDS_TO_ANSWER, context=context
        )
    else:
        connection = http.client.HTTPConnection(host, port, timeout=SECONDS_TO_ANSWER)
    with closing(connection):
        connection.connect()
        ends = _end_of_certificate(connection.sock)
        own = {"User-Agent": "manage.py doctor", "Accept": "text/html"}
        connection.request("GET", "/", headers=own | dict(headers or {}))
        answer = connection.getresponse()
        return Seen(answer.status, answer.headers, time.time(), certificate_ends=ends)


def _end_of_certificate(opened: socket.socket) -> float:
    # It is empty if it wasn't verified.
    certificate = opened.getpeercert() if isinstance(opened, ssl.SSLSocket) else None
    return ssl.cert_time_to_seconds(str(certificate["notAfter"])) if certificate else 0


# ---------------------------------------------------------------- checks


def site() -> Finding:
    """Tell whether the first page can be reached; all others need this one."""
    address = settings.SITE_URL
    if why := reason_to_skip():
        return skipped(why)
    if not address.startswith("https://"):
        return error(f"SITE_URL is {address}.", "Set it to the https:// address of the site.")
    try:
        seen = look(address)
    except (OSError, http.client.HTTPException) as failure:
        return error(
            f"{address} can't be reached from here: {reason(failure)}.",
            "Look at the name's DNS entry, the proxy and the firewall.",
        )
    if seen.status == 200:
        return ok(f"{address} answers.")
    host = urlsplit(address).hostname or ""
    if is_redirect_to_tls(seen, host):
        return error(
            f"{address} redirects to itself.",
            "Let the proxy set X-Forwarded-Proto, and set BEHIND_TLS_PROXY=1.",
        )
    fixes = {
        400: f"Add {host} to ALLOWED_HOSTS.",
        502: "The proxy doesn't reach the site: start it, or correct HOST and PORT.",
    }
    fix = fixes.get(seen.status, "See the logs of the proxy and the site.")
    return error(f"{address} answers {seen.status}.", fix)


def is_redirect_to_tls(seen: Seen, host: str) -> bool:
    place = urlsplit(str(seen.headers.get("Location", "")))
    is_redirect = seen.status in (301, 302, 307, 308)
    return is_redirect and place.scheme == "https" and place.hostname == host


def certificate() -> Finding:
    return certificate_of(look(settings.SITE_URL))


def certificate_of(seen: Seen) -> Finding:
    if seen.certificate_fault:
        return error(
            f"Browsers don't trust it: {seen.certificate_fault}.",
            "Install one for this name from an authority such as Let's Encrypt.",
        )
    fix = "Renew it, and look why it isn't renewed by itself."
    left = timedelta(seconds=seen.certificate_ends - seen.at)
    found = f"It is valid for {left.days} more days."
    if left < VERY_SOON:
        return error(found, fix)
    return warning(found, fix) if left < SOON else ok(found)


def headers() -> Finding:
    return headers_of(look(settings.SITE_URL))


def headers_of(seen: Seen) -> Finding:
    missing = [short for name, short in NEEDED_HEADERS.items() if not seen.headers.get(name)]
    if missing:
        return error(
            f"Missing from the first page: {', '.join(missing)}.",
            "The site sends them, so look at what the proxy removes.",
        )
    if "max-age=0" in seen.headers["Strict-Transport-Security"].replace(" ", ""):
        return error("HSTS is turned off (max-age=0).", "Let the proxy leave the site's header.")
    return ok(f"{', '.join(NEEDED_HEADERS.values())} arrive.")


def redirect() -> Finding:
    """Look where someone gets who types the address without https://."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    link = f"[{host}]" if ":" in host else host
    try:
        seen = get(f"http://{link}:{PLAIN_PORT}", trusting=False)
    except (OSError, http.client.HTTPException) as failure:
        return warning(
            f"No one answers on port {PLAIN_PORT} ({reason(failure)}).",
            "Let the proxy redirect http:// to https://, for people who type the name only.",
        )
    if is_redirect_to_tls(seen, host):
        return ok("http:// redirects to https://.")
    return error(
        f"http://{link} answers {seen.status} without a redirect to https://.",
        f"Let the proxy redirect it. {PROXY_FILES}",
    )


def proxy() -> Finding:
    """Send headers that only a proxy may set, and see whether the site believes them."""
    address = settings.SITE_URL
    if get(address, FORGED, trusting=True).status != 200:
        return error(
            "The site believes a visitor's own X-Forwarded-Proto.",
            f"Let the proxy replace this header. {PROXY_FILES}",
        )
    if settings.SECURE_PROXY_SSL_HEADER and not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        return warning(
            "TRUSTED_PROXIES is 0 behind a proxy, so all visitors share one limit.",
            "Set it to the number of proxies in front.",
        )
    return ok("A visitor's own X-Forwarded-Proto changes nothing.")
