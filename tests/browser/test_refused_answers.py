"""Answers that the site doesn't accept: of another quiz, or without the cookie."""

from playwright.sync_api import expect

from tests.browser.saving import is_kept, let_seconds_pass, status, unsent
from tests.browser.visitor import (
    SAVE,
    choose,
    expect_chosen,
)


class TestAnotherQuiz:
    def test_new_quiz_does_not_take_answers_of_an_old_one(self, page_1):
        page_1.evaluate('localStorage.setItem(\'unsent-0123\', \'{"/quiz/1/": {"T1": "5"}}\')')
        page_1.reload()
        expect_chosen(page_1, {})
        assert unsent(page_1) is None

    def test_tab_of_an_old_quiz_shows_the_new_one_and_changes_nothing(self, page_1):
        choose(page_1, "P1", 4)
        with page_1.expect_response(is_kept):
            let_seconds_pass(page_1)
        other = page_1.context.new_page()
        other.goto("/quiz/")
        other.get_by_role("button", name="Start again").click()
        other.wait_for_url("**/quiz/1/")
        choose(page_1, "E2", 2)
        with page_1.expect_navigation():
            let_seconds_pass(page_1)
        expect_chosen(page_1, {})
        other.reload()
        expect_chosen(other, {})
        assert unsent(page_1) is None

    def test_button_of_an_old_quiz_shows_why_nothing_was_saved(self, page_1):
        other = page_1.context.new_page()
        other.goto("/quiz/1/")
        choose(other, "P1", 1)
        other.get_by_role("button", name="Back").click()
        other.wait_for_url("**/quiz/")
        other.get_by_role("button", name="Start again").click()
        other.wait_for_url("**/quiz/1/")
        choose(page_1, "E2", 2)
        page_1.get_by_role("button", name=SAVE).click()
        heading = page_1.get_by_role("heading", level=1)
        expect(heading).to_have_text("This page belongs to an earlier quiz")
        other.reload()
        expect_chosen(other, {})


class TestRefused:
    def test_notice_appears_and_the_button_leads_to_the_code(self, page_1):
        page_1.goto("/quiz/code/")
        code = page_1.locator(".big-code").inner_text()
        page_1.goto("/quiz/1/")
        page_1.context.clear_cookies()
        choose(page_1, "P1", 4)
        let_seconds_pass(page_1)
        expect(status(page_1)).to_have_text(status(page_1).get_attribute("data-refused"))
        with page_1.expect_response("**/quiz/1/") as sent:
            page_1.get_by_role("button", name=SAVE).click()
        assert sent.value.status == 403
        page_1.get_by_label("Your return code").fill(code)
        page_1.get_by_role("button", name="Continue").click()
        expect_chosen(page_1, {"P1": 4})

    def test_refused_answers_stay_in_the_browser(self, page_1):
        page_1.route("**/quiz/1/", lambda route: route.fulfill(status=403), times=1)
        choose(page_1, "P1", 4)
        let_seconds_pass(page_1)
        expect(status(page_1)).to_have_text(status(page_1).get_attribute("data-refused"))
        assert "P1" in unsent(page_1)
        page_1.reload()
        expect_chosen(page_1, {"P1": 4})
