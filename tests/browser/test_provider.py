"""Log-in through a provider in Chromium, with the content security policy as it is."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import fresh_site
from tests.browser.site import free_port, printed_on
from tests.oidc_server import CLIENT_ID, CLIENT_SECRET, PASSWORD, provider

CALLBACK = "/counselor/account/provider/callback/"


@pytest.fixture
def with_provider(prepared, tmp_path):
    """A site whose staff log in through a provider that runs, too."""
    port = str(free_port())
    address = f"http://127.0.0.1:{port}"
    (tmp_path / "site").mkdir()
    (tmp_path / "provider").mkdir()
    with provider(tmp_path / "provider", address + CALLBACK) as running:
        running.answer(ann=["counselors"])
        settings = {
            "OIDC_URL": running.url,
            "OIDC_CLIENT_ID": CLIENT_ID,
            "OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "OIDC_NAME": "Example College",
            "OIDC_COUNSELORS": "counselors",
        }
        folder = tmp_path / "site"
        with fresh_site(prepared, folder, PORT=port, SITE_URL=address, **settings) as site:
            yield site, running


def log_in(page: Page) -> None:
    page.get_by_role("link", name="Log in with Example College").click()
    page.locator("[name=login]").fill("ann")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/counselor/**")


@pytest.mark.slow
def test_counselor_logs_in_is_confirmed_and_shut_out(browser, with_provider):
    site, running = with_provider
    page = browser.new_page(base_url=site.address)
    page.set_default_timeout(15_000)
    page.goto("/counselor/groups/")
    log_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your groups")

    # A form that is sent after an hour arrives without a click.
    page.get_by_label("Name").fill("Spring class")
    printed_on(site, "tests.browser.provider_site")
    page.get_by_role("button", name="Create the group").click()
    expect(page.get_by_text("Spring class").first).to_be_visible()
    assert page.url.startswith(site.address)

    running.deactivate("ann")
    printed_on(site, "tests.browser.provider_site")
    page.goto("/counselor/groups/")
    expect(page.get_by_text("this session opens no page")).to_be_visible()
    page.close()
