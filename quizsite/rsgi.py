"""What the server runs: read each request whole, within limits, then let Django answer in a thread.

A slow or endless body waits in the event loop, so that it takes no thread from anyone.
"""

import asyncio
import ipaddress
import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from io import BytesIO
from wsgiref.types import WSGIApplication, WSGIEnvironment

from django.conf import settings
from granian.rsgi import HTTPProtocol, ProtocolClosed, Scope  # type: ignore[attr-defined]

from organization.current import revision_read_last
from quiz.web import scarce
from quizsite.api.problems import API
from quizsite.bodies import Body
from quizsite.threads import CROWDED, Crowded, Threads
from quizsite.watching.requests import count_refused
from quizsite.wsgi import application as wsgi_application

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LINES = 10  # in the log, on refused requests


class Server:
    """An RSGI application in front of a WSGI one, which answers in threads.

    Reading, writing, static files and `/healthz` have threads of their own: a reader never waits
    behind writers that wait for the database, monitoring waits behind no one, and a page that is
    served in a rush gets its style. What no thread can take in time is refused with a page that is
    made once, or with a problem document of the API.
    """

    def __init__(self, application: WSGIApplication, threads: int) -> None:
        self.application = application
        self.reading = Threads(threads)
        self.writing = Threads(threads)
        self.files = Threads(1)
        self.health = Threads(1)
        self.threads = {
            "reading": self.reading,
            "writing": self.writing,
            "files": self.files,
            "health": self.health,
        }
        # By the start of the addresses that they are for, and the organization that they name.
        self.refusals: dict[tuple[str, str], Answer] = {}
        self.refused = 0  # since the last line in the log

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        environ = environ_of(scope)
        with Body() as body:
            environ["wsgi.input"] = BytesIO(await body.read(protocol, environ))
            threads = self._threads_for(environ)
            # What someone sent as they left is saved all the same.
            unless = None if threads is self.writing else protocol.client_disconnect
            try:
                answer = await threads.run_soon(self._answer, environ, unless)
            except Crowded:
                answer = await self._refuse(environ)
                # The threads may hold it until one of them is free.
                environ.clear()
        if answer.rest is None:
            protocol.response_bytes(answer.status, answer.headers, answer.body)
            return
        # A slow reader of a long answer takes no thread either.
        try:
            transport = protocol.response_stream(answer.status, answer.headers)
            while chunk := await threads.run(answer.next_chunk):
                await transport.send_bytes(chunk)
        except ProtocolClosed:
            pass  # The reader has left.
        finally:
            await threads.run(answer.close)

    def has_hung(self) -> bool:
        return any(each.have_hung() for each in self.threads.values())

    def _threads_for(self, environ: WSGIEnvironment) -> Threads:
        path = environ["PATH_INFO"]
        if path == "/healthz":
            return self.health
        if path.startswith(settings.STATIC_URL):
            return self.files
        # The API counts who reads, so it waits for the database like a writer.
        is_reading = environ["REQUEST_METHOD"] in ("GET", "HEAD") and not path.startswith(API)
        return self.reading if is_reading else self.writing

    async def _refuse(self, environ: WSGIEnvironment) -> "Answer":
        self.refused += 1
        count_refused(environ["REQUEST_METHOD"])
        if self.refused == 1:
            asyncio.get_running_loop().call_later(SECONDS_BETWEEN_LINES, self._log_refused)
        start = API if environ["PATH_INFO"].startswith(API) else "/"
        if answer := self.refusals.get((start, revision_read_last())):
            return answer
        return await self.health.run(self._make_refusal, start, environ)

    def _make_refusal(self, start: str, environ: WSGIEnvironment) -> "Answer":
        """Answer as for a first page to someone without cookies, and keep that if it is a 503.

        It can be a redirect to HTTPS, for example.
        """
        first = {"REQUEST_METHOD": "GET", "PATH_INFO": start, "QUERY_STRING": "", "HTTP_COOKIE": ""}
        key = start, revision_read_last()
        answer = self.refusals.get(key) or self._answer(environ | first | {CROWDED: True})
        if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
            # The id is that of one request.
            answer.headers = [each for each in answer.headers if each[0] != "x-request-id"]
            self.refusals[key] = answer
        return answer

    def _log_refused(self) -> None:
        logger.warning("%d requests got 503, because no thread was free in time.", self.refused)
        self.refused = 0

    def _answer(self, environ: WSGIEnvironment) -> "Answer":
        answer = Answer()
        answer.take(self.application(environ, answer.start))
        return answer


class Answer:
    """What the WSGI application answers: a body, or the `rest` of one that is sent in parts."""

    status: int
    headers: list[tuple[str, str]]
    body = b""
    rest: Iterator[bytes] | None = None
    close: Callable[[], None]

    def start(
        self, status: str, headers: list[tuple[str, str]], exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        self.status = int(status[:3])
        self.headers = [(name.lower(), value) for name, value in headers]
        return self._refuse

    @staticmethod
    def _refuse(_part: bytes) -> None:
        """Stand in for a way of writing that only WSGI applications before 2003 use."""
        raise NotImplementedError

    def take(self, response: Iterable[bytes]) -> None:
        self.close = getattr(response, "close", lambda: None)
        if getattr(response, "streaming", True):
            self.rest = iter(response)
        else:
            self.body = b"".join(response)
            self.close()

    def next_chunk(self) -> bytes:
        """Return the next part that isn't empty; b"" at the end."""
        return next(filter(None, self.rest or ()), b"")


def environ_of(scope: Scope) -> WSGIEnvironment:
    """Return the WSGI environment of a request.

    A header with "_" in its name is left out: it would pass for another one, with "-", that a
    proxy sets.
    """
    path = scope.path.encode("utf-8", "surrogateescape").decode("latin-1")
    host, _, port = scope.server.rpartition(":")
    environ = BASE | {
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": path,
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": address_of(scope.client),
        "wsgi.url_scheme": scope.scheme,
    }
    for name, value in scope.headers.items():
        if "_" not in name:
            key = name.upper().replace("-", "_")
            key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
            before = environ.get(key)
            glue = "; " if key == "HTTP_COOKIE" else ","
            environ[key] = value if before is None else f"{before}{glue}{value}"
    return environ


def address_of(client: str) -> str:
    """Return the address of a client without its port; of one on IPv4 always as such.

    Where the server listens on both kinds, IPv4 arrives as ::ffff:192.0.2.7. All of IPv4 would then
    be one network of IPv6, which is counted and limited as a whole.
    """
    address = client.rpartition(":")[0].strip("[]")
    mapped = getattr(ipaddress.ip_address(address), "ipv4_mapped", None)
    return str(mapped or address)


BASE: WSGIEnvironment = {
    "SCRIPT_NAME": "",
    "wsgi.errors": sys.stderr,
    "wsgi.version": (1, 0),
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}


application = Server(wsgi_application, scarce.THREADS)
