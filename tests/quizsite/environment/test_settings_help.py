"""The list of settings: complete, readable in a terminal, without secrets, and in the docs."""

import io
import json

import pytest
from django.core.management import call_command

from quizsite.environment import env_file
from quizsite.environment.settings_help import WIDTH, as_json, as_markdown, as_text
from quizsite.environment.variables import VARIABLES
from tests.imports import ROOT


@pytest.fixture
def secrets(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "open-sesame")
    monkeypatch.setenv("BACKUP_PASSPHRASE", "open-sesame")
    monkeypatch.setenv("EMAIL_URL", "smtp+tls://me:open-sesame@mail.example:587")
    monkeypatch.setenv("DATABASE_URL", "postgres://db.example/quiz?password=open-sesame")


def test_text_lists_every_variable_and_fits_a_terminal():
    text = as_text()
    for name, variable in VARIABLES.items():
        assert f"\n  {name} " in text
        assert variable.meaning.split()[0] in text
    # An address isn't broken, so that it can be copied.
    assert [line for line in text.splitlines() if len(line) > WIDTH and " " in line.strip()] == []


@pytest.mark.parametrize("form", [as_text, as_json, as_markdown])
def test_secrets_are_hidden(secrets, form):
    assert "open-sesame" not in form()


def test_value_in_force_is_shown_with_its_source(secrets, monkeypatch, tmp_path):
    (tmp_path / "own").write_text("IDLE_MINUTES=45\n")
    monkeypatch.setenv("ENV_FILE", str(tmp_path / "own"))
    monkeypatch.delenv("TIME_ZONE", raising=False)
    monkeypatch.delenv("SITE_URL", raising=False)
    env_file.forget()
    try:
        found = {each["name"]: (each["value"], each["source"]) for each in json.loads(as_json())}
    finally:
        env_file.forget()
    assert list(found) == list(VARIABLES)
    assert found["IDLE_MINUTES"] == ("45", ".env file")
    assert found["TIME_ZONE"] == ("UTC", "default")
    assert found["SITE_URL"] == (None, "not set")
    assert found["SECRET_KEY"] == ("[hidden]", "environment")
    assert found["EMAIL_URL"] == ("smtp+tls://me:[hidden]@mail.example:587", "environment")


@pytest.mark.parametrize(
    ("option", "form"), [(None, as_text), ("json", as_json), ("markdown", as_markdown)]
)
def test_command_prints_the_form_that_was_asked_for(option, form):
    out = io.StringIO()
    call_command("settings_help", stdout=out, **({option: True} if option else {}))
    assert out.getvalue().rstrip() == form().rstrip()


def test_page_of_the_docs_is_up_to_date():
    """If this fails: manage.py settings_help --markdown >docs/reference/settings.md."""
    page = ROOT / "docs" / "reference" / "settings.md"
    assert page.read_text(encoding="utf-8") == as_markdown()
