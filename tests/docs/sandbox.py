"""A place to run the commands of a page: a checkout, a home, folders of the system, and a site.

Everything is below one temporary folder. Addresses, ports and paths of the system in a command
are replaced by those of the sandbox.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Self

from tests.browser.site import free_port
from tests.docs.commands import Line
from tests.imports import ROOT

# Folders of the system that pages name.
SYSTEM = re.compile(r"(?<![\w./~-])/(?=(?:etc|opt|usr/local|var|mnt|tmp)/)")
# What a page's reader has from elsewhere, by its path in the checkout.
GIVEN = {
    "dist/career_quiz-0.1.0-py3-none-any.whl": "",
    "results-2026-11-25.csv": "result,lean\n1,7.0\n#end,1,0\n",
}
# Faults of files that only a run of the page's earlier lines makes.
MADE_BEFORE = ("dist/",)
SHIMS = {
    "sudo": '[ "$1" = -u ] && shift 2; exec "$@"',
    # It prints what it would do.
    "make": 'exec /usr/bin/make --dry-run "$@"',
    "career-quiz": f'exec {sys.executable} -m quizsite "$@"',
}
SECONDS_TO_START = 120
STOPS_THE_SITE = ("restore", "move_database")
ASKS_THE_SITE = ("curl", "doctor")


class Sandbox:
    """Runs lines of one page, in their order."""

    def __init__(self, folder: Path, prepared: Path, new_database: Callable[[], str]) -> None:
        """`prepared` is a data folder to copy; `new_database` makes an empty one of PostgreSQL."""
        self.root = folder
        self.checkout = folder / "checkout"
        self.data = folder / "data"
        self.port = free_port()
        self.new_database = new_database
        self.database = ""
        self.servers: dict[int, subprocess.Popen[bytes]] = {}
        self.ports = {8000: self.port}
        shutil.copytree(prepared, self.data)
        self._lay_out()

    def _lay_out(self) -> None:
        self.checkout.mkdir()
        for path in ROOT.iterdir():
            # Commands may write there, so a link is only for what none writes to.
            if path.name in ("deploy", "requirements.txt"):
                copy = shutil.copytree if path.is_dir() else shutil.copyfile
                copy(path, self.checkout / path.name)
            elif path.name not in (".git", ".venv", "var", "dist"):
                (self.checkout / path.name).symlink_to(path)
        for name, text in GIVEN.items():
            (self.checkout / name).parent.mkdir(exist_ok=True)
            (self.checkout / name).write_text(text)
        for name in ("home/.local/share/career-quiz", "var/lib/career-quiz", "checkout/var"):
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).symlink_to(self.data)
        for name in (
            *("etc/systemd/system", "etc/nginx/conf.d", "usr/local/sbin", "opt", "tmp"),
            *("var/backups/career-quiz", "bin", "checkout/.venv/bin"),
        ):
            (self.root / name).mkdir(parents=True, exist_ok=True)
        for name, text in SHIMS.items():
            self._write_program(self.root / "bin" / name, text)
        self._write_program(self.checkout / ".venv/bin/python", f'exec {sys.executable} "$@"')

    def _write_program(self, path: Path, text: str) -> None:
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for port in list(self.servers):
            self.stop(port)

    def environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self.root}/bin:{os.environ['PATH']}",
            "HOME": str(self.root / "home"),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            "DATA_DIR": str(self.data),
            "PORT": str(self.port),
            "PLAIN_HTTP": "1",
        }

    def adapted(self, text: str) -> str:
        """Replace what a command names of the world by what the sandbox has of it."""
        if "postgres://" in text and not self.database:
            self.database = self.new_database()
        text = re.sub(r"postgres://quiz:password@[\d.]+:\d+/quiz", self.database, text)
        text = text.replace("https://quiz.example.org", "http://127.0.0.1:8000")
        for named in map(int, re.findall(r"(?:127\.0\.0\.1:|PORT=)(8\d{3})\b", text)):
            self.ports.setdefault(named, free_port())
            text = text.replace(f"127.0.0.1:{named}", f"127.0.0.1:{self.ports[named]}")
            text = text.replace(f"PORT={named}", f"PORT={self.ports[named]}")
        return SYSTEM.sub(f"{self.root}/", text)

    def run(self, line: Line) -> None:
        """Run a line; AssertionError with its output if it fails."""
        names = [word for command in line.commands() for word in command.words[:2]]
        if any(name in STOPS_THE_SITE for name in names):
            self.stop(self.port)
        if "serve" in names or "--serve" in line.first:
            self.serve(line)
            return
        if any(name in ASKS_THE_SITE for name in names) and self.port not in self.servers:
            settings = line.commands()[0].settings.items()
            given = " ".join(shlex.quote(f"{name}={value}") for name, value in settings)
            self._start(self.adapted(f"{given} career-quiz serve".strip()), self.port)
        done = self._done(line)
        # A site that has just started gets its task worker a moment later.
        deadline = time.monotonic() + SECONDS_TO_START
        while done.returncode and "doctor" in names and time.monotonic() < deadline:
            time.sleep(1)
            done = self._done(line)
        assert done.returncode == 0, f"{line.block}: {line.text}\n{done.stdout[-3000:]}"

    def _done(self, line: Line) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-e", "-c", self.adapted(line.text)],
            cwd=self.checkout,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def serve(self, line: Line) -> None:
        """Start a server as a line says, and let it run until the page ends."""
        text = self.adapted(line.text)
        port = int(found[1]) if (found := re.search(r"PORT=(\d+)", text)) else self.port
        self.stop(port)
        self._start(text, port)

    def _start(self, text: str, port: int) -> None:
        log = self.root / f"serve-{port}.log"
        with log.open("wb") as output:
            self.servers[port] = subprocess.Popen(
                ["sh", "-c", f"exec env {text}"],
                cwd=self.checkout,
                env=self.environment(),
                stdout=output,
                stderr=output,
            )
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline and self.servers[port].poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz"):
                    return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
        raise AssertionError(f"{text} didn't serve:\n{log.read_text()[-3000:]}")

    def stop(self, port: int) -> None:
        if server := self.servers.pop(port, None):
            server.terminate()
            server.wait(timeout=30)
