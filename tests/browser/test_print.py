"""Pages on paper: few sheets, light, in readable sizes, without controls and tables of digits."""

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
# The size in points of each element with words of its own. A drawing scales its texts.
POINTS = """() => {
    const hasWords = element => [...element.childNodes].some(
        node => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const pointsOf = element => parseFloat(getComputedStyle(element).fontSize) * .75
        * (element.ownerSVGElement ? element.getScreenCTM().a : 1);
    return [...document.querySelectorAll("body :not(.ears)")]
        .filter(element => hasWords(element) && element.checkVisibility())
        .map(element => [element.textContent.trim().slice(0, 40), pointsOf(element),
                         Boolean(element.closest(".sources"))]);
}"""
SMALLEST = 8  # points
SMALLEST_IN_SOURCES = 7.5
SMALLEST_OF_TWO = 9  # points, on a comparison of two jobs
PAGE_WIDTH = 710  # px: A4 without margins
PRINTED = [
    *("role-sales", "role-own", "role-sales-manager", "compare-four", "compare-own-four"),
    *("result-leaning", "results", "shared", "data", "method", "home", "accessibility"),
    *("counselor-client", "counselor-comparison", "counselor-group-report"),
    *("counselor-preparation", "counselor-log"),
]
PAGE_OF_A_PDF = re.compile(rb"/Type\s*/Page\b(?!s)")
RESULTS = [name for name in STATES if name.startswith("result-")]
JOBS = [name for name in STATES if name.startswith("role-") and "choice" not in name]
COMPARISONS_OF_FOUR = [name for name in STATES if re.match("compare.*four", name)]
COMPARISONS_OF_TWO = [
    name for name in STATES if name.startswith("compare") and name not in COMPARISONS_OF_FOUR
]


def pages_of(page: Page, paper: str) -> int:
    return len(PAGE_OF_A_PDF.findall(page.pdf(format=paper)))


@pytest.mark.parametrize("paper", ["A4", "Letter"])
class TestPages:
    @pytest.mark.parametrize("shown", RESULTS, indirect=True)
    def test_result_takes_one_page(self, shown, paper):
        assert pages_of(shown.page, paper) == 1

    @pytest.mark.parametrize("shown", JOBS, indirect=True)
    def test_job_page_takes_at_most_two_pages(self, shown, paper):
        assert pages_of(shown.page, paper) <= 2

    @pytest.mark.parametrize("shown", COMPARISONS_OF_TWO, indirect=True)
    def test_comparison_of_two_jobs_takes_at_most_two_pages(self, shown, paper):
        assert pages_of(shown.page, paper) <= 2

    @pytest.mark.parametrize("shown", COMPARISONS_OF_FOUR, indirect=True)
    def test_comparison_of_four_jobs_takes_at_most_four_pages(self, shown, paper):
        assert pages_of(shown.page, paper) <= 4

    @pytest.mark.parametrize("shown", ["method"], indirect=True)
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
        expect(paper.get_by_role("link", name="Answer again")).to_be_hidden()

    def test_verdict_picture_reasons_and_next_steps_are_printed(self, paper):
        expect(paper.get_by_role("heading", level=1)).to_be_visible()
        for part in (".level svg", ".sure", "[data-reason]", "[data-role]", ".limits"):
            expect(paper.locator(part).first).to_be_visible()

    def test_step_after_the_next_is_printed(self, browser, site):
        with shown_state(browser, site, "result-individual") as shown:
            shown.page.emulate_media(media="print")
            expect(shown.page.get_by_text("A possible next step later")).to_be_visible()

    @pytest.mark.parametrize("part", ["preferences", "pulls", "tips", "numbers"])
    def test_folded_parts_are_printed(self, paper, part):
        expect(paper.locator(f"[data-part={part}] > :not(summary)").first).to_be_visible()

    @pytest.mark.parametrize("part", ["answers", "data"])
    def test_all_answers_and_the_code_are_left_out(self, paper, part):
        expect(paper.locator(f"[data-part={part}]")).to_be_hidden()


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_warning_about_doubtful_answers_is_printed_next_to_four_jobs(browser, site, paper):
    with shown_state(browser, site, "result-flagged") as shown:
        shown.page.goto(f"{site.address}{FOUR}")
        assert pages_of(shown.page, paper) <= 4
        shown.page.emulate_media(media="print")
        expect(shown.page.locator(".next-to .note")).to_be_visible()


class TestComparisonOnPaper:
    @pytest.fixture
    def paper(self, browser, site):
        with shown_state(browser, site, "compare-own-four") as shown:
            shown.page.emulate_media(media="print")
            yield shown.page

    def test_texts_own_profile_pay_and_sources_are_printed(self, paper):
        for part in (".words", ".match", ".ranges", ".standouts"):
            expect(paper.locator(part).first).to_be_visible()
        expect(paper.get_by_text("public domain").locator("visible=true").first).to_be_visible()
        expect(paper.get_by_text("Checked on").locator("visible=true").first).to_be_visible()
        expect(paper.get_by_text("A few experts, and in part a machine")).to_be_visible()
        expect(paper.get_by_text("BLS.gov cannot vouch").first).to_be_visible()
        expect(paper.get_by_text("has not approved, endorsed").first).to_be_visible()

    def test_drawn_preferences_and_exact_tables_are_left_out(self, paper):
        for part in (".trust .trait", "#pay table", "#figures"):
            expect(paper.locator(part).first).to_be_attached()
            expect(paper.locator(part).first).to_be_hidden()

    def test_paper_says_where_the_rest_is(self, paper):
        expect(paper.get_by_text("every digit: http")).to_be_visible()

    def test_controls_for_the_screen_are_left_out(self, paper):
        expect(paper.get_by_role("button", name="Compare jobs")).to_be_hidden()


class TestJobOnPaper:
    @pytest.fixture
    def paper(self, browser, site):
        with shown_state(browser, site, "role-own") as shown:
            shown.page.emulate_media(media="print")
            yield shown.page

    def test_figures_own_profile_and_advice_are_printed(self, paper):
        for part in (".tiles", ".match", ".ranges", "#education .advice", "#interview", "#sources"):
            expect(paper.locator(part)).to_be_visible()

    def test_tables_and_the_question_about_interest_are_left_out(self, paper):
        for part in ("#figures", "#education table", "#pay table", "#fit"):
            expect(paper.locator(part).first).to_be_attached()
            expect(paper.locator(part).first).to_be_hidden()

    def test_paper_says_where_the_rest_is(self, paper):
        expect(paper.get_by_text("every digit: http")).to_be_visible()


@pytest.mark.parametrize("shown", [*RESULTS, *JOBS, *PRINTED], indirect=True)
def test_texts_on_paper_are_large_enough(shown):
    page = shown.look(PAGE_WIDTH)
    page.emulate_media(media="print")
    texts = page.evaluate(POINTS)
    page.emulate_media(media="screen")
    smallest = {False: SMALLEST, True: SMALLEST_IN_SOURCES}
    assert texts
    assert [each for each in texts if each[1] < smallest[each[2]] - 0.01] == []


@pytest.mark.parametrize("shown", COMPARISONS_OF_TWO, indirect=True)
def test_texts_of_a_comparison_of_two_jobs_have_nine_points(shown):
    page = shown.look(PAGE_WIDTH)
    page.emulate_media(media="print")
    texts = page.evaluate(POINTS)
    page.emulate_media(media="screen")
    assert len(texts) > 50
    assert [each for each in texts if each[1] < SMALLEST_OF_TWO - 0.01] == []


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
        expect(shown.page.get_by_text("every digit: http")).to_be_hidden()


def test_sources_of_a_role_page_are_printed(browser, site):
    with shown_state(browser, site, "role-sales") as shown:
        shown.page.emulate_media(media="print")
        expect(shown.page.locator("#sources li").first).to_be_visible()
