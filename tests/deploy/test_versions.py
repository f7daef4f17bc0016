"""The number in the code, the changelog and the tags say the same."""

import re

import pytest

from deploy.trials import TrialError
from deploy.upgrade import versions
from deploy.upgrade.versions import Release, commit_of, releases
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


class TestReleaseBefore:
    """In a clone with the commits a1 and b2, and the tag of the newer release."""

    @pytest.fixture(autouse=True)
    def _clone(self, monkeypatch):
        self.commits = {"HEAD": "c3", "v0.2.0": "b2", "a1": "a1"}
        monkeypatch.setattr(versions, "commit_of", lambda name: self.commits.get(name, ""))
        listed = [Release("0.2.0", "", ""), Release("0.1.0", "", "a1")]
        monkeypatch.setattr(versions, "releases", lambda: listed)

    def found(self):
        release, commit = versions.previous()
        return release.number, commit

    def test_is_the_newest_one(self):
        assert self.found() == ("0.2.0", "b2")

    def test_is_an_earlier_one_while_the_newest_is_checked_out(self):
        self.commits["HEAD"] = "b2"
        assert self.found() == ("0.1.0", "a1")

    def test_is_found_by_the_heading_where_there_are_no_tags(self):
        del self.commits["v0.2.0"]
        assert self.found() == ("0.1.0", "a1")

    def test_says_how_to_get_it_if_this_clone_has_none(self):
        self.commits = {"HEAD": "c3"}
        with pytest.raises(TrialError, match="git fetch"):
            self.found()
