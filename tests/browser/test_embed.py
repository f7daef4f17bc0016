"""The quiz in a frame on another site's page, in a Chromium that blocks third-party cookies."""

import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.answers import VERSION_2, leaning
from tests.browser.chromium import FLAGS, whole_chromium
from tests.browser.conftest import fresh_site
from tests.browser.site import ROOT, free_port

ANSWERS = leaning("sales", 7)
NO_THIRD_PARTY_COOKIES = "--test-third-party-cookie-phaseout"
# What the guide says to put on a page.
GUIDE = ROOT / "docs" / "how-to" / "embed.md"
SNIPPET = re.search(r"```html\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)[1]
PAGE = """<!doctype html>
<html lang="en">
  <title>Example Careers</title>
  <p style="height: 40rem">Welcome.</p>
  <script>
    window.told = [];
    addEventListener("message", ({ origin, data }) => told.push([origin, data]));
    addEventListener("career-quiz:finished", ({ target }) => (target.title = "Finished"));
  </script>
  SNIPPET
</html>"""


@contextmanager
def organization(port, page):
    """Serve a page at localhost; the quiz is at 127.0.0.1, which is another site."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *arguments):
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def embedding(prepared, tmp_path_factory):
    """A site with two organizations: the page of the first may frame it, that of the other not."""
    allowed, refused = free_port(), free_port()
    origins = f"http://localhost:{allowed},https://careers.example.org"
    folder = tmp_path_factory.mktemp("embedding")
    with fresh_site(prepared, folder, EMBED_ORIGINS=origins) as site:
        page = PAGE.replace("SNIPPET", SNIPPET.replace("https://quiz.example.org", site.address))
        with organization(allowed, page) as first, organization(refused, page) as second:
            yield site, first, second


@pytest.fixture(scope="module")
def strict(playwright):
    """A browser that blocks third-party cookies. The headless shell can't."""
    browser = playwright.chromium.launch(
        executable_path=whole_chromium(), args=[*FLAGS, NO_THIRD_PARTY_COOKIES]
    )
    yield browser
    browser.close()


@pytest.fixture
def framed(strict, embedding):
    """The organization's page, and what is in its frame."""
    page = strict.new_page()
    page.goto(embedding[1])
    yield page, page.frame_locator("iframe")
    page.context.close()


def answer(inside, items):
    for item in items:
        inside.locator(f"#id_{item.key}_{ANSWERS[item.key]}").check()
    inside.get_by_role("button", name="Save and continue").click()


def finish(inside):
    inside.get_by_role("button", name="Start the quiz").click()
    for items in VERSION_2.item_pages:
        answer(inside, items)
    inside.get_by_role("button", name="Show my result").click()
    expect(inside.get_by_role("heading", level=1)).to_have_text("You've finished")


def height_of_frame(page) -> int:
    return page.locator("iframe").evaluate("frame => frame.clientHeight")


def test_browser_of_these_tests_blocks_third_party_cookies(framed):
    page, inside = framed
    inside.get_by_role("button", name="Start the quiz").wait_for()
    frame = page.frames[1]
    assert frame.evaluate("document.hasStorageAccess()") is False


def test_quiz_is_taken_in_the_frame_and_its_result_opened_in_a_tab(framed, embedding):
    page, inside = framed
    site = embedding[0]
    finish(inside)
    assert page.context.cookies() == []
    with page.context.expect_page() as opened:
        inside.get_by_role("button", name="Open my result").click()
    result = opened.value
    result.wait_for_url(f"{site.address}/quiz/result/")
    expect(result.locator("main.result")).to_be_visible()
    assert [cookie["name"] for cookie in page.context.cookies()] == ["attempt"]
    result.reload()
    expect(result.locator("main.result")).to_be_visible()


def test_page_around_it_hears_of_heights_and_the_end_and_of_no_answer(framed, embedding):
    page, inside = framed
    finish(inside)
    expect(page.locator("iframe")).to_have_attribute("title", "Finished")
    told = page.evaluate("told")
    assert {origin for origin, _data in told} == {embedding[0].address}
    said = [data for _origin, data in told]
    assert said.count("career-quiz:finished") == 1
    others = [data for data in said if data != "career-quiz:finished"]
    assert all(data.removeprefix("career-quiz:height:").isdigit() for data in others)


def test_frame_is_as_high_as_its_page_and_starts_at_its_top(framed):
    page, inside = framed
    inside.get_by_role("button", name="Start the quiz").click()
    inside.locator("fieldset").first.wait_for()
    expect(page.locator("iframe")).not_to_have_css("height", "900px")
    content = page.frames[1].evaluate("document.documentElement.scrollHeight")
    assert height_of_frame(page) >= content - 1
    answer(inside, VERSION_2.item_pages[0])
    inside.locator(f"#id_{VERSION_2.item_pages[1][0].key}_1").wait_for()
    page.wait_for_function("document.querySelector('iframe').getBoundingClientRect().top >= -1")


def test_without_javascript_the_frame_scrolls_and_the_quiz_works(strict, embedding):
    page = strict.new_page(java_script_enabled=False)
    page.goto(embedding[1])
    inside = page.frame_locator("iframe")
    finish(inside)
    page.context.close()


def test_another_origin_cannot_frame_it(strict, embedding):
    page = strict.new_page()
    page.goto(embedding[2])
    page.wait_for_load_state()
    frame = page.frames[1]
    assert frame.url.startswith("chrome-error://")
    assert frame.locator("button").count() == 0
    page.context.close()


@pytest.mark.parametrize("path", ["/", "/quiz/", "/quiz/result/", "/roles/", "/counselor/"])
def test_no_other_page_can_be_framed(strict, embedding, path):
    site, allowed, _refused = embedding
    page = strict.new_page()
    page.goto(allowed)
    with page.expect_event("requestfailed") as refused:
        page.locator("iframe").evaluate("(frame, url) => { frame.src = url; }", site.address + path)
    assert refused.value.failure == "net::ERR_BLOCKED_BY_RESPONSE"
    page.context.close()
