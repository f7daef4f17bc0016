"""How long visitors wait for an answer while something is wrong with the database."""

import http.client
import threading
import time
from contextlib import closing
from urllib.parse import urlsplit

from drills.ground import Outcome

SECONDS_FOR_AN_ANSWER = 15.0  # then it counts as none
SECONDS_BETWEEN_REQUESTS = 0.25
VISITORS = 3  # at a time, for each kind of request
SECONDS_TO_RECOVER = 10
# Twice what is promised for pages: a machine can be busy.
MOST_SECONDS = {"GET /healthz": 2.0, "GET /": 2.0, "POST /quiz/": 5.0}


class Visitor:
    """Someone who can open pages and start the quiz, each time on a connection of their own."""

    def __init__(self, address: str) -> None:
        self.netloc = urlsplit(address).netloc

    def request(self, request: str) -> int:
        """Send a request such as "GET /"; return the status of its answer, or 0 without one."""
        method, path = request.split()
        with closing(
            http.client.HTTPConnection(self.netloc, timeout=SECONDS_FOR_AN_ANSWER)
        ) as connection:
            try:
                connection.request(method, path)
                return connection.getresponse().status
            except OSError:
                return 0

    def can_start_again(self) -> bool:
        """Try to start the quiz until it works, or for `SECONDS_TO_RECOVER`."""
        end = time.monotonic() + SECONDS_TO_RECOVER
        while (status := self.request("POST /quiz/")) != 302 and time.monotonic() < end:
            time.sleep(0.1)
        return status == 302


class Times:
    """How long requests took, by request."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = {request: [] for request in MOST_SECONDS}
        self.statuses: dict[str, set[int]] = {request: set() for request in MOST_SECONDS}

    def outcome(self, *, has_recovered: bool) -> Outcome:
        """Count the answers that took too long, and a site that doesn't recover."""
        late = sum(
            each > MOST_SECONDS[name] for name, taken in self.taken.items() for each in taken
        )
        notes = [
            f"{request} {max(taken):.2f} s ({'/'.join(map(str, sorted(self.statuses[request])))})"
            for request, taken in self.taken.items()
        ]
        tried = sum(map(len, self.taken.values()))
        return Outcome(tried, late + (not has_recovered), "answers", f"slowest {', '.join(notes)}")


def ask(visitor: Visitor, seconds: float) -> Times:
    """Send each request again and again for so long, by several visitors at a time."""
    times = Times()
    end = time.monotonic() + seconds

    def keep_asking(request: str) -> None:
        while time.monotonic() < end:
            started = time.monotonic()
            status = visitor.request(request)
            times.taken[request].append(time.monotonic() - started)
            times.statuses[request].add(status)
            time.sleep(SECONDS_BETWEEN_REQUESTS)

    threads = [
        threading.Thread(target=keep_asking, args=[request])
        for request in MOST_SECONDS
        for _ in range(VISITORS)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return times
