"""Answering with the keys 1 to 5, inside a statement only."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.answers import VERSION_2, towards
from tests.browser.visitor import SAVE, expect_chosen, start_unseen

SALES = towards("sales", 1)
FIRST_PAGE = {item.key: SALES[item.key] for item in VERSION_2.item_pages[0]}


@pytest.fixture
def page_1(page):
    start_unseen(page)
    page.goto("/quiz/1/")
    return page


class TestKeys:
    def focused(self, page: Page) -> str:
        return page.evaluate("document.activeElement.id || document.activeElement.innerText")

    def test_digit_chooses_the_answer_and_moves_to_the_next_statement(self, page_1):
        page_1.locator("#id_P1_1").focus()
        page_1.keyboard.press("4")
        expect(page_1.locator("#id_P1_4")).to_be_checked()
        assert self.focused(page_1) == "id_E2_1"

    def test_six_digits_and_enter_answer_a_whole_page(self, page_1):
        page_1.locator("#id_P1_1").focus()
        for value in FIRST_PAGE.values():
            page_1.keyboard.press(str(value))
        assert self.focused(page_1) == SAVE
        expect_chosen(page_1, FIRST_PAGE)
        page_1.keyboard.press("Enter")
        expect(page_1).to_have_url(re.compile("/quiz/2/$"))

    def test_answer_chosen_by_key_is_saved(self, page_1):
        page_1.locator("#id_P1_1").focus()
        page_1.keyboard.press("4")
        page_1.reload()
        expect_chosen(page_1, {"P1": 4})

    def test_key_held_down_answers_one_statement(self, page_1):
        page_1.locator("#id_P1_1").focus()
        for _ in range(3):
            page_1.keyboard.down("4")
        page_1.keyboard.up("4")
        expect_chosen(page_1, {"P1": 4})

    @pytest.mark.parametrize("key", ["6", "0", "a", "Control+2", "Alt+2"])
    def test_other_keys_do_nothing(self, page_1, key):
        page_1.locator("#id_P1_1").focus()
        page_1.keyboard.press(key)
        expect_chosen(page_1, {})

    def test_digit_outside_a_statement_does_nothing(self, page_1):
        """People who use speech or type elsewhere must not answer by accident (WCAG 2.1.4)."""
        page_1.get_by_role("link", name="Jobs", exact=True).focus()
        page_1.keyboard.press("4")
        page_1.get_by_role("button", name=SAVE).focus()
        page_1.keyboard.press("4")
        expect_chosen(page_1, {})

    def test_arrow_keys_stay_inside_a_statement(self, page_1):
        page_1.locator("#id_P1_1").focus()
        page_1.keyboard.press("ArrowRight")
        page_1.keyboard.press("ArrowDown")
        expect_chosen(page_1, {"P1": 3})
        assert self.focused(page_1) == "id_P1_3"

    def test_page_explains_the_keys_on_a_device_with_a_keyboard(self, page_1):
        expect(page_1.get_by_text("On a keyboard, press 1 to 5")).to_be_visible()

    def test_page_does_not_mention_keys_without_javascript(self, new_context):
        page = new_context(java_script_enabled=False).new_page()
        start_unseen(page)
        page.goto("/quiz/1/")
        expect(page.get_by_text("On a keyboard, press 1 to 5")).to_be_hidden()
