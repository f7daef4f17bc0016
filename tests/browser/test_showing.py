"""Sharing a result and stopping it, in separate browsers."""

import json
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.answers import VERSION_2, leaning
from tests.browser.counselor_site import as_counselor, sign_in_another
from tests.browser.site import Site
from tests.browser.visitor import choose_all, finish_unseen

PHONE = {"width": 390, "height": 844}
NOWHERE = "This link doesn't work"


def other_browser(browser: Browser, site: Site, **options: object) -> Page:
    return browser.new_context(base_url=site.address, **options).new_page()


def path_of(url: str) -> str:
    return re.sub(r"^https?://[^/]+", "", url)


@pytest.mark.journey
class TestALink:
    def test_shared_result_is_visible_until_sharing_stops(
        self, page: Page, browser: Browser, site: Site
    ):
        finish_unseen(page, site, leaning("sales", 7))
        page.goto("/quiz/result/")
        page.get_by_role("button", name="Share it").click()
        page.locator("details > summary", has_text="New link").click()
        page.locator("select[name=scope]").select_option("verdict")
        page.locator("[name=shown_name]").fill("Kim")
        page.get_by_role("button", name="Make the link").click()
        expect(page.locator(".links > li")).to_have_count(2)
        link = path_of(page.locator("#link-2").input_value())

        stranger = other_browser(browser, site, viewport=PHONE)
        stranger.goto(link)
        expect(stranger.locator("main")).to_have_attribute("data-field", "sales")
        expect(stranger.locator("[data-shown-name=Kim]")).to_contain_text("Kim")
        expect(stranger.locator("[data-trait]")).to_have_count(0)
        expect(stranger.locator(".qr svg")).to_be_visible()

        page.reload()
        expect(page.locator("[data-opened='1']")).to_be_visible()
        page.locator("form[action$='/revoke/'] button").first.click()
        expect(page.locator(".links > li")).to_have_count(1)
        stranger.reload()
        expect(stranger.get_by_role("heading", level=1)).to_have_text(NOWHERE)
        stranger.context.close()

    def test_passphrase_is_asked_once(self, page: Page, browser: Browser, site: Site):
        finish_unseen(page, site, leaning("service", 7))
        page.goto("/quiz/shares/")
        page.locator("details > summary").click()
        page.get_by_label("A passphrase").fill("blue kettle")
        page.get_by_role("button", name="Make the link").click()
        link = path_of(page.get_by_label("The link").input_value())

        stranger = other_browser(browser, site, java_script_enabled=False)
        stranger.goto(link)
        stranger.get_by_label("Passphrase").fill("red kettle")
        stranger.get_by_role("button", name="Show the result").click()
        expect(stranger.get_by_label("Passphrase")).to_have_attribute("aria-invalid", "true")
        stranger.get_by_label("Passphrase").fill("blue kettle")
        stranger.get_by_role("button", name="Show the result").click()
        expect(stranger.locator("[data-trait]")).to_have_count(3)
        stranger.reload()
        expect(stranger.locator("[data-trait]")).to_have_count(3)
        stranger.context.close()


@pytest.mark.journey
class TestOneTap:
    SHEET = """
        window.shared = [];
        navigator.share = async data => { shared.push(data); };
        Object.defineProperty(navigator, "clipboard", {
            value: { writeText: async text => { window.copied = text; } },
        });
    """

    @pytest.fixture
    def phone(self, new_context, site):
        page = new_context(viewport=PHONE, has_touch=True).new_page()
        finish_unseen(page, site, leaning("sales", 7))
        return page

    def test_one_tap_on_the_result_makes_a_link_to_copy_and_to_send(self, phone):
        phone.add_init_script(self.SHEET)
        phone.goto("/quiz/result/")
        phone.get_by_role("button", name="Share it").tap()
        link = phone.get_by_label("The link").input_value()
        phone.get_by_role("button", name="Copy").tap()
        expect(phone.get_by_role("button", name="Copied")).to_be_visible()
        expect(phone.get_by_role("status")).to_have_text("Copied")
        assert phone.evaluate("copied") == link
        phone.get_by_role("button", name="Send it").tap()
        (sent,) = phone.evaluate("shared")
        assert sent["url"] == link
        expect(phone.locator("details", has_text="New link")).not_to_have_attribute("open", "")

    def test_without_script_the_link_is_there_and_no_button_does_nothing(self, browser, site):
        page = other_browser(browser, site, java_script_enabled=False)
        finish_unseen(page, site, leaning("sales", 7))
        page.goto("/quiz/result/")
        page.get_by_role("button", name="Share it").click()
        expect(page.get_by_label("The link")).to_be_visible()
        for name in ("Copy", "Send it"):
            expect(page.get_by_role("button", name=name)).to_have_count(0)
        page.context.close()


@pytest.mark.journey
class TestACode:
    def test_return_code_opens_the_answers_on_another_device(
        self, page: Page, browser: Browser, site: Site
    ):
        finish_unseen(page, site, leaning("sales", 7))
        page.goto("/quiz/result/")
        page.locator("#keep > summary").click()
        code = page.locator("code.code").inner_text()
        page.locator("main a.btn[href='/quiz/code/']").click()
        page.locator("form[action='/quiz/leave/'] button").click()
        expect(page).to_have_url(re.compile("/quiz/left/$"))
        assert page.goto("/quiz/result/").status == 403

        other = other_browser(browser, site, viewport=PHONE)
        other.goto("/quiz/resume/")
        other.locator("[name=code]").fill(code.lower().replace("-", " "))
        other.keyboard.press("Enter")
        expect(other.locator("main")).to_have_attribute("data-field", "sales")
        other.context.close()

    def test_own_data_can_be_downloaded_and_deleted(self, page: Page, site: Site):
        finish_unseen(page, site, leaning("sales", 7))
        page.goto("/quiz/data/")
        with page.expect_download() as download:
            page.locator("a[href='/quiz/data.json']").click()
        data = json.loads(download.value.path().read_text())
        assert len(data["attempts"][0]["answers"]) == len(VERSION_2.items)
        page.locator("a[href='/quiz/data/delete/']").click()
        page.locator("[name=is_sure]").check()
        page.locator("main form .btn").click()
        expect(page).to_have_url(re.compile("/quiz/deleted/$"))
        assert page.goto("/quiz/result/").status == 403


@pytest.mark.journey
class TestACounselor:
    def test_counselor_sees_what_a_client_shares_and_a_colleague_does_not(
        self, page: Page, browser: Browser, site: Site
    ):
        as_counselor(page, site)
        page.goto("/counselor/clients/new/")
        page.locator("[name=name]").fill("Mia Gold")
        page.locator("main form .btn").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Mia Gold")
        client_page = page.url
        link = path_of(page.locator("#invitation-link").input_value())

        # In the counselor's browser the link starts nothing.
        page.goto(link)
        expect(page.locator("main form")).to_have_count(0)

        phone = other_browser(browser, site, viewport=PHONE, has_touch=True)
        phone.goto(link)
        phone.locator("main form .btn").tap()
        answers = leaning("service", 9)
        for number, items in enumerate(VERSION_2.item_pages, start=1):
            phone.wait_for_url(f"**/quiz/{number}/")
            site.let_time_pass()
            choose_all(phone, {item.key: answers[item.key] for item in items})
            phone.locator("[name=go][value=next]").tap()
        phone.wait_for_url("**/quiz/5/")
        phone.locator("[name=go][value=next]").tap()
        phone.wait_for_url("**/quiz/result/")

        page.goto(client_page)
        result_links = page.locator("a[href^='/counselor/results/']")
        expect(page.locator("[data-state=finished]")).to_be_visible()
        expect(result_links).to_have_count(0)

        phone.locator("#counselor [name=scope][value=traits]").tap()
        expect(phone.locator("[data-disclosed=traits]")).to_contain_text("Dana Reed")
        page.reload()
        result_links.first.click()
        expect(page.locator("[data-trait]")).to_have_count(3)
        expect(page.locator(".pulls")).to_have_count(0)
        result_page = page.url

        colleague = other_browser(browser, site)
        sign_in_another(colleague, site)
        for address in (client_page, result_page):
            assert colleague.goto(address).status == 404
        colleague.goto("/counselor/?q=Mia")
        expect(colleague.get_by_text("Mia Gold")).to_have_count(0)

        phone.locator("form[action='/quiz/withdraw/'] button").tap()
        expect(phone.locator("[data-disclosed='']")).to_be_visible()
        assert page.goto(result_page).status == 404
        page.goto(client_page)
        expect(page.locator("[data-state=finished]")).to_be_visible()
        for other in (phone, colleague):
            other.context.close()
