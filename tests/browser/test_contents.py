"""Contents next to a folded page: in view on a laptop, and each link leads to what it names."""

import pytest
from playwright.sync_api import expect

LAPTOP = {"width": 1280, "height": 800}
JOB = "/roles/sales-representative/"
COMPARISON = "/roles/compare/sales-manager/customer-service-manager/"
PAGES = [JOB, COMPARISON, "/method/"]


@pytest.fixture
def laptop(page):
    page.set_viewport_size(LAPTOP)
    return page


@pytest.mark.parametrize("path", PAGES)
def test_contents_stay_in_view_on_a_laptop(laptop, path):
    laptop.goto(path)
    contents = laptop.locator(".with-contents > .toc")
    folds = laptop.locator(".folds > details")
    folds.nth(1).evaluate("fold => { fold.open = true; fold.style.minHeight = '3000px'; }")
    folds.nth(1).evaluate("fold => scrollTo(0, fold.getBoundingClientRect().top + 900)")
    expect(contents.get_by_role("link").first).to_be_in_viewport()
    sides = [part.bounding_box() for part in (contents, folds.nth(1))]
    assert sides[0]["x"] + sides[0]["width"] <= sides[1]["x"]


@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_the_contents_leads_to_a_part_of_the_page(laptop, path):
    laptop.goto(path)
    links = laptop.locator(".with-contents > .toc a")
    assert links.count() >= 8
    for link in links.all():
        target = laptop.locator(link.get_attribute("href"))
        link.click()
        expect(target).to_be_in_viewport()


@pytest.mark.parametrize("path", [f"{JOB}#pay", f"{COMPARISON}#sources"])
def test_link_from_elsewhere_opens_the_fold(laptop, path):
    laptop.goto(path)
    expect(laptop.locator(f"#{path.partition('#')[2]}")).to_be_visible()


def test_link_from_elsewhere_shows_the_key_fact_on_the_method_page(laptop):
    laptop.goto("/method/#promise")
    heading = laptop.locator("#promise")
    expect(heading).to_be_in_viewport()
    expect(laptop.locator("summary", has=heading).locator(".fact")).to_be_visible()
