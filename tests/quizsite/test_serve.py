"""The serve command: where it listens, and that a restart keeps all data."""

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
    def test_default_address_is_port_8000_on_loopback(self, monkeypatch):
        monkeypatch.delenv("PORT", raising=False)
        monkeypatch.delenv("HOST", raising=False)
        assert listening_address() == ("127.0.0.1", 8000)

    @pytest.mark.parametrize("port", ["0", "65536", "http", "80 80", "٨٠", "-1"])
    def test_invalid_port_is_refused(self, monkeypatch, port):
        monkeypatch.setenv("PORT", port)
        with pytest.raises(CommandError, match="PORT must be a number from 1 to 65535"):
            listening_address()

    @pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
    def test_loopback_address_is_accepted_without_tls(self, monkeypatch, host):
        monkeypatch.setenv("HOST", host)
        assert listening_address()[0] in (host, "127.0.0.1")

    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
    def test_other_addresses_are_refused_without_tls(self, monkeypatch, host):
        monkeypatch.setenv("HOST", host)
        with pytest.raises(CommandError, match="loopback address only"):
            listening_address()

    def test_any_address_is_accepted_with_tls(self, monkeypatch, settings):
        settings.PLAIN_HTTP = False
        monkeypatch.setenv("HOST", "0.0.0.0")
        assert listening_address()[0] == "0.0.0.0"

    def test_host_name_is_refused(self, monkeypatch):
        monkeypatch.setenv("HOST", "quiz.example")
        with pytest.raises(CommandError, match="HOST must be an IP address"):
            listening_address()


@pytest.mark.both_databases
def test_sqlite_gets_one_worker_and_postgresql_several():
    command = granian_command("127.0.0.1", 8000)
    workers = int(command[command.index("--workers") + 1])
    threads = int(command[command.index("--blocking-threads") + 1])
    if connection.vendor == "sqlite":
        assert (workers, threads) == (1, 2)
    else:
        assert workers > 1
        assert threads == 1


def test_restart_on_the_same_data_keeps_everything(tmp_path):
    with served_site(tmp_path) as site:
        assert 'class="btn" href="/quiz/"' in page(site.address)
        site.execute("UPDATE roles_role SET summary_en = 'Edited.' WHERE slug = 'sales-manager'")
    files = [tmp_path / "secret-key.txt", tmp_path / "first-admin-password.txt"]
    kept = [file.read_text() for file in files]
    with served_site(tmp_path) as site:
        assert "Edited." in page(f"{site.address}/roles/")
        assert [file.read_text() for file in files] == kept
    log = (tmp_path / "serve.log").read_text()
    assert log.count("version 2 published") == 1
    assert re.search(r"Questionnaire: kept\.", log)
    assert str(tmp_path / "first-admin-password.txt") in log
    assert kept[1].strip() not in log


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    with served_site(tmp_path_factory.mktemp("started")) as site:
        yield site


def test_other_users_cannot_read_the_data_files(started):
    private = [path for path in started.folder.iterdir() if path.name != "serve.log"]
    assert {path.name for path in private} >= {"quiz.sqlite3", "secret-key.txt", "static"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in private if path.name != "static")


def test_port_in_use_is_reported(started, tmp_path):
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
