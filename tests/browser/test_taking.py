"""Taking the quiz in a real browser: nothing is lost, and finished means finished."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.answers import VERSION_2, towards
from tests.browser.visitor import (
    SAVE,
    SHOW_RESULT,
    answer_page,
    choose,
    expect_chosen,
    finish_unseen,
    save_unseen,
    start,
    start_unseen,
)

SALES = towards("sales", 1)
FIRST_PAGE = VERSION_2.item_pages[0]
MISSING = FIRST_PAGE[2], FIRST_PAGE[4]
OTHERS = {item.key: 4 for item in FIRST_PAGE if item not in MISSING}


def save(page: Page) -> None:
    page.get_by_role("button", name=SAVE).click()


def values_of(number: int) -> dict[str, int]:
    return {item.key: SALES[item.key] for item in VERSION_2.item_pages[number - 1]}


def send_with_two_missing(page: Page) -> None:
    start_unseen(page)
    page.goto("/quiz/1/")
    for key, value in OTHERS.items():
        choose(page, key, value)
    save(page)
    expect(page.get_by_role("alert")).to_be_visible()


class TestMissingAnswer:
    @pytest.fixture
    def sent(self, page):
        send_with_two_missing(page)
        return page

    def test_other_answers_are_kept(self, sent):
        expect_chosen(sent, OTHERS)

    def test_reloading_loses_nothing(self, sent):
        sent.reload()
        expect_chosen(sent, OTHERS)

    def test_title_and_group_name_the_error(self, sent):
        expect(sent).to_have_title(re.compile("^Error: Page 1"))
        group = sent.get_by_role("radiogroup", name=MISSING[0].text["en"])
        error = sent.locator(f"#error-{MISSING[0].key}").inner_text()
        expect(group).to_have_accessible_description(error)

    @pytest.mark.journey
    def test_adding_the_missing_answers_continues(self, sent):
        for item in MISSING:
            choose(sent, item.key, 2)
        save(sent)
        expect(sent).to_have_url(re.compile("/quiz/2/$"))


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
class TestSummaryOfMissingAnswers:
    @pytest.fixture
    def sent(self, new_context, scripts):
        page = new_context(java_script_enabled=scripts).new_page()
        send_with_two_missing(page)
        return page

    def test_summary_has_the_focus_and_names_missing_answers(self, sent):
        summary = sent.get_by_role("alert")
        expect(summary).to_be_focused()
        expect(summary).to_be_in_viewport()
        expect(summary).to_contain_text("2 answers are missing")
        expect(summary.get_by_role("link")).to_have_text([item.text["en"] for item in MISSING])

    def test_summary_links_focus_the_first_answer_of_the_group(self, sent):
        for item in MISSING:
            sent.get_by_role("link", name=item.text["en"]).click()
            expect(sent.locator(f"#id_{item.key}_1")).to_be_focused()

    def test_summary_links_keep_the_statement_in_view(self, sent):
        for item in MISSING:
            sent.get_by_role("link", name=item.text["en"]).click()
            expect(sent.locator(f"#item-{item.key} legend")).to_be_in_viewport()


class TestBackAndForward:
    def test_back_button_keeps_an_incomplete_page(self, page, site):
        start_unseen(page)
        save_unseen(page, site, 1, SALES)
        page.goto("/quiz/2/")
        item = VERSION_2.item_pages[1][0]
        choose(page, item.key, 5)
        page.get_by_role("button", name="Back").click()
        expect(page).to_have_url(re.compile("/quiz/1/$"))
        expect_chosen(page, values_of(1))
        save(page)
        expect(page).to_have_url(re.compile("/quiz/2/$"))
        expect_chosen(page, {item.key: 5})

    def test_back_on_the_background_page_keeps_its_answers(self, page, site):
        start_unseen(page)
        for number in range(1, 5):
            save_unseen(page, site, number, SALES)
        page.goto("/quiz/5/")
        choose(page, "B2", "soon")
        page.get_by_role("button", name="Back").click()
        expect_chosen(page, values_of(4))
        save(page)
        expect(page.locator("#id_B2_soon")).to_be_checked()

    @pytest.mark.journey
    def test_browser_back_and_forward_keep_saved_and_unsaved_answers(self, page):
        start(page)
        answer_page(page, [SALES[item.key] for item in FIRST_PAGE])
        page.wait_for_url("**/quiz/2/")
        item = VERSION_2.item_pages[1][0]
        choose(page, item.key, 2)
        page.go_back()
        expect_chosen(page, values_of(1))
        page.go_forward()
        expect_chosen(page, {item.key: 2})

    def test_answer_can_be_changed_after_going_back(self, page, site):
        start_unseen(page)
        save_unseen(page, site, 1, SALES)
        page.goto("/quiz/1/")
        first = FIRST_PAGE[0].key
        choose(page, first, 1)
        save(page)
        page.wait_for_url("**/quiz/2/")
        page.go_back()
        expect_chosen(page, values_of(1) | {first: 1})

    def test_reloading_shows_the_same_answers(self, page, site):
        start_unseen(page)
        for number in range(1, 5):
            save_unseen(page, site, number, SALES)
            page.goto(f"/quiz/{number}/")
            page.reload()
            expect_chosen(page, values_of(number))


class TestComingBack:
    @pytest.mark.parametrize("path", ["/", "/quiz/"])
    def test_new_tab_offers_to_continue(self, context, site, path):
        page = context.new_page()
        start_unseen(page)
        save_unseen(page, site, 1, SALES)
        page.close()
        page = context.new_page()
        page.goto(path)
        page.get_by_role("link", name="Continue the quiz").click()
        expect(page).to_have_url(re.compile("/quiz/2/$"))

    @pytest.mark.parametrize("path", ["/", "/quiz/"])
    def test_new_visitor_gets_no_offer_to_continue(self, page, path):
        page.goto(path)
        expect(page.get_by_role("link", name="Continue the quiz")).to_have_count(0)


class TestTwoTabs:
    def test_answers_from_both_tabs_are_kept(self, context):
        one = context.new_page()
        start(one)
        other = context.new_page()
        other.goto("/quiz/1/")
        half = len(FIRST_PAGE) // 2
        for item in FIRST_PAGE[:half]:
            choose(one, item.key, SALES[item.key])
        for item in FIRST_PAGE[half:]:
            choose(other, item.key, SALES[item.key])
        save(other)
        save(one)
        for tab in (one, other):
            expect(tab).to_have_url(re.compile("/quiz/2/$"))
        other.goto("/quiz/1/")
        expect_chosen(other, values_of(1))

    def test_open_tab_cannot_change_a_finished_quiz(self, context, site):
        page, left_open = context.new_page(), context.new_page()
        start_unseen(page)
        for number in range(1, 5):
            save_unseen(page, site, number, SALES)
        left_open.emulate_media(reduced_motion="reduce")  # answers sooner than they are saved
        left_open.goto("/quiz/4/")
        page.goto("/quiz/5/")
        page.get_by_role("button", name=SHOW_RESULT).click()
        page.wait_for_url("**/quiz/result/")
        before = page.locator("main").aria_snapshot()
        answer_page(left_open, 1)
        expect(left_open).to_have_url(re.compile("/quiz/result/$"))
        assert left_open.locator("main").aria_snapshot() == before


class TestFinished:
    @pytest.mark.journey
    def test_browser_back_shows_the_result(self, page, site):
        start_unseen(page)
        for number in range(1, 5):
            save_unseen(page, site, number, SALES)
        page.goto("/quiz/4/")
        save(page)
        page.get_by_role("button", name=SHOW_RESULT).click()
        page.wait_for_url("**/quiz/result/")
        page.go_back()
        expect(page).to_have_url(re.compile("/quiz/result/$"))

    def test_reloading_shows_the_same_result(self, page, site):
        finish_unseen(page, site, SALES)
        page.goto("/quiz/result/")
        before = page.locator("main").aria_snapshot()
        page.reload()
        assert page.locator("main").aria_snapshot() == before

    @pytest.mark.parametrize("path", ["/", "/quiz/"])
    def test_home_and_introduction_offer_the_result(self, page, site, path):
        finish_unseen(page, site, SALES)
        page.goto(path)
        page.get_by_role("link", name="See your result").click()
        expect(page).to_have_url(re.compile("/quiz/result/$"))


class TestLostCookie:
    """A page that needs an attempt explains why it can't show one."""

    @pytest.mark.parametrize("path", ["/quiz/1/", "/quiz/5/", "/quiz/result/"])
    def test_forged_cookie_shows_a_page_that_offers_a_new_start(self, page, site, path):
        forged = {"name": "attempt", "value": "AAAA:forged", "url": site.address}
        page.context.add_cookies([forged])
        assert page.goto(path).status == 403
        page.locator("main a.btn[href='/quiz/']").click()
        page.locator("form[action='/quiz/'] .btn").click()
        expect(page).to_have_url(re.compile("/quiz/1/$"))

    def test_saving_a_deleted_attempt_offers_a_new_start(self, page, site):
        start(page)
        site.execute("DELETE FROM quiz_attempt WHERE id = (SELECT MAX(id) FROM quiz_attempt)")
        with page.expect_response("**/quiz/1/") as sent:
            answer_page(page, 4)
        assert sent.value.status == 403
        expect(page.locator("main a.btn[href='/quiz/']")).to_be_visible()

    def test_missing_cookie_says_that_no_quiz_was_started_here(self, page):
        assert page.goto("/quiz/3/").status == 403
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text("There is no quiz on this device yet")
