"""A page of the quiz replaces the one before it, with history, focus and counts as after a load."""

import re

import pytest
from playwright.sync_api import Page, Request, expect

from tests.answers import VERSION_2
from tests.browser.saving import (
    FIRST_PAGE,
    SALES,
    SECOND_PAGE,
    WAITING,
    requests_of,
    status,
    unsent,
)
from tests.browser.visitor import (
    SAVE,
    SHOW_RESULT,
    choose,
    choose_all,
    expect_chosen,
    save_unseen,
    start,
    start_unseen,
)

IS_REPLACED = "window.isSameDocument === true"
PAGES = [{item.key: SALES[item.key] for item in page} for page in VERSION_2.item_pages]


def press(page: Page, name: str = SAVE) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def answer_and_save(page: Page, number: int) -> None:
    page.wait_for_url(f"**/quiz/{number}/")
    choose_all(page, PAGES[number - 1])
    press(page)


def is_at(page: Page, number: int) -> None:
    """Expect a page with all that belongs to it: address, title and answers."""
    expect(page).to_have_url(re.compile(f"/quiz/{number}/$"))
    expect(page).to_have_title(re.compile(f"^Page {number} of 4"))


@pytest.fixture
def page_1(page):
    start_unseen(page)
    page.goto("/quiz/1/")
    page.evaluate("window.isSameDocument = true")
    return page


@pytest.fixture
def page_2(page_1):
    answer_and_save(page_1, 1)
    is_at(page_1, 2)
    return page_1


class TestNextPage:
    @pytest.mark.journey
    def test_page_is_replaced_without_another_request(self, page_1):
        sent = requests_of(page_1)
        answer_and_save(page_1, 1)
        is_at(page_1, 2)
        assert sent == ["POST /quiz/1/"]
        assert page_1.evaluate(IS_REPLACED)

    def test_header_and_progress_count_the_answers(self, page_2):
        for place in ("header [data-answered]", "main [data-answered]"):
            expect(page_2.locator(place)).to_have_text("6")
        choose(page_2, next(iter(SECOND_PAGE)), 3)
        for place in ("header [data-answered]", "main [data-answered]"):
            expect(page_2.locator(place)).to_have_text("7")

    def test_page_starts_at_the_top_with_the_focus_on_its_heading(self, page_2):
        assert page_2.evaluate("scrollY") == 0
        expect(page_2.get_by_role("heading", level=1)).to_be_focused()

    def test_screen_readers_hear_the_title(self, page_2):
        spoken = page_2.locator("body > [aria-live=polite]")
        expect(spoken).to_have_text(page_2.title())

    def test_tab_and_digits_answer_the_next_page(self, page_2):
        first, second = list(SECOND_PAGE)[:2]
        page_2.keyboard.press("Tab")
        expect(page_2.locator(f"#id_{first}_1")).to_be_focused()
        page_2.keyboard.press("4")
        expect_chosen(page_2, {first: 4})
        expect(page_2.locator(f"#id_{second}_1")).to_be_focused()

    @pytest.mark.journey
    def test_missing_answers_are_shown_at_the_same_address(self, page_2):
        choose(page_2, next(iter(SECOND_PAGE)), 3)
        press(page_2)
        expect(page_2.get_by_role("alert")).to_be_focused()
        expect(page_2).to_have_url(re.compile("/quiz/2/$"))
        expect(page_2).to_have_title(re.compile("^Error: Page 2"))
        assert page_2.evaluate(IS_REPLACED)
        answer_and_save(page_2, 2)
        is_at(page_2, 3)
        page_2.go_back()
        is_at(page_2, 2)

    def test_pressing_twice_sends_once(self, page_1):
        sent = requests_of(page_1)
        choose_all(page_1, FIRST_PAGE)
        page_1.get_by_role("button", name=SAVE).dblclick()
        is_at(page_1, 2)
        assert sent == ["POST /quiz/1/"]

    def test_page_is_loaded_whole_after_an_update_of_the_site(self, page_1):
        page_1.evaluate("document.querySelector('[rel=stylesheet]').href += '?older'")
        answer_and_save(page_1, 1)
        is_at(page_1, 2)
        assert not page_1.evaluate(IS_REPLACED)


class TestBackAndForward:
    def test_back_and_forward_go_through_all_pages(self, page_1):
        for number in range(1, 5):
            answer_and_save(page_1, number)
        page_1.wait_for_url("**/quiz/5/")
        for number in (4, 3, 2, 1):
            page_1.go_back()
            is_at(page_1, number)
            expect_chosen(page_1, PAGES[number - 1])
            expect(page_1.locator("header [data-answered]")).to_have_text("24")
            expect(page_1.get_by_role("heading", level=1)).to_be_focused()
        for number in (2, 3, 4):
            page_1.go_forward()
            is_at(page_1, number)
            expect_chosen(page_1, PAGES[number - 1])
        page_1.go_forward()
        expect(page_1.get_by_role("button", name=SHOW_RESULT)).to_be_visible()
        assert page_1.evaluate(IS_REPLACED)

    def test_back_before_the_first_page_shows_the_introduction(self, page):
        start(page)
        answer_and_save(page, 1)
        is_at(page, 2)
        page.go_back()
        is_at(page, 1)
        page.go_back()
        expect(page).to_have_url(re.compile("/quiz/$"))
        expect(page.get_by_role("link", name="Continue the quiz")).to_be_visible()

    def test_button_back_shows_the_page_before_with_its_answers(self, page_2):
        sent = requests_of(page_2)
        choose(page_2, next(iter(SECOND_PAGE)), 5)
        press(page_2, "Back")
        is_at(page_2, 1)
        expect_chosen(page_2, FIRST_PAGE)
        assert sent == ["POST /quiz/2/"]
        press(page_2, "Back")
        expect(page_2).to_have_url(re.compile("/quiz/$"))
        assert unsent(page_2) is None

    def test_answers_that_were_left_by_back_are_saved(self, page_2):
        key = next(iter(SECOND_PAGE))
        choose(page_2, key, 2)
        page_2.go_back()
        is_at(page_2, 1)
        page_2.go_forward()
        is_at(page_2, 2)
        expect_chosen(page_2, {key: 2})

    def test_reloading_in_the_middle_shows_the_same_page(self, page_2):
        key = next(iter(SECOND_PAGE))
        choose(page_2, key, 2)
        page_2.reload()
        is_at(page_2, 2)
        expect_chosen(page_2, {key: 2})
        page_2.go_back()
        is_at(page_2, 1)
        expect_chosen(page_2, FIRST_PAGE)

    def test_page_that_was_left_by_a_link_returns(self, page_2):
        page_2.get_by_role("link", name="Stop and continue later").click()
        page_2.wait_for_url("**/quiz/code/")
        page_2.go_back()
        is_at(page_2, 2)
        answer_and_save(page_2, 2)
        is_at(page_2, 3)

    def test_links_within_a_page_load_nothing(self, page_2):
        sent = requests_of(page_2)
        page_2.keyboard.press("Shift+Tab")
        page_2.evaluate("location.hash = 'main'")
        page_2.go_back()
        is_at(page_2, 2)
        assert sent == []

    def test_page_that_arrives_after_going_back_is_not_shown(self, page_2):
        held = []
        page_2.route("**/quiz/2/", lambda route: held.append(route), times=1)
        answer_and_save(page_2, 2)
        page_2.go_back()
        is_at(page_2, 1)
        with page_2.expect_event("requestfinished"):
            held[0].continue_()
        page_2.wait_for_timeout(100)
        is_at(page_2, 1)
        page_2.go_forward()
        expect_chosen(page_2, SECOND_PAGE)

    def test_back_while_offline_loses_nothing(self, page_2):
        key = next(iter(SECOND_PAGE))
        page_2.context.set_offline(True)
        choose(page_2, key, 2)
        expect(status(page_2)).not_to_be_empty()
        with page_2.expect_event("requestfailed", Request.is_navigation_request):
            page_2.evaluate("history.back()")
        page_2.context.set_offline(False)
        page_2.goto("/quiz/2/")
        expect_chosen(page_2, {key: 2})


@pytest.mark.journey
class TestResult:
    @pytest.fixture
    def page_4(self, page, site):
        start_unseen(page)
        for number in range(1, 5):
            save_unseen(page, site, number, SALES)
        page.goto("/quiz/4/")
        page.evaluate("window.isSameDocument = true")
        press(page)
        page.wait_for_url("**/quiz/5/")
        return page

    def test_result_replaces_the_last_page_in_one_request(self, page_4):
        sent = requests_of(page_4)
        press(page_4, SHOW_RESULT)
        page_4.wait_for_url("**/quiz/result/")
        assert sent == ["POST /quiz/5/"]
        assert page_4.evaluate(IS_REPLACED)
        expect(page_4.locator("main")).to_have_attribute("data-field", "sales")
        expect(page_4.locator("header [data-own]")).to_have_text("Your result")
        expect(page_4.get_by_role("heading", level=1)).to_be_focused()
        before = page_4.locator("body").aria_snapshot()
        page_4.reload()
        assert page_4.locator("body").aria_snapshot().endswith(before.split("- banner", 1)[1])

    def test_back_from_the_result_shows_it_again(self, page_4):
        press(page_4, SHOW_RESULT)
        page_4.wait_for_url("**/quiz/result/")
        for _ in range(2):
            page_4.go_back()
            expect(page_4).to_have_url(re.compile("/quiz/result/$"))
            expect(page_4.locator("main")).to_have_attribute("data-field", "sales")

    def test_quiz_finished_in_another_tab_shows_its_result(self, page_4):
        other = page_4.context.new_page()
        other.goto("/quiz/1/")
        press(page_4, SHOW_RESULT)
        page_4.wait_for_url("**/quiz/result/")
        choose(other, "P1", 1)
        press(other)
        expect(other).to_have_url(re.compile("/quiz/result/$"))
        assert unsent(other) is None


class TestTwoTabs:
    def test_answers_of_the_other_tab_are_sent_before_the_page(self, page_1):
        """Its page is still open there, and this one doesn't show them."""
        other = page_1.context.new_page()
        other.goto("/quiz/1/")
        half = len(FIRST_PAGE) // 2
        choose_all(other, dict(list(FIRST_PAGE.items())[:half]))
        choose_all(page_1, dict(list(FIRST_PAGE.items())[half:]))
        press(page_1)
        is_at(page_1, 2)
        assert unsent(page_1) is None
        other.reload()
        expect_chosen(other, FIRST_PAGE)


def test_page_waits_for_the_connection_and_then_continues(page_2):
    page_2.context.set_offline(True)
    choose_all(page_2, SECOND_PAGE)
    press(page_2)
    expect(status(page_2)).to_contain_text(WAITING)
    page_2.context.set_offline(False)
    is_at(page_2, 3)
    assert unsent(page_2) is None
