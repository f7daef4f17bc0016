"""What tests of saving look at: the notice, what the browser holds, and what was sent."""

import re
import time
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, Request

from tests.answers import VERSION_2, towards

SALES = towards("sales", 1)
FIRST_PAGE, SECOND_PAGE = (
    {item.key: SALES[item.key] for item in page} for page in VERSION_2.item_pages[:2]
)
SECONDS_UNTIL_SENT = 15  # after the last answer
LOST, SAVED = "Not saved yet", "Saved. All your answers arrived."
WAITING = "you'll continue when the site responds"
QUIZ = re.compile(r"^https?://[^/]+/(quiz/.*)?$")
HIDE = """() => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def is_kept(response) -> bool:
    return response.status == 204


def status(page: Page):
    return page.get_by_role("status")


def unsent(page: Page) -> str | None:
    return page.evaluate("Object.entries(localStorage).join() || null")


def stop_clock(page: Page) -> None:
    """Let the browser's time pass only by `let_seconds_pass`, however slow the test is."""
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))


def let_seconds_pass(page: Page, seconds: int = SECONDS_UNTIL_SENT) -> None:
    """Move the browser's clock forward; the page must have one that `page.clock` installed."""
    page.clock.fast_forward(seconds * 1000)


def wait_until_all_is_sent(page: Page) -> None:
    """Poll from outside: Playwright's own waits evaluate strings, which the policy forbids."""
    deadline = time.monotonic() + 10
    while page.evaluate("localStorage.length"):
        assert time.monotonic() < deadline, "Something stayed unsent"
        page.wait_for_timeout(20)


def requests_of(page: Page) -> list[str]:
    """Return a list that grows with each request for a page of the quiz: method and path."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if QUIZ.match(request.url):
            sent.append(f"{request.method} {re.sub('^https?://[^/]+', '', request.url)}")

    page.on("request", note)
    return sent
