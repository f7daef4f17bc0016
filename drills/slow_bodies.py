"""200 bodies that never end don't keep others waiting."""

import socket
import time
import urllib.request
from urllib.parse import urlsplit

from drills.ground import Ground, Outcome
from quizsite import bodies

SLOW = 200
MOST_SECONDS = 1.0


def run(ground: Ground) -> Outcome:
    """Ask for the health page while slow bodies arrive; an answer after a second counts as lost."""
    asked = 1000 if ground.is_long else 40
    with ground.site() as site:
        slow = [_begin_body(site.address) for _ in range(SLOW)]
        try:
            seconds = [_seconds_for(site.address) for _ in range(asked)]
        finally:
            for each in slow:
                each.close()
    late = sum(each > MOST_SECONDS for each in seconds)
    return Outcome(asked, late, "pages", f"slowest {max(seconds):.3f} s")


def break_site() -> None:
    """Wait a moment for each body where all requests pass."""

    def most_bytes() -> int:
        time.sleep(0.02)
        return 1024 * 1024

    bodies.most_bytes = most_bytes


def _begin_body(address: str) -> socket.socket:
    parts = urlsplit(address)
    connection = socket.create_connection((parts.hostname, parts.port), timeout=5)
    head = f"POST /theme/ HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: 1000\r\n\r\na"
    connection.sendall(head.encode())
    return connection


def _seconds_for(address: str) -> float:
    started = time.monotonic()
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=2 * MOST_SECONDS):
            pass
    except OSError:
        return 2 * MOST_SECONDS
    return time.monotonic() - started
