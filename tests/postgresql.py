"""A PostgreSQL server for one test run, in a temporary folder."""

import glob
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NEEDED = ("initdb", "pg_ctl", "postgres")
USER = "quiz"
# Test data need not survive a power cut, and doesn't last until it should be vacuumed.
FOR_TESTS = "-c fsync=off -c autovacuum=off -c jit=off"
AS_IN_PRODUCTION = "-c shared_buffers=512MB -c max_wal_size=4GB"


def binaries() -> Path | None:
    """Return the folder of the newest installed PostgreSQL."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: _version(path))
    on_path = shutil.which("pg_ctl")
    if on_path:
        found.insert(0, os.path.dirname(os.path.realpath(on_path)))
    folders = [Path(folder) for folder in found]
    return next((f for f in reversed(folders) if all((f / name).exists() for name in NEEDED)), None)


def _version(path: str) -> int:
    name = Path(path).parent.name
    return int(name) if name.isdigit() else 0


@contextmanager
def server(options: str = FOR_TESTS) -> Iterator[str]:
    """Start a server and yield its address without a database: postgres://quiz@127.0.0.1:PORT."""
    folder = Path(tempfile.mkdtemp(prefix="quiz-postgresql-"))
    port = _free_port()
    bin_folder = binaries()
    if bin_folder is None:
        raise RuntimeError("PostgreSQL's initdb and pg_ctl are not installed")
    options = f"-p {port} -k {folder} -h 127.0.0.1 -c max_connections=50 {options}"
    data = str(folder / "data")
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
    try:
        _run(
            *(bin_folder / "initdb", "-D", data, "-U", USER, "--auth=trust"),
            *("--encoding=UTF8", "--no-locale", "--no-sync"),
            folder=folder,
        )
        _run(
            *(bin_folder / "pg_ctl", "-D", data, "-w", "-l", str(folder / "log")),
            *("-o", options, "start"),
            folder=folder,
        )
        try:
            yield f"postgres://{USER}@127.0.0.1:{port}"
        finally:
            _run(bin_folder / "pg_ctl", "-D", data, "-m", "immediate", "stop", folder=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def restart_immediately(data: Path) -> None:
    """End the server of a data folder as a crash would, and start it again."""
    bin_folder = binaries()
    _run(
        *(bin_folder / "pg_ctl", "-D", data, "-w", "-m", "immediate"),
        *("-l", data.parent / "log", "restart"),
        folder=data.parent,
    )


def _run(*command: object, folder: Path) -> None:
    """Run one of PostgreSQL's programs as user nobody if we are root, which they refuse."""
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["runuser", "-u", "nobody", "--", *words]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        words, cwd="/", env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        raise RuntimeError(f"{words} failed:\n{done.stdout.decode()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
