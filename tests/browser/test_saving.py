"""Answers are saved as you choose them, and kept in the browser while offline."""

import math
import re
import time

import pytest
from playwright.sync_api import Page, Route, expect

from tests.answers import VERSION_2, towards
from tests.browser.visitor import (
    SAVE,
    SHOW_RESULT,
    choose,
    choose_all,
    expect_chosen,
    finish_unseen,
    save_unseen,
    start_unseen,
)

SALES = towards("sales", 1)
FIRST_PAGE, SECOND_PAGE = (
    {item.key: SALES[item.key] for item in page} for page in VERSION_2.item_pages[:2]
)
ANSWER = re.compile("go=keep")
IS_UNCOVERED = """() => {
    const focused = document.activeElement;
    const { left, top, width, height } = focused.getBoundingClientRect();
    const seen = document.elementFromPoint(left + width / 2, top + height / 2);
    return focused.contains(seen) || focused.closest("label")?.contains(seen);
}"""
CHOOSE_AT_ONCE = """answers => {
    for (const [key, value] of answers) document.getElementById(`id_${key}_${value}`).click();
}"""
NOTE_WAITS = """() => {
    window.waits = [];
    const wait = window.setTimeout;
    window.setTimeout = (act, ms, ...values) => {
        if (act.name !== "say") waits.push(ms); // not what shows a notice later
        return wait(act, ms, ...values);
    };
}"""
LOST, SAVED = "Not saved yet", "Saved. All your answers arrived."
WAITING = "you'll continue when the site responds"


def is_kept(response) -> bool:
    return response.status == 204


def status(page: Page):
    return page.get_by_role("status")


def unsent(page: Page) -> str | None:
    return page.evaluate("Object.entries(localStorage).join() || null")


@pytest.fixture
def page_1(page):
    start_unseen(page)
    page.goto("/quiz/1/")
    return page


def wait_until_all_is_sent(page: Page) -> None:
    """Poll from outside: Playwright's own waits evaluate strings, which the policy forbids."""
    deadline = time.monotonic() + 10
    while page.evaluate("localStorage.length"):
        assert time.monotonic() < deadline, "Something stayed unsent"
        page.wait_for_timeout(20)


@pytest.mark.journey
class TestSavingEachAnswer:
    def test_answer_survives_closing_the_page_without_submitting(self, page_1):
        with page_1.expect_response(is_kept):
            choose(page_1, "P1", 4)
        other = page_1.context.new_page()
        page_1.close()
        other.goto("/quiz/1/")
        expect_chosen(other, {"P1": 4})

    @pytest.fixture
    def page_5(self, page, site):
        start_unseen(page)
        for number in range(1, 5):
            save_unseen(page, site, number, SALES)
        page.goto("/quiz/5/")
        return page

    def test_background_answer_is_saved_immediately(self, page_5):
        with page_5.expect_response(is_kept):
            choose(page_5, "B2", "soon")
        page_5.reload()
        expect(page_5.locator("#id_B2_soon")).to_be_checked()

    def test_checking_and_unchecking_a_box_are_saved_immediately(self, page_5):
        tick = page_5.get_by_role("checkbox")
        with page_5.expect_response(is_kept):
            tick.check()
        page_5.reload()
        expect(tick).to_be_checked()
        with page_5.expect_response(is_kept):
            tick.uncheck()
        page_5.reload()
        expect(tick).not_to_be_checked()

    def test_box_unchecked_offline_stays_unchecked(self, page_5):
        tick = page_5.get_by_role("checkbox")
        with page_5.expect_response(is_kept):
            tick.check()
        wait_until_all_is_sent(page_5)
        page_5.context.set_offline(True)
        tick.uncheck()
        expect(status(page_5)).to_contain_text(LOST)
        other = page_5.context.new_page()
        page_5.close()
        with other.expect_response(is_kept):
            other.context.set_offline(False)
            other.goto("/quiz/5/")
        expect(other.get_by_role("checkbox")).not_to_be_checked()
        other.reload()
        expect(other.get_by_role("checkbox")).not_to_be_checked()

    def test_quick_answers_are_sent_in_one_request(self, page_1):
        sent: list[str] = []
        page_1.on("request", lambda request: sent.append(request.post_data or ""))
        with page_1.expect_response(is_kept):
            page_1.evaluate(CHOOSE_AT_ONCE, list(FIRST_PAGE.items()))
        [kept] = [data for data in sent if ANSWER.search(data)]
        assert all(f"{key}={value}" in kept for key, value in FIRST_PAGE.items())

    def test_only_changed_answers_are_sent(self, page, site):
        """Another tab may have changed the others since then."""
        start_unseen(page)
        save_unseen(page, site, 1, SALES)
        page.goto("/quiz/1/")
        with page.expect_request(lambda request: ANSWER.search(request.post_data or "")) as sent:
            choose(page, "E2", 1)
        assert "E2=1" in sent.value.post_data
        assert "P1=" not in sent.value.post_data

    def test_browser_keeps_nothing_once_it_is_saved(self, page_1):
        with page_1.expect_response(is_kept):
            choose(page_1, "P1", 4)
        wait_until_all_is_sent(page_1)
        expect(status(page_1)).to_be_empty()

    def test_continuing_immediately_loses_nothing(self, page_1):
        choose_all(page_1, FIRST_PAGE)
        page_1.get_by_role("button", name=SAVE).click()
        expect(page_1).to_have_url(re.compile("/quiz/2/$"))
        assert unsent(page_1) is None
        page_1.goto("/quiz/1/")
        expect_chosen(page_1, FIRST_PAGE)

    def test_time_on_a_page_is_the_same_as_without_javascript(self, page_1, site):
        """Saving each answer must not make a careful visitor look hasty."""
        with page_1.expect_response(is_kept):
            choose_all(page_1, FIRST_PAGE)
        site.let_time_pass()
        page_1.get_by_role("button", name=SAVE).click()
        page_1.wait_for_url("**/quiz/2/")
        for number in (2, 3, 4):
            save_unseen(page_1, site, number, SALES)
        page_1.goto("/quiz/5/")
        page_1.get_by_role("button", name=SHOW_RESULT).click()
        expect(page_1.get_by_text("A friendly word about these answers")).to_have_count(0)

    def test_quiz_finished_in_another_tab_shows_its_result(self, page_1, site):
        other = page_1.context.new_page()
        for number in range(1, 5):
            save_unseen(other, site, number, SALES)
        other.goto("/quiz/5/")
        other.get_by_role("button", name=SHOW_RESULT).click()
        other.wait_for_url("**/quiz/result/")
        choose(page_1, "P1", 1)
        expect(page_1).to_have_url(re.compile("/quiz/result/$"))
        assert unsent(page_1) is None


class TestOfflineGap:
    @pytest.fixture
    def offline(self, page_1):
        page_1.context.set_offline(True)
        choose(page_1, "P1", 4)
        expect(status(page_1)).to_contain_text(LOST)
        return page_1

    def test_notice_appears_in_view(self, offline):
        expect(status(offline)).to_be_in_viewport()

    @pytest.mark.parametrize("height", [800, 256], ids=["phone", "400 percent"])
    def test_notice_never_hides_the_focus(self, offline, height):
        offline.set_viewport_size({"width": 320, "height": height})
        offline.locator("#id_P1_4").focus()
        for _ in range(7):
            offline.keyboard.press("Tab")
            assert offline.evaluate(IS_UNCOVERED)

    def test_answers_are_sent_when_the_connection_returns(self, offline):
        choose(offline, "E2", 2)
        with offline.expect_response(is_kept):
            offline.context.set_offline(False)
        expect(status(offline)).to_have_text(SAVED)
        assert unsent(offline) is None
        offline.reload()
        expect_chosen(offline, {"P1": 4, "E2": 2})

    def test_success_message_disappears_with_the_next_answer(self, offline):
        with offline.expect_response(is_kept):
            offline.context.set_offline(False)
        choose(offline, "E2", 2)
        expect(status(offline)).to_be_empty()

    def test_answers_survive_closing_the_page(self, offline):
        other = offline.context.new_page()
        offline.close()
        other.context.set_offline(False)
        with other.expect_response(is_kept):
            other.goto("/quiz/1/")
        expect_chosen(other, {"P1": 4})

    def test_answers_of_another_page_are_sent_too(self, offline):
        other = offline.context.new_page()
        offline.close()
        other.context.set_offline(False)
        with other.expect_response(is_kept) as kept:
            other.goto("/quiz/2/")
        assert kept.value.url.endswith("/quiz/1/")
        other.goto("/quiz/1/")
        expect_chosen(other, {"P1": 4})

    def test_continuing_waits_for_the_connection(self, offline):
        choose_all(offline, FIRST_PAGE)
        offline.get_by_role("button", name=SAVE).click()
        expect(status(offline)).to_contain_text(WAITING)
        expect(offline).to_have_url(re.compile("/quiz/1/$"))
        offline.context.set_offline(False)
        expect(offline).to_have_url(re.compile("/quiz/2/$"))
        offline.goto("/quiz/1/")
        expect_chosen(offline, FIRST_PAGE)

    def test_changing_an_answer_cancels_continuing(self, offline):
        choose_all(offline, FIRST_PAGE)
        offline.get_by_role("button", name=SAVE).click()
        choose(offline, "P1", 1)
        with offline.expect_response(is_kept):
            offline.context.set_offline(False)
        expect(status(offline)).to_have_text(SAVED)
        expect(offline).to_have_url(re.compile("/quiz/1/$"))

    def test_continuing_offline_waits_even_when_all_is_saved(self, page_1):
        with page_1.expect_response(is_kept):
            choose_all(page_1, FIRST_PAGE)
        wait_until_all_is_sent(page_1)
        page_1.context.set_offline(True)
        page_1.get_by_role("button", name=SAVE).click()
        expect(status(page_1)).to_contain_text(WAITING)
        page_1.context.set_offline(False)
        expect(page_1).to_have_url(re.compile("/quiz/2/$"))

    def test_answers_are_sent_when_the_browser_wrongly_reports_offline(self, page):
        page.add_init_script(
            "Object.defineProperty(Navigator.prototype, 'onLine', { get: () => false })"
        )
        start_unseen(page)
        page.goto("/quiz/1/")
        with page.expect_response(is_kept):
            choose_all(page, FIRST_PAGE)
        wait_until_all_is_sent(page)
        page.get_by_role("button", name=SAVE).click()
        expect(page).to_have_url(re.compile("/quiz/2/$"))


class TestAnotherQuiz:
    def test_new_quiz_does_not_take_answers_of_an_old_one(self, page_1):
        page_1.evaluate('localStorage.setItem(\'unsent-0123\', \'{"/quiz/1/": {"T1": "5"}}\')')
        page_1.reload()
        expect_chosen(page_1, {})
        assert unsent(page_1) is None

    def test_tab_of_an_old_quiz_shows_the_new_one_and_changes_nothing(self, page_1):
        with page_1.expect_response(is_kept):
            choose(page_1, "P1", 4)
        other = page_1.context.new_page()
        other.goto("/quiz/")
        other.get_by_role("button", name="Start again").click()
        other.wait_for_url("**/quiz/1/")
        with page_1.expect_navigation():
            choose(page_1, "E2", 2)
        expect_chosen(page_1, {})
        other.reload()
        expect_chosen(other, {})
        assert unsent(page_1) is None


class TestBeforeTheScript:
    def test_answers_chosen_before_the_script_loads_are_saved(self, page):
        start_unseen(page)
        held = []
        page.route("**/quiz.*.js", lambda route: held.append(route))
        page.goto("/quiz/1/", wait_until="commit")
        choose(page, "P1", 4)
        with page.expect_response(is_kept):
            held[0].continue_()
        page.unroute("**/quiz.*.js")
        page.reload()
        expect_chosen(page, {"P1": 4})


class TestSlowSite:
    def test_notice_shows_that_saving_takes_longer(self, page_1):
        waiting = []
        page_1.route("**/quiz/1/", lambda route: waiting.append(route))
        choose(page_1, "P1", 4)
        expect(status(page_1)).to_have_text(status(page_1).get_attribute("data-saving"))
        waiting[0].continue_()
        expect(status(page_1)).to_be_empty()


class TestServerTrouble:
    def fail(self, route: Route) -> None:
        self.tries += 1
        if self.answer is None:
            route.abort()
        else:
            route.fulfill(status=self.answer, body="")

    @pytest.fixture(params=[None, 500, 503, 429], ids=str)
    def troubled(self, request, page_1):
        """A page whose saves fail, without a response or with this status."""
        self.tries, self.answer = 0, request.param
        page_1.clock.install(time="2026-11-24T12:00:00Z")
        page_1.clock.pause_at("2026-11-24T12:01:00Z")
        page_1.route("**/quiz/1/", self.fail)
        page_1.evaluate(NOTE_WAITS)
        choose(page_1, "P1", 4)
        page_1.clock.run_for(500)
        expect(status(page_1)).to_contain_text(LOST)
        return page_1

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


class TestRefused:
    def test_notice_appears_and_the_button_leads_to_the_code(self, page_1):
        page_1.goto("/quiz/code/")
        code = page_1.locator(".big-code").inner_text()
        page_1.goto("/quiz/1/")
        page_1.context.clear_cookies()
        choose(page_1, "P1", 4)
        expect(status(page_1)).to_have_text(status(page_1).get_attribute("data-refused"))
        with page_1.expect_response("**/quiz/1/") as sent:
            page_1.get_by_role("button", name=SAVE).click()
        assert sent.value.status == 403
        page_1.get_by_label("Your return code").fill(code)
        page_1.get_by_role("button", name="Continue").click()
        expect_chosen(page_1, {"P1": 4})

    def test_refused_answers_stay_in_the_browser(self, page_1):
        page_1.context.clear_cookies(name="csrf")
        choose(page_1, "P1", 4)
        expect(status(page_1)).to_have_text(status(page_1).get_attribute("data-refused"))
        assert "P1" in unsent(page_1)
        page_1.reload()
        expect_chosen(page_1, {"P1": 4})


class TestWithoutStorage:
    @pytest.mark.parametrize(
        "broken",
        [
            "Storage.prototype.setItem = () => { throw new Error('full') }",
            "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no') } })",
        ],
        ids=["full", "forbidden"],
    )
    def test_browser_without_storage_still_saves_and_retries(self, page, broken):
        page.add_init_script(broken)
        start_unseen(page)
        page.goto("/quiz/1/")
        page.context.set_offline(True)
        choose(page, "P1", 4)
        expect(status(page)).to_contain_text(LOST)
        with page.expect_response(is_kept):
            page.context.set_offline(False)
        page.reload()
        expect_chosen(page, {"P1": 4})


def test_finished_quiz_leaves_nothing_in_the_browser(page, site):
    finish_unseen(page, site, SALES)
    page.goto("/quiz/result/")
    assert page.evaluate("Object.keys(localStorage).concat(Object.keys(sessionStorage))") == []
