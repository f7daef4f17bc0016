"""The serve command: where it listens, and that a restart keeps all data."""

import http.client
import io
import os
import re
import shutil
import socket
import urllib.request
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError
from django.db import connection

from quizsite.environment.variable import WrongValue
from quizsite.locks import AlreadyRunning, only_one
from quizsite.management.commands import serve
from quizsite.management.commands.serve import (
    listening_address,
    lock_data,
    number_of_workers,
    refuse_a_taken_port,
    refuse_the_port_of_metrics,
    where_it_serves,
)
from tests.browser.site import free_port, served_site
from tests.manage import run
from tests.serving import has_printed, is_ready, serving, wait_until

MUST_RUN = os.environ.get("REQUIRE_ALL") == "1"  # then a part that can't run fails


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
        with pytest.raises(WrongValue, match=r"PORT is .*a whole number from 1 to 65535"):
            listening_address()

    @pytest.mark.parametrize(
        ("host", "address"),
        [
            ("127.0.0.1", "127.0.0.1"),
            ("127.9.9.9", "127.9.9.9"),
            ("localhost", "127.0.0.1"),
            ("::1", "::1"),
            ("[::1]", "::1"),
            ("0:0:0:0:0:0:0:1", "::1"),
            ("::ffff:127.0.0.1", "127.0.0.1"),
        ],
    )
    def test_loopback_address_is_accepted_without_tls(self, monkeypatch, host, address):
        monkeypatch.setenv("HOST", host)
        assert listening_address()[0] == address

    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "::ffff:192.0.2.1"])
    def test_other_addresses_are_refused_without_tls(self, monkeypatch, host):
        monkeypatch.setenv("HOST", host)
        with pytest.raises(CommandError, match="only on loopback addresses"):
            listening_address()

    def test_any_address_is_accepted_with_tls(self, monkeypatch, settings):
        settings.PLAIN_HTTP = False
        monkeypatch.setenv("HOST", "0.0.0.0")
        assert listening_address()[0] == "0.0.0.0"

    def test_host_name_is_refused(self, monkeypatch):
        monkeypatch.setenv("HOST", "quiz.example")
        with pytest.raises(WrongValue, match=r"HOST is .*an IP address or localhost"):
            listening_address()


class TestPrintedAddress:
    @pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")])
    def test_site_without_tls_is_opened_where_it_listens(self, host, shown):
        assert where_it_serves(host, 8000) == f"Serving on http://{shown}:8000/"

    def test_site_with_tls_is_opened_through_its_proxy(self, settings):
        settings.PLAIN_HTTP, settings.SITE_URL = False, "https://quiz.example"
        printed = where_it_serves("0.0.0.0", 8000)
        assert "https://quiz.example/" in printed
        assert "0.0.0.0:8000" in printed
        assert "http://" not in printed


@pytest.mark.both_databases
def test_sqlite_gets_one_worker_and_postgresql_several():
    assert (number_of_workers() == 1) == (connection.vendor == "sqlite")


@pytest.mark.server
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


@pytest.mark.server
def test_other_users_cannot_read_the_data_files(started):
    private = [path for path in started.folder.iterdir() if path.name != "serve.log"]
    assert {path.name for path in private} >= {"quiz.sqlite3", "secret-key.txt", "static"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in private if path.name != "static")


@pytest.mark.server
def test_port_in_use_is_reported(started, tmp_path):
    port = started.address.rsplit(":", 1)[1]
    done = run("serve", data=tmp_path, PLAIN_HTTP="1", PORT=port)
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr


@pytest.mark.sqlite_only
def test_dangers_to_the_database_are_printed(monkeypatch):
    monkeypatch.setattr(serve, "dangers", lambda database: ["the disk is far away"])
    printed = io.StringIO()
    serve.Command(stderr=printed, no_color=True).warn()
    assert printed.getvalue() == "Warning: the disk is far away\n"


@pytest.mark.both_databases
def test_second_server_on_the_same_sqlite_folder_is_refused(monkeypatch, tmp_path):
    monkeypatch.setitem(connection.settings_dict, "NAME", str(tmp_path / "quiz.sqlite3"))
    with lock_data():
        if connection.vendor == "sqlite":
            with pytest.raises(CommandError, match=r"A server .* is using"):
                lock_data()
        else:
            with lock_data():
                pass
    with lock_data():
        pass


@pytest.mark.server
def test_folder_is_locked_while_it_is_served(started):
    with pytest.raises(AlreadyRunning):
        only_one(started.folder)


def test_address_of_another_machine_is_reported(monkeypatch):
    with pytest.raises(CommandError, match=r"This machine has no address 192\.0\.2\.1\."):
        refuse_a_taken_port("192.0.2.1", free_port())


def test_port_of_metrics_is_refused_by_its_own_name(settings):
    settings.METRICS_PORT = 0
    refuse_the_port_of_metrics(8000)
    settings.METRICS_PORT = 8000
    with pytest.raises(CommandError, match="PORT and METRICS_PORT are both 8000"):
        refuse_the_port_of_metrics(8000)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.METRICS_PORT = taken.getsockname()[1]
        with pytest.raises(CommandError, match="Set METRICS_PORT to another one"):
            refuse_the_port_of_metrics(8000)


@pytest.mark.server
def test_form_that_comes_in_chunks_is_read(started):
    with closing(http.client.HTTPConnection(urlsplit(started.address).netloc)) as connection:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        cookies = set()
        for _ in range(2):
            # An iterator has no length, so it is sent in chunks.
            chunks = iter([b"form=the-mark-", b"of-this-form"])
            connection.request("POST", "/quiz/", chunks, headers, encode_chunked=True)
            response = connection.getresponse()
            response.read()
            assert (response.status, response.headers["Location"]) == (302, "/quiz/1/")
            cookies.add(response.headers["Set-Cookie"])
        assert len(cookies) == 1  # the mark was read, so both copies start the same quiz


@pytest.mark.server
def test_slow_bodies_and_idle_connections_keep_no_one_else_waiting(started):
    netloc = urlsplit(started.address).netloc
    address = (urlsplit(started.address).hostname, urlsplit(started.address).port)
    start = f"POST /quiz/ HTTP/1.1\r\nHost: {netloc}\r\nContent-Length: 1000\r\n\r\na="
    with ExitStack() as stack:
        slow = [stack.enter_context(socket.create_connection(address)) for _ in range(100)]
        for each in slow:
            each.sendall(start.encode())
        for _ in range(200):
            stack.enter_context(socket.create_connection(address))
        # With a thread for each of them, no other request would be answered before they end.
        with urllib.request.urlopen(f"{started.address}/quiz/") as response:
            assert response.status == 200
        for each in slow:
            each.setblocking(False)
            with pytest.raises(BlockingIOError):
                each.recv(1)


@pytest.mark.server
def test_large_upload_is_refused_before_it_is_sent(started):
    with closing(http.client.HTTPConnection(urlsplit(started.address).netloc)) as connection:
        connection.putrequest("POST", "/quiz/")
        connection.putheader("Content-Type", "multipart/form-data; boundary=x")
        connection.putheader("Content-Length", str(600 * 10**6))
        connection.endheaders(b"--x")
        assert connection.getresponse().status == 413


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.server
@pytest.mark.skipif(not (has_ipv6() or MUST_RUN), reason="this machine has no IPv6")
def test_links_of_a_site_on_ipv6_lead_to_it(started, tmp_path):
    folder = Path(shutil.copytree(started.folder, tmp_path / "copy"))
    port = free_port()
    address = f"http://[::1]:{port}"
    with serving(folder, env={"HOST": "::1", "PORT": str(port)}) as process:
        wait_until(lambda: is_ready(address), process)
        assert has_printed(f"Serving on {address}/", folder)
        assert f'<link rel="canonical" href="{address}/">' in page(f"{address}/")
