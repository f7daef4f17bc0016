"""How the text of an environment variable is read, by kind. A wrong one raises ValueError."""

import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from quizsite.environment.derived import listening_host

HIDDEN = "[hidden]"
LEAST_OF_A_TOKEN = 16  # characters, so that no one can guess it


class Wrong(ValueError):
    """A value can't be used. The message completes `NAME is …;`."""


@dataclass(frozen=True)
class Kind:
    words: str  # what would be right; completes "it must be"
    parse: Callable[[str], Any]
    unset: Any = ""  # the value of a variable that has neither text nor default
    hide: Callable[[str], str] = str  # returns a text without what is secret in it

    @property
    def is_checked(self) -> bool:
        """Whether there are texts that can't be used."""
        return self.parse not in (str, _parts)

    def reason(self, error: ValueError) -> str:
        return str(error) if isinstance(error, Wrong) else f"it must be {self.words}"


# ---------------------------------------------------------------- switches and numbers

ON, OFF = {"1", "true", "yes", "on", "y", "ok"}, {"0", "false", "no", "off", "n"}


def _switch(text: str) -> bool:
    word = text.strip().lower()
    if word not in ON | OFF:
        raise ValueError
    return word in ON


def whole_number(least: int, most: int) -> Kind:
    """Only ASCII digits, from `least` to `most`."""

    def parse(text: str) -> int:
        digits = text.strip()
        if not re.fullmatch("-?[0-9]{1,18}", digits) or not least <= int(digits) <= most:
            raise ValueError
        return int(digits)

    return Kind(f"a whole number from {least} to {most}", parse)


# ---------------------------------------------------------------- texts and lists


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _hosts(text: str) -> list[str]:
    label = r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?"
    name = rf"\*|\.?{label}(\.{label})*\.?|\[[0-9a-f:.]+\]"
    hosts = _parts(text)
    if not hosts or not all(re.fullmatch(name, host, re.IGNORECASE) for host in hosts):
        raise ValueError
    return hosts


def _site(text: str) -> str:
    parts = urlsplit(text.strip())
    rest = parts.path.rstrip("/") + parts.query + parts.fragment
    if parts.scheme not in ("http", "https") or not parts.hostname or rest or "@" in parts.netloc:
        raise ValueError
    refuse_port_0(parts.port)
    return f"{parts.scheme}://{parts.netloc}"


LONGEST_ISSUER = 200  # characters, as the database has room for


def _issuer(text: str) -> str:
    """Without TLS on this machine only, because passwords and claims travel there."""
    address = text.strip().rstrip("/")
    parts = urlsplit(address)
    is_safe = parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    )
    if not is_safe or not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError
    if "/.well-known" in parts.path or len(address) > LONGEST_ISSUER:
        raise ValueError
    refuse_port_0(parts.port)
    return address


def _origins(text: str) -> list[str]:
    return [_site(part) for part in _parts(text)]


def _embedders(text: str) -> list[str]:
    """Exact origins as browsers write them: they end up in a header that browsers compare."""
    origins = []
    for part in _parts(text.lower()):
        address = _issuer(part).removesuffix(":443")
        if not re.fullmatch(r"https?://([a-z0-9.-]+|\[::1\])(:[0-9]+)?", address):
            raise ValueError
        origins.append(address)
    return origins


def _listening(text: str) -> str:
    return listening_host(text)


def _email(text: str) -> str:
    _validate_email(text.strip())
    return text.strip()


def _sender(text: str) -> str:
    _name, address = parseaddr(text)
    _validate_email(address)
    return text.strip()


def _validate_email(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError:
        raise ValueError from None


def _link(text: str) -> str:
    if not re.fullmatch(r"(https?://|mailto:|tel:)[^\s<>\"]+", text.strip()):
        raise ValueError
    return text.strip()


def _pattern(text: str) -> str:
    unknown = set(re.findall(r"\{.*?\}|[{}]", text)) - {"{title}", "{code}"}
    if unknown or not re.fullmatch(r"https?://[^\s<>\"]+", text.strip()):
        raise ValueError
    return text.strip()


def _zone(text: str) -> str:
    try:
        ZoneInfo(text.strip())
    # An unknown name is a KeyError, a folder such as "America" an OSError.
    except (KeyError, OSError):
        raise ValueError from None
    return text.strip()


# ---------------------------------------------------------------- folders


def _data_folder(text: str) -> Path:
    """Create the folder, with mode 700, unless it exists."""
    path = Path(text).absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise ValueError from None
    return _folder(text)


def _folder(text: str) -> Path:
    path = Path(text).absolute()
    if not is_writable(path):
        raise ValueError
    return path


def is_writable(folder: Path) -> bool:
    """Return whether a folder can be written, or created if there is none yet."""
    try:
        there = next(each for each in (folder, *folder.parents) if each.exists())
    except OSError:
        return False
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def refuse_port_0(port: int | None) -> None:
    if port == 0:
        raise ValueError


def _token(text: str) -> str:
    if not re.fullmatch(f"[!-~]{{{LEAST_OF_A_TOKEN},}}", text.strip()):
        raise ValueError
    return text.strip()


def _dsn(text: str) -> str:
    if find_spec("sentry_sdk") is None:
        install = f"{sys.executable} -m pip install 'sentry-sdk>=2,<3'"
        raise Wrong(f"it needs the package sentry-sdk, which you install with: {install}")
    parts = urlsplit(text.strip())
    if parts.scheme not in ("http", "https") or not parts.username or not parts.hostname:
        raise ValueError
    return text.strip()


TEXT = Kind("text", str)
TOKEN = Kind(f"at least {LEAST_OF_A_TOKEN} ASCII characters without spaces", _token)
DSN = Kind("the DSN that Sentry shows for a project, like https://key@sentry.example.org/1", _dsn)
TEXTS = Kind("a list of texts, separated by commas", _parts, unset=())
SWITCH = Kind("1 or 0 (also true, false, yes, no, on, off)", _switch)
HOSTS = Kind("a list of host names without https:// and port, separated by commas", _hosts)
SITE = Kind("an address without a path, like https://quiz.example.org", _site)
ISSUER = Kind("the provider's https:// address, without /.well-known/openid-configuration", _issuer)
ORIGINS = Kind(
    "a list of addresses like https://quiz.example.org, separated by commas", _origins, unset=()
)
EMBEDDERS = Kind(
    "a list of addresses like https://www.example.org, separated by commas", _embedders, unset=()
)
LISTENING = Kind("an IP address or localhost", _listening)
EMAIL = Kind("an e-mail address, such as quiz@example.org", _email)
SENDER = Kind("an e-mail address, also with a name: Quiz <quiz@example.org>", _sender)
LINK = Kind("a link that starts with https://, mailto: or tel:", _link)
PATTERN = Kind("an https:// address; {title} and {code} can be part of it", _pattern)
ZONE = Kind("a name such as UTC or America/New_York", _zone)
DATA_FOLDER = Kind("a folder that can be created or written", _data_folder)
FOLDER = Kind("a folder that can be created or written", _folder)
