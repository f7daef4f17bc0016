"""The admin in a real browser, under the site's content security policy."""

import re

import pytest
from django.contrib import admin
from playwright.sync_api import ConsoleMessage, Page, expect

from tests.browser import axe
from tests.browser.axe import EVERY_RULE
from tests.browser.visitor import log_in

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Controls except links in running text and checkboxes.
LOW_TARGETS = """() => [
    ...document.querySelectorAll("main :is(a, summary, select, button, [type=submit])")
].filter(e => e.checkVisibility() && !e.closest("p, #deleted-objects, .results th, .readonly"))
    .map(e => [e.innerText || e.value, Math.round(e.getBoundingClientRect().height)])
    .filter(([, height]) => height < 44)"""
VERSIONS = "/admin/quiz/questionnaireversion/"
SUBPAGES = ["publish", "new-draft", "delete", "history"]
SUBPAGES += ["outcomes", "differences", "preview/answers", "../import", "../1/retire"]
# These have no form to add a row: counselors join by invitation, and the log writes itself.
TASKS = "/admin/django_tasks_database/dbtaskresult/"
LOGS = ["/admin/quiz/auditentry/", "/admin/quiz/reportopening/"]
ADDED_ELSEWHERE = ["/admin/quiz/counselor/", *LOGS, TASKS]
LISTS = [f"/admin/{m._meta.app_label}/{m._meta.model_name}/" for m in admin.site._registry]


@pytest.fixture(scope="module")
def complaints():
    """The browser's messages so far, including refused styles and scripts."""
    return []


def hear(message: ConsoleMessage, complaints: list[str]) -> None:
    if message.type in ("error", "warning"):
        complaints.append(f"{message.location['url']}: {message.text}")


@pytest.fixture(scope="module")
def page(browser, site, complaints):
    """An administrator's page, logged in once for all tests."""
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
    """The address of a draft, created the way an editor does it."""
    page.goto(VERSIONS)
    # The demo has a draft too, and which row comes first depends on the database.
    published = page.locator("#result_list tbody tr").filter(has_text="published")
    published.locator("th a").first.click()
    page.get_by_role("link", name="New draft …").click()
    page.get_by_label("Title").fill("Draft of the browser")
    page.get_by_role("button", name="Start the draft").click()
    expect(page.get_by_text("This is your new draft")).to_be_visible()
    return page.url


def visit(page: Page, address: str) -> None:
    response = page.goto(address)
    assert response is not None
    assert response.status == 200, address
    expect(page.locator("h1")).not_to_have_count(0)


def violations(page: Page, complaints: list[str]) -> list[str]:
    """Run axe after checking for complaints, because axe itself tries inline styles."""
    assert complaints == []
    found = axe.violations(page, EVERY_RULE)
    complaints.clear()
    return found


def inline_styles(page: Page) -> list[str]:
    """Return inline styles and scripts in the page as sent, which the policy refuses."""
    html = page.evaluate("fetch(location.href).then(response => response.text())")
    return re.findall(r"<style|<[^>]+ style=|<[^>]+ on[a-z]+=|<script(?![^>]*\bsrc=)[^>]*>", html)


@pytest.mark.parametrize("address", LISTS)
def test_list_and_its_forms_work_under_the_policy(page, address):
    visit(page, address)
    row = page.locator("#result_list tbody th a").first
    changed = row.get_attribute("href") if row.count() else None
    if address not in ADDED_ELSEWHERE:
        visit(page, f"{address}add/")
    if changed:
        visit(page, changed)
        pages = ["history", "delete"] if page.locator(".deletelink").count() else ["history"]
        for subpage in pages:
            visit(page, changed.replace("/change/", f"/{subpage}/"))


@pytest.mark.parametrize("address", ["/admin/", "/admin/quiz/", "/admin/password_change/"])
def test_other_admin_pages_work_under_the_policy(page, address):
    visit(page, address)


def test_confirming_a_deletion_works_under_the_policy(page):
    visit(page, "/admin/roles/difference/")
    page.locator("input.action-select").first.check()
    page.get_by_label("Action:").select_option("delete_selected")
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_text("All of this is deleted")).to_be_visible()
    page.get_by_role("link", name="Back", exact=True).click()
    expect(page).to_have_url(re.compile("/roles/difference/$"))


def test_script_of_the_draft_page_adds_a_statement(page, draft):
    visit(page, draft)
    page.get_by_text("Add another Statement").click()
    expect(page.locator("#id_items-24-key")).to_be_visible()


@pytest.mark.parametrize("subpage", ["change", *SUBPAGES])
def test_pages_of_a_draft_are_accessible_and_contain_nothing_inline(
    page, draft, complaints, subpage
):
    visit(page, draft.replace("/change/", f"/{subpage}/"))
    assert inline_styles(page) == []
    assert violations(page, complaints) == []


def test_page_of_a_frozen_version_is_accessible(page, complaints):
    visit(page, f"{VERSIONS}?status__exact=published")
    page.locator("#result_list tbody th a").first.click()
    expect(page.get_by_text("so you can't change it")).to_be_visible()
    assert violations(page, complaints) == []


def test_inline_style_is_reported_by_the_browser(page, complaints):
    """The control: the tests above can fail."""
    visit(page, "/admin/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    assert any("inline style" in complaint for complaint in complaints)
    complaints.clear()


@pytest.fixture
def wide_again(page):
    """Restore the window after each test."""
    yield page
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="light")


def addresses(draft: str) -> dict[str, str]:
    return {
        "dashboard": "/admin/",
        "list": "/admin/roles/figure/",
        "draft": draft,
        **{name: draft.replace("/change/", f"/{name}/") for name in SUBPAGES},
    }


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
@pytest.mark.parametrize("name", ["draft", "publish"])
def test_page_is_accessible_in_either_scheme_at_either_width(
    wide_again, draft, complaints, name, width, scheme
):
    page = wide_again
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    visit(page, addresses(draft)[name])
    assert inline_styles(page) == []
    assert violations(page, complaints) == []


@pytest.mark.parametrize("name", ["dashboard", "list", "draft", *SUBPAGES])
@pytest.mark.parametrize("width", [320, 390])
def test_page_fits_a_phone(wide_again, draft, name, width):
    page = wide_again
    page.set_viewport_size({"width": width, "height": 800})
    visit(page, addresses(draft)[name])
    assert page.evaluate(SIDEWAYS) == 0
    assert page.evaluate(LOW_TARGETS) == []


def test_every_field_of_a_draft_has_a_name_and_fits_a_phone(wide_again, draft):
    page = wide_again
    page.set_viewport_size({"width": 320, "height": 800})
    visit(page, draft)
    fields = page.locator("form :is(input, select, textarea):visible")
    edges = fields.evaluate_all("all => all.map(e => [e.id, e.getBoundingClientRect().right])")
    assert [edge for edge in edges if edge[1] > 320] == []
    cell = page.locator("#items-0 td.field-text_en")
    assert cell.locator("textarea").bounding_box()["width"] > 240
    assert cell.evaluate("e => getComputedStyle(e, '::before').content").startswith('"Statement')


def test_help_for_the_rows_of_a_draft_unfolds_and_describes_its_cells(page, draft):
    visit(page, draft)
    page.locator("#items-group summary").click()
    expect(page.get_by_text("Each trait needs as many +1 as -1")).to_be_visible()
    expect(page.locator("#id_items-0-keying")).to_have_accessible_description(
        re.compile("end of the trait that agreement counts for")
    )


def test_dashboard_links_to_what_needs_attention(page, draft):
    visit(page, "/admin/")
    attention = page.get_by_role("region", name="Needs your attention")
    expect(attention.get_by_text("first administrator's password")).to_be_visible()
    attention.get_by_role("link", name="Publish").first.click()
    expect(page.get_by_role("heading", name="Publish this draft?")).to_be_visible()


def test_first_tab_stop_skips_the_header(page):
    visit(page, "/admin/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("width", [320, 1280])
def test_fault_among_many_fields_can_be_reached_from_the_top(wide_again, draft, complaints, width):
    page = wide_again
    page.set_viewport_size({"width": width, "height": 800})
    visit(page, draft)
    page.locator("#id_items-20-key").fill("a b")
    page.get_by_role("button", name="Save and continue editing").first.click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_be_in_viewport()
    assert page.evaluate(SIDEWAYS) == 0
    summary.get_by_role("link").click()
    expect(page.locator("#id_items-20-key")).to_be_focused()
    expect(page.locator("#id_items-20-key")).to_be_in_viewport()
    assert violations(page, complaints) == []


@pytest.mark.parametrize("width", [320, 1280])
def test_save_stays_in_view_on_a_long_form(wide_again, draft, width):
    page = wide_again
    page.set_viewport_size({"width": width, "height": 800})
    visit(page, draft)
    save = page.get_by_role("button", name="Save", exact=True)
    for place in (0, 0.5, 1):
        page.evaluate(f"scrollTo(0, {place} * document.documentElement.scrollHeight)")
        expect(save).to_be_in_viewport(ratio=1)
    assert save.count() == 1
