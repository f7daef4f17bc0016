"""How every line of the log looks: one JSON object, in ASCII, without tokens and codes.

A line that is written during a request carries that request's id. Control characters and everything
outside of ASCII are escaped, so no request can forge a line or move a terminal's cursor.
"""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest

# The id of the request that this thread answers; empty outside of requests.
request_id: ContextVar[str] = ContextVar("request_id", default="")

# In a request's META: why it failed.
CAUSE = "quizsite.cause"

ENCODER = json.JSONEncoder(default=str)

HIDDEN = "[hidden]"
# What could open something: link tokens, session keys, return codes, codes of invitations.
SECRETS = re.compile(
    r"""
    (?<![A-Za-z0-9_-])(?:
        (?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{16,}    # long, and with a digit
        | [A-Za-z0-9_-]{40,}                      # so long that it need not have one
        | [CDFGHJKMNPQRTVWXY34679]{8}             # an invitation's code
        | [0-9A-Z]{4}(?:-[0-9A-Z]{4}){1,3}        # in groups of four
    )(?![A-Za-z0-9_-])
    """,
    re.VERBOSE,
)


class Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        if name := request_id.get():
            line["request_id"] = name
        fields: dict[str, Any] | None = getattr(record, "fields", None)
        if fields is None:
            line["message"] = without_secrets(_message(record))
            if record.exc_info:
                line["traceback"] = without_secrets(self.formatException(record.exc_info))
        else:
            line |= fields
        return ENCODER.encode(line)


def without_secrets(text: str) -> str:
    """Hide whatever looks like a token or a code, also in the middle of an address."""
    return SECRETS.sub(HIDDEN, text)


def route_of(request: HttpRequest) -> str:
    """Name the page of a request, such as "quiz:shared"; empty if there is none.

    The path itself can hold a token.
    """
    match = request.resolver_match
    return match.view_name if match else ""


def note_cause(request: HttpRequest, exception: Exception) -> None:
    """Keep the first line of an error for the line of its request, if that fails."""
    first = str(exception).partition("\n")[0]
    request.META[CAUSE] = f"{type(exception).__name__}: {without_secrets(first)}"


def _message(record: logging.LogRecord) -> str:
    """Return the message, with the name of the page in place of a path."""
    request = getattr(record, "request", None)
    if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
        route = route_of(request) or "no page"
        args = [
            route if isinstance(arg, str) and arg.startswith("/") else arg for arg in record.args
        ]
        return str(record.msg) % tuple(args) if args else str(record.msg)
    return record.getMessage()
