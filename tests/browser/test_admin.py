"""The admin in a real browser, under the site's own policy: nothing inline, and no complaint."""

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.contrib import admin
from playwright.sync_api import ConsoleMessage, Page, expect

from tests.browser.site import Site

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# Django's own path at the top of each page has links that only their colour tells from text.
RUN_AXE = """async options => {
    const { violations } = await axe.run({ exclude: [".breadcrumbs"] }, options);
    return violations.flatMap(({ id, nodes }) =>
        nodes.map(node => `${id}: ${node.target} ${node.html}`));
}"""
VERSIONS = "/admin/quiz/questionnaireversion/"
LISTS = [f"/admin/{m._meta.app_label}/{m._meta.model_name}/" for m in admin.site._registry]


@pytest.fixture(scope="module")
def complaints():
    """What the browser said about every page so far; a refused style or script is among it."""
    return []


def hear(message: ConsoleMessage, complaints: list[str]) -> None:
    if message.type in ("error", "warning"):
        complaints.append(f"{message.location['url']}: {message.text}")


@pytest.fixture(scope="module")
def page(browser, site, complaints):
    """An administrator's own page, logged in once for all tests."""
    with browser.new_context(base_url=site.address) as context:
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("console", lambda message: hear(message, complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        log_in(page, site)
        yield page


@pytest.fixture(autouse=True)
def _silent(complaints):
    complaints.clear()
    yield
    assert complaints == []


@pytest.fixture(scope="module")
def draft(page):
    """The address of a draft, started as an editor starts one."""
    page.goto(VERSIONS)
    page.locator("#result_list tbody th a").first.click()
    page.get_by_role("link", name="New draft from this version").click()
    page.get_by_label("Title").fill("Draft of the browser")
    page.get_by_role("button", name="Start the draft").click()
    expect(page.get_by_text("This is the new draft")).to_be_visible()
    return page.url


def log_in(page: Page, site: Site) -> None:
    page.goto("/admin/")
    page.get_by_label("Username").fill("admin")
    password = (site.folder / "first-admin-password.txt").read_text().strip()
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(re.compile("/admin/$"))


def visit(page: Page, address: str) -> None:
    response = page.goto(address)
    assert response is not None
    assert response.status == 200, address
    expect(page.locator("h1")).not_to_have_count(0)


def violations(page: Page, complaints: list[str]) -> list[str]:
    """Run axe on what is loaded without a complaint; axe itself tries inline styles."""
    assert complaints == []
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(RUN_AXE, WCAG)
    complaints.clear()
    return found


def inline_styles(page: Page) -> list[str]:
    """Style and script in the page as it was sent: the policy refuses it, and so do we."""
    html = page.evaluate("fetch(location.href).then(response => response.text())")
    return re.findall(r"<style|<[^>]+ style=|<[^>]+ on[a-z]+=|<script(?![^>]*\bsrc=)[^>]*>", html)


@pytest.mark.parametrize("address", LISTS)
def test_a_list_and_its_forms_work_under_the_policy(page, address):
    visit(page, address)
    row = page.locator("#result_list tbody th a").first
    changed = row.get_attribute("href") if row.count() else None
    visit(page, f"{address}add/")
    if changed:
        visit(page, changed)
        pages = ["history", "delete"] if page.locator(".deletelink").count() else ["history"]
        for subpage in pages:
            visit(page, changed.replace("/change/", f"/{subpage}/"))


@pytest.mark.parametrize("address", ["/admin/", "/admin/quiz/", "/admin/password_change/"])
def test_a_page_beside_them_works_under_the_policy(page, address):
    visit(page, address)


def test_confirming_a_deletion_from_a_list_works_under_the_policy(page):
    visit(page, "/admin/roles/difference/")
    page.locator("input.action-select").first.check()
    page.get_by_label("Action:").select_option("delete_selected")
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_text("Are you sure")).to_be_visible()
    page.get_by_role("link", name="No, take me back").click()
    expect(page).to_have_url(re.compile("/roles/difference/$"))


def test_a_statement_can_be_added_to_a_draft_with_the_page_s_own_script(page, draft):
    visit(page, draft)
    page.get_by_text("Add another Statement").click()
    expect(page.locator("#id_items-24-key")).to_be_visible()


@pytest.mark.parametrize("subpage", ["change", "publish", "new-draft", "delete", "history"])
def test_the_pages_of_a_draft_are_accessible_and_hold_nothing_inline(
    page, draft, complaints, subpage
):
    visit(page, draft.replace("/change/", f"/{subpage}/"))
    assert inline_styles(page) == []
    assert violations(page, complaints) == []


def test_the_page_of_a_frozen_version_is_accessible(page, complaints):
    visit(page, f"{VERSIONS}?status__exact=published")
    page.locator("#result_list tbody th a").first.click()
    expect(page.get_by_text("it can’t be changed any more")).to_be_visible()
    assert violations(page, complaints) == []


def test_a_page_with_an_inline_style_would_be_complained_about(page, complaints):
    """The control: a refused style is heard, and the tests above can fail."""
    visit(page, "/admin/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    assert any("inline style" in complaint for complaint in complaints)
    complaints.clear()
