"""What every page is made of: nothing from elsewhere, nothing inline, nothing heavy."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from quiz.core.scoring import score
from tests.answers import SHIPPED, leaning
from tests.browser.looking import WIDTHS, shown_state
from tests.browser.states import PICTURED, STATES, TROUBLES
from tests.browser.visitor import begin_unseen, finish_unseen

KB = 1000  # bytes
LEANING = leaning("sales", 7)
FIRST_VIEW, LATER_VIEW = 60 * KB, 15 * KB


DATA_BLOCK = "application/ld+json"  # a browser runs nothing of it, so no policy refuses it


class InlineParts(HTMLParser):
    """Collects what a strict content security policy would refuse."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        is_inline = (
            tag == "style"
            or (
                tag == "script" and "src" not in attributes and attributes.get("type") != DATA_BLOCK
            )
            or any(name == "style" or name.startswith("on") for name in attributes)
            or any((attributes.get(n) or "").startswith("javascript:") for n in ("href", "action"))
        )
        if is_inline:
            self.found.append(self.get_starttag_text())


@pytest.mark.parametrize(
    "shown", [n for n in STATES if n not in TROUBLES | PICTURED], indirect=True
)
class TestEveryPage:
    def test_the_browser_has_nothing_to_complain_about(self, shown):
        assert shown.complaints_on_opening == ()

    def test_nothing_is_asked_of_another_host(self, shown, site):
        hosts = {urlsplit(url).netloc for url in shown.requested}
        assert hosts == {urlsplit(site.address).netloc}

    def test_no_style_or_script_stands_in_the_page(self, shown):
        assert InlineParts(shown.html).found == []


class TestTheCheckItself:
    def test_an_inline_style_is_refused_and_heard(self, browser, site):
        with shown_state(browser, site, "home") as shown:
            shown.page.evaluate(
                "document.body.insertAdjacentHTML('beforeend', '<i style=\"top: 0\">')"
            )
            shown.page.evaluate("0")
            assert any("Content Security Policy" in heard for heard in shown.complaints)

    def test_an_inline_part_is_found_in_the_html(self):
        html = '<p style="top: 0"><a onclick="x()"><style></style><script>1</script><a href="/">'
        assert len(InlineParts(html).found) == 4


class Wire:
    """The bytes that really came over the wire to a page, headers too."""

    def __init__(self, page: Page) -> None:
        self.page, self.received = page, 0
        self.session = page.context.new_cdp_session(page)
        self.session.on("Network.loadingFinished", self._count)
        self.session.send("Network.enable")

    def open(self, path: str) -> int:
        """Return what opening this page took."""
        self.received = 0
        with self.page.expect_request_finished(lambda request: request.is_navigation_request()):
            self.page.goto(path)
        # An answer on this session comes after all it had to tell before.
        self.session.send("Page.getFrameTree")
        return self.received

    def _count(self, event: dict) -> None:
        self.received += event["encodedDataLength"]


COMPARISON = "/roles/compare/sales-representative/customer-service-representative/"
OPEN_TO_ALL = ["/", "/quiz/", "/roles/", "/roles/sales-representative/", COMPARISON, "/nowhere/"]


class TestWeight:
    @pytest.mark.parametrize("path", OPEN_TO_ALL)
    def test_a_first_view_takes_at_most_60_kb_with_all_it_needs(self, page, path):
        # The page alone has no style: less than that was not the whole of it.
        assert 3 * KB < Wire(page).open(path) <= FIRST_VIEW

    @pytest.mark.parametrize("path", OPEN_TO_ALL[1:])
    def test_a_later_view_takes_at_most_15_kb(self, page, path):
        wire = Wire(page)
        wire.open("/")
        assert 0 < wire.open(path) <= LATER_VIEW

    def test_no_page_of_the_quiz_and_no_result_takes_more_than_15_kb(self, page, site):
        wire = Wire(page)
        wire.open("/")
        begin_unseen(page)
        taken = {path: wire.open(path) for path in [f"/quiz/{n}/" for n in range(1, 6)]}
        finish_unseen(page, site, LEANING)
        taken["/quiz/result/"] = wire.open("/quiz/result/")
        assert {path: size for path, size in taken.items() if not 0 < size <= LATER_VIEW} == {}


SHIFTS = """() => new Promise(resolve => {
    const shifts = [];
    const observer = new PerformanceObserver(list => shifts.push(...list.getEntries()));
    observer.observe({ type: "layout-shift", buffered: true });
    const soon = next => requestAnimationFrame(() => requestAnimationFrame(next));
    soon(() => setTimeout(() => {
        shifts.push(...observer.takeRecords());
        resolve(shifts.map(shift => shift.value));
    }));
})"""


class TestCalm:
    @pytest.mark.parametrize("width", WIDTHS)
    @pytest.mark.parametrize(
        "state", ["home", "quiz-page-1", "quiz-missing", "result-leaning", "role-sales"]
    )
    def test_nothing_moves_while_a_page_comes(self, browser, site, state, width):
        with browser.new_context(
            base_url=site.address, viewport={"width": width, "height": 800}
        ) as context:
            page = context.new_page()
            STATES[state](page, site)
            assert page.evaluate(SHIFTS) == []

    def test_a_shift_would_be_seen(self, page):
        page.goto("/")
        page.evaluate("document.querySelector('main').prepend(document.createElement('hr'))")
        assert page.evaluate(SHIFTS) != []


class TestOnAPhone:
    def test_a_browser_would_put_it_among_the_apps(self, page):
        page.goto("/")
        session = page.context.new_cdp_session(page)
        manifest = session.send("Page.getAppManifest")
        assert manifest["url"].endswith("/manifest.webmanifest")
        assert manifest["errors"] == []
        errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
        # The tests' own browser keeps nothing, which is what it calls incognito.
        assert [error["errorId"] for error in errors] == ["in-incognito"]


@pytest.mark.parametrize("shown", ["result-leaning"], indirect=True)
class TestResult:
    def test_main_says_band_field_lean_and_agreement(self, shown):
        result = shown.page
        main = result.get_by_role("main")
        expect(main).to_have_attribute("data-band", "leaning")
        expect(main).to_have_attribute("data-field", "sales")
        assert float(main.get_attribute("data-lean")) == score(SHIPPED, LEANING).lean
        assert 0.5 < float(main.get_attribute("data-agreement")) < 1

    def test_each_trait_says_its_score(self, shown):
        result = shown.page
        traits = result.locator("[data-trait][data-score]")
        found = traits.evaluate_all("all => all.map(e => [e.dataset.trait, e.dataset.score])")
        expected = score(SHIPPED, LEANING).scores
        assert {trait: float(points) for trait, points in found} == expected
        assert len(found) == 3

    def test_the_picture_of_the_lean_is_told_in_words_that_hold_its_number(self, shown):
        result = shown.page
        lean = abs(float(result.get_by_role("main").get_attribute("data-lean")))
        picture = result.get_by_role("img", name=re.compile(f"{lean:.1f} points towards sales"))
        expect(picture).to_have_count(1)

    def test_no_other_picture_is_left_without_words(self, shown):
        result = shown.page
        pictures = result.locator("svg:not([aria-hidden=true]), img")
        nameless = pictures.evaluate_all(
            "all => all.filter(e => !e.getAttribute('aria-label') && !e.alt).length"
        )
        assert nameless == 0

    def test_it_leads_to_the_role_page_that_fits(self, shown):
        result = shown.page
        link = result.get_by_role("main").locator("a[href='/roles/sales-manager/']")
        expect(link.first).to_be_visible()


class TestBands:
    @pytest.mark.parametrize(
        ("shown", "band", "field"),
        [
            ("result-clear", "clear", "service"),
            ("result-close", "close", ""),
            ("result-insufficient", "insufficient", ""),
            ("result-flagged", "leaning", "sales"),
        ],
        indirect=["shown"],
    )
    def test_every_band_is_said(self, shown, band, field):
        main = shown.page.get_by_role("main")
        expect(main).to_have_attribute("data-band", band)
        expect(main).to_have_attribute("data-field", field)
