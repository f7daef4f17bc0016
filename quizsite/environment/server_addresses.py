"""Kinds of variables that name a server: database, cache, mail. Their passwords stay hidden."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ

from quizsite.environment.kinds import HIDDEN, Kind, Wrong, is_writable, refuse_port_0

ENCODED = "with special characters of the password encoded (# is %23)"


def _database(text: str) -> dict[str, Any]:
    """Return Django's settings of a database, with the engine that django-environ names."""
    address = text.strip()
    scheme = address.partition("://")[0]
    if address in ("sqlite://", "sqlite://:memory:", "sqlite:///:memory:"):
        raise Wrong("it keeps everything in memory, where it is lost; name a file")
    if "://" not in address or scheme not in ("sqlite", *environ.Env.POSTGRES_FAMILY[:4]):
        raise Wrong("it must start with sqlite:// or postgres://")
    parts = urlsplit(address)
    if scheme == "sqlite":
        if parts.netloc or not parts.path.strip("/"):
            raise ValueError
        found: dict[str, Any] = environ.Env.db_url_config(address)
        if Path(found["NAME"]).is_dir() or not is_writable(Path(found["NAME"]).absolute().parent):
            raise Wrong("it must name a file in a folder that can be written")
        return found
    _check_ports(parts.netloc)
    found = environ.Env.db_url_config(address)
    if not found["NAME"] and "service" not in found.get("OPTIONS", {}):
        raise ValueError
    return found


def _cache(text: str) -> dict[str, Any]:
    parts = urlsplit(text.strip())
    driver = environ.Env.CACHE_SCHEMES.get(parts.scheme, "")
    if not driver.endswith(".RedisCache"):
        raise Wrong("it must start with rediscache://; without it, the database is used")
    if not (parts.netloc or parts.path):
        raise ValueError
    _check_ports(parts.netloc)
    found: dict[str, Any] = environ.Env.cache_url_config(text.strip())
    return found | {"BACKEND": "quizsite.caches.redis.RedisCache"}


def _mail(text: str) -> dict[str, Any]:
    """Return Django's settings of mail, by name."""
    parts = urlsplit(text.strip())
    if parts.scheme not in environ.Env.EMAIL_SCHEMES:
        raise Wrong("it must start with smtp+tls://, smtp+ssl://, smtp:// or filemail://")
    if parts.scheme.startswith("smtp"):
        if not parts.hostname:
            raise ValueError
        _check_ports(parts.netloc)
    elif parts.scheme == "filemail" and not is_writable(Path(parts.path[1:]).absolute()):
        raise Wrong("it must name a folder that can be written")
    found: dict[str, Any] = environ.Env.email_url_config(text.strip())
    return found


def _check_ports(netloc: str) -> None:
    """ValueError for a port that isn't a number from 1 to 65535. Commas separate servers."""
    for server in netloc.rpartition("@")[2].split(","):
        refuse_port_0(urlsplit(f"//{server}").port)


def without_password(address: str) -> str:
    """Hide what may be a password in an address, also in one that can't be read."""
    found = re.match(r"[a-z+]*://", address, re.IGNORECASE)
    scheme, rest = (found[0], address[found.end() :]) if found else ("", address)
    before, at, after = rest.rpartition("@")
    user, colon, _password = before.partition(":")
    if not re.fullmatch(r"[\w.%+-]*", user):
        user, colon = HIDDEN, ""
    if colon:
        user += f":{HIDDEN}"
    # A word where a port belongs is rather a password whose host is missing.
    if not at and not re.match(r"(\[[\da-f:.]*\]|[^:/?#]*)(:[\d,]*)?([/?#]|$)", after, re.I):
        after = HIDDEN
    after = re.sub(r"(?i)((?:pass|secret|token|key)\w*=)[^&]*", rf"\1{HIDDEN}", after)
    return scheme + user + at + after


DATABASE = Kind(
    f"like sqlite:////srv/quiz/quiz.sqlite3 or postgres://user:password@host:5432/name, {ENCODED}",
    _database,
    hide=without_password,
)
CACHE = Kind("like rediscache://host:6379/0", _cache, hide=without_password)
MAIL = Kind(f"like smtp+tls://user:password@host:587, {ENCODED}", _mail, hide=without_password)
