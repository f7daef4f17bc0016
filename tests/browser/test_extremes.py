"""A site that is almost empty, and a site with very long texts."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import COLORS, EVERY_RULE, TOO_WIDE, violations
from tests.browser.conftest import fresh_site
from tests.browser.looking import SCHEMES, WIDTHS

# The texts are longer than PostgreSQL's columns.
pytestmark = pytest.mark.sqlite_only

ROLE, OTHER = "sales-representative", "customer-service-manager"
PAGES = ["/", "/quiz/", "/roles/", f"/roles/{ROLE}/", f"/roles/compare/{ROLE}/{OTHER}/"]
ONE_WORD = "Kraftfahrzeughaftpflichtversicherungsbeitragsberechnung"
LONG = f"{ONE_WORD} and everything that people around it do on an ordinary working day " * 3


def empty(site) -> None:
    for table in ("figure", "duty", "skill", "difference", "sharedskill", "passage"):
        site.execute(f"DELETE FROM roles_{table}")
    texts = ("summary", "work", "measured_by", "pay_note", "outlook_note", "education_note")
    for text in texts:
        site.execute(f"UPDATE roles_role SET {text}_en = ''")
    site.execute("UPDATE quiz_questionnaireversion SET status = 'retired'")


def lengthen(site) -> None:
    title = LONG[:100]
    site.execute(f"UPDATE roles_role SET title_en = '{title}', summary_en = '{LONG}'")
    site.execute(f"UPDATE roles_role SET work_en = '{LONG}', pay_note_en = '{LONG}'")
    site.execute(f"UPDATE roles_skill SET name_en = '{title}', meaning_en = '{LONG}'")
    site.execute(f"UPDATE roles_difference SET topic_en = '{title}', sales_en = '{LONG}'")
    site.execute(f"UPDATE roles_duty SET text_en = '{LONG}'")
    site.execute(f"UPDATE roles_figure SET note_en = '{LONG}', region = '{title}'")


@pytest.fixture(scope="module", params=[empty, lengthen], ids=["empty", "long"])
def extreme(request, browser, prepared, tmp_path_factory):
    """A page of a site whose database was changed to this extreme."""
    with (
        fresh_site(prepared, tmp_path_factory.mktemp("extreme")) as site,
        browser.new_context(base_url=site.address) as context,
    ):
        request.param(site)
        yield context.new_page()


@pytest.mark.parametrize("path", PAGES)
class TestEveryPage:
    def test_axe_finds_no_violation(self, extreme, path):
        assert extreme.goto(path).status in (200, 503)
        expect(extreme.get_by_role("heading", level=1)).to_have_count(1)
        assert violations(extreme, EVERY_RULE) == []

    def test_no_part_is_wider_than_the_screen(self, extreme, path):
        extreme.goto(path)
        for width, scheme in zip(WIDTHS, SCHEMES, strict=True):
            extreme.set_viewport_size({"width": width, "height": 800})
            extreme.emulate_media(color_scheme=scheme)
            assert extreme.evaluate(TOO_WIDE) == []
            assert violations(extreme, COLORS) == []
