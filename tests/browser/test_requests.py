"""How many requests and write transactions a visit takes in a real browser."""

import pytest

from benchmarks.databases import commits_since, mark
from tests.answers import VERSION_2
from tests.browser.saving import SALES, let_seconds_pass, requests_of, stop_clock
from tests.browser.visitor import SAVE, SHOW_RESULT, choose


@pytest.mark.sqlite_only
def test_whole_visit_takes_9_requests_and_6_write_transactions(page, site):
    page.clock.install()
    sent = requests_of(page)
    before = mark(site)
    page.goto("/")
    stop_clock(page)
    page.locator("main a.btn").click()
    page.locator("main form .btn").click()
    for number in range(1, 5):
        page.wait_for_url(f"**/quiz/{number}/")
        for item in VERSION_2.item_pages[number - 1]:
            choose(page, item.key, SALES[item.key])
            let_seconds_pass(page, 5)
        page.get_by_role("button", name=SAVE).click()
    page.wait_for_url("**/quiz/5/")
    choose(page, "B2", "soon")
    page.get_by_role("button", name=SHOW_RESULT).click()
    page.wait_for_url("**/quiz/result/")
    pages = [f"POST /quiz/{number}/" for number in range(1, 6)]
    assert sent == ["GET /", "GET /quiz/", "POST /quiz/", "GET /quiz/1/", *pages]
    assert commits_since(site, before) == 6
