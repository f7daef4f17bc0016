import errno
import os
import signal
import socket
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.db import connection

from quizsite import pooler
from quizsite.backups.starting import copy_before_migrating, refuse_a_damaged_database
from quizsite.env import in_link, is_loopback, listening_host
from quizsite.first_admin import USERNAME, create_first_admin
from quizsite.locks import AlreadyRunning, only_one
from quizsite.postgresql.turns import turn_to_prepare
from quizsite.sqlite.dangers import dangers
from quizsite.static_files import collect_static_files

WORKERS_ON_POSTGRESQL = 2


class Command(BaseCommand):
    # They look for mistakes of programmers, which tests find; a start would wait for them.
    requires_system_checks: list[str] = []
    help = "Update the database, content and static files, then serve the site on HOST and PORT."

    def handle(self, *args: Any, **options: Any) -> None:
        end_on_signals()
        host, port = listening_address()
        refuse_a_taken_port(host, port)
        # The supervisor and every worker inherit the lock.
        with lock_data():
            self.warn()
            prepare_data(self.stdout)
            collect_static_files(Path(settings.STATIC_ROOT))
            self.stdout.write(where_it_serves(host, port))
            self.stdout.flush()
            connection.close()
            command = supervisor_command(host, port)
            os.execv(command[0], command)  # noqa: S606

    def warn(self) -> None:
        if connection.vendor == "sqlite":
            for danger in dangers(Path(connection.settings_dict["NAME"])):
                self.stderr.write(f"Warning: {danger}")


def end_on_signals() -> None:
    """Let Ctrl-C and TERM end this process immediately, even where a shell had them ignored."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_DFL)


def lock_data() -> AbstractContextManager[object]:
    """Lock the folder of a SQLite database, for this process and for what it starts or becomes.

    Raises CommandError if another server uses it. PostgreSQL serves several at a time.
    """
    if connection.vendor != "sqlite":
        return nullcontext()
    try:
        return only_one(Path(connection.settings_dict["NAME"]).parent)
    except AlreadyRunning as error:
        raise CommandError(str(error)) from None


def prepare_data(stdout: OutputWrapper) -> None:
    """Bring database and content up to date, and make sure that someone can log in."""
    # Other users of this machine must not read what the site keeps.
    os.umask(0o077)
    password_file = settings.DATA_DIR / "first-admin-password.txt"
    refuse_a_damaged_database()
    with turn_to_prepare(connection):
        copy_before_migrating(stdout)
        if settings.PGBOUNCER:
            pooler.bring_limits()
        call_command("migrate", interactive=False, verbosity=0)
        call_command("load_content", stdout=stdout)
        create_first_admin(password_file)
    if password_file.exists():
        stdout.write(f"Administrator “{USERNAME}”: the password is in {password_file}")


def listening_address() -> tuple[str, int]:
    """Read HOST and PORT from the environment; CommandError if invalid or unsafe without TLS."""
    host = os.environ.get("HOST") or "127.0.0.1"
    port = os.environ.get("PORT") or "8000"
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise CommandError(f"PORT must be a number from 1 to 65535, not {port!r}.")
    try:
        address = listening_host(host)
    except ValueError:
        raise CommandError(f"HOST must be an IP address or localhost, not {host!r}.") from None
    if settings.PLAIN_HTTP and not is_loopback(address):
        raise CommandError(
            f"PLAIN_HTTP turns off the protection of cookies, so it works only on loopback "
            f"addresses, not on {host}. Unset PLAIN_HTTP and put a TLS proxy in front of the site."
        )
    return address, int(port)


def where_it_serves(host: str, port: int) -> str:
    """Name the address to open: behind a TLS proxy, it isn't the one where the server listens."""
    address = f"{in_link(host)}:{port}"
    if settings.PLAIN_HTTP:
        return f"Serving on http://{address}/"
    return f"Serving {settings.SITE_URL}/ to a TLS proxy on {address}"


def refuse_a_taken_port(host: str, port: int) -> None:
    """Fail early with a clear message: the server would start the update, then abort."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
            message = f"This machine has no address {host}. Set HOST to one that it has."
        else:
            message = (
                f"Port {port} is taken or not allowed ({error.strerror}). Set PORT to another one."
            )
        raise CommandError(message) from None


def supervisor_command(host: str, port: int) -> list[str]:
    """Build the supervisor's command line: one worker on SQLite, several on PostgreSQL."""
    workers = 1 if connection.vendor == "sqlite" else WORKERS_ON_POSTGRESQL
    return [sys.executable, "-m", "quizsite.supervisor", host, str(port), str(workers)]
