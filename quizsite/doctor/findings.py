"""What a check has found, as lines for people and as JSON for programs. Pure."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

LONGEST = 300  # characters of what a check found; the rest of an error's message is cut
GB = 1000**3


class Level(StrEnum):
    """From the worst down."""

    ERROR = "error"
    WARNING = "warning"
    OK = "ok"
    SKIPPED = "skipped"


class Finding(NamedTuple):
    level: Level
    found: str
    fix: str = ""


class Result(NamedTuple):
    name: str
    finding: Finding


def ok(found: str) -> Finding:
    return Finding(Level.OK, found)


def warning(found: str, fix: str) -> Finding:
    return Finding(Level.WARNING, found, fix)


def error(found: str, fix: str) -> Finding:
    return Finding(Level.ERROR, found, fix)


def skipped(why: str) -> Finding:
    return Finding(Level.SKIPPED, why)


def worst(results: Sequence[Result]) -> Level:
    """Return the worst level; OK if everything was skipped."""
    levels = {result.finding.level for result in results}
    return next((level for level in Level if level in levels - {Level.SKIPPED}), Level.OK)


def as_text(results: Sequence[Result]) -> str:
    """Return one line for each check, and a line that counts them."""
    width = max(len(result.name) for result in results)
    lines = [
        f"{finding.level:<7}  {name:<{width}}  {_one_line(f'{finding.found} {finding.fix}')}"
        for name, finding in results
    ]
    counts = Counter(result.finding.level for result in results)
    shown = [_counted(counts[level], level) for level in Level if counts[level]]
    return "\n".join([*lines, "", ", ".join(shown)])


def _counted(count: int, level: Level) -> str:
    is_plural = count > 1 and level in (Level.ERROR, Level.WARNING)
    return f"{count} {level}{'s' if is_plural else ''}"


def as_json(results: Sequence[Result]) -> str:
    checks = [
        {
            "name": name,
            "level": finding.level,
            "found": _one_line(finding.found),
            "fix": finding.fix,
        }
        for name, finding in results
    ]
    return json.dumps({"level": worst(results), "checks": checks}, indent=2, ensure_ascii=False)


def reason(failure: BaseException) -> str:
    """Return the first line of an error's message, without a final period, or else its type."""
    words = str(getattr(failure, "strerror", None) or failure).strip() or type(failure).__name__
    line = _one_line(words.splitlines()[0]).rstrip(".")
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"


def _one_line(words: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in words).split())


def duration(time: timedelta) -> str:
    """Return a time in its largest unit of which there are two, such as "3 days"."""
    seconds = max(0, round(time.total_seconds()))
    for unit, length in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def size(count: int) -> str:
    return f"{count / GB:.1f} GB"
