import ipaddress
import os
import socket
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.db import connection

from quizsite.first_admin import USERNAME, make_first_admin
from quizsite.static_files import pack_static_files

THREADS_ON_SQLITE = 2
WORKERS_ON_POSTGRESQL = 2


class Command(BaseCommand):
    help = "Bring database, content and static files up to date, then serve on HOST and PORT."

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = listening_address()
        refuse_a_taken_port(host, port)
        prepare_data(self.stdout)
        pack_static_files(Path(settings.STATIC_ROOT))
        shown_host = f"[{host}]" if ":" in host else host
        self.stdout.write(f"Serving on http://{shown_host}:{port}/")
        self.stdout.flush()
        connection.close()
        command = granian_command(host, port)
        os.execv(command[0], command)  # noqa: S606


def prepare_data(stdout: OutputWrapper) -> None:
    """Bring database and content up to date, and make sure that someone can log in."""
    # Other users of this machine must not read what the site keeps.
    os.umask(0o077)
    password_file = settings.DATA_DIR / "first-admin-password.txt"
    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_content", stdout=stdout)
    make_first_admin(password_file)
    if password_file.exists():
        stdout.write(f"Administrator “{USERNAME}”: the password is in {password_file}")


def listening_address() -> tuple[str, int]:
    """Return host and port from the environment; without TLS only a loopback address is taken."""
    host = os.environ.get("HOST") or "127.0.0.1"
    port = os.environ.get("PORT") or "8000"
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise CommandError(f"PORT must be a number from 1 to 65535, not {port!r}.")
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        raise CommandError(f"HOST must be an IP address, not {host!r}.") from None
    if settings.PLAIN_HTTP and not address.is_loopback:
        raise CommandError(
            f"PLAIN_HTTP drops what protects cookies, so it serves on a loopback address only, "
            f"not on {host}. Unset PLAIN_HTTP and put a TLS proxy before the site."
        )
    return str(address), int(port)


def refuse_a_taken_port(host: str, port: int) -> None:
    """Say so before anything is prepared; the server itself would only break off."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} is taken or not allowed ({error.strerror}). Set PORT to another one."
            ) from None


def granian_command(host: str, port: int) -> list[str]:
    """Return the server's command: one writing process on SQLite, several on PostgreSQL."""
    if connection.vendor == "sqlite":
        workers, threads = 1, THREADS_ON_SQLITE
    else:
        workers, threads = WORKERS_ON_POSTGRESQL, 1
    granian = str(Path(sys.executable).with_name("granian"))
    options = ["--interface", "wsgi", "--http", "1", "--no-ws", "--log-level", "warning"]
    options += ["--host", host, "--port", str(port), "--respawn-failed-workers"]
    options += ["--workers", str(workers), "--blocking-threads", str(threads)]
    return [granian, *options, "quizsite.wsgi:application"]
