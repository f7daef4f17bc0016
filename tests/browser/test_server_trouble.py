"""What a page does while the site is slow, fails or has too much to do."""

import math
import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.saving import FIRST_PAGE, LOST, SAVED, WAITING, is_kept, let_seconds_pass, status
from tests.browser.visitor import SAVE, choose, choose_all, expect_chosen, start_unseen

NOTE_WAITS = """() => {
    window.waits = [];
    const wait = window.setTimeout;
    window.setTimeout = (act, ms, ...values) => {
        if (act.name !== "say") waits.push(ms); // not what shows a notice later
        return wait(act, ms, ...values);
    };
}"""


class TestSlowSite:
    def test_notice_shows_that_saving_takes_longer(self, page_1):
        waiting = []
        page_1.route("**/quiz/1/", lambda route: waiting.append(route))
        choose(page_1, "P1", 4)
        let_seconds_pass(page_1)
        page_1.clock.run_for(400)
        expect(status(page_1)).to_have_text(status(page_1).get_attribute("data-saving"))
        waiting[0].continue_()
        expect(status(page_1)).to_be_empty()

    def test_notice_shows_that_the_next_page_takes_longer(self, page_1):
        waiting = []
        page_1.route("**/quiz/1/", lambda route: waiting.append(route))
        choose_all(page_1, FIRST_PAGE)
        page_1.get_by_role("button", name=SAVE).click()
        page_1.clock.run_for(400)
        expect(status(page_1)).to_have_text(status(page_1).get_attribute("data-saving"))
        waiting[0].continue_()
        expect(page_1).to_have_url(re.compile("/quiz/2/$"))


class TestServerTrouble:
    def fail(self, route: Route) -> None:
        self.tries += 1
        if self.answer is None:
            route.abort()
        else:
            route.fulfill(status=self.answer, body="")

    @pytest.fixture(params=[None, 500, 503, 429], ids=str)
    def troubled(self, request, page):
        """A page whose saves fail, without a response or with this status."""
        self.tries, self.answer = 0, request.param
        page.clock.install(time="2026-11-24T12:00:00Z")
        start_unseen(page)
        page.goto("/quiz/1/")
        page.clock.pause_at("2026-11-24T12:01:00Z")
        page.route("**/quiz/1/", self.fail)
        page.evaluate(NOTE_WAITS)
        choose(page, "P1", 4)
        page.clock.run_for(15_000)
        expect(status(page)).to_contain_text(LOST)
        return page

    def test_saving_is_retried_after_growing_delays_up_to_a_minute(self, troubled):
        middles = [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]
        shares = []
        for number, middle in enumerate(middles, start=1):
            wait = self.wait_after(troubled, tries=number)
            shares.append(wait / middle)
            troubled.clock.run_for(wait - 1)
            assert self.tries == number
            troubled.clock.run_for(2)
        self.wait_after(troubled, tries=len(middles) + 1)
        assert all(0.75 <= share <= 1.25 for share in shares)
        assert len(set(shares)) > 1  # otherwise all browsers would return at the same moment

    def wait_after(self, page: Page, tries: int) -> int:
        """Return the milliseconds that a page waits after `tries` failed attempts."""
        for _ in range(1000):  # Playwright delivers events while it evaluates something
            waits = page.evaluate("waits")
            if len(waits) > tries:
                return math.ceil(waits[-1])
        raise AssertionError(f"After {self.tries} tries it waits no more: {waits}")

    def test_answers_are_saved_once_the_site_responds_again(self, troubled):
        troubled.unroute("**/quiz/1/")
        with troubled.expect_response(is_kept):
            troubled.clock.run_for(10_000)
        expect(status(troubled)).to_have_text(SAVED)

    def test_pressing_the_button_retries_immediately(self, troubled):
        troubled.unroute("**/quiz/1/")
        choose_all(troubled, FIRST_PAGE)
        troubled.get_by_role("button", name=SAVE).click()
        expect(troubled).to_have_url(re.compile("/quiz/2/$"))

    def test_button_is_retried_until_the_site_responds(self, page_1):
        self.tries, self.answer = 0, 503
        page_1.route("**/quiz/1/", self.fail)
        choose_all(page_1, FIRST_PAGE)
        page_1.get_by_role("button", name=SAVE).click()
        expect(status(page_1)).to_contain_text(WAITING)
        assert self.tries == 1
        page_1.unroute("**/quiz/1/")
        page_1.clock.run_for(2000)
        expect(page_1).to_have_url(re.compile("/quiz/2/$"))
        page_1.goto("/quiz/1/")
        expect_chosen(page_1, FIRST_PAGE)
