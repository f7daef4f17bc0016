"""Papers for institutions name tests that exist, and leave out no criterion."""

import re

import pytest

from tests.docs.pages import pages
from tests.imports import ROOT

pytestmark = pytest.mark.pure

FOLDER = "docs/adopting/"
NAMED = re.compile(r"\[`(test_\w+)`\]\(([^)]+)\)")
# Success criteria of WCAG 2.2, by guideline and then number, from https://www.w3.org/TR/WCAG22/.
LEVEL_A = {
    *("1.1.1", "1.2.1", "1.2.2", "1.2.3", "1.3.1", "1.3.2", "1.3.3", "1.4.1", "1.4.2"),
    *("2.1.1", "2.1.2", "2.1.4", "2.2.1", "2.2.2", "2.3.1", "2.4.1", "2.4.2", "2.4.3", "2.4.4"),
    *("2.5.1", "2.5.2", "2.5.3", "2.5.4"),
    *("3.1.1", "3.2.1", "3.2.2", "3.2.6", "3.3.1", "3.3.2", "3.3.7", "4.1.2"),
}
LEVEL_AA = {
    *("1.2.4", "1.2.5", "1.3.4", "1.3.5", "1.4.3", "1.4.4", "1.4.5", "1.4.10", "1.4.11"),
    *("1.4.12", "1.4.13", "2.4.5", "2.4.6", "2.4.7", "2.4.11", "2.5.7", "2.5.8"),
    *("3.1.2", "3.2.3", "3.2.4", "3.3.3", "3.3.4", "3.3.8", "4.1.3"),
}
RESULTS = {"Supports", "Partly", "Not applicable"}


def missing(page: str, text: str) -> list[str]:
    """Return the tests that a page names but that aren't in the file it links to."""
    return [
        f"{page}: {file} has no {name}"
        for name, file in NAMED.findall(text)
        if f"def {name}(" not in (ROOT / page).parent.joinpath(file).read_text(encoding="utf-8")
    ]


def test_every_test_that_a_paper_names_is_in_the_file_it_links_to():
    papers = {page: text for page, text in pages().items() if page.startswith(FOLDER)}
    assert sum(len(NAMED.findall(text)) for text in papers.values()) > 100
    assert [said for page, text in papers.items() for said in missing(page, text)] == []


def test_renamed_test_is_noticed():
    link = "[`test_that_is_gone`](../../tests/docs/test_links.py)"
    assert missing(f"{FOLDER}README.md", link)


@pytest.mark.parametrize(("heading", "criteria"), [("Level A", LEVEL_A), ("Level AA", LEVEL_AA)])
def test_accessibility_report_has_a_result_for_each_criterion(heading, criteria):
    report = pages()[f"{FOLDER}accessibility.md"]
    part = re.split("^## ", report.partition(f"\n## {heading}\n")[2], flags=re.MULTILINE)[0]
    rows = re.findall(r"^\| (\d\.\d\.\d+) [^|]+ \| ([^|]+) \|", part, re.MULTILINE)
    assert sorted(number for number, _result in rows) == sorted(criteria)
    assert {result for _number, result in rows} <= RESULTS
