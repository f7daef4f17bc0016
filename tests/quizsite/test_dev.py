"""`make dev`'s command: the data is prepared once, and Django's server reloads on save."""

import pytest
from django.core.management import CommandError, call_command

from quizsite.management.commands import dev


@pytest.fixture
def done(monkeypatch, settings):
    """What the command does, in order, without doing it."""
    settings.DEBUG = True
    monkeypatch.delenv("HOST", raising=False)
    monkeypatch.setenv("PORT", "8765")
    steps = []
    monkeypatch.setattr(dev, "refuse_a_taken_port", lambda host, port: steps.append("port"))
    monkeypatch.setattr(dev, "prepare_data", lambda stdout: steps.append("data"))
    monkeypatch.setattr(dev, "call_command", lambda *command: steps.append(command))
    monkeypatch.setattr(dev.Worker, "start", lambda self: steps.append("tasks"))
    return steps


def test_it_prepares_the_data_then_serves_with_reloading(done, monkeypatch):
    monkeypatch.delenv("RUN_MAIN", raising=False)
    call_command("dev")
    assert done == ["port", "data", ("runserver", "127.0.0.1:8765")]


def test_reloading_does_not_prepare_the_data_again(done, monkeypatch):
    monkeypatch.setenv("RUN_MAIN", "true")
    call_command("dev")
    assert done == ["tasks", ("runserver", "127.0.0.1:8765")]


def test_it_refuses_to_serve_a_production_site(done, settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG=1"):
        call_command("dev")
    assert done == []
