"""Documents that are made from the code, or name parts of it."""

import re

from docs import rooms
from tests.imports import ROOT

ARCHITECTURE = ROOT / "docs" / "architecture.md"


def test_picture_of_the_rooms_shows_the_imports_as_they_are():
    """If this fails: python -m docs.rooms."""
    assert rooms.PICTURE.read_text(encoding="utf-8") == rooms.drawn()


def test_counts_in_the_architecture_page_are_those_of_the_script():
    text = ARCHITECTURE.read_text(encoding="utf-8")
    assert re.search("<!-- counts -->(.*)<!-- /counts -->", text)[1] == rooms.summary()
