"""Results on paper: one page, light, with everything that the screen folds away."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import shown_state
from tests.browser.states import STATES
from tests.roles.pages import FOUR

# For each element with words of its own: its size as a multiple of the page's and of what it is in,
# or zeros if it isn't shown.
SIZES = """() => {
    const sizeOf = element => parseFloat(getComputedStyle(element).fontSize);
    const main = document.querySelector("main");
    const hasWords = element => [...element.childNodes].some(
        node => node.nodeType === Node.TEXT_NODE && node.data.trim());
    return [...main.querySelectorAll("*")].filter(hasWords).map(element => [
        `${element.tagName}.${element.className}: ${element.textContent.trim().slice(0, 40)}`,
        ...[main, element.parentElement].map(
            other => element.checkVisibility() ? sizeOf(element) / sizeOf(other) : 0),
    ]);
}"""
PRINTED = [
    *("role-sales", "role-own", "role-sales-manager", "compare-four", "compare-own-four"),
    *("result-leaning", "results", "shared", "data", "method", "home", "accessibility"),
    *("counselor-client", "counselor-comparison", "counselor-group-report"),
    *("counselor-preparation", "counselor-log"),
]
PAGE_OF_A_PDF = re.compile(rb"/Type\s*/Page\b(?!s)")
RESULTS = [name for name in STATES if name.startswith("result-")]
COMPARISONS = [name for name in STATES if name.startswith(("comparison", "compare"))]


def pages_of(page: Page, paper: str) -> int:
    return len(PAGE_OF_A_PDF.findall(page.pdf(format=paper)))


@pytest.mark.parametrize("paper", ["A4", "Letter"])
class TestPages:
    @pytest.mark.parametrize("shown", RESULTS, indirect=True)
    def test_result_takes_one_page(self, shown, paper):
        assert pages_of(shown.page, paper) == 1

    @pytest.mark.parametrize("shown", COMPARISONS, indirect=True)
    def test_comparison_takes_one_page(self, shown, paper):
        assert pages_of(shown.page, paper) == 1

    @pytest.mark.parametrize("shown", ["role-sales"], indirect=True)
    def test_long_page_takes_more_than_one(self, shown, paper):
        assert pages_of(shown.page, paper) > 1


class TestPaper:
    @pytest.fixture
    def paper(self, browser, site):
        with shown_state(browser, site, "result-leaning") as shown:
            shown.page.emulate_media(media="print", color_scheme="dark")
            yield shown.page

    @pytest.mark.parametrize("theme", ["dark", "device"])
    def test_paper_is_light_when_the_screen_is_dark(self, paper, theme):
        with paper.expect_navigation():
            paper.locator(f"button[value={theme}]").evaluate("button => button.click()")
        ink = paper.evaluate("getComputedStyle(document.body).color")
        assert ink == "rgb(28, 34, 48)"

    def test_controls_for_the_screen_are_left_out(self, paper):
        for gone in (paper.get_by_role("navigation"), paper.get_by_role("button")):
            for each in gone.all():
                expect(each).to_be_hidden()
        expect(paper.get_by_role("link", name="Take the quiz again")).to_be_hidden()

    def test_verdict_picture_traits_reasons_and_next_steps_are_printed(self, paper):
        expect(paper.get_by_role("heading", level=1)).to_be_visible()
        expect(paper.get_by_role("img", name=re.compile("Your lean"))).to_be_visible()
        for words in ("Three preferences", "Why", "What would tip it", "Where to look next"):
            expect(paper.get_by_role("heading", name=words, exact=True)).to_be_visible()
        expect(paper.get_by_text("Sales manager").last).to_be_visible()

    def test_step_after_the_next_is_printed(self, browser, site):
        with shown_state(browser, site, "result-individual") as shown:
            shown.page.emulate_media(media="print")
            expect(shown.page.get_by_text("Later, the next step could be")).to_be_visible()

    def test_folded_parts_are_printed(self, paper):
        expect(paper.get_by_text("Adds to the lean")).to_be_visible()


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_result_with_doubtful_answers_takes_one_page(browser, site, paper):
    with shown_state(browser, site, "result-flagged") as shown:
        shown.page.goto(f"{site.address}{FOUR}")
        assert pages_of(shown.page, paper) == 1
        shown.page.emulate_media(media="print")
        expect(shown.page.get_by_text("take this part with great care")).to_be_visible()


class TestComparisonOnPaper:
    @pytest.fixture
    def paper(self, browser, site):
        with shown_state(browser, site, "compare-own-four") as shown:
            shown.page.emulate_media(media="print")
            yield shown.page

    def test_texts_own_profile_pay_and_sources_are_printed(self, paper):
        for words in ("What differs, in words", "You, beside the work", "Pay"):
            expect(paper.get_by_role("heading", name=words).first).to_be_visible()
        expect(paper.get_by_text("public domain").locator("visible=true").first).to_be_visible()
        expect(paper.get_by_text("Checked on").locator("visible=true").first).to_be_visible()
        expect(paper.get_by_text("A few experts, and in part a machine")).to_be_visible()
        expect(paper.get_by_text("BLS.gov cannot vouch").first).to_be_visible()
        expect(paper.get_by_text("has not approved, endorsed").first).to_be_visible()

    def test_paper_says_where_the_rest_is(self, paper):
        expect(paper.get_by_text("exact values: http")).to_be_visible()

    def test_controls_for_the_screen_are_left_out(self, paper):
        expect(paper.get_by_role("button", name="See them side by side")).to_be_hidden()


@pytest.mark.parametrize("shown", PRINTED, indirect=True)
def test_what_is_small_on_the_screen_is_not_larger_than_the_text_on_paper(shown):
    page = shown.look(1280)
    on_screen = page.evaluate(SIZES)
    page.emulate_media(media="print")
    on_paper = page.evaluate(SIZES)
    page.emulate_media(media="screen")
    larger = [
        (element, size)
        for (element, *sizes), (_element, *before) in zip(on_paper, on_screen, strict=True)
        for size, size_before in zip(sizes, before, strict=True)
        if 0 < size_before <= 1 and size > 1.01
    ]
    assert on_paper
    assert larger == []


def test_parts_for_paper_are_hidden_on_the_screen(browser, site):
    with shown_state(browser, site, "compare-four") as shown:
        expect(shown.page.get_by_text("exact values: http")).to_be_hidden()


def test_sources_of_a_role_page_are_printed(browser, site):
    with shown_state(browser, site, "role-sales") as shown:
        shown.page.emulate_media(media="print")
        expect(shown.page.locator(".origin p").first).to_be_visible()
