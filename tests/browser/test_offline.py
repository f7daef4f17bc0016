"""Answers given while the site can't be reached stay in the browser until it can."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.saving import (
    FIRST_PAGE,
    LOST,
    SAVED,
    SECOND_PAGE,
    WAITING,
    is_kept,
    let_seconds_pass,
    status,
    unsent,
    wait_until_all_is_sent,
)
from tests.browser.visitor import SAVE, choose, choose_all, expect_chosen, start_unseen

IS_UNCOVERED = """() => {
    const focused = document.activeElement;
    const { left, top, width, height } = focused.getBoundingClientRect();
    const seen = document.elementFromPoint(left + width / 2, top + height / 2);
    return focused.contains(seen) || focused.closest("label")?.contains(seen);
}"""


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

    def test_notice_appears_when_the_connection_goes_with_answers_unsent(self, page_1):
        choose(page_1, "P1", 4)
        expect(status(page_1)).to_be_empty()
        page_1.context.set_offline(True)
        expect(status(page_1)).to_contain_text(LOST)

    def test_continuing_offline_waits_even_when_all_is_saved(self, page_1):
        choose_all(page_1, FIRST_PAGE)
        with page_1.expect_response(is_kept):
            let_seconds_pass(page_1)
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


@pytest.mark.parametrize(
    "broken",
    [
        "Storage.prototype.setItem = () => { throw new Error('full') }",
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no') } })",
    ],
    ids=["full", "forbidden"],
)
class TestWithoutStorage:
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

    def test_answer_that_was_left_by_back_is_sent(self, page, broken):
        page.add_init_script(broken)
        start_unseen(page)
        page.goto("/quiz/1/")
        choose_all(page, FIRST_PAGE)
        page.get_by_role("button", name=SAVE).click()
        page.wait_for_url("**/quiz/2/")
        key, value = next(iter(SECOND_PAGE.items()))
        choose(page, key, value)
        with page.expect_response(is_kept):
            page.go_back()
        page.go_forward()
        expect_chosen(page, {key: value})
