"""What the server runs: read each request whole, within limits, then let Django answer in a thread.

A slow or endless body waits in the event loop, so that it takes no thread from anyone.
"""

import ipaddress
import sys
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from wsgiref.types import WSGIApplication, WSGIEnvironment

from granian.rsgi import HTTPProtocol, ProtocolClosed, Scope  # type: ignore[attr-defined]

from quiz.web import scarce
from quizsite.bodies import Body
from quizsite.threads import Threads
from quizsite.wsgi import application as wsgi_application


class Server:
    """An RSGI application in front of a WSGI one, which answers in threads.

    Reading, writing and `/healthz` have threads of their own: a reader never waits behind writers
    that wait for the database, and monitoring waits behind neither.
    """

    def __init__(self, application: WSGIApplication, threads: int) -> None:
        self.application = application
        self.reading = Threads(threads)
        self.writing = Threads(threads)
        self.health = Threads(1)

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        environ = environ_of(scope)
        with Body() as body:
            environ["wsgi.input"] = BytesIO(await body.read(protocol, environ))
            threads = self._threads_for(environ)
            answer = await threads.run(self._answer, environ)
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
        return any(each.have_hung() for each in (self.reading, self.writing, self.health))

    def _threads_for(self, environ: WSGIEnvironment) -> Threads:
        if environ["PATH_INFO"] == "/healthz":
            return self.health
        return self.reading if environ["REQUEST_METHOD"] in ("GET", "HEAD") else self.writing

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
