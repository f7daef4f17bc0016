"""Every page in every state, light and dark, narrow and wide: for people who see, hear or reach less."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.browser.looking import SCHEMES, WIDTHS
from tests.browser.states import ADMIN, OWN_STATES
from tests.browser.visitor import begin_unseen, finish_unseen
from tests.quiz.answer_sets import SHIPPED, towards

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
EVERY_RULE = {"runOnly": [*WCAG, "best-practice"]}
WCAG_ONLY = {"runOnly": WCAG}
# What a scheme and a width change together; all the rest needs each of them once.
COLOURS_AND_SIZES = {"runOnly": ["color-contrast", "target-size", "scrollable-region-focusable"]}
RUN_AXE = """async options => {
    // A change of scheme must not be caught half way.
    await Promise.all(document.getAnimations().map(animation => animation.finished));
    const { violations } = await axe.run({ ...options, resultTypes: ["violations"] });
    return violations.flatMap(({ id, help, nodes }) =>
        nodes.map(node => `${id} (${help}): ${node.target} ${node.html}`));
}"""
SMALLEST_TARGET = 44  # px
TOO_WIDE = """() => {
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    const scrolls = element => ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
    const isInside = element => {
        for (let e = element.parentElement; e; e = e.parentElement) if (scrolls(e)) return true;
        return false;
    };
    const out = [...document.body.querySelectorAll("*")].filter(element =>
        element.getBoundingClientRect().right > innerWidth + 1 && !isInside(element));
    return [...(wide > 0 ? [`${wide} px too wide`] : []), ...out.map(e => e.outerHTML.slice(0, 200))];
}"""
FAULTY = """<!doctype html><html><head><title></title></head><body style="width: 600px">
<img src="data:,"><p style="color: #bbb; background: #fff">Too pale to read</p>
<form><input type="text"><fieldset><input type="radio" name="a"></fieldset></form>
<a href="/"></a><div role="button" aria-label="x"></div></body></html>"""

own = pytest.mark.parametrize("shown", OWN_STATES, indirect=True, scope="session")


def violations(page: Page, options: dict) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(RUN_AXE, options)


def all_violations(shown, rules: dict) -> list[str]:
    """Run the rules in each scheme and at each width, and what they share in every pair."""
    return [
        f"{width} px, {scheme}: {violation}"
        for width in WIDTHS
        for scheme in SCHEMES
        for violation in violations(
            shown.look(width, scheme),
            rules if (width == WIDTHS[0]) == (scheme == SCHEMES[0]) else COLOURS_AND_SIZES,
        )
    ]


class TestEveryPage:
    pytestmark = [own]

    def test_axe_finds_no_violation_in_either_scheme_at_either_width(self, shown):
        assert all_violations(shown, EVERY_RULE) == []

    def test_it_does_not_scroll_sideways_on_a_narrow_phone(self, shown):
        assert shown.look(320).evaluate(TOO_WIDE) == []

    @pytest.mark.parametrize("width", WIDTHS)
    def test_what_one_presses_is_tall_enough_for_a_thumb(self, shown, width):
        targets = shown.look(width).locator("label:has([type=radio]), button, .btn")
        heights = targets.evaluate_all(
            "all => all.map(e => [e.innerText, e.getBoundingClientRect().height])"
        )
        assert [target for target in heights if target[1] < SMALLEST_TARGET] == []

    def test_it_has_one_heading_of_the_first_level(self, shown):
        expect(shown.page.get_by_role("heading", level=1)).to_have_count(1)

    def test_it_names_its_language(self, shown):
        expect(shown.page.locator("html")).to_have_attribute("lang", "en")

    def test_every_radio_is_named_and_stands_in_a_named_group(self, shown):
        page = shown.page
        named = page.get_by_role("group", name=SOME_WORDS).get_by_role("radio", name=SOME_WORDS)
        expect(named).to_have_count(page.locator("[type=radio]").count())


SOME_WORDS = __import__("re").compile(r"\w+ \w+")
