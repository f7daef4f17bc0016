"""A real OpenID Connect provider for tests: allauth's own, in a process and folder of its own."""

import json
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from urllib.request import urlopen

import requests

from tests.redis_server import free_port

ROOT = Path(__file__).resolve().parents[2]
CLIENT_ID, CLIENT_SECRET, PASSWORD = "career-quiz", "a secret of both", "what ann knows"
SECONDS_TO_START = 60


class Provider:
    """The running provider. `faults` are claims that its ID tokens have instead."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.url = f"http://127.0.0.1:{port}"
        self.answer()

    def answer(self, faults: dict | None = None, **groups: list[str]) -> None:
        """Let each person, by user name, have these groups."""
        text = json.dumps({"groups": groups, "faults": faults or {}})
        (self.folder / "answers.json").write_text(text, encoding="utf-8")

    def execute(self, statement: str, *values: object) -> None:
        with closing(sqlite3.connect(self.folder / "provider.sqlite3", timeout=10)) as connection:
            connection.execute(statement, values)
            connection.commit()

    def deactivate(self, name: str) -> None:
        self.execute("UPDATE auth_user SET is_active = 0 WHERE username = ?", name)

    def start(self, redirect_uri: str) -> None:
        command = ["-m", "tests.oidc_server.serve", str(self.folder), str(self.port), redirect_uri]
        self.process = subprocess.Popen([sys.executable, *command], cwd=ROOT)
        give_up = time.monotonic() + SECONDS_TO_START
        while True:
            try:
                urlopen(f"{self.url}/.well-known/openid-configuration").close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > give_up:
                    raise
                time.sleep(0.05)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


@contextmanager
def provider(folder: Path, redirect_uri: str) -> Iterator[Provider]:
    running = Provider(folder, free_port())
    running.start(redirect_uri)
    try:
        yield running
    finally:
        running.stop()


class Person:
    """Someone's browser at the provider."""

    def __init__(self, name: str) -> None:
        self.name, self.browser = name, requests.Session()

    def go(self, address: str) -> str:
        """Follow the provider's redirects, logging in if it asks; return where it sends us back."""
        for _ in range(8):
            response = self.browser.get(address, allow_redirects=False)
            if response.status_code == 200:
                response = self._log_in(address, response.text)
            target = urljoin(address, response.headers["Location"])
            if urlsplit(target).netloc != urlsplit(address).netloc:
                parts = urlsplit(target)
                return f"{parts.path}?{parts.query}"
            address = target
        raise AssertionError("The provider redirects on and on")

    def _log_in(self, address: str, page: str) -> requests.Response:
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
        data = {name: unescape(value) for name, value in fields.items()}
        data |= {"login": self.name, "password": PASSWORD}
        response = self.browser.post(address, data, allow_redirects=False)
        assert response.is_redirect, response.text
        return response
