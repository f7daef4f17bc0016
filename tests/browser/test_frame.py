"""What a page may load: nothing from other hosts, nothing inline, little weight."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from quiz.core.scoring import score
from tests.answers import VERSION_2, leaning
from tests.browser.chromium import FLAGS, whole_chromium
from tests.browser.looking import WIDTHS, shown_state
from tests.browser.states import PICTURED, STATES, TROUBLES
from tests.browser.visitor import finish_unseen, start_unseen

KB = 1000  # bytes
LEANING = leaning("sales", 7)
FIRST_VIEW, LATER_VIEW = 60 * KB, 15 * KB


DATA_BLOCK = "application/ld+json"  # browsers run none of it, so no policy refuses it


class InlineParts(HTMLParser):
    """Parts that a strict content security policy would refuse."""

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
    def test_browser_reports_no_error_or_warning(self, shown):
        assert shown.complaints_on_opening == ()

    def test_page_loads_nothing_from_another_host(self, shown, site):
        hosts = {urlsplit(url).netloc for url in shown.requested}
        assert hosts == {urlsplit(site.address).netloc}

    def test_page_contains_no_inline_style_or_script(self, shown):
        assert InlineParts(shown.html).found == []


class TestTheCheckItself:
    def test_inline_style_is_refused_and_reported(self, browser, site):
        with shown_state(browser, site, "home") as shown:
            shown.page.evaluate(
                "document.body.insertAdjacentHTML('beforeend', '<i style=\"top: 0\">')"
            )
            shown.page.evaluate("0")
            assert any("Content Security Policy" in heard for heard in shown.complaints)

    def test_inline_part_is_found_in_the_html(self):
        html = '<p style="top: 0"><a onclick="x()"><style></style><script>1</script><a href="/">'
        assert len(InlineParts(html).found) == 4


class Wire:
    """Counts the bytes sent to a page over the network, headers included."""

    def __init__(self, page: Page) -> None:
        self.page, self.received = page, 0
        self.session = page.context.new_cdp_session(page)
        self.session.on("Network.loadingFinished", self._count)
        self.session.send("Network.enable")

    def open(self, path: str) -> int:
        """Return the bytes that opening this page took."""
        self.received = 0
        with self.page.expect_request_finished(lambda request: request.is_navigation_request()):
            self.page.goto(path)
        # The answer to this arrives after all earlier events.
        self.session.send("Page.getFrameTree")
        return self.received

    def _count(self, event: dict) -> None:
        self.received += event["encodedDataLength"]


COMPARISON = "/roles/compare/sales-representative/customer-service-representative/"
OPEN_TO_ALL = ["/", "/quiz/", "/roles/", "/roles/sales-representative/", COMPARISON, "/nowhere/"]


class TestWeight:
    @pytest.mark.parametrize("path", OPEN_TO_ALL)
    def test_first_view_takes_at_most_60_kb_in_total(self, page, path):
        # The page without its style sheet is smaller than this.
        assert 3 * KB < Wire(page).open(path) <= FIRST_VIEW

    @pytest.mark.parametrize("path", OPEN_TO_ALL[1:])
    def test_later_view_takes_at_most_15_kb(self, page, path):
        wire = Wire(page)
        wire.open("/")
        assert 0 < wire.open(path) <= LATER_VIEW

    def test_quiz_pages_and_results_take_at_most_15_kb(self, page, site):
        wire = Wire(page)
        wire.open("/")
        start_unseen(page)
        taken = {path: wire.open(path) for path in [f"/quiz/{n}/" for n in range(1, 6)]}
        finish_unseen(page, site, LEANING)
        taken["/quiz/result/"] = wire.open("/quiz/result/")
        assert {path: size for path, size in taken.items() if not 0 < size <= LATER_VIEW} == {}


# Without those right after a tap, as usual: the label of a chosen answer turns bold.
SHIFTS = """() => new Promise(resolve => {
    const shifts = [];
    const observer = new PerformanceObserver(list => shifts.push(...list.getEntries()));
    observer.observe({ type: "layout-shift", buffered: true });
    const soon = next => requestAnimationFrame(() => requestAnimationFrame(next));
    soon(() => setTimeout(() => {
        shifts.push(...observer.takeRecords());
        resolve(shifts.filter(shift => !shift.hadRecentInput).map(shift => shift.value));
    }));
})"""


class TestCalm:
    @pytest.mark.parametrize("width", WIDTHS)
    @pytest.mark.parametrize(
        "state", ["home", "quiz-page-1", "quiz-missing", "result-leaning", "role-sales"]
    )
    def test_layout_does_not_shift_while_a_page_loads(self, browser, site, state, width):
        with browser.new_context(
            base_url=site.address, viewport={"width": width, "height": 800}
        ) as context:
            page = context.new_page()
            STATES[state](page, site)
            assert page.evaluate(SHIFTS) == []

    @pytest.mark.parametrize("width", WIDTHS)
    def test_brand_stays_in_place_when_links_next_to_it_arrive(self, page, width):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto("/")
        brand = page.locator(".brand")
        with_links = brand.bounding_box()
        page.evaluate("document.querySelector('header nav').remove()")
        assert brand.bounding_box() == with_links

    def test_layout_shift_is_detected(self, page):
        page.goto("/")
        page.evaluate("document.querySelector('main').prepend(document.createElement('hr'))")
        assert page.evaluate(SHIFTS) != []


class TestOnAPhone:
    def test_browser_offers_to_install_the_site(self, browser_type, base_url):
        whole = whole_chromium() or pytest.skip("Chromium isn't installed with its toolbar")
        with browser_type.launch(executable_path=whole, args=FLAGS) as browser:
            self.check_that_it_can_be_installed(browser.new_page(base_url=base_url))

    def check_that_it_can_be_installed(self, page):
        page.goto("/")
        session = page.context.new_cdp_session(page)
        manifest = session.send("Page.getAppManifest")
        assert manifest["url"].endswith("/manifest.webmanifest")
        assert manifest["errors"] == []
        errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
        # The test browser keeps no data, which Chromium calls incognito.
        assert [error["errorId"] for error in errors] == ["in-incognito"]


@pytest.mark.parametrize("shown", ["result-leaning"], indirect=True)
class TestResult:
    def test_main_carries_band_field_lean_and_agreement(self, shown):
        result = shown.page
        main = result.get_by_role("main")
        expect(main).to_have_attribute("data-band", "leaning")
        expect(main).to_have_attribute("data-field", "sales")
        assert float(main.get_attribute("data-lean")) == score(VERSION_2, LEANING).lean
        assert 0.5 < float(main.get_attribute("data-agreement")) < 1

    def test_each_trait_carries_its_score(self, shown):
        result = shown.page
        traits = result.locator("[data-trait][data-score]")
        found = traits.evaluate_all("all => all.map(e => [e.dataset.trait, e.dataset.score])")
        expected = score(VERSION_2, LEANING).scores
        assert {trait: float(points) for trait, points in found} == expected
        assert len(found) == 3

    def test_picture_of_the_lean_has_a_text_with_its_side_and_zone(self, shown):
        picture = shown.page.get_by_role("img", name=re.compile("a little on the side of sales"))
        expect(picture).to_have_count(1)

    def test_lean_is_among_all_the_numbers(self, shown):
        result = shown.page
        lean = abs(float(result.get_by_role("main").get_attribute("data-lean")))
        numbers = result.locator("[data-part=numbers] > summary")
        expect(numbers).to_contain_text(f"{lean:.1f} towards sales")

    def test_every_other_picture_has_a_text(self, shown):
        result = shown.page
        pictures = result.locator("svg:not([aria-hidden=true]), img")
        nameless = pictures.evaluate_all(
            "all => all.filter(e => !e.getAttribute('aria-label') && !e.alt).length"
        )
        assert nameless == 0

    def test_result_links_to_the_role_page_that_fits(self, shown):
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
    def test_main_carries_every_band(self, shown, band, field):
        main = shown.page.get_by_role("main")
        expect(main).to_have_attribute("data-band", band)
        expect(main).to_have_attribute("data-field", field)
