import errno
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.db import connection

from quiz.web.first_password import PASSWORD_FILE
from quizsite import pooler
from quizsite.backups.starting import copy_before_migrating, refuse_a_damaged_database
from quizsite.environment.derived import in_link, is_loopback
from quizsite.environment.variables import read
from quizsite.first_admin import USERNAME, create_first_admin
from quizsite.locks import AlreadyRunning, only_one
from quizsite.postgresql.limits import limits_of_commands
from quizsite.postgresql.turns import turn_to_prepare
from quizsite.sqlite.dangers import dangers
from quizsite.static_files import collect_static_files
from quizsite.supervisor import ENDING, FORKS, end_with
from quizsite.warming import load_pages

WORKERS_ON_POSTGRESQL = 2


class Command(BaseCommand):
    # They look for mistakes of programmers, which tests find; a start would wait for them.
    requires_system_checks: list[str] = []
    help = "Update the database, content and static files, then serve the site on HOST and PORT."

    def handle(self, *args: Any, **options: Any) -> None:
        end_on_signals()
        host, port = listening_address()
        refuse_a_taken_port(host, port)
        refuse_the_port_of_metrics(port)
        # Every worker inherits the lock.
        with lock_data():
            self.warn()
            with in_its_own_process(self.prepare):
                load_pages()  # on another processor, if there is one
            self.stdout.write(where_it_serves(host, port))
            self.stdout.flush()
            sys.exit(serve_prepared(host, port))

    def prepare(self) -> None:
        with limits_of_commands():
            prepare_data(self.stdout)
        collect_static_files(Path(settings.STATIC_ROOT))

    def warn(self) -> None:
        if connection.vendor == "sqlite":
            for danger in dangers(Path(connection.settings_dict["NAME"])):
                self.stderr.write(f"Warning: {danger}")


def end_on_signals() -> None:
    """Let Ctrl-C and TERM end this process immediately, even where a shell had them ignored."""
    for each in ENDING:
        signal.signal(each, signal.SIG_DFL)


@contextmanager
def in_its_own_process(function: Callable[[], None]) -> Iterator[None]:
    """Run a function in a fork, next to the block. Where it fails, or a signal comes, end both.

    Migrations load 50 MB, which this process and its workers would keep.
    """
    child = FORKS.Process(target=_run_as_child, args=(os.getpid(), function), daemon=True)
    child.start()

    def end_both(number: int, _frame: object) -> None:
        child.kill()
        child.join()
        end_on_signals()
        signal.raise_signal(number)

    for each in ENDING:
        signal.signal(each, end_both)
    yield
    child.join()
    end_on_signals()
    if child.exitcode:
        sys.exit(max(child.exitcode, 1))


def _run_as_child(parent: int, function: Callable[[], None]) -> None:
    end_with(parent)
    try:
        function()
    except CommandError as error:
        sys.exit(f"CommandError: {error}")


def lock_data() -> AbstractContextManager[object]:
    """Lock the folder of a SQLite database, for this process and for what it starts.

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
    password_file = settings.DATA_DIR / PASSWORD_FILE
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
    """Return HOST and PORT; CommandError if that is unsafe without TLS."""
    address, port = read("HOST"), read("PORT")
    if settings.PLAIN_HTTP and not is_loopback(address):
        raise CommandError(
            f"PLAIN_HTTP turns off the protection of cookies, so it works only on loopback "
            f"addresses, not on {address}. Unset PLAIN_HTTP and put a TLS proxy in front of the "
            "site."
        )
    return address, port


def where_it_serves(host: str, port: int) -> str:
    """Name the address to open: behind a TLS proxy, it isn't the one where the server listens."""
    address = f"{in_link(host)}:{port}"
    if settings.PLAIN_HTTP:
        return f"Serving on http://{address}/"
    return f"Serving {settings.SITE_URL}/ to a TLS proxy on {address}"


def refuse_a_taken_port(host: str, port: int, prefix: str = "") -> None:
    """Fail early with a clear message: the server would start the update, then abort.

    `prefix` is what the variables HOST and PORT start with.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
            message = f"This machine has no address {host}. Set {prefix}HOST to one that it has."
        else:
            message = (
                f"Port {port} is taken or not allowed ({error.strerror}). "
                f"Set {prefix}PORT to another one."
            )
        raise CommandError(message) from None


def refuse_the_port_of_metrics(port: int) -> None:
    """CommandError if METRICS_PORT is taken, or is the site's own `port`."""
    if settings.METRICS_PORT:
        if port == settings.METRICS_PORT:
            raise CommandError(f"PORT and METRICS_PORT are both {port}. Change one of them.")
        refuse_a_taken_port(settings.METRICS_HOST, settings.METRICS_PORT, "METRICS_")


def serve_prepared(host: str, port: int) -> int:
    """Serve until Ctrl-C or TERM, without preparing anything; return the exit code."""
    from quizsite import server  # noqa: PLC0415 - loads the site with its collected static files

    return server.run(host, port, number_of_workers())


def number_of_workers() -> int:
    """One on SQLite, where only one process at a time can write; several on PostgreSQL."""
    return 1 if connection.vendor == "sqlite" else WORKERS_ON_POSTGRESQL
