"""What Sentry gets: where an error is in the code, and nothing that someone sent."""

import json
import logging
import sys

import pytest
import sentry_sdk
from sentry_sdk.integrations.logging import EventHandler
from sentry_sdk.transport import Transport

from quizsite.environment import kinds
from quizsite.watching import sentry

SECRETS = ("a-secret-token", "a-secret-answer", "a-secret-query", "a-secret-cookie", "203.0.113.7")


class Kept(Transport):
    """Keeps events instead of sending them."""

    def __init__(self):
        super().__init__()
        self.sent = []

    def capture_envelope(self, envelope):
        self.sent.append(envelope.serialize().decode())

    def events(self):
        return [json.loads(each.splitlines()[2]) for each in self.sent]


@pytest.fixture
def sentry_server(settings):
    """Send errors to a stand-in, as the settings do with SENTRY_DSN."""
    settings.SENTRY_DSN = "https://key@sentry.example/1"
    handler = EventHandler(logging.ERROR)
    kept = Kept()
    sentry.start(transport=kept)
    logging.getLogger().addHandler(handler)
    yield kept
    logging.getLogger().removeHandler(handler)
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)


def send_to_a_failing_page(client, monkeypatch):
    """Send secrets wherever a request can have them to a page whose code fails and quotes them."""

    def fail():
        answer = " ".join(SECRETS)
        try:
            raise KeyError(answer)
        except KeyError:
            raise ValueError(answer)  # noqa: B904 - an error and what it came from

    monkeypatch.setattr("quiz.visitor.sharing.no_such_link", fail)
    client.raise_request_exception = False
    client.cookies["attempt"] = "a-secret-cookie"
    return client.post(
        "/shared/a-secret-token/?q=a-secret-query",
        {"passphrase": "a-secret-answer"},
        headers={"X-Forwarded-For": "203.0.113.7", "User-Agent": "a-secret-browser"},
    )


@pytest.mark.django_db
def test_error_on_a_page_is_sent_with_its_place_in_the_code(client, sentry_server, monkeypatch):
    response = send_to_a_failing_page(client, monkeypatch)
    assert response.status_code == 500
    (event,) = sentry_server.events()
    assert event["transaction"] == event["tags"]["route"] == "quiz:shared"
    assert event["tags"]["request_id"] == response["X-Request-ID"]
    assert [error["type"] for error in event["exception"]["values"]] == ["KeyError", "ValueError"]
    frames = event["exception"]["values"][-1]["stacktrace"]["frames"]
    assert ("quiz/visitor/sharing.py", "shared") in {
        (frame["filename"], frame["function"]) for frame in frames
    }


@pytest.mark.django_db
def test_nothing_that_someone_sent_leaves_the_site(client, sentry_server, monkeypatch):
    send_to_a_failing_page(client, monkeypatch)
    (sent,) = sentry_server.sent
    # What this test itself says is in the lines of code around each frame.
    event = json.loads(sent.splitlines()[2])
    for error in event["exception"]["values"]:
        assert error.keys() == {"type", "module", "stacktrace"}
        for frame in error["stacktrace"]["frames"]:
            assert frame.keys() <= set(sentry.KEPT_OF_FRAMES)
            if "tests" in frame["filename"]:
                for key in ("pre_context", "context_line", "post_context"):
                    frame.pop(key)
    assert [secret for secret in SECRETS if secret in json.dumps(event)] == []
    allowed = {*sentry.KEPT, "tags", "logentry", "transaction", "exception"}
    assert event.keys() | {"release"} == allowed  # a release needs git


def test_lines_of_the_log_are_sent_without_their_values(sentry_server):
    logging.getLogger("quizsite.server").error("Worker %s hung.", "a-secret-token")
    logging.getLogger("elsewhere").error("It quotes a-secret-answer.")
    logging.getLogger("quizsite.server").warning("No error")
    own, other = sentry_server.events()
    assert own["logentry"] == {"message": "Worker %s hung."}
    assert other["logentry"] == {"message": "elsewhere"}
    assert not [secret for secret in SECRETS if secret in "".join(sentry_server.sent)]


def test_error_pages_are_not_errors(client, sentry_server, content, monkeypatch):
    monkeypatch.setattr("quizsite.health.cache_keeps", lambda: False)
    assert client.get("/readyz").status_code == 503
    assert sentry_server.sent == []


def test_error_that_ends_a_command_is_sent(sentry_server, capsys):
    try:
        raise ValueError("a-secret-token")
    except ValueError:
        sys.excepthook(*sys.exc_info())
    (event,) = sentry_server.events()
    (error,) = event["exception"]["values"]
    assert (error["type"], "value" in error) == ("ValueError", False)


def test_without_a_dsn_nothing_starts(settings):
    settings.SENTRY_DSN = ""
    sentry.start()
    assert not sentry_sdk.get_client().is_active()


def test_missing_package_stops_the_start_and_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(kinds, "find_spec", lambda name: None)
    with pytest.raises(kinds.Wrong, match="pip install 'sentry-sdk>=2,<3'"):
        kinds.DSN.parse("https://key@sentry.example/1")
