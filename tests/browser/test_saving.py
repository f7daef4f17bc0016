"""Answers arrive with the page's own button, after a pause, or when the page is left."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.saving import (
    FIRST_PAGE,
    HIDE,
    SALES,
    SECOND_PAGE,
    is_kept,
    let_seconds_pass,
    requests_of,
    status,
    stop_clock,
    unsent,
    wait_until_all_is_sent,
)
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

ANSWER = re.compile("go=keep")
LONGEST_TEST_MS = 60_000


def stored_answers(page: Page) -> dict[str, dict]:
    [attempt] = page.context.request.get("/quiz/data.json").json()["attempts"]
    return attempt["answers"]


def times_of(page: Page) -> dict[str, int | None]:
    """Return the milliseconds that the site stored for each statement."""
    return {key: answer["ms"] for key, answer in stored_answers(page).items()}


def wait_until_stored(page: Page, key: str) -> None:
    """Wait for an answer whose page was left, so that no event of Playwright reports it."""
    for _ in range(500):
        if key in stored_answers(page):
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"{key} didn't arrive")


class TestPause:
    def test_answers_are_sent_together_15_seconds_after_the_last(self, page_1):
        stop_clock(page_1)
        sent = requests_of(page_1)
        choose(page_1, "P1", 4)
        let_seconds_pass(page_1, 14)
        choose(page_1, "E2", 2)
        let_seconds_pass(page_1, 14)
        assert sent == []
        with page_1.expect_response(is_kept) as kept:
            let_seconds_pass(page_1, 1)
        assert {"P1=4", "E2=2"} <= set(kept.value.request.post_data.split("&"))
        assert sent == ["POST /quiz/1/"]

    def test_only_changed_answers_are_sent(self, page, site):
        """Another tab may have changed the others since then."""
        page.clock.install()
        start_unseen(page)
        save_unseen(page, site, 1, SALES)
        page.goto("/quiz/1/")
        choose(page, "E2", 1)
        with page.expect_request(lambda request: ANSWER.search(request.post_data or "")) as sent:
            let_seconds_pass(page)
        assert "E2=1" in sent.value.post_data
        assert "P1=" not in sent.value.post_data

    def test_browser_keeps_nothing_once_it_is_saved(self, page_1):
        choose(page_1, "P1", 4)
        with page_1.expect_response(is_kept):
            let_seconds_pass(page_1)
        wait_until_all_is_sent(page_1)
        expect(status(page_1)).to_be_empty()

    def test_pause_without_new_answers_sends_nothing(self, page_1):
        choose(page_1, "P1", 4)
        with page_1.expect_response(is_kept):
            let_seconds_pass(page_1)
        wait_until_all_is_sent(page_1)
        sent = requests_of(page_1)
        let_seconds_pass(page_1, 60)
        page_1.wait_for_timeout(100)
        assert sent == []

    def test_quiz_finished_in_another_tab_shows_its_result(self, page_1, site):
        other = page_1.context.new_page()
        for number in range(1, 5):
            save_unseen(other, site, number, SALES)
        other.goto("/quiz/5/")
        other.get_by_role("button", name=SHOW_RESULT).click()
        other.wait_for_url("**/quiz/result/")
        choose(page_1, "P1", 1)
        let_seconds_pass(page_1)
        expect(page_1).to_have_url(re.compile("/quiz/result/$"))
        assert unsent(page_1) is None


@pytest.mark.journey
class TestLeaving:
    def test_answers_are_sent_when_the_page_is_hidden(self, page_1):
        stop_clock(page_1)
        choose(page_1, "P1", 4)
        with page_1.expect_response(is_kept):
            page_1.evaluate(HIDE)
        page_1.reload()
        expect_chosen(page_1, {"P1": 4})

    def test_answer_given_while_others_are_sent_follows_from_a_hidden_page(self, page_1):
        held = []
        page_1.route("**/quiz/1/", lambda route: held.append(route), times=1)
        choose(page_1, "P1", 4)
        let_seconds_pass(page_1)
        expect(status(page_1)).to_have_text("")
        choose(page_1, "E2", 2)
        page_1.evaluate(HIDE)
        with page_1.expect_request(lambda request: "E2=2" in (request.post_data or "")):
            held[0].continue_()
            page_1.clock.run_for(100)
        wait_until_all_is_sent(page_1)

    def test_answers_are_sent_when_a_link_leaves_the_page(self, page_1):
        choose(page_1, "P1", 4)
        page_1.get_by_role("link", name="Stop and continue later").click()
        page_1.wait_for_url("**/quiz/code/")
        wait_until_stored(page_1, "P1")
        page_1.evaluate("localStorage.clear()")
        page_1.goto("/quiz/1/")
        expect_chosen(page_1, {"P1": 4})

    def test_answer_survives_closing_the_page_without_submitting(self, page_1):
        choose(page_1, "P1", 4)
        other = page_1.context.new_page()
        page_1.close()
        other.goto("/quiz/1/")
        expect_chosen(other, {"P1": 4})


class TestLastPage:
    @pytest.fixture
    def page_5(self, page, site):
        page.clock.install()
        start_unseen(page)
        for number in range(1, 5):
            save_unseen(page, site, number, SALES)
        page.goto("/quiz/5/")
        return page

    def kept(self, page: Page) -> None:
        with page.expect_response(is_kept):
            let_seconds_pass(page)

    def test_background_answer_is_saved_after_a_pause(self, page_5):
        choose(page_5, "B2", "soon")
        self.kept(page_5)
        page_5.reload()
        expect(page_5.locator("#id_B2_soon")).to_be_checked()

    def test_checking_and_unchecking_a_box_are_saved_after_a_pause(self, page_5):
        tick = page_5.get_by_role("checkbox")
        tick.check()
        self.kept(page_5)
        page_5.reload()
        expect(tick).to_be_checked()
        tick.uncheck()
        self.kept(page_5)
        page_5.reload()
        expect(tick).not_to_be_checked()

    def test_button_carries_a_box_that_was_unchecked(self, page_5, site):
        tick = page_5.get_by_role("checkbox")
        tick.check()
        self.kept(page_5)
        wait_until_all_is_sent(page_5)
        tick.uncheck()
        sent = requests_of(page_5)
        page_5.get_by_role("button", name=SHOW_RESULT).click()
        page_5.wait_for_url("**/quiz/result/")
        assert sent == ["POST /quiz/5/"]
        assert unsent(page_5) is None
        page_5.goto("/quiz/data/")
        expect(page_5.locator("#id_research_yes")).not_to_be_checked()

    def test_box_unchecked_offline_stays_unchecked(self, page_5):
        tick = page_5.get_by_role("checkbox")
        tick.check()
        self.kept(page_5)
        wait_until_all_is_sent(page_5)
        page_5.context.set_offline(True)
        tick.uncheck()
        other = page_5.context.new_page()
        page_5.close()
        with other.expect_response(is_kept):
            other.context.set_offline(False)
            other.goto("/quiz/5/")
        expect(other.get_by_role("checkbox")).not_to_be_checked()
        other.reload()
        expect(other.get_by_role("checkbox")).not_to_be_checked()


@pytest.mark.journey
class TestButton:
    def test_button_carries_the_answers_in_one_request(self, page_1):
        sent = requests_of(page_1)
        choose_all(page_1, FIRST_PAGE)
        page_1.get_by_role("button", name=SAVE).click()
        expect(page_1).to_have_url(re.compile("/quiz/2/$"))
        assert sent == ["POST /quiz/1/"]
        assert unsent(page_1) is None
        page_1.goto("/quiz/1/")
        expect_chosen(page_1, FIRST_PAGE)

    def test_time_on_a_page_is_the_same_as_without_javascript(self, page_1, site):
        """Saving answers early must not make a careful visitor look hasty."""
        choose_all(page_1, FIRST_PAGE)
        with page_1.expect_response(is_kept):
            let_seconds_pass(page_1)
        site.let_time_pass()
        page_1.get_by_role("button", name=SAVE).click()
        page_1.wait_for_url("**/quiz/2/")
        choose_all(page_1, SECOND_PAGE)
        page_1.get_by_role("button", name=SAVE).click()
        page_1.wait_for_url("**/quiz/3/")
        times = times_of(page_1)
        # More than half an hour is no time; the second page starts when the first was saved.
        assert {times[key] for key in FIRST_PAGE} == {None}
        [ms] = {times[key] for key in SECOND_PAGE}
        assert 0 <= ms <= LONGEST_TEST_MS

    def test_colors_lose_no_answer(self, page_1):
        choose_all(page_1, FIRST_PAGE)
        page_1.get_by_role("button", name="Dark").click()
        expect(page_1.locator("html")).to_have_attribute("data-theme", "dark")
        expect_chosen(page_1, FIRST_PAGE)


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


def test_finished_quiz_leaves_nothing_in_the_browser(page, site):
    finish_unseen(page, site, SALES)
    page.goto("/quiz/result/")
    assert page.evaluate("Object.keys(localStorage).concat(Object.keys(sessionStorage))") == []
