"""10,000 connections are held; if all of them ask, most get 503, and pages open right after."""

import http.client
import resource
import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from http import HTTPStatus
from urllib.parse import urlsplit

from drills.ground import Ground, Outcome
from drills.visitors import Visitor, Waits, watch_others
from quizsite import threads
from quizsite.threads import Threads
from tests.browser.site import Site

OPEN, OPEN_IN_SHORT = 10_000, 3_000
MOST_SECONDS = 1.0  # for a page before and after
# For an answer while all ask: the 5 seconds that a request may wait, and time to read so many.
MOST_SECONDS_CROWDED = 9.0
DATABASES = ("sqlite",)  # what is tried comes before any database


def run(ground: Ground) -> Outcome:
    """Hold connections, let all ask at once, then open pages again.

    Lost is a connection that is closed, an answer without 503 or a page, a 503 without Retry-After,
    a late answer, and a late page.
    """
    count = OPEN if ground.is_long else OPEN_IN_SHORT
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with ground.site() as site, ExitStack() as stack:
        connections = [stack.enter_context(_connect(site)) for _ in range(count)]
        held = watch_others(site.address, 10 if ground.is_long else 2)
        closed = sum(map(_is_closed, connections))
        answers = list(_answers_to_all(site, connections))
        after = Waits()
        for _ in range(20):
            answer = Visitor(site.address).get("/")
            after.seconds.append(answer.seconds)
            after.failed += answer.status != HTTPStatus.OK
    statuses = Counter(status for status, _seconds, _is_whole in answers)
    slowest = max((seconds for _status, seconds, _is_whole in answers), default=0)
    wrong = count - sum(is_whole for _status, _seconds, is_whole in answers)
    if HTTPStatus.SERVICE_UNAVAILABLE not in statuses:
        wrong += 1
    note = (
        f"{held} with {count} open; of as many requests {statuses[200]} served and {statuses[503]} "
        f"refused, slowest {slowest:.1f} s; after it {after}"
    )
    tried = 2 * count + len(held.seconds) + len(after.seconds)
    lost = closed + wrong + held.late(MOST_SECONDS) + after.late(MOST_SECONDS)
    return Outcome(tried, lost, "connections, answers, pages", note)


def break_site() -> None:
    """Let every request wait for as long as it takes, which is 20 ms more than usual."""
    threads.MOST_WAITING = 10**9
    threads.SECONDS_TO_WAIT = 600
    submit = Threads._submit

    def slow(self: Threads, function: Callable[..., object], *args: object) -> Future[object]:
        def work() -> object:
            time.sleep(0.02)
            return function(*args)

        return submit(self, work)

    Threads._submit = slow  # type: ignore[method-assign, assignment]


def _connect(site: Site) -> socket.socket:
    parts = urlsplit(site.address)
    connection = socket.create_connection((parts.hostname or "", parts.port or 0), timeout=5)
    connection.setblocking(False)
    return connection


def _is_closed(connection: socket.socket) -> bool:
    try:
        return not connection.recv(1)
    except BlockingIOError:
        return False
    except OSError:
        return True


def _answers_to_all(
    site: Site, connections: list[socket.socket]
) -> Iterator[tuple[int, float, bool]]:
    """Ask on all connections; yield each answer's status and seconds, and whether it is right."""
    request = f"GET / HTTP/1.1\r\nHost: {urlsplit(site.address).netloc}\r\n\r\n".encode()
    with selectors.DefaultSelector() as selector:
        sent = {}
        for connection in connections:
            sent[connection] = time.monotonic()
            try:
                connection.sendall(request)
            except OSError:
                continue  # closed, which is counted
            selector.register(connection, selectors.EVENT_READ)
        end = time.monotonic() + 2 * MOST_SECONDS_CROWDED
        while selector.get_map() and time.monotonic() < end:
            for key, _events in selector.select(timeout=0.5):
                connection = key.fileobj
                selector.unregister(connection)
                status, retry_after = _head_of(connection)
                seconds = time.monotonic() - sent[connection]
                is_right = status == HTTPStatus.OK or bool(
                    status == HTTPStatus.SERVICE_UNAVAILABLE and retry_after
                )
                yield status, seconds, is_right and seconds < MOST_SECONDS_CROWDED


def _head_of(connection: socket.socket) -> tuple[int, str]:
    """Return the status, 0 if there is none, and Retry-After of an answer that is there."""
    connection.settimeout(5)
    response = http.client.HTTPResponse(connection)
    try:
        response.begin()
        response.read()
    except (OSError, http.client.HTTPException):
        return 0, ""
    return response.status, response.headers.get("Retry-After", "")
