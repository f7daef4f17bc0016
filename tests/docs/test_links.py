"""Every link between pages works, and the index leads to every page."""

from pathlib import Path

import pytest

from tests.docs.pages import anchors, fault, links, pages
from tests.imports import ROOT

pytestmark = pytest.mark.pure

INDEX = "docs/README.md"


def test_every_link_leads_to_a_file_and_a_heading():
    found = [fault(path, target) for path in pages() for target in links(path)]
    assert len(found) > 100
    assert [said for said in found if said] == []


def test_index_leads_to_every_page_but_decisions():
    linked = {(ROOT / "docs" / target.partition("#")[0]).resolve() for target in links(INDEX)}
    written = {path for path in (ROOT / "docs").rglob("*.md") if path.parent.name != "decisions"}
    assert written - linked == {ROOT / INDEX}


def test_every_picture_is_shown_somewhere():
    shown = {Path(target).name for path in pages() for target in links(path)}
    assert {path.name for path in (ROOT / "docs" / "pictures").iterdir()} - shown == set()


def test_missing_files_and_headings_are_noticed():
    assert fault("README.md", "docs/README.md") == ""
    assert "doesn't exist" in fault("README.md", "docs/nothing.md")
    assert "no heading" in fault("README.md", "docs/README.md#nothing")
    assert "doesn't exist" in fault("docs/README.md", "../../elsewhere.md")


def test_anchors_are_those_of_github():
    assert "what-a-load-does-to-a-row" in anchors("docs/explanation/content.md")
    assert "workers-that-come-back-comes_back" in anchors("docs/explanation/reliability.md")
