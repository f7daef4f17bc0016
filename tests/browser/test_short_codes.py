"""Short codes of printed invitations, and a counselor's list on a phone."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import TOO_WIDE
from tests.browser.counselor_site import as_counselor
from tests.browser.site import Site

PHONE = {"width": 390, "height": 844}
COUNSELORS = ["counselor-caseload", "counselor-client", "counselor-group", "counselor-poster"]
CODES = ["invitation-code", "invitation-code-wrong"]


@pytest.mark.journey
def test_code_from_the_printed_page_starts_the_quiz(page: Page, browser: Browser, site: Site):
    known = as_counselor(page, site)
    page.goto(known["poster"])
    code = page.locator("code.code").inner_text()

    phone = browser.new_context(base_url=site.address, viewport=PHONE).new_page()
    phone.goto("/quiz/")
    phone.locator("a[href='/join/']").click()
    phone.locator("[name=code]").fill("CDFG-HJKM")
    phone.keyboard.press("Enter")
    expect(phone.locator("[name=code]")).to_have_value("CDFG-HJKM")
    expect(phone.locator("[name=code]")).to_have_attribute("aria-invalid", "true")
    phone.locator("[name=code]").fill(code.lower().replace("-", ""))
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/group/*/")
    phone.locator("[name=name]").fill("Ira Stone")
    phone.locator("main form .btn").click()
    phone.wait_for_url("**/quiz/1/")
    phone.context.close()

    page.goto("/counselor/?search=ira")
    expect(page.locator(".chips [aria-current]")).to_have_text("All 1")
    page.get_by_role("link", name="In progress 1").click()
    expect(page.get_by_role("link", name="Ira Stone")).to_be_visible()


@pytest.mark.parametrize("shown", [*COUNSELORS, *CODES], indirect=True)
@pytest.mark.parametrize("width", [320, 360, 390, 412])
def test_nothing_scrolls_sideways(shown, width):
    assert shown.look(width, height=PHONE["height"]).evaluate(TOO_WIDE) == []


@pytest.mark.parametrize("shown", ["counselor-caseload"], indirect=True)
def test_list_on_a_phone_starts_on_the_first_screen_and_can_be_sorted(shown):
    page = shown.look(**PHONE, folded=True)
    assert page.locator(".clients tbody tr").first.bounding_box()["y"] < PHONE["height"]
    for heading in ("Name", "State", "Result", "Added"):
        expect(page.locator(".clients thead").get_by_role("link", name=heading)).to_be_visible()
