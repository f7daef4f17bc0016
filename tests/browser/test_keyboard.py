"""The whole quiz by keyboard alone, with and without JavaScript."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.answers import VERSION_2, leaning
from tests.browser.looking import shown_state
from tests.browser.visitor import SAVE, SHOW_RESULT, start_unseen

LEANING_TO_SALES = leaning("sales", 7)
MOST_STOPS = 80
# The contrast of the focus outline (or that of the label) with the page behind it.
FOCUS = """() => {
    const parts = color => color.match(/[\\d.]+/g).map(Number);
    const light = color => {
        const [r, g, b] = parts(color).map(c => c / 255)
            .map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
        return .2126 * r + .7152 * g + .0722 * b;
    };
    const outline = element => {
        const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
        return outlineStyle === "none" || parts(outlineColor)[3] === 0
            ? { width: 0 } : { width: parseFloat(outlineWidth), color: outlineColor };
    };
    const element = document.activeElement;
    const own = outline(element);
    const shown = own.width ? own : outline(element.closest("label") ?? element);
    const box = (element.closest("label") ?? element).getBoundingClientRect();
    const lights = [shown.color ?? "rgb(0, 0, 0)", getComputedStyle(document.body).backgroundColor]
        .map(light).sort((a, b) => b - a);
    return {
        at: element.outerHTML.slice(0, 120),
        width: shown.width,
        contrast: (lights[0] + .05) / (lights[1] + .05),
        isInView: box.width > 0 && box.right > 0 && box.left < innerWidth
            && box.bottom > 0 && box.top < innerHeight,
    };
}"""
STOP = """() => {
    const element = document.activeElement;
    return (element.closest("fieldset")?.querySelector("legend") ?? element).innerText.trim();
}"""


def is_focused(target: Locator) -> bool:
    return target.evaluate("element => element === document.activeElement")


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until this element has the focus."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if is_focused(target):
            return
    raise AssertionError(f"{target} is not to be reached with Tab")


def choose(page: Page, value: int) -> None:
    """Choose an answer in the focused group: space for the first, then arrow keys."""
    page.keyboard.press("Space")
    for _ in range(value - 1):
        page.keyboard.press("ArrowDown")


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def visitor(request, new_context):
    """A page with and without JavaScript."""
    return new_context(java_script_enabled=request.param).new_page()


@pytest.mark.journey
class TestWholeQuiz:
    def test_quiz_can_be_taken_from_the_home_page_to_the_role_page(self, visitor, site):
        page = visitor
        page.goto("/")
        tab_to(page, page.locator("main a.btn"))
        page.keyboard.press("Enter")
        tab_to(page, page.locator("main form .btn"))
        page.keyboard.press("Enter")
        for number, items in enumerate(VERSION_2.item_pages, start=1):
            page.wait_for_url(f"**/quiz/{number}/")
            site.let_time_pass()
            for item in items:
                tab_to(page, page.locator(f"#id_{item.key}_1"))
                choose(page, LEANING_TO_SALES[item.key])
            tab_to(page, page.get_by_role("button", name=SAVE))
            page.keyboard.press("Enter")
        page.wait_for_url("**/quiz/5/")
        tab_to(page, page.get_by_role("button", name=SHOW_RESULT))
        page.keyboard.press("Enter")
        page.wait_for_url("**/quiz/result/")
        main = page.locator("main")
        expect(main).to_have_attribute("data-band", "leaning")
        expect(main).to_have_attribute("data-field", "sales")
        tab_to(page, main.locator("a[href^='/roles/']").first)
        page.keyboard.press("Enter")
        page.wait_for_url("**/roles/sales-representative/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Sales representative")


class TestFocus:
    @pytest.mark.parametrize(
        ("state", "scheme"),
        [
            ("home-finished", "dark"),
            ("introduction-unfinished", "light"),
            ("quiz-missing", "light"),
            ("quiz-page-2", "dark"),
            ("result-clear", "light"),
            ("role-sales", "dark"),
        ],
    )
    @pytest.mark.parametrize("height", [800, 256], ids=["phone", "400 percent"])
    def test_focus_is_always_visible(self, browser, site, state, scheme, height):
        with shown_state(browser, site, state) as shown:
            page = shown.look(320, scheme, height=height)
            stops = []
            while len(stops) < MOST_STOPS:
                page.keyboard.press("Tab")
                if page.evaluate("document.activeElement === document.body"):
                    break
                stops.append(page.evaluate(FOCUS))
        assert len(stops) > 4
        unseen = [s for s in stops if s["width"] < 2 or s["contrast"] < 3 or not s["isInView"]]
        assert unseen == []

    def test_skip_link_skips_the_site_navigation(self, visitor):
        visitor.goto("/quiz/")
        visitor.keyboard.press("Tab")
        skip = visitor.get_by_role("link", name="Skip to the content")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport()
        visitor.keyboard.press("Enter")
        visitor.keyboard.press("Tab")
        expect(visitor.get_by_role("button", name="Start the quiz")).to_be_focused()


class TestQuizPage:
    @pytest.fixture
    def page_1(self, visitor):
        start_unseen(visitor)
        visitor.goto("/quiz/1/")
        return visitor

    def test_tab_stops_once_at_each_group_then_at_save_and_back(self, page_1):
        links = ["Skip to the content", "Sales or service?", "Jobs", "The quiz"]
        groups = [item.text["en"] for item in VERSION_2.item_pages[0]]
        stops = []
        for _ in range(len(links) + len(groups) + 2):
            page_1.keyboard.press("Tab")
            stops.append(page_1.evaluate(STOP))
        assert stops == [*links, *groups, SAVE, "Back"]

    def test_tab_returns_to_the_chosen_answer(self, page_1):
        tab_to(page_1, page_1.get_by_role("radio").first)
        choose(page_1, 3)
        page_1.keyboard.press("Tab")
        page_1.keyboard.press("Shift+Tab")
        expect(page_1.get_by_role("radio").nth(2)).to_be_focused()

    def test_enter_in_a_group_submits_the_page_forward(self, page_1):
        tab_to(page_1, page_1.get_by_role("radio").first)
        choose(page_1, 4)
        page_1.keyboard.press("Enter")
        expect(page_1.get_by_role("alert")).to_contain_text("5 answers are missing")
        expect(page_1.get_by_role("radio").nth(3)).to_be_checked()
