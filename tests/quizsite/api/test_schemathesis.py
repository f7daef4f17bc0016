"""Whether the API does what its OpenAPI document says, tried with what Schemathesis makes up.

Each test takes ten to twenty seconds, for a thousand requests and more.
"""

from functools import partial

import pytest
from django.db import connections
from django.http import HttpResponse

from quiz.questionnaires.models import QuestionnaireVersion
from quizsite.api.limit import PerNetwork
from quizsite.wsgi import application
from tests.answers import VERSION_2

pytestmark = [pytest.mark.long, pytest.mark.sqlite_only]


@pytest.fixture(autouse=True)
def _two_versions(own_site, monkeypatch):
    # Counting has tests of its own, and would write to the disk for every request.
    monkeypatch.setattr(PerNetwork, "allow_request", lambda _limit, _request: True)
    QuestionnaireVersion.objects.add(VERSION_2, title="Second").publish()


def from_a_network(environ, start_response):
    """Answer in a thread of Schemathesis, which closes no connection when it ends."""
    try:
        response = application({"REMOTE_ADDR": "192.0.2.1"} | environ, start_response)
        response.close()
        return response
    finally:
        connections.close_all()


def findings():
    """Run all checks; return what they found, by operation, and how many requests were sent."""
    # Here, because importing it takes longer than most tests.
    import schemathesis
    from schemathesis.engine.core import Engine
    from schemathesis.engine.events import EngineFinished, NonFatalError, ScenarioFinished

    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", from_a_network)
    found, sent = set(), 0
    for event in Engine(schema=schema).execute():
        if isinstance(event, NonFatalError):
            raise event.value
        if isinstance(event, ScenarioFinished):
            recorder = event.recorder
            sent += len(recorder.cases)
            found |= {
                (recorder.cases[case].value.operation.label, each.failure_info.failure.message)
                for case, checks in recorder.checks.items()
                for each in checks
                if each.failure_info
            }
    assert isinstance(event, EngineFinished)
    return found, sent


def test_schemathesis_finds_nothing():
    found, sent = findings()
    assert found == set()
    assert sent > 500


def test_schemathesis_would_find_an_answer_that_is_not_described(monkeypatch):
    monkeypatch.setattr("quiz.visitor.api.HttpResponse", partial(HttpResponse, status=202))
    found, _sent = findings()
    assert {operation for operation, _message in found} == {"POST /api/v1/score"}
    assert any("Received: 202" in message for _operation, message in found)
