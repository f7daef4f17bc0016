"""`demo --serve`: a demo in its own folder that anyone can log in to, and that is kept."""

import io
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.template.loader import render_to_string
from django.test import Client as Browser

from quiz.attempts.models import Attempt
from quizsite.management.commands import demo
from tests import process_caches
from tests.browser.site import free_port
from tests.factories import code_of
from tests.pages import give_code, text_of

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 180  # seconds; a test that waits as long has failed
ACCOUNTS = re.compile(
    r"^  (\S+)  \(.*\)\n +password +(\S+)\n +codes +([\d ]+\d) .*\n +TOTP secret +(\S+)", re.M
)


@pytest.fixture
def serve(own_site, settings, monkeypatch):
    """Run the command up to the start of the server; return what it printed."""
    settings.DEMO = True
    started = []

    def call(name, **options):
        return started.append(name) if name == "serve" else call_command(name, **options)

    monkeypatch.setattr(demo, "call_command", call)
    for name in ("end_on_signals", "refuse_a_taken_port"):
        monkeypatch.setattr(demo, name, lambda *_args: None)

    def serve():
        out, mask = io.StringIO(), os.umask(0o022)
        try:
            call_command("demo", serve=True, stdout=out)
        finally:
            os.umask(mask)
        assert started.pop() == "serve"
        return out.getvalue()

    return serve


@pytest.mark.sqlite_only  # a served demo has a SQLite file
class TestServing:
    @pytest.mark.slow
    def test_everyone_who_is_printed_can_log_in_by_a_code_or_the_app(self, serve):
        accounts = ACCOUNTS.findall(serve())
        assert [name for name, *_rest in accounts] == [
            "admin",
            "dana.reed@counselors.example",
            "marcus.bell@counselors.example",
        ]
        for name, password, codes, secret in accounts:
            # The app's code, which is good for half a minute, is asked for at the last moment.
            for code in (lambda: codes.split()[0], lambda: code_of(secret)):  # noqa: B023
                browser = Browser()
                browser.post("/counselor/account/login/", {"login": name, "password": password})
                page = give_code(browser, code())
                assert page["Location"] == ("/admin/" if name == "admin" else "/counselor/")
                assert browser.get(page["Location"]).status_code == 200

    @pytest.mark.slow
    def test_second_time_serves_the_same_with_codes_that_are_unused(self, serve):
        first = serve()
        name, password, codes, _secret = ACCOUNTS.findall(first)[0]
        browser = Browser()
        browser.post("/counselor/account/login/", {"login": name, "password": password})
        give_code(browser, codes.split()[0])
        count = Attempt.objects.count()
        again = serve()
        assert "Making the demo" in first
        assert "Making the demo" not in again
        assert Attempt.objects.count() == count
        (before, *_more), (after, *_others) = ACCOUNTS.findall(first), ACCOUNTS.findall(again)
        assert (before[:2], before[3]) == (after[:2], after[3])
        assert codes.split()[0] not in after[2]

    @pytest.mark.slow
    def test_folder_and_how_to_remove_it_are_printed(self, serve, own_site):
        assert f"rm -r {own_site}\n" in serve()

    def test_real_site_is_never_served_as_a_demo(self, own_site):
        with pytest.raises(CommandError, match="Write it as `demo --serve`"):
            call_command("demo", serve=True)
        assert not Attempt.objects.exists()


class TestTheNote:
    @pytest.mark.django_db
    @pytest.mark.parametrize("path", ["/", "/quiz/", "/roles/", "/counselor/account/login/"])
    def test_every_page_says_that_this_is_a_demo_where_it_is_one(self, client, settings, path):
        assert "This is a demo" not in text_of(client.get(path))
        settings.DEMO = True
        process_caches.clear()
        assert "This is a demo" in text_of(client.get(path))

    @pytest.mark.django_db
    def test_admin_says_so_too(self, admin_client, settings):
        settings.DEMO = True
        assert "This is a demo" in text_of(admin_client.get("/admin/"))

    def test_error_pages_say_so_too(self, settings):
        settings.DEMO = True
        assert "This is a demo" in render_to_string("error.html", {})


@pytest.mark.server
def test_command_serves_a_demo_and_leaves_the_real_site_alone(tmp_path):
    real, port = tmp_path / "real", str(free_port())
    environment = {
        "PATH": os.environ["PATH"],
        "XDG_DATA_HOME": str(tmp_path / "home"),
        "DATA_DIR": str(real),
        "ALLOWED_HOSTS": "quiz.example.org",
        "PORT": port,
    }
    with (tmp_path / "printed").open("wb") as printed:
        process = subprocess.Popen(
            [sys.executable, ROOT / "manage.py", "demo", "--serve"],
            cwd=tmp_path,
            env=environment,
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
    try:
        page = _page_when_ready(f"http://127.0.0.1:{port}/", process)
        assert "This is a demo" in page
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0, (tmp_path / "printed").read_text()
    assert not real.exists()
    folder = tmp_path / "home" / "career-quiz-demo"
    assert (folder / "quiz.sqlite3").stat().st_mode & 0o077 == 0
    said = (tmp_path / "printed").read_text()
    assert len(ACCOUNTS.findall(said)) == 3
    assert '"request_id"' not in said


def _page_when_ready(address: str, process: subprocess.Popen) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address) as response:
                return response.read().decode()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError("The demo did not start")
