"""Passkeys in Chromium, whose virtual device stands in for a phone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import fresh_site
from tests.browser.site import free_port
from tests.browser.visitor import log_in_first

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


@pytest.fixture
def on_localhost(prepared, tmp_path):
    """A site under the one name without TLS for which browsers keep passkeys; its address."""
    port = str(free_port())
    address = f"http://localhost:{port}"
    with fresh_site(prepared, tmp_path, PORT=port, SITE_URL=address) as served:
        yield served, address


@pytest.fixture
def staff_page(browser, on_localhost):
    """A page of the site in a browser with a device that keeps passkeys."""
    site, address = on_localhost
    context = browser.new_context(base_url=address)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    page.set_default_timeout(15_000)
    log_in_first(page, site)
    yield page
    context.close()


def log_out(page: Page) -> None:
    page.goto("/counselor/account/logout/")
    page.get_by_role("button", name="Log out").click()
    page.get_by_label("E-mail address or user name").wait_for()


@pytest.mark.slow
def test_added_passkey_logs_in_alone_and_next_to_the_password(staff_page: Page):
    page = staff_page
    page.goto("/counselor/account/passkeys/add/")
    page.get_by_role("button", name="Add the passkey").click()
    assert page.url.endswith("/passkeys/add/")  # without a name, none is made
    page.get_by_label("Name of the passkey").fill("Work laptop")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_text("Your passkey is set up.")).to_be_visible()

    log_out(page)
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url("**/admin/")

    log_out(page)
    page.get_by_label("E-mail address or user name").fill("admin")
    page.get_by_label("Password").fill("four plain words here")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url("**/admin/")

    page.goto("/counselor/account/passkeys/")
    page.get_by_role("link", name="Remove Work laptop").click()
    page.get_by_label("Password").fill("four plain words here")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Remove the passkey").click()
    expect(page.get_by_text("We removed the passkey.")).to_be_visible()


@pytest.mark.slow
def test_without_javascript_pages_name_another_way(browser, on_localhost):
    context = browser.new_context(base_url=on_localhost[1], java_script_enabled=False)
    page = context.new_page()
    page.goto("/counselor/account/login/")
    expect(page.get_by_role("button", name="Log in with a passkey")).to_be_hidden()
    expect(page.get_by_label("Password")).to_be_visible()
    context.close()
