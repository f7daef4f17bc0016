"""`career-quiz` and `manage.py` are the same command."""

import sys

import pytest

from quizsite import __version__, command


@pytest.fixture
def run(monkeypatch):
    """Run the command with some words; return what Django got."""
    given = []
    monkeypatch.setattr(command, "execute_from_command_line", given.append)

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["career-quiz", *words])
        command.main()
        return given.pop() if given else None

    return run


def test_manage_before_a_command_may_be_left_out(run):
    assert run("manage", "load_content", "--help") == ["career-quiz", "load_content", "--help"]
    assert run("load_content", "--help") == ["career-quiz", "load_content", "--help"]


def test_nothing_but_the_name_lists_the_commands(run):
    assert run() == run("manage") == ["career-quiz"]


def test_version_is_that_of_the_site_and_not_of_django(run, capsys):
    assert run("--version") is None
    assert capsys.readouterr().out == f"{__version__}\n"


def test_wrong_setting_ends_the_command_with_its_message(run, monkeypatch):
    def fail(_words):
        raise command.ImproperlyConfigured("PORT is wrong")

    monkeypatch.setattr(command, "execute_from_command_line", fail)
    with pytest.raises(SystemExit, match="PORT is wrong"):
        run("check")


@pytest.mark.parametrize(
    ("words", "is_own_site"),
    [
        (["demo", "--serve"], True),
        (["manage", "demo", "--serve"], True),
        (["demo"], False),
        (["serve"], False),
    ],
)
def test_served_demo_has_its_own_site_before_settings_are_read(
    run, monkeypatch, words, is_own_site
):
    calls = []
    monkeypatch.setattr(command.demo_site, "use", lambda: calls.append("use"))
    monkeypatch.setattr(command.sentry, "start", lambda: calls.append("settings"))
    run(*words)
    assert (calls[:1] == ["use"]) == is_own_site
