"""Watches that no token or code that a test run issues gets into the log."""

import logging
import re
import sys
from collections.abc import Callable, Iterable
from functools import cache, wraps
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.middleware import csrf

from quiz.attempts import codes
from quiz.attempts.models import link
from quiz.counseling import coded_links
from quizsite.logs import Lines

WORD = re.compile(r"[A-Za-z0-9_-]{8,}")
# Everything issued by this process: a fixture can outlive a test.
issued: set[str] = set()


class Kept(logging.Handler):
    """Keeps the lines as they are written to the log."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(Lines())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@cache
def watch() -> Kept:
    """Record each token where it is made, and each line of the log, for the rest of the run."""
    _record(codes, "new_code", lambda code: (code, codes.grouped(code)))
    _record(link, "token_from", lambda token: (token,))
    _record(coded_links, "code_from", lambda code: (code, coded_links.grouped(code)))
    _record(csrf, "_get_new_csrf_string", lambda token: (token,))
    _record(SessionBase, "_get_new_session_key", lambda key: (key,))
    kept = Kept()
    logging.getLogger().addHandler(kept)
    return kept


def _record(home: Any, name: str, forms: Callable[[str], Iterable[str]]) -> None:
    """Replace the function that makes a kind of token, wherever it has been imported."""
    make = getattr(home, name)

    @wraps(make)
    def recorded(*arguments: Any, **named: Any) -> str:
        token: str = make(*arguments, **named)
        issued.update(forms(token))
        return token

    setattr(home, name, recorded)
    for module in list(sys.modules.values()):
        if getattr(module, "__dict__", {}).get(name) is make:
            setattr(module, name, recorded)


def leaks(lines: Iterable[str]) -> list[str]:
    """Return the lines that hold something that was issued."""
    return [line for line in lines if not issued.isdisjoint(WORD.findall(line))]
