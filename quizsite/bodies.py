"""Read bodies of requests before Django does."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings

TERMINATED = "wsgi.input_terminated"  # the server says that reading stops where the body ends
BROKE_OFF = "quizsite.body_broke_off"


class WholeBodies:
    """A WSGI application that reads bodies before Django does, up to the size allowed.

    A body in chunks has no Content-Length, and Django takes it for empty: a form would arrive
    without its fields. A body that broke off looks whole to Django.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get(TERMINATED):
            self._read_whole(environ)
        return self.application(environ, start_response)

    @staticmethod
    def _read_whole(environ: WSGIEnvironment) -> None:
        length = environ.get("CONTENT_LENGTH") or ""
        if "HTTP_TRANSFER_ENCODING" in environ:
            body = _read(environ["wsgi.input"], most_bytes() + 1)
            environ["CONTENT_LENGTH"] = str(len(body))
        elif length.isdecimal() and 0 < int(length) <= most_bytes():
            body = _read(environ["wsgi.input"], int(length))
            environ[BROKE_OFF] = len(body) < int(length)
        else:
            return
        environ["wsgi.input"] = BytesIO(body)


def _read(stream: Any, most: int) -> bytes:
    """Read `most` bytes, or all there are: one call may return fewer."""
    parts: list[bytes] = []
    while most and (part := stream.read(most)):
        parts.append(part)
        most -= len(part)
    return b"".join(parts)


def most_bytes() -> int:
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
