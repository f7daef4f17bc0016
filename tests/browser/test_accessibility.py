"""Accessibility of every page in every state, light and dark, narrow and wide."""

import json
import re
from itertools import combinations

import pytest
from playwright.sync_api import expect

from tests.answers import VERSION_2, towards
from tests.browser.axe import COLORS, EVERY_RULE, TOO_WIDE, WCAG_ONLY, violations
from tests.browser.looking import SCHEMES, WIDTHS
from tests.browser.states import ADMIN, ALIKE, OWN_STATES
from tests.browser.visitor import finish_unseen, start_unseen

SMALLEST_TARGET = 44  # px
SOME_WORDS = re.compile(r"\w{2}")
SPACE_OUT = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important;"
        + " word-spacing: .16em !important; } p { margin-bottom: 2em !important; }");
    document.adoptedStyleSheets = [sheet];
}"""
CUT_OFF = """() => [...document.body.querySelectorAll("*")].filter(element => {
    const { overflowX, overflowY, position } = getComputedStyle(element);
    const cuts = [overflowX, overflowY].some(way => ["hidden", "clip"].includes(way));
    const isForEarsOnly = position === "absolute" && element.offsetWidth <= 1;
    // A line that one types in moves under the caret.
    const isOther = element instanceof HTMLInputElement || element instanceof SVGElement;
    return cuts && !isForEarsOnly && !isOther && element.clientWidth > 0
        && (element.scrollHeight > element.clientHeight + 1
            || element.scrollWidth > element.clientWidth + 1);
}).map(element => element.outerHTML.slice(0, 200))"""
SLUGS = [
    *("sales-representative", "customer-service-representative"),
    *("sales-manager", "customer-service-manager"),
]
FAULTY = """<!doctype html><html><head><title></title></head><body style="width: 600px">
<img src="data:,"><p style="color: #bbb; background: #fff">Too pale to read</p>
<form><input type="text"><fieldset><input type="radio" name="a"></fieldset></form>
<a href="/"></a><div role="button" aria-label="x"></div></body></html>"""


def all_violations(shown, rules: dict) -> list[str]:
    """Check narrow in light and wide in dark: no color depends on the width."""
    return [
        f"{width} px, {scheme}: {violation}"
        for width, scheme in zip(WIDTHS, SCHEMES, strict=True)
        for violation in violations(shown.look(width, scheme), rules)
    ]


def title_of(html: str) -> str:
    return re.search("<title>(.*?)</title>", html)[1]


@pytest.mark.parametrize("shown", OWN_STATES, indirect=True)
class TestEveryPage:
    def test_axe_finds_no_violation_in_either_scheme_at_either_width(self, shown):
        assert all_violations(shown, EVERY_RULE) == []

    def test_axe_finds_no_violation_in_forced_colors(self, shown):
        page = shown.look(320, "dark", forced=True)
        assert page.evaluate("matchMedia('(forced-colors: active)').matches")
        assert violations(page, COLORS) == []

    def test_page_does_not_scroll_sideways_on_a_narrow_phone(self, shown):
        assert shown.look(320).evaluate(TOO_WIDE) == []

    def test_page_flows_in_one_column_at_400_percent_zoom(self, shown):
        """A window of 1280 x 1024 then has 320 x 256 pixels."""
        assert shown.look(320, height=256).evaluate(TOO_WIDE) == []

    @pytest.mark.parametrize("width", WIDTHS)
    def test_text_spacing_can_be_increased(self, shown, width):
        """WCAG 1.4.12: nothing may be cut off or pushed out of the page."""
        page = shown.look(width)
        page.evaluate(SPACE_OUT)
        found = page.evaluate(TOO_WIDE) + page.evaluate(CUT_OFF)
        page.evaluate("document.adoptedStyleSheets = []")
        assert found == []

    @pytest.mark.parametrize("width", WIDTHS)
    def test_controls_are_tall_enough_for_a_thumb(self, shown, width):
        targets = shown.look(width).locator(
            "label:has([type=radio]), button, .btn, .quiet, .toc a, .error-summary a, footer a,"
            " .fold > summary"
        )
        heights = targets.evaluate_all(
            "all => all.filter(e => e.checkVisibility())"
            ".map(e => [e.innerText, e.getBoundingClientRect().height])"
        )
        assert [target for target in heights if target[1] < SMALLEST_TARGET] == []

    def test_page_has_one_heading_of_the_first_level(self, shown):
        expect(shown.page.get_by_role("heading", level=1)).to_have_count(1)

    def test_page_names_its_language(self, shown):
        expect(shown.page.locator("html")).to_have_attribute("lang", "en")

    def test_every_radio_button_has_a_name_and_a_named_group(self, shown):
        page = shown.look(1280)
        groups = page.get_by_role("group", name=SOME_WORDS)
        # A group without an answer that is needed can say so only as a group of radio buttons.
        groups = groups.or_(page.get_by_role("radiogroup", name=SOME_WORDS))
        named = groups.get_by_role("radio", name=SOME_WORDS)
        expect(named).to_have_count(page.locator("[type=radio]").count())


@pytest.mark.parametrize("shown", ALIKE, indirect=True)
class TestPagesOfTheSameParts:
    def test_axe_finds_no_violation(self, shown):
        assert violations(shown.look(320, "dark"), EVERY_RULE) == []

    def test_page_does_not_scroll_sideways_on_a_narrow_phone(self, shown):
        assert shown.look(320).evaluate(TOO_WIDE) == []


@pytest.mark.parametrize("shown", ADMIN, indirect=True)
class TestAdmin:
    def test_axe_finds_no_violation_in_either_scheme_at_either_width(self, shown):
        assert all_violations(shown, EVERY_RULE) == []

    def test_page_does_not_scroll_sideways_on_a_narrow_phone(self, shown):
        assert shown.look(320).evaluate(TOO_WIDE) == []


class TestTheCheckItself:
    """The checks above must be able to fail."""

    @pytest.mark.parametrize(
        "rule",
        ["image-alt", "color-contrast", "label", "link-name", "html-has-lang", "document-title"],
    )
    def test_axe_finds_a_planted_fault(self, page, rule):
        page.set_content(FAULTY)
        assert any(found.startswith(f"{rule} ") for found in violations(page, WCAG_ONLY))

    @pytest.mark.parametrize(
        "style", ["width: 400px", "margin-left: 300px; width: 200px; position: fixed"]
    )
    def test_page_that_is_too_wide_is_detected(self, page, style):
        page.set_viewport_size({"width": 320, "height": 800})
        page.set_content(f'<!doctype html><p style="{style}">Wide')
        assert page.evaluate(TOO_WIDE)


class TestStatements:
    @pytest.mark.parametrize("number", range(1, 5))
    def test_each_statement_names_a_group_of_five_answers(self, page, number):
        start_unseen(page)
        page.goto(f"/quiz/{number}/")
        answers = [answer.label["en"] for answer in VERSION_2.scale]
        radios = "\n".join(f'  - radio "{answer}"' for answer in answers)
        items = VERSION_2.item_pages[number - 1]
        expect(page.get_by_role("radio")).to_have_count(len(items) * len(answers))
        for place, item in enumerate(items):
            expect(page.get_by_role("group").nth(place)).to_match_aria_snapshot(
                f"- group {json.dumps(item.text['en'], ensure_ascii=False)}:\n{radios}"
            )


class TestTitles:
    def test_every_page_has_its_own_title(self, page):
        request = page.context.request
        paths = ["/", "/quiz/", "/roles/", "/no-such-page/", "/quiz/result/"]
        paths += [f"/roles/{slug}/" for slug in SLUGS]
        paths += [f"/roles/compare/{a}/{b}/" for a, b in combinations(SLUGS, 2)]
        pages = [f"/quiz/{number}/" for number in range(1, 6)]
        titles = {path: title_of(request.get(path).text()) for path in paths}
        start_unseen(page)
        titles |= {path: title_of(request.get(path).text()) for path in pages}
        twice = {t: [p for p in titles if titles[p] == t] for t in titles.values()}
        assert {title: paths for title, paths in twice.items() if len(paths) > 1} == {}

    def test_result_title_names_the_verdict(self, page, site):
        finish_unseen(page, site, towards("sales"))
        page.goto("/quiz/result/")
        verdict = page.get_by_role("heading", level=1).inner_text()
        expect(page).to_have_title(f"{verdict} - Sales or service?")
