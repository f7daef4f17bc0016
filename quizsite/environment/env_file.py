"""What is set: real environment variables, and below them the lines of a `.env` file."""

import io
import os
from functools import cache
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from dotenv.parser import parse_stream


@cache
def env_file() -> Path | None:
    """Return the file that is read; None if there is none.

    That is `.env` in the current folder, or what ENV_FILE names, which must be there.
    """
    named = os.environ.get("ENV_FILE", "").strip()
    if not named:
        usual = Path(".env").absolute()
        return usual if usual.is_file() else None
    path = Path(named).absolute()
    if not path.exists() or path.is_dir():
        raise ImproperlyConfigured(f"ENV_FILE is {named!r}; it must be a file that can be read.")
    return path


@cache
def lines() -> dict[str, str]:
    """Return what the file sets, by name. ImproperlyConfigured if it can't be read."""
    path = env_file()
    if path is None:
        return {}
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it isn't UTF-8 text"
        raise ImproperlyConfigured(f"{path} can't be read: {reason}.") from None
    found = {}
    for line in parse_stream(io.StringIO(text)):
        # Python-dotenv itself would only log it.
        if line.error or (line.key and line.value is None):
            # What it read as this line starts with the blank ones before it.
            blank = line.original.string[: -len(line.original.string.lstrip()) or None]
            number = line.original.line + blank.count("\n")
            raise ImproperlyConfigured(f"{path}, line {number}: it must be like NAME=value.")
        if line.key:
            found[line.key] = line.value or ""
    return found


def given(name: str) -> str:
    """Return the text of a variable; "" if it isn't set, or is blank.

    A real variable wins, also an empty one.
    """
    text = os.environ[name] if name in os.environ else lines().get(name, "")
    return text if text.strip() else ""


def is_from_file(name: str) -> bool:
    return name not in os.environ and bool(given(name))


def forget() -> None:
    """Read the file again next time."""
    env_file.cache_clear()
    lines.cache_clear()
