"""What every page is made of: nothing from elsewhere, nothing inline, nothing heavy."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from tests.browser.looking import shown_state
from tests.browser.states import STATES

KB = 1000  # bytes
FIRST_VIEW, LATER_VIEW = 60 * KB, 15 * KB


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
            or (tag == "script" and "src" not in attributes)
            or any(name == "style" or name.startswith("on") for name in attributes)
            or any((attributes.get(n) or "").startswith("javascript:") for n in ("href", "action"))
        )
        if is_inline:
            self.found.append(self.get_starttag_text())


@pytest.mark.parametrize("shown", STATES, indirect=True)
class TestEveryPage:
    def test_the_browser_has_nothing_to_complain_about(self, shown):
        assert shown.complaints == []

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
