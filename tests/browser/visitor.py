"""How a visitor takes the quiz in the browser."""

import re

from playwright.sync_api import Page

from tests.browser.site import Site
from tests.quiz.answer_sets import SHIPPED, leaning, towards


def begin(page: Page) -> None:
    page.goto("/quiz/")
    page.get_by_role("button", name=re.compile("^Start")).click()
    page.wait_for_url("**/quiz/1/")


def answer_page(page: Page, values: int | list[int]) -> None:
    """Choose the answers of the page shown (one for all, or one each) and send them."""
    groups = page.locator("fieldset")
    count = groups.count()
    each = [values] * count if isinstance(values, int) else values
    for place in range(count):
        groups.nth(place).locator(f"input[value='{each[place]}']").check()
    page.get_by_role("button", name="Save and go on").click()


def finish(page: Page, site: Site, values: list[int]) -> None:
    """Take the whole quiz with these answers in the order shown, and land on the result."""
    begin(page)
    for number, items in enumerate(SHIPPED.item_pages, start=1):
        page.wait_for_url(f"**/quiz/{number}/")
        site.let_time_pass()
        first = (number - 1) * SHIPPED.items_per_page
        answer_page(page, values[first : first + len(items)])
    page.wait_for_url("**/quiz/5/")
    page.get_by_role("button", name="Show my result").click()
    page.wait_for_url("**/quiz/result/")


def take_quiz(
    page: Page, site: Site, field: str, *, strength: int = 2, lean: float | None = None
) -> None:
    """Take the quiz for a field: all answers so far from the middle, or with about this lean."""
    answers = leaning(field, lean) if lean is not None else towards(field, strength)
    finish(page, site, [answers[item.key] for item in SHIPPED.items])
