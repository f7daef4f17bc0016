"""The servers of a cluster, each one or more processes on loopback, from Debian's packages."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psycopg

from deploy.trials import ROOT, TrialError, free_port, program, run
from tests.postgresql import binaries

SECONDS_TO_START = 60
# Debian's own user, since neither PostgreSQL nor pgbouncer runs as root.
AS_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
# More than there can be on the disk, with 16 MB each.
FILES_OF_LOG = 50
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = '{folder}'
max_connections = 100
max_wal_size = 128MB
min_wal_size = 32MB
wal_keep_size = 64MB
wal_receiver_status_interval = 1s
# A commit counts when a standby has it on disk too.
synchronous_commit = on
synchronous_standby_names = '{standbys}'
"""
POOLER = """
[databases]
quiz = host=127.0.0.1 port={port} user=quiz dbname=quiz
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 20
max_client_conn = 500
server_login_retry = 1
server_connect_timeout = 3
"""


def wait_until(happens: Callable[[], object], what: str, seconds: float = SECONDS_TO_START) -> None:
    deadline = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > deadline:
            raise TrialError(f"{what} took more than {seconds} s.")
        time.sleep(0.05)


class Process:
    """A program that is started again after it was killed, as systemd or Kubernetes does."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str | Path]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8"}

    def start(self) -> None:
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(word) for word in self.command()],
                cwd="/",
                env=self.environment(),
                stdout=log,
                stderr=log,
            )

    @property
    def pid(self) -> int:
        return self.process.pid if self.process else 0

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """End it and what it started without a warning, as when a machine loses its power."""
        if self.process is None:
            return
        for pid in [self.pid, *descendants(self.pid)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


def descendants(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [each for child in children for each in (int(child), *descendants(int(child)))]


class Postgres(Process):
    """One server, primary or standby, in a folder of its own."""

    def __init__(self, name: str, folder: Path, standbys: str) -> None:
        super().__init__(name, folder)
        self.standbys = standbys  # what commits wait for; empty for none
        self.home = folder / name
        self.data = self.home / "data"

    @property
    def url(self) -> str:
        return self.url_of("quiz")

    def url_of(self, database: str) -> str:
        return f"postgres://quiz@127.0.0.1:{self.port}/{database}"

    def make_home(self) -> None:
        self.home.mkdir(exist_ok=True)
        shutil.chown(self.home, "nobody")

    def create(self) -> None:
        """Make an empty database."""
        self.make_home()
        self._program("initdb", "-D", self.data, "-U", "quiz", "--auth=trust", "--encoding=UTF8")
        self._configure("")
        self.start()
        self.wait_until_it_answers("postgres")
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as first:
            first.execute("CREATE DATABASE quiz")

    def follow(self, primary: "Postgres", through: int) -> None:
        """Start from a copy of the primary, then receive its changes through a port."""
        self.make_home()
        shutil.rmtree(self.data, ignore_errors=True)
        self._program(
            *("pg_basebackup", "-D", self.data, "-U", "quiz", "-h", "127.0.0.1"),
            *("-p", primary.port, "-c", "fast", "-X", "stream", "--write-recovery-conf"),
        )
        self._configure(self.standbys)
        with (self.data / "postgresql.auto.conf").open("a") as settings:
            settings.write(f"primary_conninfo = 'host=127.0.0.1 port={through} user=quiz'\n")
        self.start()
        self.wait_until_it_answers()

    def wait_for_standbys(self) -> None:
        """From now on, commits wait for a standby, if they are to."""
        self._configure(self.standbys)
        os.kill(self.pid, signal.SIGHUP)

    def _configure(self, standbys: str) -> None:
        text = SETTINGS.format(folder=self.home, standbys=standbys)
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(f"{text}port = {self.port}\n")

    def promote(self) -> None:
        """Make this standby the primary."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("SELECT pg_promote(true, 30)")

    def use_up_its_log(self) -> None:
        """Start one file of the write-ahead log after the other, until there is no room for one."""
        with suppress(psycopg.Error), psycopg.connect(self.url, autocommit=True) as connection:
            for _ in range(FILES_OF_LOG):
                connection.execute("SELECT pg_logical_emit_message(true, 'full', repeat('x', 100))")
                connection.execute("SELECT pg_switch_wal()")
                time.sleep(0.2)

    def has_standby(self) -> bool:
        with psycopg.connect(self.url, autocommit=True) as connection:
            states = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
            return connection.execute(states).fetchone() != (0,)

    def answers(self, database: str = "quiz") -> bool:
        try:
            with psycopg.connect(self.url_of(database), connect_timeout=2) as connection:
                connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True

    def wait_until_it_answers(self, database: str = "quiz") -> None:
        wait_until(lambda: self.answers(database), f"Start of {self.name}")

    def command(self) -> list[str | Path]:
        return [*AS_NOBODY, programs() / "postgres", "-D", self.data]

    def _program(self, name: str, *words: object) -> None:
        run(
            *(*AS_NOBODY, programs() / name, *(str(word) for word in words)),
            cwd="/",
            env=self.environment() | {"HOME": str(self.home)},
        )


def programs() -> Path:
    found = binaries()
    if found is None:
        raise TrialError("PostgreSQL is missing. Install it: apt-get install postgresql")
    return found


class Pooler(Process):
    """PgBouncer in transaction mode."""

    def __init__(self, folder: Path) -> None:
        super().__init__("pgbouncer", folder)
        self.settings = folder / "pgbouncer.ini"

    def lead_to(self, port: int) -> None:
        """Lead to the server at a port; a running pooler takes note."""
        self.settings.write_text(POOLER.format(port=port, own=self.port))
        self.settings.chmod(0o644)
        if self.is_running():
            os.kill(self.pid, signal.SIGHUP)

    @property
    def url(self) -> str:
        return f"postgres://quiz@127.0.0.1:{self.port}/quiz"

    def command(self) -> list[str | Path]:
        return [*AS_NOBODY, program("pgbouncer", "pgbouncer"), self.settings]


class Redis(Process):
    def __init__(self, folder: Path) -> None:
        super().__init__("redis", folder)

    def command(self) -> list[str | Path]:
        own = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        return [program("redis-server", "redis-server"), *own]


class Site(Process):
    """One machine of the site: `serve` with its web workers, or `work` with a task worker."""

    def __init__(self, name: str, folder: Path, what: str, settings: dict[str, str]) -> None:
        super().__init__(name, folder)
        self.what = what
        self.settings = settings
        self.program: tuple[str | Path, ...] = (ROOT / ".venv/bin/python", ROOT / "manage.py")

    def environment(self) -> dict[str, str]:
        own = {"DATA_DIR": str(self.folder / self.name), "PORT": str(self.port)}
        return super().environment() | self.settings | own

    def command(self) -> list[str | Path]:
        return [*self.program, self.what]

    def log(self) -> str:
        return (self.folder / f"{self.name}.log").read_text(errors="replace")

    def workers(self) -> list[int]:
        return descendants(self.pid)
