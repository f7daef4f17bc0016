"""Values that settings derive from the environment, with safe defaults or an error."""

import ipaddress
import os
import re
import secrets
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured


def secret_made_once(path: Path) -> str:
    """Read the secret in `path`, or create it there: from 50 random bytes, with mode 600."""
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        write_private(path, secrets.token_urlsafe(50))
        return path.read_text(encoding="ascii").strip()


def write_private(path: Path, text: str) -> bool:
    """Write `text` to a new file with mode 600; return False if the file exists already.

    The file appears with its full content, so another process never reads half a secret.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def listening_host(host: str) -> str:
    """Return HOST as the address to listen on; ValueError unless it is one, or localhost.

    IPv6 may be in brackets, as in links.
    """
    host = host.strip()
    address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host.strip("[]"))
    return str(getattr(address, "ipv4_mapped", None) or address)


def listening_on(name: str, host: str) -> str:
    """Return the variable with this name as an address; ImproperlyConfigured unless it is one."""
    try:
        return listening_host(host)
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} must be an IP address or localhost, not {host!r}."
        ) from None


def is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address).is_loopback


def in_link(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def hosts_of_this_machine(host: str) -> list[str]:
    """Return the names of a site that listens on HOST for this machine alone, best one first."""
    names = ["127.0.0.1", "localhost", "[::1]"]
    try:
        address = listening_host(host)
    except ValueError:
        return names
    first = [in_link(address)] if is_loopback(address) else []
    return list(dict.fromkeys([*first, *names]))


def whole_number(name: str, *, default: int, least: int, most: int) -> int:
    """Read a whole number from the environment; the default if the variable is unset or empty.

    Raises ImproperlyConfigured outside of `least` to `most`, and for anything but ASCII digits.
    """
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not re.fullmatch("-?[0-9]{1,18}", text) or not least <= int(text) <= most:
        raise ImproperlyConfigured(
            f"{name} is {text!r:.40}; it must be a whole number from {least} to {most}."
        )
    return int(text)


def base_address(given: str, hosts: list[str], port: int, is_plain: bool) -> str:
    """Start of absolute links, such as https://quiz.example: as given, or from the first real host.

    Raises ImproperlyConfigured if `given` isn't the address of a site, for example has a path.
    """
    if given:
        parts = urlsplit(given)
        rest = parts.path.rstrip("/") + parts.query + parts.fragment
        if parts.scheme not in ("http", "https") or not parts.hostname or rest or parts.username:
            raise ImproperlyConfigured(
                f"SITE_URL is {given!r}; it must be like https://quiz.example.org"
            )
        return f"{parts.scheme}://{parts.netloc}"
    host = next((host for host in hosts if host.strip(".*")), "localhost").lstrip(".")
    return f"http://{host}:{port}" if is_plain else f"https://{host}"


def redis_cache(parsed: dict[str, Any]) -> dict[str, Any]:
    """Return the cache of CACHE_URL, as django-environ has parsed it, with our own backend.

    Raises ImproperlyConfigured for anything but Redis, and without its client.
    """
    if not parsed["BACKEND"].endswith(".RedisCache"):
        raise ImproperlyConfigured(
            "CACHE_URL must start with rediscache://. Without it, the database is used."
        )
    if find_spec("redis") is None:
        raise ImproperlyConfigured(
            "CACHE_URL needs the package redis. Install it: "
            f"{sys.executable} -m pip install 'redis>=8,<9'"
        )
    return parsed | {"BACKEND": "quizsite.caches.redis.RedisCache"}


LEAST_OF_A_TOKEN = 16  # characters


def long_token(name: str, given: str) -> str:
    """Return a token as given, or empty; ImproperlyConfigured if it could be guessed."""
    if given and not re.fullmatch(f"[!-~]{{{LEAST_OF_A_TOKEN},}}", given):
        raise ImproperlyConfigured(
            f"{name} needs at least {LEAST_OF_A_TOKEN} characters, from ASCII and without spaces. "
            f"Make one: {sys.executable} -c 'import secrets; print(secrets.token_urlsafe())'"
        )
    return given


def sentry_dsn(given: str) -> str:
    """Return SENTRY_DSN, or empty; ImproperlyConfigured without Sentry's package."""
    if given and find_spec("sentry_sdk") is None:
        raise ImproperlyConfigured(
            "SENTRY_DSN needs the package sentry-sdk. Install it: "
            f"{sys.executable} -m pip install 'sentry-sdk>=2,<3'"
        )
    return given


class Contact(NamedTuple):
    """A person that visitors can talk to. Hours and link can be empty."""

    name: str
    hours: str
    link: str


def contact(name: str, hours: str, link: str) -> Contact | None:
    """Return the contact; None without a name.

    Raises ImproperlyConfigured for hours or a link without a name, and for a link that a browser
    can't open.
    """
    given = Contact(name.strip(), hours.strip(), link.strip())
    if not given.name:
        if any(given):
            raise ImproperlyConfigured("TALK_TO_HOURS and TALK_TO_LINK need a TALK_TO_NAME")
        return None
    if given.link and not re.fullmatch(r"(https?://|mailto:|tel:)[^\s<>\"]+", given.link):
        raise ImproperlyConfigured(
            f"TALK_TO_LINK is {link!r}; it must start with https://, mailto: or tel:"
        )
    return given


def time_zone(given: str) -> str:
    """Name of the zone in which pages show times: as given, or UTC.

    Raises ImproperlyConfigured if no zone has this name.
    """
    name = given.strip() or "UTC"
    try:
        ZoneInfo(name)
    # An unknown name is a KeyError, a path a ValueError, a folder such as "America" an OSError.
    except (KeyError, ValueError, OSError) as error:
        raise ImproperlyConfigured(
            f"TIME_ZONE is {given!r}; it must be a name such as UTC or America/New_York"
        ) from error
    return name
