"""Taking the quiz in a real browser: nothing is lost, and finished means finished."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.answers import SHIPPED, towards
from tests.browser.visitor import (
    SAVE,
    SHOW_RESULT,
    answer_page,
    begin,
    begin_unseen,
    choose,
    expect_chosen,
    finish_unseen,
    save_unseen,
)

SALES = towards("sales", 1)
FIRST_PAGE = SHIPPED.item_pages[0]
MISSING = FIRST_PAGE[2], FIRST_PAGE[4]
OTHERS = {item.key: 4 for item in FIRST_PAGE if item not in MISSING}


def save(page: Page) -> None:
    page.get_by_role("button", name=SAVE).click()


def values_of(number: int) -> dict[str, int]:
    return {item.key: SALES[item.key] for item in SHIPPED.item_pages[number - 1]}


def send_with_two_missing(page: Page) -> None:
    begin_unseen(page)
    page.goto("/quiz/1/")
    for key, value in OTHERS.items():
        choose(page, key, value)
    save(page)
    expect(page.get_by_role("alert")).to_be_visible()


@pytest.mark.journey
class TestMissingAnswer:
    @pytest.fixture
    def sent(self, page):
        send_with_two_missing(page)
        return page

    def test_the_others_are_kept(self, sent):
        expect_chosen(sent, OTHERS)

    def test_reloading_the_page_loses_nothing(self, sent):
        sent.reload()
        expect_chosen(sent, OTHERS)

    def test_the_title_and_the_group_say_what_is_wrong(self, sent):
        expect(sent).to_have_title(re.compile("^Some answers are missing"))
        group = sent.get_by_role("group", name=MISSING[0].text["en"])
        expect(group).to_have_accessible_description("Choose the answer that fits you best.")

    def test_with_the_missing_answers_it_goes_on(self, sent):
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

    def test_it_names_them_and_has_the_focus(self, sent):
        summary = sent.get_by_role("alert")
        expect(summary).to_be_focused()
        expect(summary).to_be_in_viewport()
        expect(summary.get_by_role("heading")).to_have_text("2 answers are missing")
        expect(summary.get_by_role("link")).to_have_text([item.text["en"] for item in MISSING])

    def test_its_links_lead_to_the_first_answer_of_the_group(self, sent):
        for item in MISSING:
            sent.get_by_role("link", name=item.text["en"]).click()
            expect(sent.locator(f"#id_{item.key}_1")).to_be_focused()

    def test_its_links_leave_the_statement_in_view(self, sent):
        for item in MISSING:
            sent.get_by_role("link", name=item.text["en"]).click()
            expect(sent.locator(f"#item-{item.key} legend")).to_be_in_viewport()


@pytest.mark.journey
class TestBackAndForward:
    def test_the_back_button_keeps_a_page_that_is_not_full(self, page, site):
        begin_unseen(page)
        save_unseen(page, site, 1, SALES)
        page.goto("/quiz/2/")
        item = SHIPPED.item_pages[1][0]
        choose(page, item.key, 5)
        page.get_by_role("button", name="Back").click()
        expect(page).to_have_url(re.compile("/quiz/1/$"))
        expect_chosen(page, values_of(1))
        save(page)
        expect(page).to_have_url(re.compile("/quiz/2/$"))
        expect_chosen(page, {item.key: 5})

    def test_back_on_the_background_page_keeps_its_answers(self, page, site):
        begin_unseen(page)
        for number in range(1, 5):
            save_unseen(page, site, number, SALES)
        page.goto("/quiz/5/")
        choose(page, "B2", "soon")
        page.get_by_role("button", name="Back").click()
        expect_chosen(page, values_of(4))
        save(page)
        expect(page.locator("#id_B2_soon")).to_be_checked()

    def test_the_browser_s_own_back_and_forward_keep_what_was_saved_and_what_was_not(self, page):
        begin(page)
        answer_page(page, [SALES[item.key] for item in FIRST_PAGE])
        page.wait_for_url("**/quiz/2/")
        item = SHIPPED.item_pages[1][0]
        choose(page, item.key, 2)
        page.go_back()
        expect_chosen(page, values_of(1))
        page.go_forward()
        expect_chosen(page, {item.key: 2})

    def test_changing_an_answer_on_the_way_back_changes_it(self, page, site):
        begin_unseen(page)
        save_unseen(page, site, 1, SALES)
        page.goto("/quiz/1/")
        first = FIRST_PAGE[0].key
        choose(page, first, 1)
        save(page)
        page.wait_for_url("**/quiz/2/")
        page.go_back()
        expect_chosen(page, values_of(1) | {first: 1})

    def test_reloading_any_page_shows_the_same_answers(self, page, site):
        begin_unseen(page)
        for number in range(1, 5):
            save_unseen(page, site, number, SALES)
            page.goto(f"/quiz/{number}/")
            page.reload()
            expect_chosen(page, values_of(number))


class TestComingBack:
    @pytest.mark.parametrize("path", ["/", "/quiz/"])
    def test_a_new_tab_offers_to_go_on_where_the_visitor_stopped(self, context, site, path):
        page = context.new_page()
        begin_unseen(page)
        save_unseen(page, site, 1, SALES)
        page.close()
        page = context.new_page()
        page.goto(path)
        page.get_by_role("link", name="Go on where you stopped").click()
        expect(page).to_have_url(re.compile("/quiz/2/$"))

    @pytest.mark.parametrize("path", ["/", "/quiz/"])
    def test_one_who_has_not_begun_is_offered_nothing_to_go_on_with(self, page, path):
        page.goto(path)
        expect(page.get_by_role("link", name="Go on")).to_have_count(0)


class TestTwoTabs:
    def test_answers_from_both_are_kept(self, context):
        one = context.new_page()
        begin(one)
        other = context.new_page()
        other.goto("/quiz/1/")
        half = len(FIRST_PAGE) // 2
        for item in FIRST_PAGE[:half]:
            choose(one, item.key, SALES[item.key])
        for item in FIRST_PAGE[half:]:
            choose(other, item.key, SALES[item.key])
        save(other)
        save(one)
        expect(one).to_have_url(re.compile("/quiz/2/$"))
        other.goto("/quiz/1/")
        expect_chosen(other, values_of(1))

    def test_a_tab_left_open_cannot_change_a_finished_quiz(self, context, site):
        page, left_open = context.new_page(), context.new_page()
        begin_unseen(page)
        for number in range(1, 5):
            save_unseen(page, site, number, SALES)
        left_open.goto("/quiz/4/")
        page.goto("/quiz/5/")
        page.get_by_role("button", name=SHOW_RESULT).click()
        page.wait_for_url("**/quiz/result/")
        before = page.locator("main").inner_html()
        answer_page(left_open, 1)
        expect(left_open).to_have_url(re.compile("/quiz/result/$"))
        assert left_open.locator("main").inner_html() == before


@pytest.mark.journey
class TestFinished:
    def test_going_back_in_the_browser_leads_to_the_result(self, page, site):
        begin_unseen(page)
        for number in range(1, 5):
            save_unseen(page, site, number, SALES)
        page.goto("/quiz/4/")
        save(page)
        page.get_by_role("button", name=SHOW_RESULT).click()
        page.wait_for_url("**/quiz/result/")
        page.go_back()
        expect(page).to_have_url(re.compile("/quiz/result/$"))

    def test_reloading_the_result_shows_the_same_result(self, page, site):
        finish_unseen(page, site, SALES)
        page.goto("/quiz/result/")
        before = page.locator("main").inner_html()
        page.reload()
        assert page.locator("main").inner_html() == before

    @pytest.mark.parametrize("path", ["/", "/quiz/"])
    def test_coming_back_offers_the_result(self, page, site, path):
        finish_unseen(page, site, SALES)
        page.goto(path)
        page.get_by_role("link", name="See your result").click()
        expect(page).to_have_url(re.compile("/quiz/result/$"))


class TestLostCookie:
    """Where an attempt is needed and the cookie names none, the page says so and leads on."""

    @pytest.mark.parametrize("path", ["/quiz/1/", "/quiz/5/", "/quiz/result/"])
    def test_a_forged_cookie_gets_a_page_that_leads_to_a_new_start(self, page, site, path):
        forged = {"name": "attempt", "value": "AAAA:forged", "url": site.address}
        page.context.add_cookies([forged])
        assert page.goto(path).status == 403
        expect(page.get_by_role("heading", level=1)).to_have_text("We can't find your quiz")
        page.get_by_role("link", name="Go to the start of the quiz").click()
        page.get_by_role("button", name="Start the quiz").click()
        expect(page).to_have_url(re.compile("/quiz/1/$"))

    def test_saving_a_page_whose_answers_were_deleted_gets_it_too(self, page, site):
        begin(page)
        site.execute("DELETE FROM quiz_attempt WHERE id = (SELECT MAX(id) FROM quiz_attempt)")
        answer_page(page, 4)
        expect(page.get_by_role("heading", level=1)).to_have_text("We can't find your quiz")
        expect(page.get_by_role("link", name="Go to the start of the quiz")).to_be_visible()

    def test_no_cookie_says_that_nothing_was_begun_here(self, page):
        assert page.goto("/quiz/3/").status == 403
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text("There is no quiz on this device yet")
