"""The tutorial: each step works on a new site, and its page names what is pressed."""

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
    # What is bold on the page is pressed or filled in, and nothing else is.
    text = " ".join(prose(PAGE).split())
    assert set(re.findall(r"\*\*(.+?)\*\*", text)) == set(first.used)
