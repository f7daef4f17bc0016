"""Pages on a phone: nothing scrolls sideways, the first screen says enough, and little is long."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import TOO_WIDE
from tests.browser.states import STATES
from tests.browser.visitor import start_unseen

WIDTHS = (320, 360, 390, 412)  # px
PHONE = {"width": 390, "height": 844}  # px
MOST_TO_A_BUTTON = 1600  # px
TALLEST_JOB = 2400  # px, also with "You and this job"
TALLEST_COMPARISON = 3500  # px
TALLEST_METHOD = 2500  # px
MOST_WORDS = 700
RESULTS = [name for name in STATES if name.startswith("result-")]
QUIZ = [f"quiz-page-{number}" for number in range(1, 5)]
JOBS = ["role-sales", "role-service", "role-sales-manager", "role-service-manager"]
OWN_JOBS = ["role-own", "role-own-service-manager"]
COMPARISONS = [name for name in STATES if name.startswith("compare") and "four" not in name]
OTHERS = ["quiz-missing", "background", "role-own", "compare-own", "compare-own-four", "shared"]
BOTTOM = "element => element.getBoundingClientRect().bottom + scrollY"
HEIGHT = "document.documentElement.scrollHeight"
PLACES = """all => all.map(each => {
    const { top, bottom } = each.getBoundingClientRect();
    return [top, bottom];
})"""


@pytest.mark.parametrize("shown", [*QUIZ, *RESULTS, *JOBS, *OTHERS], indirect=True)
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_scrolls_sideways(shown, width):
    assert shown.look(width, height=PHONE["height"]).evaluate(TOO_WIDE) == []


@pytest.mark.parametrize("shown", RESULTS, indirect=True)
def test_first_screen_of_a_result_reaches_from_verdict_to_main_button(shown):
    page = shown.look(**PHONE, folded=True)
    verdict = page.locator(".verdict")
    first_screen = [
        verdict.get_by_role("heading", level=1),
        verdict.get_by_role("img"),
        verdict.locator(".sure"),
        *verdict.locator("[data-reason]").all(),
        verdict.locator(".btn").first,
    ]
    for part in first_screen:
        expect(part).to_be_visible()
    assert [part.evaluate(BOTTOM) for part in first_screen][-1] <= PHONE["height"]
    assert len(first_screen) == 4 + verdict.locator("[data-reason]").count() >= 7


@pytest.mark.parametrize("shown", QUIZ, indirect=True)
def test_button_of_a_quiz_page_is_near(shown):
    page = shown.look(**PHONE)
    assert page.locator("[name=go][value=next]").evaluate(BOTTOM) <= MOST_TO_A_BUTTON


class TestJobPage:
    @pytest.mark.parametrize("shown", [*JOBS, *OWN_JOBS], indirect=True)
    def test_page_is_short_before_anything_is_opened(self, shown):
        page = shown.look(**PHONE, folded=True)
        assert page.evaluate(HEIGHT) <= TALLEST_JOB

    @pytest.mark.parametrize("shown", [*JOBS, *OWN_JOBS], indirect=True)
    def test_first_screen_holds_the_heading_and_four_tiles(self, shown):
        page = shown.look(**PHONE, folded=True)
        tiles = page.locator("[data-tile]")
        expect(tiles).to_have_count(4)
        for part in (page.get_by_role("heading", level=1), *tiles.all()):
            assert part.evaluate(BOTTOM) <= PHONE["height"]

    @pytest.mark.parametrize("shown", [*JOBS, *OWN_JOBS], indirect=True)
    def test_page_has_few_words_before_anything_is_opened(self, shown):
        page = shown.look(**PHONE, folded=True)
        assert len(page.locator("body").inner_text().split()) <= MOST_WORDS


@pytest.mark.parametrize("shown", COMPARISONS, indirect=True)
def test_comparison_of_two_jobs_is_short_before_anything_is_opened(shown):
    page = shown.look(**PHONE, folded=True)
    assert page.evaluate(HEIGHT) <= TALLEST_COMPARISON


@pytest.mark.parametrize("shown", ["method"], indirect=True)
@pytest.mark.parametrize("width", [320, PHONE["width"]])
def test_method_page_is_short_before_anything_is_opened(shown, width):
    page = shown.look(width, height=PHONE["height"], folded=True)
    assert page.evaluate(HEIGHT) <= TALLEST_METHOD
    expect(page.locator("#short")).to_be_in_viewport()


class TestTappingAnswers:
    @pytest.fixture
    def phone(self, new_context, request):
        motion = getattr(request, "param", "no-preference")
        page = new_context(viewport=PHONE, has_touch=True, reduced_motion=motion).new_page()
        start_unseen(page)
        page.goto("/quiz/1/")
        return page

    def tap(self, page: Page, place: int, answer: int = 2) -> str:
        radio = page.locator("fieldset").nth(place).get_by_role("radio").nth(answer)
        radio.tap()
        expect(radio).to_be_checked()
        return radio.get_attribute("id")

    def test_next_open_statement_comes_into_view_and_the_focus_stays(self, phone):
        groups = phone.locator("fieldset")
        for place in range(groups.count() - 1):
            tapped = self.tap(phone, place)
            expect(groups.nth(place + 1)).to_be_in_viewport(ratio=1)
            assert phone.evaluate("document.activeElement.id") == tapped

    def test_statement_that_is_answered_is_skipped(self, phone):
        self.tap(phone, 3)
        self.tap(phone, 4)
        self.tap(phone, 0)
        self.tap(phone, 1)
        self.tap(phone, 2)
        expect(phone.locator("fieldset").nth(5)).to_be_in_viewport(ratio=1)

    def test_button_comes_into_view_after_the_last_statement(self, phone):
        self.tap(phone, 5)
        expect(phone.locator("[name=go][value=next]")).to_be_in_viewport(ratio=1)

    @pytest.mark.parametrize("phone", ["reduce"], indirect=True)
    def test_nothing_scrolls_with_reduced_motion(self, phone):
        places = phone.locator("fieldset").evaluate_all(PLACES)
        last_in_view = max(n for n, (_, bottom) in enumerate(places) if bottom < PHONE["height"])
        assert last_in_view < len(places) - 1
        radio = phone.locator("fieldset").nth(last_in_view).get_by_role("radio").first
        box = radio.bounding_box()
        phone.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(radio).to_be_checked()
        phone.wait_for_timeout(300)
        assert phone.evaluate("scrollY") == 0
