"""A page in one of its states, opened once for all tests that only look at it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, ConsoleMessage, Page, Response

from tests.browser.site import Site
from tests.browser.states import STATES

WIDTHS = (320, 1280)
SCHEMES = ("light", "dark")
AS_IT_COMES = {"width": 1280, "height": 720}  # Playwright's default
FOLD_OUT = """document.querySelectorAll("details:not([open])").forEach(folded => {
    folded.wasFolded = folded.open = true;
})"""
FOLD_AGAIN = """document.querySelectorAll("details").forEach(unfolded => {
    if (unfolded.wasFolded) unfolded.open = false;
})"""
# Chromium logs every response other than 2xx as a failed resource.
OWN_STATUS = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


@dataclass
class Shown:
    """A page, with the browser's messages and requests while it loaded."""

    state: str
    page: Page
    html: str = ""
    requested: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    complaints_on_opening: tuple[str, ...] = ()
    _is_as_it_came: bool = True

    def listen(self) -> None:
        self.page.on("request", lambda request: self.requested.append(request.url))
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("response", self._keep)

    def look(
        self,
        width: int,
        scheme: str = "light",
        *,
        height: int = 800,
        forced: bool = False,
        folded: bool = False,
    ) -> Page:
        """Show the page in this size and scheme (`forced`: the device's few colors)."""
        self.page.set_viewport_size({"width": width, "height": height})
        colors = "active" if forced else "none"
        self.page.emulate_media(color_scheme=scheme, forced_colors=colors)
        if not folded:
            self.page.evaluate(FOLD_OUT)
        self._is_as_it_came = False
        return self.page

    def put_back(self) -> None:
        """Restore the page for the next test."""
        if not self._is_as_it_came:
            self.page.evaluate(FOLD_AGAIN)
            self.page.set_viewport_size(AS_IT_COMES)
            self.page.emulate_media(color_scheme="light", forced_colors="none")
            self._is_as_it_came = True

    def _hear(self, message: ConsoleMessage) -> None:
        is_own_status = OWN_STATUS.match(message.text) and message.location["url"] == self.page.url
        if message.type in ("error", "warning") and not is_own_status:
            self.complaints.append(message.text)

    def _keep(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self._answer = response

    def read(self) -> None:
        """Keep the page as sent, because axe may add inline styles to it later."""
        self.html = self._answer.text()
        self.complaints_on_opening = tuple(self.complaints)


@contextmanager
def shown_state(browser: Browser, site: Site, name: str) -> Iterator[Shown]:
    with browser.new_context(base_url=site.address, viewport=AS_IT_COMES) as context:
        shown = Shown(name, context.new_page())
        shown.listen()
        STATES[name](shown.page, site)
        shown.page.wait_for_load_state()
        shown.read()
        yield shown
