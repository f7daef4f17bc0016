"""Light and dark by device and by choice, with and without JavaScript; reduced motion."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.answers import towards
from tests.browser.axe import COLORS, EVERY_RULE, TOO_WIDE, violations
from tests.browser.conftest import fresh_site
from tests.browser.visitor import finish_unseen, start_unseen

PAPER = {"light": "rgb(251, 248, 243)", "dark": "rgb(20, 23, 30)"}
MOVING = """() => [...document.querySelectorAll("*")].filter(element => {
    const { animationName, transitionDuration } = getComputedStyle(element);
    return animationName !== "none" || transitionDuration !== "0s";
}).map(element => element.outerHTML.slice(0, 100))"""
OTHER = {"light": "dark", "dark": "light"}


def paper(page: Page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def switch(page: Page, name: str):
    return page.get_by_role("group", name="Colors").get_by_role("button", name=name)


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def scripts(request):
    return request.param


@pytest.fixture(params=["light", "dark"])
def scheme(request):
    return request.param


@pytest.fixture
def visitor(new_context, scripts, scheme):
    return new_context(java_script_enabled=scripts, color_scheme=scheme).new_page()


class TestSwitch:
    def test_page_follows_the_device(self, visitor, scheme):
        visitor.goto("/")
        assert paper(visitor) == PAPER[scheme]
        expect(switch(visitor, "As my device")).to_have_attribute("aria-pressed", "true")

    @pytest.mark.parametrize("path", ["/", "/roles/sales-manager/", "/nowhere/"])
    def test_choice_applies_to_this_page_and_the_next(self, visitor, scheme, path):
        visitor.goto(path)
        button = switch(visitor, OTHER[scheme].capitalize())
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(visitor).to_have_url(re.compile(f"{path}#colors$"))
        assert paper(visitor) == PAPER[OTHER[scheme]]
        visitor.goto("/quiz/")
        assert paper(visitor) == PAPER[OTHER[scheme]]

    def test_choice_can_be_reset(self, visitor, scheme):
        visitor.goto("/")
        switch(visitor, OTHER[scheme].capitalize()).click()
        expect(visitor.locator("html")).to_have_attribute("data-theme", OTHER[scheme])
        button = switch(visitor, "As my device")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        assert paper(visitor) == PAPER[scheme]

    def test_switching_on_a_quiz_page_loses_no_answer(self, visitor, scheme):
        start_unseen(visitor)
        visitor.goto("/quiz/1/")
        visitor.locator("#id_P1_4").check()
        visitor.locator("#id_E2_2").check()
        button = switch(visitor, OTHER[scheme].capitalize())
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        assert paper(visitor) == PAPER[OTHER[scheme]]
        expect(visitor.locator("[type=radio]:checked")).to_have_count(2)


class TestMotion:
    def test_bubble_of_a_result_settles_within_two_seconds(self, new_context, site):
        page = new_context(reduced_motion="no-preference").new_page()
        finish_unseen(page, site, towards("sales"))
        page.goto("/quiz/result/")
        seconds = page.locator(".settle").evaluate(
            "bubble => parseFloat(getComputedStyle(bubble).animationDuration)"
        )
        assert 0 < seconds <= 2

    def test_nothing_moves_with_reduced_motion(self, new_context, site):
        page = new_context(reduced_motion="reduce").new_page()
        start_unseen(page)
        page.goto("/quiz/1/")
        moving = page.evaluate(MOVING)
        finish_unseen(page, site, towards("sales"))
        page.goto("/quiz/result/")
        assert moving + page.evaluate(MOVING) == []


@pytest.fixture(scope="module")
def style_page(browser, prepared, tmp_path_factory):
    with (
        fresh_site(prepared, tmp_path_factory.mktemp("debug"), DEBUG="1") as site,
        browser.new_context(base_url=site.address) as context,
    ):
        page = context.new_page()
        page.goto("/style/")
        yield page


class TestStylePage:
    """The style page, on a site in debug mode."""

    def test_axe_finds_no_violation_in_any_colors(self, style_page):
        assert violations(style_page, EVERY_RULE) == []
        style_page.emulate_media(color_scheme="dark")
        assert violations(style_page, COLORS) == []
        style_page.emulate_media(color_scheme="light", forced_colors="active")
        assert violations(style_page, COLORS) == []

    def test_no_part_is_wider_than_a_narrow_phone(self, style_page):
        style_page.set_viewport_size({"width": 320, "height": 800})
        assert style_page.evaluate(TOO_WIDE) == []
