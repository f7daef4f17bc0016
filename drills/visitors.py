"""People with a browser, one request at a time, for drills that look at how long others wait."""

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from benchmarks.browser import Form, Page

SECONDS = 10.0  # until a request counts as unanswered
PAUSE = 0.02


def names_in(form: Form) -> set[str]:
    return {control.name for control in form.controls}


class Answer(NamedTuple):
    page: Page  # with status 0 if there was no answer
    seconds: float

    @property
    def status(self) -> int:
        return self.page.status


class Visitor:
    """A browser with its own cookies and a new connection for each request."""

    def __init__(self, address: str, from_address: str = "") -> None:
        """`from_address` is what a proxy in front says about where the visitor is."""
        self.address = address
        self.headers = {"X-Forwarded-For": from_address} if from_address else {}
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def send(self, form: Form, **fields: str) -> Answer:
        """Send a form with what is hidden in it, and these fields."""
        body = urlencode([*form.hidden(), *fields.items()])
        return self._ask("POST", urlsplit(form.action).path, body)

    def take_quiz(self) -> None:
        """Answer all pages: a little of everything, so that results differ."""
        form = next(f for f in self.get("/quiz/").page.forms if f.action.endswith("/quiz/"))
        answer = self.send(form)
        while answer.status == http.HTTPStatus.FOUND:
            page = self.get(answer.page.headers["location"]).page
            form = next((f for f in page.forms if f.radio_groups()), None)
            if form is None:
                return
            chosen = {
                name: values[(id(self) // 64 + place) % len(values)]
                for place, (name, values) in enumerate(form.radio_groups().items())
            }
            answer = self.send(form, **chosen, go="next")
        raise RuntimeError(f"HTTP {answer.status} while taking the quiz")

    def _ask(self, method: str, path: str, body: str = "") -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {**self.headers, "Cookie": cookies, "Connection": "close"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.monotonic()
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=SECONDS)
        try:
            connection.request(method, path, body or None, headers)
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            page = Page(self.address, 0, {}, "")
            return Answer(page, time.monotonic() - started)
        finally:
            connection.close()
        for cookie in response.headers.get_all("set-cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        found = {name.lower(): value for name, value in response.headers.items()}
        return Answer(
            Page(f"{self.address}{path}", response.status, found, text),
            time.monotonic() - started,
        )


class Waits:
    """How long requests took, in seconds, and how many had no page in the end."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.failed = 0

    def late(self, most_seconds: float) -> int:
        return self.failed + sum(each > most_seconds for each in self.seconds)

    def percentile(self, percent: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]

    def __str__(self) -> str:
        p50, p99 = self.percentile(50), self.percentile(99)
        return f"p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms"


@contextmanager
def at_the_same_time(actions: list[Callable[[], None]]) -> Iterator[None]:
    """Run each action in a thread, again and again, until the block ends."""
    is_over = threading.Event()

    def repeat(action: Callable[[], None]) -> None:
        while not is_over.is_set():
            action()

    threads = [threading.Thread(target=repeat, args=[each], daemon=True) for each in actions]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        is_over.set()


def watch_others(address: str, seconds: float) -> Waits:
    """Open pages as other people do, for so long, and note how long they wait."""
    waits = Waits()
    end = time.monotonic() + seconds
    number = 0
    while time.monotonic() < end:
        number += 1
        answer = Visitor(address).get(("/", "/quiz/", "/roles/")[number % 3])
        waits.seconds.append(answer.seconds)
        waits.failed += answer.status != http.HTTPStatus.OK
        time.sleep(PAUSE)
    return waits
