"""How long visitors wait for an answer while something is wrong with the database."""

import http.client
import re
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from urllib.parse import urlencode, urlsplit

from drills.ground import Outcome

SECONDS_FOR_AN_ANSWER = 15.0  # then it counts as none
SECONDS_BETWEEN_REQUESTS = 0.25
VISITORS = 3  # at a time, for each kind of request


class Visitor:
    """Someone who can open pages and start the quiz, each time on a connection of their own."""

    def __init__(self, address: str) -> None:
        self.netloc = urlsplit(address).netloc
        page, cookie = self._form()
        token = re.search('csrfmiddlewaretoken" value="([^"]+)"', page)
        self.form = urlencode({"csrfmiddlewaretoken": token[1] if token else ""})
        self.headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}

    def _form(self) -> tuple[str, str]:
        with closing(http.client.HTTPConnection(self.netloc)) as connection:
            connection.request("GET", "/quiz/")
            response = connection.getresponse()
            cookie = (response.headers["Set-Cookie"] or "").split(";")[0]
            return response.read().decode(), cookie

    def request(self, request: str) -> int:
        """Send a request such as "GET /"; return the status of its answer, or 0 without one."""
        method, path = request.split()
        with closing(
            http.client.HTTPConnection(self.netloc, timeout=SECONDS_FOR_AN_ANSWER)
        ) as connection:
            body, headers = (self.form, self.headers) if method == "POST" else (None, {})
            try:
                connection.request(method, path, body, headers)
                return connection.getresponse().status
            except OSError:
                return 0


class Times:
    """How long requests took, by request, and how long each may take."""

    def __init__(self, most: Mapping[str, float]) -> None:
        self.most = most
        self.taken: dict[str, list[float]] = {request: [] for request in most}
        self.statuses: dict[str, set[int]] = {request: set() for request in most}

    def outcome(self, *, more_lost: int = 0) -> Outcome:
        late = sum(each > self.most[name] for name, taken in self.taken.items() for each in taken)
        notes = [
            f"{request} {max(taken):.2f} s ({'/'.join(map(str, sorted(self.statuses[request])))})"
            for request, taken in self.taken.items()
        ]
        tried = sum(map(len, self.taken.values()))
        return Outcome(tried, late + more_lost, "answers", f"slowest {', '.join(notes)}")


def ask(visitor: Visitor, most: Mapping[str, float], seconds: float) -> Times:
    """Send each request again and again for so long, by several visitors at a time."""
    times = Times(most)
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
        for request in most
        for _ in range(VISITORS)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return times
