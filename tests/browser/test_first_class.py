"""The tutorial and the trial: each step works on a new site, and its page names what is pressed."""

import re

from playwright.sync_api import expect

from tests.browser.first_class import CLASS, PUPILS, FirstClass
from tests.docs.pages import prose

PAGE = "docs/tutorial/first-class.md"


def test_tutorial_leads_from_a_new_site_to_the_report_on_a_class(browser, own_site):
    first = FirstClass(browser, own_site)
    report = first.hold()
    expect(report.get_by_role("heading", level=1)).to_contain_text(CLASS)
    expect(report.locator("main")).to_contain_text(f"{len(PUPILS)} people")
    assert named_on(PAGE) == set(first.used)


def test_trial_leads_from_a_new_site_to_a_class_that_joins_under_the_institutions_name(
    browser, own_site
):
    first = FirstClass(browser, own_site)
    wall, pupil = first.try_it("Career Center of Springfield")
    expect(pupil.locator("header").first).to_contain_text("Career Center of Springfield")
    expect(wall.locator(".wall-counts")).to_contain_text("1 started", timeout=20_000)
    assert named_on("docs/adopting/try-it.md") == set(first.used)


def named_on(page: str) -> set[str]:
    """Return what is bold on a page: that is pressed or filled in, and nothing else is."""
    return set(re.findall(r"\*\*(.+?)\*\*", " ".join(prose(page).split())))
