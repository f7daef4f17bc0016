"""`make run`'s command: where it listens, and that starting again keeps everything."""

import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import connection

from quizsite.management.commands.serve import granian_command, listening_address
from tests.browser.site import served_site

ROOT = Path(__file__).resolve().parents[2]


def page(address: str) -> str:
    with urllib.request.urlopen(address) as response:
        return response.read().decode()


class TestListeningAddress:
    def test_it_is_this_machine_s_port_8000_by_default(self, monkeypatch):
        monkeypatch.delenv("PORT", raising=False)
        monkeypatch.delenv("HOST", raising=False)
        assert listening_address() == ("127.0.0.1", 8000)

    @pytest.mark.parametrize("port", ["0", "65536", "http", "80 80", "٨٠", "-1"])
    def test_a_port_that_is_none_is_named(self, monkeypatch, port):
        monkeypatch.setenv("PORT", port)
        with pytest.raises(CommandError, match="PORT must be a number from 1 to 65535"):
            listening_address()

    @pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
    def test_without_tls_a_loopback_address_is_taken(self, monkeypatch, host):
        monkeypatch.setenv("HOST", host)
        assert listening_address()[0] in (host, "127.0.0.1")

    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
    def test_without_tls_no_other_address_is(self, monkeypatch, host):
        monkeypatch.setenv("HOST", host)
        with pytest.raises(CommandError, match="loopback address only"):
            listening_address()

    def test_behind_tls_any_address_is(self, monkeypatch, settings):
        settings.PLAIN_HTTP = False
        monkeypatch.setenv("HOST", "0.0.0.0")
        assert listening_address()[0] == "0.0.0.0"

    def test_a_name_is_no_address(self, monkeypatch):
        monkeypatch.setenv("HOST", "quiz.example")
        with pytest.raises(CommandError, match="HOST must be an IP address"):
            listening_address()


@pytest.mark.both_databases
def test_sqlite_has_one_process_that_writes():
    command = granian_command("127.0.0.1", 8000)
    workers = int(command[command.index("--workers") + 1])
    threads = int(command[command.index("--blocking-threads") + 1])
    if connection.vendor == "sqlite":
        assert (workers, threads) == (1, 2)
    else:
        assert workers > 1
        assert threads == 1


def test_starting_twice_on_the_same_data_keeps_everything(tmp_path):
    with served_site(tmp_path) as site:
        assert "Take the quiz" in page(site.address)
        site.execute("UPDATE roles_role SET summary_en = 'Edited.' WHERE slug = 'sales-manager'")
    files = [tmp_path / "secret-key.txt", tmp_path / "first-admin-password.txt"]
    kept = [file.read_text() for file in files]
    with served_site(tmp_path) as site:
        assert "Edited." in page(f"{site.address}/roles/")
        assert [file.read_text() for file in files] == kept
    log = (tmp_path / "serve.log").read_text()
    assert log.count("version 1 published") == 1
    assert re.search(r"Questionnaire: kept\.", log)
    assert str(tmp_path / "first-admin-password.txt") in log
    assert kept[1].strip() not in log


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    with served_site(tmp_path_factory.mktemp("started")) as site:
        yield site


def test_what_is_kept_is_nobody_else_s(started):
    private = [path for path in started.folder.iterdir() if path.name != "serve.log"]
    assert {path.name for path in private} >= {"quiz.sqlite3", "secret-key.txt", "static"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in private if path.name != "static")


def test_a_port_that_is_taken_is_said_plainly(started, tmp_path):
    port = started.address.rsplit(":", 1)[1]
    done = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env={"PLAIN_HTTP": "1", "PORT": port, "DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr
