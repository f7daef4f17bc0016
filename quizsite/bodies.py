"""Bodies of requests: read those that come in chunks, and refuse what no form can be read from."""

import codecs
from collections.abc import Iterable
from io import BytesIO
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quizsite.errors import error_page, too_large

TERMINATED = "wsgi.input_terminated"  # the server says that reading stops where the body ends
BROKE_OFF = "quizsite.body_broke_off"
READABLE_CHARSETS = {"utf-8", "ascii"}


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
            body = _read(environ["wsgi.input"], _most_bytes() + 1)
            environ["CONTENT_LENGTH"] = str(len(body))
        elif length.isdecimal() and 0 < int(length) <= _most_bytes():
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


def refusal(request: HttpRequest) -> HttpResponse | None:
    """Answer a body that can't be read as it was meant; None if nothing is wrong with it."""
    headers = request.META
    if headers.get(BROKE_OFF):
        return _unreadable(request, 400, _("only in part"))
    if "HTTP_TRANSFER_ENCODING" in headers:
        length = headers.get("CONTENT_LENGTH", "")
        if not length.isdecimal():
            return _unreadable(request, 411, _("without its length"))
        if int(length) > _most_bytes():
            return too_large(request)
    encodings = {
        headers.get(name, "").strip().lower()
        for name in ("HTTP_CONTENT_ENCODING", "HTTP_TRANSFER_ENCODING")
    }
    if encodings - {"", "identity", "chunked"}:
        return _unreadable(request, 415, _("compressed"))
    if request.encoding:
        # Django has looked it up.
        if codecs.lookup(request.encoding).name not in READABLE_CHARSETS:
            return _unreadable(request, 415, _("in another character set than UTF-8"))
        request.encoding = "utf-8"
    return None


def _unreadable(request: HttpRequest, status: int, how: str) -> HttpResponse:
    return error_page(
        request,
        status,
        _("We couldn't read what you sent"),
        _(
            "Your browser, or something between it and us, sent it %(how)s, so nothing was saved. "
            "Go back and send it again, or use another browser."
        )
        % {"how": how},
    )


def _most_bytes() -> int:
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
