"""Lines of the log: one JSON object each, nothing forged, nothing secret."""

import json
import logging
from io import StringIO

import pytest
from django.test import RequestFactory
from django.urls import resolve

from quiz.attempts.codes import grouped, new_code
from quiz.attempts.models.link import new_nonce, token_from
from quiz.counseling import coded_links
from quizsite.logs import Lines, request_id, without_secrets
from tests import log_watch

TOKEN = token_from("share", new_nonce())
# What could end a line, start a new one, move a cursor or hide text in a terminal or a viewer.
CONTROLS = ["\n", "\r\n", "\r", "\x00", "\x07", "\x08", "\x0b", "\x0c", "\x1b[2J", "\x1b]0;x\x07"]
CONTROLS += ["\x7f", "\x85", "\x9b31m", "\u2028", "\u2029", "\u202e", "\u2066", "\u200b", "\ufeff"]
CONTROLS += ["\ud800"]
FORGED = [f'x{control}{{"level": "INFO", "user": 1}}' for control in CONTROLS]
FORGED += [f'"}}{control}"' for control in CONTROLS]


@pytest.fixture
def log():
    """A logger of its own, and what it has written."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Lines())
    logger = logging.Logger("test")
    logger.addHandler(handler)
    return logger, written


def lines(written):
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_40_forged_lines_are_escaped(log):
    logger, written = log
    assert len(FORGED) == 40
    for text in FORGED:
        logger.warning("Path: %s", text)
        logger.warning("forged", extra={"fields": {"cause": text}})
    assert all(" " <= char <= "~" for char in written.getvalue().replace("\n", ""))
    found = lines(written)
    assert [line.get("message") for line in found[::2]] == [f"Path: {text}" for text in FORGED]
    assert [line.get("cause") for line in found[1::2]] == FORGED


def test_line_says_when_how_bad_and_where(log):
    logger, written = log
    logger.error("It failed")
    (line,) = lines(written)
    assert line.keys() == {"time", "level", "logger", "message"}
    assert (line["level"], line["logger"], line["message"]) == ("ERROR", "test", "It failed")
    assert line["time"].endswith("+00:00")


def test_line_during_a_request_names_it(log):
    logger, written = log
    token = request_id.set("abc")
    logger.error("It failed")
    request_id.reset(token)
    assert lines(written)[0]["request_id"] == "abc"


def test_traceback_is_part_of_the_line(log):
    logger, written = log
    try:
        raise ValueError(f"bad link /shared/{TOKEN}/")
    except ValueError:
        logger.exception("Failed")
    (line,) = lines(written)
    assert "ValueError: bad link /shared/[hidden]/" in line["traceback"]
    assert "test_logs.py" in line["traceback"]


@pytest.mark.parametrize(
    "secret",
    [
        TOKEN,
        new_code(),
        grouped(new_code()),
        coded_links.code_from(new_nonce()),
        coded_links.grouped(coded_links.code_from(new_nonce())),
        "c4ca4238a0b923820dcc509a6f75849b",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq",
    ],
    # Codes are random, and the two processes of a run must collect the same tests.
    ids=["token", "code", "grouped", "invitation", "grouped-invitation", "hex", "letters"],
)
@pytest.mark.parametrize("around", ["{}", "/shared/{}/picture.png", "('{}',)", "token={}&x=1"])
def test_secret_is_hidden_wherever_it_is(secret, around):
    assert without_secrets(around.format(secret)) == around.format("[hidden]")


@pytest.mark.parametrize(
    "text",
    [
        "database is busy: no write lock within 10 s",
        "Loaded roles and questionnaire at 2026-11-30T06:45:45",
        "quiz/visitor/code_email.txt was not sent: SMTPRecipientsRefused",
        'File "/srv/quiz/visitor/own_attempt.py", line 12, in own_attempt_required',
    ],
)
def test_other_text_stays_as_it_is(text):
    assert without_secrets(text) == text


@pytest.mark.parametrize(
    "path", [f"/shared/{TOKEN}/", "/shared/short/", "/shared/ä/"], ids=["token", "short", "letter"]
)
def test_path_in_a_line_of_django_becomes_the_name_of_the_page(log, path):
    logger, written = log
    request = RequestFactory().get(path)
    request.resolver_match = resolve(path)
    logger.error("%s: %s", "Service Unavailable", path, extra={"request": request})
    assert lines(written)[0]["message"] == "Service Unavailable: quiz:shared"


def test_watch_notices_a_token_in_the_log():
    token, code = token_from("share", new_nonce()), new_code()
    log_watch.issued.update({token, code, grouped(code)})
    assert log_watch.leaks(["nothing", f"GET /shared/{token}/"]) == [f"GET /shared/{token}/"]
    assert log_watch.leaks([f'{{"code": "{grouped(code)}"}}', code])
    assert log_watch.leaks(["another-word-0000-0000-0000-0000"]) == []
