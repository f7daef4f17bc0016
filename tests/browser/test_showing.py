"""Sharing a result and stopping it, in separate browsers."""

import json
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.answers import SHIPPED, leaning
from tests.browser.counselor_site import as_counselor, sign_in_another
from tests.browser.site import Site
from tests.browser.visitor import choose_all, finish_unseen

PHONE = {"width": 390, "height": 844}
NOWHERE = "This link leads nowhere"


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
        page.get_by_role("link", name="Show it to others by a link").click()
        page.get_by_label("What it shows").select_option(label="The suggestion only")
        page.get_by_label("Your name").fill("Kim")
        page.get_by_role("button", name="Make the link").click()
        link = path_of(page.get_by_label("The link").input_value())

        stranger = other_browser(browser, site, viewport=PHONE)
        stranger.goto(link)
        expect(stranger.get_by_role("heading", level=1)).to_have_text(re.compile("towards sales"))
        expect(stranger.get_by_text("Kim lets you see this")).to_be_visible()
        expect(stranger.locator("[data-trait]")).to_have_count(0)
        expect(stranger.locator(".qr svg")).to_be_visible()

        page.reload()
        expect(page.get_by_text("Opened 1 time")).to_be_visible()
        page.get_by_role("button", name="Take it back").click()
        expect(page.get_by_role("heading", name="Your links")).to_have_count(0)
        stranger.reload()
        expect(stranger.get_by_role("heading", level=1)).to_have_text(NOWHERE)
        stranger.context.close()

    def test_passphrase_is_asked_once(self, page: Page, browser: Browser, site: Site):
        finish_unseen(page, site, leaning("service", 7))
        page.goto("/quiz/shares/")
        page.get_by_label("A passphrase").fill("blue kettle")
        page.get_by_role("button", name="Make the link").click()
        link = path_of(page.get_by_label("The link").input_value())

        stranger = other_browser(browser, site, java_script_enabled=False)
        stranger.goto(link)
        stranger.get_by_label("Passphrase").fill("red kettle")
        stranger.get_by_role("button", name="Show the result").click()
        expect(stranger.get_by_text("This is not the passphrase")).to_be_visible()
        stranger.get_by_label("Passphrase").fill("blue kettle")
        stranger.get_by_role("button", name="Show the result").click()
        expect(stranger.locator("[data-trait]")).to_have_count(3)
        stranger.reload()
        expect(stranger.locator("[data-trait]")).to_have_count(3)
        stranger.context.close()


@pytest.mark.journey
class TestACode:
    def test_return_code_opens_the_answers_on_another_device(
        self, page: Page, browser: Browser, site: Site
    ):
        finish_unseen(page, site, leaning("sales", 7))
        page.goto("/quiz/result/")
        code = page.locator("code.code").inner_text()
        page.get_by_role("link", name="Keep the code").click()
        page.get_by_role("button", name="Leave this device").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("This device has let go of you")
        assert page.goto("/quiz/result/").status == 403

        other = other_browser(browser, site, viewport=PHONE)
        other.goto("/quiz/resume/")
        other.get_by_label("Your code").fill(code.lower().replace("-", " "))
        other.keyboard.press("Enter")
        expect(other.get_by_role("heading", level=1)).to_have_text(re.compile("towards sales"))
        other.context.close()

    def test_own_data_can_be_downloaded_and_deleted(self, page: Page, site: Site):
        finish_unseen(page, site, leaning("sales", 7))
        page.goto("/quiz/data/")
        with page.expect_download() as download:
            page.get_by_role("link", name="Download all of it").click()
        data = json.loads(download.value.path().read_text())
        assert len(data["attempts"][0]["answers"]) == len(SHIPPED.items)
        page.get_by_role("link", name="Delete everything").click()
        page.get_by_label("Yes, delete all of it").check()
        page.get_by_role("button", name="Delete everything now").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("All of it is deleted")
        assert page.goto("/quiz/result/").status == 403


@pytest.mark.journey
class TestACounselor:
    def test_counselor_sees_what_a_client_shares_and_a_colleague_does_not(
        self, page: Page, browser: Browser, site: Site
    ):
        as_counselor(page, site)
        page.goto("/counselor/clients/new/")
        page.get_by_label("Name", exact=True).fill("Mia Gold")
        page.get_by_role("button", name=re.compile("Add|Save")).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Mia Gold")
        client_page = page.url
        link = path_of(page.get_by_label("The link for this client").input_value())

        # In the counselor's browser the link starts nothing.
        page.goto(link)
        expect(page.get_by_role("button", name="Begin the quiz")).to_have_count(0)

        phone = other_browser(browser, site, viewport=PHONE, has_touch=True)
        phone.goto(link)
        phone.get_by_role("button", name="Begin the quiz").tap()
        answers = leaning("service", 9)
        for number, items in enumerate(SHIPPED.item_pages, start=1):
            phone.wait_for_url(f"**/quiz/{number}/")
            site.let_time_pass()
            choose_all(phone, {item.key: answers[item.key] for item in items})
            phone.get_by_role("button", name="Save and go on").tap()
        phone.get_by_role("button", name="Show my result").tap()
        phone.wait_for_url("**/quiz/result/")

        page.goto(client_page)
        expect(page.get_by_text("Finished, but not shared with you")).to_be_visible()

        phone.get_by_label("What your counselor may see").select_option("traits")
        phone.get_by_role("button", name="Show this result").tap()
        expect(phone.get_by_text("Dana Reed sees the suggestion and the three")).to_be_visible()
        page.reload()
        page.get_by_role("link", name=re.compile("^Result of")).click()
        expect(page.locator("[data-trait]")).to_have_count(3)
        expect(page.get_by_text("pulled most")).to_have_count(0)
        result_page = page.url

        colleague = other_browser(browser, site)
        sign_in_another(colleague, site)
        for address in (client_page, result_page):
            assert colleague.goto(address).status == 404
        colleague.goto("/counselor/?q=Mia")
        expect(colleague.get_by_text("Mia Gold")).to_have_count(0)

        phone.get_by_role("button", name="Stop showing my results").tap()
        expect(phone.get_by_text("sees nothing of this result")).to_be_visible()
        assert page.goto(result_page).status == 404
        page.goto(client_page)
        expect(page.get_by_text("Finished, but not shared with you")).to_be_visible()
        for other in (phone, colleague):
            other.context.close()
