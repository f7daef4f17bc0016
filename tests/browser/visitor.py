"""Taking the quiz as a visitor: in the browser, or by requests alone, which is faster."""

import re

from playwright.sync_api import Page, expect

from tests.answers import VERSION_2
from tests.browser.site import Site
from tests.browser.staff_site import admin_session

SAVE = "Save and continue"
SHOW_RESULT = "Show my result"


def start(page: Page) -> None:
    page.goto("/quiz/")
    page.get_by_role("button", name=re.compile("^Start")).click()
    page.wait_for_url("**/quiz/1/")


def answer_page(page: Page, values: int | list[int]) -> None:
    """Choose answers on the current page (one for all, or one each) and submit them."""
    groups = page.locator("fieldset")
    count = groups.count()
    each = [values] * count if isinstance(values, int) else values
    for place in range(count):
        groups.nth(place).locator(f"input[value='{each[place]}']").check()
    page.get_by_role("button", name=SAVE).click()


def choose(page: Page, key: str, value: int | str) -> None:
    page.locator(f"#id_{key}_{value}").check()


def choose_all(page: Page, answers: dict[str, int]) -> None:
    for key, value in answers.items():
        choose(page, key, value)


def expect_chosen(page: Page, answers: dict[str, int]) -> None:
    """Expect exactly these answers on the current page."""
    for key, value in answers.items():
        expect(page.locator(f"#id_{key}_{value}")).to_be_checked()
    expect(page.locator("[type=radio]:checked")).to_have_count(len(answers))


def log_in(page: Page, site: Site) -> None:
    """Open the admin as the first administrator, who is logged in."""
    cookie = {"name": "session", "value": admin_session(site), "url": site.address}
    page.context.add_cookies([cookie])
    page.goto("/admin/")


def log_in_first(page: Page, site: Site) -> None:
    """Log in with the first password: choose another one, set up the app, open the admin."""
    from tests.factories import code_of

    first = (site.folder / "first-admin-password.txt").read_text().strip()
    page.goto("/admin/")
    page.get_by_label("E-mail address or user name").fill("admin")
    page.get_by_label("Password").fill(first)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Current password").fill(first)
    page.get_by_label("New password", exact=True).fill("four plain words here")
    page.get_by_label("New password again").fill("four plain words here")
    page.get_by_role("button", name="Change your password").click()
    page.get_by_label("Code from the app").fill(code_of(page.locator(".secret").inner_text()))
    page.get_by_role("button", name="Turn on two-step login").click()
    page.get_by_role("link", name="I've saved them. Continue").click()
    page.wait_for_url(re.compile("/admin/$"))


# ---------------------------------------------------------------- by requests, without a page


def start_unseen(page: Page) -> None:
    """Start an attempt in the cookies of this browser."""
    _post(page, "/quiz/", {})


def save_unseen(page: Page, site: Site, number: int, answers: dict[str, int]) -> None:
    """Save a page of statements of the browser's attempt."""
    site.let_time_pass()
    items = VERSION_2.item_pages[number - 1]
    _post(page, f"/quiz/{number}/", {item.key: str(answers[item.key]) for item in items})


def finish_unseen(
    page: Page, site: Site, answers: dict[str, int], background: dict[str, str] | None = None
) -> None:
    start_unseen(page)
    answer_unseen(page, site, answers, background)


def answer_unseen(
    page: Page, site: Site, answers: dict[str, int], background: dict[str, str] | None = None
) -> None:
    """Answer and finish the attempt that was started in this browser."""
    for number in range(1, len(VERSION_2.item_pages) + 1):
        save_unseen(page, site, number, answers)
    _post(page, f"/quiz/{VERSION_2.background_page}/", background or {})


def _post(page: Page, path: str, data: dict[str, str]) -> None:
    request = page.context.request
    response = request.post(path, form=data, max_redirects=0, fail_on_status_code=False)
    assert response.status == 302, f"{path}: {response.status} {response.text()}"
