"""The end of the serve command: Ctrl-C, TERM, and a preparation that fails."""

import os
import shutil
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.browser.site import free_port, served_site
from tests.serving import (
    PATIENCE,
    exit_code,
    has_a_worker,
    has_printed,
    is_group_gone,
    is_ready,
    serving,
    wait_for_the_end_of,
    wait_until,
)

MUST_RUN = os.environ.get("REQUIRE_ALL") == "1"  # then a part that can't run fails


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    with served_site(tmp_path_factory.mktemp("started")) as site:
        yield site


def ignore_ctrl_c():
    """As a shell does for what a script starts in the background."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@pytest.mark.server
@pytest.mark.parametrize("ended_by", [signal.SIGINT, signal.SIGTERM])
class TestSignals:
    @pytest.fixture
    def folder(self, started, tmp_path) -> Path:
        """A copy of a folder in which a site was served."""
        return Path(shutil.copytree(started.folder, tmp_path / "copy"))

    @pytest.mark.parametrize("preexec_fn", [None, ignore_ctrl_c])
    def test_signal_ends_the_preparation_and_the_database_is_sound(
        self, tmp_path, ended_by, preexec_fn
    ):
        database = tmp_path / "quiz.sqlite3"
        with serving(tmp_path, preexec_fn=preexec_fn) as process:
            wait_until(database.exists, process)
            assert exit_code(process, ended_by) == -ended_by
            assert is_group_gone(process)
        with closing(sqlite3.connect(database)) as opened:
            assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)

    def test_signal_ends_the_collection_of_static_files(self, folder, ended_by):
        shutil.rmtree(folder / "static")
        with serving(folder) as process:
            wait_until((folder / "static" / "admin").exists, process)
            assert exit_code(process, ended_by) == -ended_by
            assert is_group_gone(process)

    @pytest.mark.skipif(
        not (Path("/proc/self/task").exists() or MUST_RUN), reason="no list of child processes"
    )
    def test_signal_ends_the_server_while_its_worker_loads_the_site(self, folder, ended_by):
        with serving(folder) as process:
            wait_until(lambda: has_printed("Serving on", folder), process)
            wait_until(lambda: has_a_worker(process), process)
            assert exit_code(process, ended_by) == 0
            assert is_group_gone(process)
        # Ended by the signal, not because the supervisor lost patience.
        assert not has_printed("didn't finish in time", folder)

    def test_signal_ends_the_server_while_it_serves(self, folder, ended_by):
        port = free_port()
        with serving(folder, env={"PORT": str(port)}) as process:
            wait_until(lambda: is_ready(f"http://127.0.0.1:{port}"), process)
            assert exit_code(process, ended_by) == 0
            assert is_group_gone(process)
        assert not has_printed("didn't finish in time", folder)

    def test_signal_ends_the_development_server(self, folder, ended_by):
        port = free_port()
        options = {"env": {"PORT": str(port), "DEBUG": "1"}, "preexec_fn": ignore_ctrl_c}
        with serving(folder, "dev", **options) as process:
            wait_until(lambda: is_ready(f"http://127.0.0.1:{port}"), process)
            assert exit_code(process, ended_by) == 0
            wait_for_the_end_of(process)


@pytest.mark.server
def test_failed_preparation_is_the_end(tmp_path):
    (tmp_path / "quiz.sqlite3").write_bytes(b"no database" * 1000)
    with serving(tmp_path) as process:
        assert process.wait(PATIENCE) == 1
    printed = (tmp_path / "serve.log").read_text()
    assert printed.count("CommandError: ") == 1
    assert "Restore a backup" in printed
    assert "Serving on" not in printed
