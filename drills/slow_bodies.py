"""200 bodies that never end, 2,000 idle connections and 600 MB leave others undisturbed."""

import http.client
import resource
import socket
import time
import urllib.request
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

from drills.ground import Ground, Outcome
from quizsite import bodies
from tests.browser.site import Site

SLOW = 200
IDLE = 2000
MOST_SECONDS = 1.0
UPLOAD = 600 * 10**6  # bytes


def run(ground: Ground) -> Outcome:
    """Ask for pages in the meantime; an answer after a second counts as lost, and a kept upload."""
    asked = 1000 if ground.is_long else 40
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with ground.site() as site, ExitStack() as stack:
        for _ in range(IDLE):
            stack.enter_context(_connect(site.address))
        for _ in range(SLOW):
            slow = stack.enter_context(_connect(site.address))
            slow.sendall(_head(site, 1000) + b"a")
        before = _bytes_in(ground.folder)
        status = _upload(site)
        is_kept = status != 413 or _bytes_in(ground.folder) - before > UPLOAD / 100
        paths = ("/healthz", "/", "/quiz/", "/roles/")
        seconds = [_seconds_for(site, paths[n % len(paths)]) for n in range(asked)]
    late = sum(each > MOST_SECONDS for each in seconds)
    p99 = sorted(seconds)[int(len(seconds) * 0.99) - 1]
    note = f"slowest {max(seconds):.3f} s, p99 {p99:.3f} s; upload {status}"
    return Outcome(asked + 1, late + is_kept, "answers", note)


def break_site() -> None:
    """Wait a moment for each body where all requests pass."""

    def most_bytes() -> int:
        time.sleep(0.02)
        return 1024 * 1024

    bodies.most_bytes = most_bytes


def _connect(address: str) -> socket.socket:
    parts = urlsplit(address)
    return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=5)


def _head(site: Site, length: int, content_type: str = "text/plain") -> bytes:
    host = urlsplit(site.address).netloc
    head = f"POST /theme/ HTTP/1.1\r\nHost: {host}\r\nContent-Type: {content_type}\r\n"
    return f"{head}Content-Length: {length}\r\n\r\n".encode()


def _upload(site: Site) -> int:
    """Send as much of a large file as is taken; return the status, or 0 without an answer."""
    part = b"x" * 2**20
    with _connect(site.address) as connection:
        connection.sendall(_head(site, UPLOAD, "multipart/form-data; boundary=x"))
        try:
            for _ in range(UPLOAD // len(part)):
                connection.sendall(part)
        except OSError:
            pass  # refused: the answer is there already
        with closing(http.client.HTTPResponse(connection)) as response:
            try:
                response.begin()
            except (OSError, http.client.HTTPException):
                return 0
            return response.status


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _seconds_for(site: Site, path: str) -> float:
    started = time.monotonic()
    try:
        with urllib.request.urlopen(f"{site.address}{path}", timeout=2 * MOST_SECONDS):
            pass
    except OSError:
        return 2 * MOST_SECONDS
    return time.monotonic() - started
