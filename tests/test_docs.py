"""Documents that are made from the code, or name parts of it."""

import re

import pytest

from docs import rooms
from tests.imports import ROOT

ARCHITECTURE = ROOT / "docs" / "explanation" / "architecture.md"


@pytest.mark.slow
def test_picture_of_the_rooms_shows_the_imports_as_they_are():
    """If this fails: python -m docs.rooms."""
    assert rooms.PICTURE.read_text(encoding="utf-8") == rooms.drawn()


def test_counts_in_the_architecture_page_are_those_of_the_script():
    text = ARCHITECTURE.read_text(encoding="utf-8")
    assert re.search("<!-- counts -->(.*)<!-- /counts -->", text)[1] == rooms.summary()


def test_every_file_that_a_document_names_exists():
    missing = {
        (document.relative_to(ROOT).as_posix(), name)
        for document in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        if document.name != "CHANGELOG.md"
        for name in re.findall(
            r"`((?:quiz|roles|quizsite|tests|templates|docs|benchmarks)/[\w/.-]+)`",
            document.read_text(encoding="utf-8"),
        )
        if not (ROOT / name).exists()
    }
    assert missing == set()


def test_every_decision_has_a_date_and_three_parts():
    files = sorted((ROOT / "docs" / "decisions").glob("2*.md"))
    assert len(files) > 30
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert re.search(rf"^{file.name[:10]}$", text, re.MULTILINE), file.name
        headings = re.findall("^## (.*)$", text, re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequence"], file.name
