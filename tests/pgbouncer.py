"""PgBouncer in transaction mode on a free port, in front of a PostgreSQL server."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.redis_server import free_port

SECONDS_TO_START = 10
CONFIGURATION = """
[databases]
* = host={host} port={server_port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 200
"""


def is_installed() -> str | None:
    """Return the path of the program; None if it isn't installed."""
    return shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


@contextmanager
def pgbouncer(database_url: str, connections: int = 4) -> Iterator[str]:
    """Start it in front of a database, and yield the address to use in its place.

    It opens up to `connections` to each database, and passes them on after each transaction.
    """
    parts = urlsplit(database_url)
    port = free_port()
    folder = Path(tempfile.mkdtemp(prefix="quiz-pgbouncer-"))
    configuration = folder / "pgbouncer.ini"
    # With any user name, it connects as the one that DATABASE_URL names.
    configuration.write_text(
        CONFIGURATION.format(
            host=parts.hostname, server_port=parts.port, port=port, connections=connections
        ).replace("* = ", f"* = user={parts.username} ")
    )
    command = [is_installed() or "pgbouncer", str(configuration)]
    if os.geteuid() == 0:  # which it refuses
        shutil.chown(folder, "nobody")
        configuration.chmod(0o644)  # whatever the umask is
        command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd="/", stdout=log, stderr=log)
    try:
        _wait_for(port, process, folder / "log")
        yield f"postgres://{parts.username}@127.0.0.1:{port}{parts.path}"
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < give_up:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"PgBouncer did not start:\n{log.read_text(errors='replace')}")
