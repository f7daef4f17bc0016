"""Workers, mail, figures and the clock: what the doctor finds, in good and bad states."""

import json
import socket
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import connection
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from quiz.evidence.models.tallies import Folding
from quiz.web.first_day import FirstDayMark, What
from quiz.web.models import TaskWorker
from quizsite.doctor import work
from quizsite.doctor.findings import Level
from tests.browser.site import free_port
from tests.factories import finished_attempt
from tests.tasks import add


@pytest.fixture
def readyz(monkeypatch):
    """A server on HOST and PORT; give it what it answers."""
    answer = {"status": 200, "body": b"{}"}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(answer["status"])
            self.end_headers()
            self.wfile.write(answer["body"])

        def log_message(self, *_words):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("HOST", "0.0.0.0")
        monkeypatch.setenv("PORT", str(server.server_port))
        yield answer
        server.shutdown()
        thread.join()


def test_ready_worker_is_ok(readyz):
    assert work.web_workers().level == Level.OK


def test_worker_that_is_not_ready_says_why(readyz):
    parts = {"status": "not ready", "database": "ok", "space": "less than 100 MB free"}
    readyz.update(status=503, body=json.dumps(parts).encode())
    found = work.web_workers()
    assert found.level == Level.ERROR
    assert found.found.endswith("isn't ready: space less than 100 MB free.")


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"\xff"])
def test_other_server_on_the_port_is_an_error(readyz, body):
    readyz.update(status=404, body=body)
    assert work.web_workers().found.endswith("isn't ready: 404.")


def test_port_on_which_no_one_answers_is_an_error(monkeypatch):
    monkeypatch.setenv("HOST", "127.0.0.1")
    monkeypatch.setenv("PORT", str(free_port()))
    found = work.web_workers()
    assert found.level == Level.ERROR
    assert "Connection refused" in found.found


# ---------------------------------------------------------------- mail


class MailServer:
    """Speaks as much SMTP as it takes to log in; keeps what it was told."""

    def __init__(self, answer_to_login: str = "235 Welcome") -> None:
        self.answer_to_login = answer_to_login
        self.told: list[str] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.talk)

    def talk(self):
        opened, _address = self.listener.accept()
        with opened, opened.makefile("rw", newline="\r\n") as lines:
            self.say(lines, "220 here")
            while line := lines.readline().strip():
                self.told.append(line.split()[0].upper())
                match self.told[-1]:
                    case "EHLO":
                        self.say(lines, "250-here")
                        self.say(lines, "250 AUTH PLAIN")
                    case "AUTH":
                        self.say(lines, self.answer_to_login)
                    case "QUIT":
                        self.say(lines, "221 bye")
                        return
                    case _:
                        self.say(lines, "250 fine")

    def say(self, lines, words):
        lines.write(f"{words}\r\n")
        lines.flush()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_error):
        self.thread.join()
        self.listener.close()


@pytest.fixture
def smtp(settings):
    """Use the mail server on a port; without a password unless told."""

    def use(port, password=""):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = password and "me", password

    return use


def test_mail_server_is_logged_in_to_and_nothing_is_sent(smtp):
    with MailServer() as server:
        smtp(server.port, "open-sesame")
        found = work.mail()
    assert server.told == ["EHLO", "AUTH", "QUIT"]
    assert found.level == Level.WARNING  # the password travels in the clear
    assert "isn't encrypted" in found.found


def test_mail_server_without_a_user_is_ok(smtp):
    with MailServer() as server:
        smtp(server.port)
        found = work.mail()
    assert found.level == Level.OK
    assert "Nothing was sent" in found.found


def test_wrong_password_of_the_mail_server_is_an_error_that_hides_it(smtp):
    with MailServer("535 no open-sesame") as server:
        smtp(server.port, "open-sesame")
        found = work.mail()
    assert found.level == Level.ERROR
    assert "refuses user and password (535)" in found.found
    assert "open-sesame" not in str(found)


def test_mail_server_that_refuses_connections_is_an_error(smtp):
    smtp(free_port())
    found = work.mail()
    assert found.level == Level.ERROR
    assert "Connection refused" in found.found


def test_mails_in_files_are_a_warning_that_names_the_folder(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    found = work.mail()
    assert found.level == Level.WARNING
    assert f"written to files in {tmp_path}" in found.found


# ---------------------------------------------------------------- figures


@pytest.mark.django_db
class TestFigures:
    @pytest.fixture(autouse=True)
    def _attempt(self, content):
        finished_attempt()

    def counted(self, ago):
        at = None if ago is None else timezone.now() - ago
        Folding.objects.update_or_create(pk=1, defaults={"folded_at": at})

    @pytest.mark.parametrize(
        ("ago", "level"),
        [
            (timedelta(hours=2), Level.OK),
            (timedelta(hours=25), Level.WARNING),
            (None, Level.WARNING),
        ],
    )
    def test_figures_are_at_most_a_day_old(self, ago, level):
        self.counted(ago)
        assert work.figures().level == level

    def test_site_that_never_counted_gets_a_warning(self):
        Folding.objects.all().delete()
        assert "never counted" in work.figures().found


@pytest.mark.django_db
def test_site_without_attempts_has_nothing_to_count(content):
    assert work.figures().level == Level.OK


# ---------------------------------------------------------------- clock


@pytest.mark.parametrize(
    ("ahead", "level"),
    [
        ({}, Level.SKIPPED),
        ({"SITE_URL": 4.9}, Level.OK),
        ({"SITE_URL": -5}, Level.WARNING),
        ({"the database": 0.1, "SITE_URL": -30}, Level.ERROR),
        ({"the database": 31, "SITE_URL": 2}, Level.ERROR),
    ],
)
def test_clock_is_judged_by_the_largest_difference(ahead, level):
    assert work.compared(ahead).level == level


@pytest.mark.django_db
@pytest.mark.both_databases
def test_clock_is_compared_with_that_of_postgresql():
    found = work.clock()
    if connection.vendor == "postgresql":
        assert found.level == Level.OK
        assert "that of the database" in found.found
    else:
        assert found.level == Level.SKIPPED


@pytest.mark.django_db
class TestTaskWorker:
    def test_site_without_one_is_an_error(self):
        found = work.task_worker()
        assert (found.level, "start the site" in found.fix) == (Level.ERROR, True)

    def test_where_serve_does_no_background_work_the_fix_is_another_command(self, settings):
        settings.TASK_WORKER = False
        assert "manage.py work" in work.task_worker().fix

    def test_worker_that_was_just_seen_is_ok(self):
        TaskWorker.objects.create(pk="here", seen_at=timezone.now())
        assert work.task_worker().level == Level.OK

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"enqueued_at": timezone.now() - timedelta(hours=1)}, "waited"),
            ({"status": TaskResultStatus.FAILED}, "1 tasks failed"),
        ],
    )
    def test_task_that_is_late_or_failed_is_a_warning(self, values, words):
        TaskWorker.objects.create(pk="here", seen_at=timezone.now())
        add.enqueue(1, 1)
        DBTaskResult.objects.update(**values)
        found = work.task_worker()
        assert (found.level, words in found.found) == (Level.WARNING, True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "second", "words"),
    [(What.USE, What.DATA, "about their data"), (What.DATA, What.USE, "aren't for hiring")],
)
def test_terms_are_a_warning_until_both_are_confirmed(first, second, words):
    assert work.terms().level == Level.WARNING
    FirstDayMark.objects.set_by(first, None)
    assert (work.terms().level, words in work.terms().found) == (Level.WARNING, True)
    FirstDayMark.objects.set_by(second, None)
    assert work.terms().level == Level.OK
