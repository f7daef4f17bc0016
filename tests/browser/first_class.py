"""The steps of docs/tutorial/first-class.md in a browser, for its test and its pictures.

And those of docs/adopting/try-it.md, which are shorter.
"""

import base64
import hmac
import re
import time
from collections.abc import Callable
from itertools import starmap

from playwright.sync_api import Browser, Locator, Page

from tests.answers import VERSION_2, leaning
from tests.browser.site import Site
from tests.browser.visitor import SAVE, SHOW_RESULT, choose_all

CLASS = "Class 10b"
PUPILS = {
    "Ada": leaning("sales", 9),
    "Ben": leaning("sales", 4),
    "Cleo": leaning("service", 3),
    "Dan": leaning("service", 8),
    "Eve": leaning("service", 5.5),
}
PASSWORD = "four plain words here"
Picture = Callable[[Page | Locator, str], object]


class FirstClass:
    """An administrator, a counselor and five pupils on a new site.

    `used` holds the words of everything that they press or fill in, in order. `picture` gets what
    the tutorial shows, with the name of its file.
    """

    def __init__(self, browser: Browser, site: Site, picture: Picture = lambda *_: None) -> None:
        self.browser = browser
        self.site = site
        self.picture = picture
        self.used: list[str] = []

    def hold(self) -> Page:
        """Take every step; return the page with the report."""
        administrator = self.private_window()
        self.log_in_first(administrator)
        counselor = self.private_window()
        self.become_counselor(counselor, self.invite_counselor(administrator))
        link = self.create_class(counselor)
        list(starmap(lambda name, answers: self.take_quiz(link, name, answers), PUPILS.items()))
        self.open_report(counselor)
        return counselor

    def try_it(self, name: str) -> tuple[Page, Page]:
        """Let one pupil join under the institution's name; return the wall page and the pupil's."""
        administrator = self.private_window()
        self.log_in_first(administrator)
        self.accept(administrator)
        self.put_name(administrator, name)
        administrator.goto("/admin/")
        counselor = self.private_window()
        self.become_counselor(counselor, self.invite_counselor(administrator))
        link = self.create_group(counselor, "12")
        self.press(counselor, "Show it in class")
        return counselor, self.join(link, "Ada")

    def private_window(self) -> Page:
        return self.browser.new_context(
            base_url=self.site.address,
            viewport={"width": 860, "height": 900},
            reduced_motion="reduce",
        ).new_page()

    def press(self, page: Page, words: str) -> None:
        """Press a button or link. Words for screen readers may follow in parentheses."""
        self.used.append(words)
        name = re.compile(rf"^{re.escape(words)}( \(.*)?$")
        found = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name))
        found.locator("visible=true").first.click()

    def fill(self, page: Page, words: str, text: str) -> None:
        self.used.append(words)
        page.get_by_label(re.compile(f"^{words}:?$")).locator("visible=true").fill(text)

    # ------------------------------------------------------------ the administrator

    def log_in_first(self, page: Page) -> None:
        first = (self.site.folder / "first-admin-password.txt").read_text().strip()
        page.goto("/admin/")
        self.fill(page, "E-mail address or user name", "admin")
        self.fill(page, "Password", first)
        self.press(page, "Continue")
        self.fill(page, "Current password", first)
        self.fill(page, "New password", PASSWORD)
        self.fill(page, "New password again", PASSWORD)
        self.press(page, "Change your password")
        self.set_up_app(page)
        page.wait_for_url(re.compile("/admin/$"))

    def set_up_app(self, page: Page) -> None:
        secret = page.locator(".secret").inner_text()
        saved = page.get_by_role("link", name="I've saved them. Continue")
        # The app may show the next code just before this one arrives.
        while not saved.is_visible():
            self.fill(page, "Code from the app", code_of(secret))
            self.press(page, "Turn on two-step login")
            saved.or_(page.get_by_role("alert")).wait_for()
        self.press(page, "I've saved them. Continue")

    def accept(self, page: Page) -> None:
        self.fill(page, "Your name", "Kim Adams")
        self.press(page, "Accept")

    def put_name(self, page: Page, name: str) -> None:
        self.press(page, "Organization")
        self.fill(page, "Name", name)
        self.press(page, "Save")

    def invite_counselor(self, page: Page) -> str:
        """Return the link of the invitation."""
        self.press(page, "Invite a counselor")
        return self.invite(page, "you@example.org")

    def invite(self, page: Page, address: str) -> str:
        """Invite a counselor on the open form; return the link of the invitation."""
        self.fill(page, "E-mail address", address)
        self.press(page, "Save")
        page.locator("#result_list").get_by_role("link", name=address).click()
        return page.locator(".field-link .readonly").inner_text()

    # ------------------------------------------------------------ the counselor

    def become_counselor(self, page: Page, link: str, name: str = "Jo Park") -> None:
        page.goto(link)
        self.fill(page, "Your name", name)
        self.fill(page, "Password", PASSWORD)
        self.fill(page, "Password again", PASSWORD)
        self.press(page, "Create the account")
        self.set_up_app(page)
        page.wait_for_url("**/counselor/")

    def create_class(self, page: Page) -> str:
        """Return the link of the class."""
        link = self.create_group(page, "5")
        self.press(page, "Print or show it")
        self.picture(page.locator(".poster"), "tutorial-poster.png")
        page.go_back()
        return link

    def create_group(self, page: Page, places: str, name: str = CLASS) -> str:
        """Return the link of the group."""
        self.press(page, "Groups")
        self.fill(page, "Group name", name)
        self.press(page, "Create the group")
        self.fill(page, "Number of people", places)
        self.press(page, "Create a new link")
        return page.get_by_label("Link for the group").input_value()

    def open_report(self, page: Page) -> None:
        page.reload()
        self.press(page, "Report")
        page.wait_for_url("**/report/")
        self.picture(page, "tutorial-report.png")

    # ------------------------------------------------------------ a pupil

    def join(self, link: str, name: str) -> Page:
        page = self.private_window()
        page.goto(link)
        self.fill(page, "Your name", name)
        self.press(page, "Start the quiz")
        page.wait_for_url("**/quiz/1/")
        return page

    def take_quiz(self, link: str, name: str, answers: dict[str, int]) -> None:
        page = self.join(link, name)
        for items in VERSION_2.item_pages:
            page.locator(f"#id_{items[0].key}_3").wait_for()
            choose_all(page, {item.key: answers[item.key] for item in items})
            self.site.let_time_pass()
            self.press(page, SAVE)
        self.press(page, SHOW_RESULT)
        if name == "Ada":
            self.picture(page.locator("#counselor"), "tutorial-share.png")
        self.press(page, "Also my preferences")
        page.get_by_text("sees the suggestion and your preferences").wait_for()
        page.context.close()


def code_of(secret: str) -> str:
    """Return the six digits that an authenticator app shows now (RFC 6238)."""
    period = (int(time.time()) // 30).to_bytes(8, "big")
    digest = hmac.digest(base64.b32decode(secret), period, "sha1")
    start = digest[-1] & 0xF
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"
