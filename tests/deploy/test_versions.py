"""The number in the code, the changelog and the tags say the same."""

import re

import pytest

from deploy.upgrade.versions import commit_of, releases
from quizsite import __version__
from tests.imports import ROOT

pytestmark = pytest.mark.pure


def parts(number: str) -> tuple[int, ...]:
    return tuple(int(each) for each in number.split("."))


def test_every_heading_of_the_changelog_is_unreleased_or_a_release():
    headings = re.findall("^## .*$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == "## Unreleased"
    assert len(headings) == 1 + len(releases())


def test_version_is_the_newest_release():
    assert releases()[0].number == __version__


def test_releases_are_listed_from_new_to_old():
    order = [(parts(each.number), each.day) for each in releases()]
    assert order == sorted(order, reverse=True)
    assert len({number for number, _day in order}) == len(order)


def test_tags_are_where_the_changelog_says():
    tagged = {each: commit_of(each.tag) for each in releases()}
    moved = {
        each.tag
        for each, commit in tagged.items()
        if commit and each.commit and not commit.startswith(each.commit)
    }
    assert moved == set()


def test_earlier_releases_can_be_found_without_tags():
    assert [each.number for each in releases()[1:] if not each.commit] == []
