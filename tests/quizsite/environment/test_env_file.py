"""The .env file: what is read from it, what wins over it, and what is wrong with it."""

import os

import pytest
from django.core.exceptions import ImproperlyConfigured

from quizsite.environment import env_file
from quizsite.environment.variable import WrongValue
from quizsite.environment.variables import read, unknown_in_file
from tests.manage import run


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, without the variables that these tests set in a file."""
    monkeypatch.chdir(tmp_path)
    for name in ("ENV_FILE", "PORT", "TALK_TO_NAME", "KEEP_FINISHED_DAYS"):
        monkeypatch.delenv(name, raising=False)
    env_file.forget()
    yield tmp_path
    env_file.forget()


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("TALK_TO_NAME=Career Center", "Career Center"),
        ("TALK_TO_NAME = Career Center  # a comment", "Career Center"),
        ("export TALK_TO_NAME='room #2 $HOME'", "room #2 $HOME"),
        ('  TALK_TO_NAME="room #2"  # a comment', "room #2"),
        ("TALK_TO_NAME=room#2", "room#2"),
        ("TALK_TO_NAME=${HOME}", "${HOME}"),
        ("\ufeffTALK_TO_NAME=one\r\n# TALK_TO_NAME=two", "one"),
        ("TALK_TO_NAME=first\nTALK_TO_NAME=last", "last"),
        ("TALK_TO_NAME=", ""),
    ],
)
def test_line_is_read_with_quotes_and_comments(folder, line, text):
    (folder / ".env").write_text(line, encoding="utf-8")
    assert read("TALK_TO_NAME") == text


@pytest.mark.parametrize(("real", "port"), [("9000", 9000), ("", 8000)])
def test_real_variable_wins_also_an_empty_one(folder, monkeypatch, real, port):
    (folder / ".env").write_text("PORT=8500\n")
    assert read("PORT") == 8500
    monkeypatch.setenv("PORT", real)
    assert read("PORT") == port


def test_wrong_value_names_the_file(folder):
    (folder / ".env").write_text("PORT=none\n")
    with pytest.raises(WrongValue, match=r"^PORT is 'none' \(in the \.env file\); it must be"):
        read("PORT")


def test_other_file_can_be_named(folder, monkeypatch):
    (folder / ".env").write_text("PORT=8500\n")
    (folder / "other").write_text("PORT=8600\n")
    monkeypatch.setenv("ENV_FILE", "other")
    assert read("PORT") == 8600


@pytest.mark.parametrize("named", ["none", "."])
def test_named_file_must_be_there(folder, monkeypatch, named):
    monkeypatch.setenv("ENV_FILE", named)
    with pytest.raises(ImproperlyConfigured, match=f"^ENV_FILE is '{named}'; it must be a file"):
        read("PORT")


@pytest.mark.parametrize("is_folder", [False, True])
def test_usual_file_may_be_missing_or_a_folder(folder, is_folder):
    if is_folder:
        (folder / ".env").mkdir()
    assert read("PORT") == 8000


@pytest.mark.parametrize("line", ["PORT", "=1", 'PORT="8000', "PORT: 8000"])
def test_line_that_sets_nothing_is_named_by_its_number(folder, line):
    (folder / ".env").write_text(f"# settings\n\n{line}\n")
    with pytest.raises(ImproperlyConfigured, match="line 3: it must be like NAME=value"):
        read("PORT")


def test_file_in_another_encoding_is_named(folder):
    (folder / ".env").write_bytes("TALK_TO_NAME=Café".encode("latin-1"))
    with pytest.raises(ImproperlyConfigured, match=r"\.env can't be read: it isn't UTF-8 text"):
        read("PORT")


def test_unknown_name_is_warned_of_with_the_nearest_one(folder):
    (folder / ".env").write_text("KEEP_FINISHD_DAYS=9\ndebug=1\nZZZ=1\nPORT=8500\n")
    misspelled, lower, other = unknown_in_file()
    assert misspelled.startswith(f"{folder}/.env sets KEEP_FINISHD_DAYS, which isn't a setting.")
    assert misspelled.endswith("Did you mean KEEP_FINISHED_DAYS?")
    assert lower.endswith("Did you mean DEBUG?")
    assert other.endswith("`manage.py settings_help` lists them all.")


@pytest.mark.slow
def test_site_starts_with_the_file_and_says_what_it_does_not_know(tmp_path):
    (tmp_path / "own").write_text("KEEP_FINISHD_DAYS=9\nKEEP_FINISHED_DAYS=8\n")
    done = run("settings_help", "--json", data=tmp_path, ENV_FILE=str(tmp_path / "own"))
    assert done.returncode == 0
    assert '"value": "8"' in done.stdout
    (warning,) = done.stderr.splitlines()
    assert warning.startswith("Warning: ")
    assert warning.endswith("Did you mean KEEP_FINISHED_DAYS?")


def test_tests_read_no_file_of_the_person_who_runs_them():
    assert os.environ["ENV_FILE"] == os.devnull
