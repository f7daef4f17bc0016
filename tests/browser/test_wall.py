"""The wall page renews itself, stops while no one looks, and never shows old numbers as new."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.staff_states import wall_with_dots

LIVE = re.compile(r"/wall/\?part=live$")
HIDDEN = """(isHidden) => {
    Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


class Answers:
    """Answers the wall's requests in place of the site, and counts them."""

    def __init__(self, page: Page) -> None:
        self.asked: list[str] = []
        self.status, self.body, self.headers = 304, "", {}
        page.route(LIVE, self.answer)

    def answer(self, route) -> None:
        self.asked.append(route.request.headers.get("if-none-match", ""))
        if self.status:
            route.fulfill(status=self.status, body=self.body, headers=self.headers)
        else:
            route.abort()


@pytest.fixture
def wall(page, site):
    page.clock.install()
    wall_with_dots(page, site)
    return page


@pytest.fixture
def answers(wall):
    return Answers(wall)


def wait(wall: Page, answers: Answers, *, more: int) -> None:
    """Let time pass until so many more requests have been answered."""
    wanted = len(answers.asked) + more
    for _step in range(300):
        if len(answers.asked) >= wanted:
            wall.wait_for_timeout(50)
            return
        wall.clock.run_for(1000)
        wall.wait_for_timeout(10)
    raise AssertionError(f"{len(answers.asked)} requests instead of {wanted}")


def state(wall: Page):
    return wall.get_by_role("status")


def test_numbers_change_without_a_reload(wall, answers):
    html = wall.locator("#live").inner_html()
    answers.status, answers.headers = 200, {"ETag": '"next"'}
    answers.body = re.sub(r"<b>\d+</b> finished", "<b>77</b> finished", html)
    wait(wall, answers, more=1)
    expect(wall.locator(".wall-counts")).to_contain_text("77 finished")
    answers.status = 304
    wait(wall, answers, more=1)
    assert answers.asked[-1] == '"next"'
    expect(state(wall)).to_be_empty()


def test_site_itself_answers_that_nothing_has_changed(wall):
    with wall.expect_response(LIVE) as answered:
        wall.clock.run_for(5000)
    assert answered.value.status == 304


@pytest.mark.parametrize("status", [0, 503, 429])
def test_page_says_when_its_numbers_are_old(wall, answers, status):
    answers.status = status
    wait(wall, answers, more=1)
    expect(state(wall)).to_contain_text("Not up to date")
    answers.status = 304
    wait(wall, answers, more=1)
    expect(state(wall)).to_be_empty()


def test_page_asks_less_often_while_the_site_is_away(wall, answers):
    answers.status = 503
    wait(wall, answers, more=4)
    before = len(answers.asked)
    wall.clock.run_for(20_000)
    wall.wait_for_timeout(50)
    assert len(answers.asked) - before <= 1


def test_page_that_needs_a_new_code_says_so_and_stops(wall, answers):
    answers.status, answers.headers = 302, {"Location": "/counselor/account/code/confirm/"}
    wait(wall, answers, more=1)
    expect(state(wall)).to_contain_text("log in again")
    expect(wall.get_by_role("button", name="Pause")).to_be_hidden()
    wall.clock.run_for(120_000)
    wall.wait_for_timeout(50)
    assert len(answers.asked) == 1


def test_hidden_page_asks_nothing_and_asks_when_it_is_shown(wall, answers):
    wait(wall, answers, more=1)
    wall.evaluate(HIDDEN, True)
    before = len(answers.asked)
    wall.clock.run_for(120_000)
    wall.wait_for_timeout(50)
    assert len(answers.asked) == before
    wall.evaluate(HIDDEN, False)
    wait(wall, answers, more=1)
    expect(state(wall)).to_be_empty()


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080)])
def test_dots_are_on_the_screen_without_scrolling(wall, width, height):
    wall.set_viewport_size({"width": width, "height": height})
    figure = wall.locator("[data-dots]").bounding_box()
    assert figure["y"] + figure["height"] <= height


def test_link_reloads_the_page_where_no_script_runs(browser, site):
    context = browser.new_context(base_url=site.address, java_script_enabled=False)
    page = context.new_page()
    wall_with_dots(page, site)
    page.get_by_role("link", name="Reload").click()
    expect(page.locator("[data-dots]")).to_be_visible()
    context.close()


def test_script_hides_that_link(wall):
    expect(wall.get_by_role("link", name="Reload")).to_be_hidden()


def test_paused_page_asks_nothing_and_says_so(wall, answers):
    pause = wall.get_by_role("button", name="Pause")
    pause.click()
    expect(state(wall)).to_contain_text("Not up to date")
    wall.clock.run_for(60_000)
    wall.wait_for_timeout(50)
    assert answers.asked == []
    pause.click()
    wait(wall, answers, more=1)
    expect(state(wall)).to_be_empty()
