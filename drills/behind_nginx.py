"""Behind nginx with our files, no header of a client changes what the site sees."""

import http.client
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from drills.ground import Ground, Outcome
from tests.browser.site import ROOT, Site, free_port

DATABASES = ("sqlite",)
HOST = "quiz.example"
GUESSES = 16  # each from another forged address
MOST_GUESSES = 10  # that one network may try
FORGED = ("X-Forwarded-For", "X_Forwarded_For", "X-Real-IP", "Forwarded", "X-Forwarded-Host")
GARBAGE = ("", ",", "unknown", "'\"<>", "1.2.3.4.5", "[::1", "a" * 2000)


def run(ground: Ground) -> Outcome:
    """Count wrong answers, and forged guesses that were checked beyond the limit."""
    environment = {"PLAIN_HTTP": "0", "BEHIND_TLS_PROXY": "1", "TRUSTED_PROXIES": "1"}
    environment |= {"ALLOWED_HOSTS": f"{HOST},127.0.0.1", "SITE_URL": f"https://{HOST}"}
    with ground.site(**environment) as site, nginx(site, is_broken=ground.is_broken) as port:
        browser = Browser(port)
        guess = urlencode({"code": "0000-0000-0000-0000"})
        wrong = {
            "a page": browser.ask("GET", "/") != 200,
            "2 MB": browser.ask("POST", "/quiz/", "x" * 2_000_000) != 413,
        }
        for garbage in GARBAGE:
            status = browser.ask("GET", "/quiz/", headers=dict.fromkeys(FORGED, garbage))
            wrong[f"garbage {garbage:.9}"] = status != 200
        checked = 0
        for number in range(GUESSES):
            forged = dict.fromkeys(FORGED, f"192.0.2.{number}")
            checked += browser.ask("POST", "/quiz/resume/", guess, forged) != 429
        log = (ground.folder / "serve.log").read_text(errors="replace")
        wrong["test of the settings"] = "TRUSTED_PROXIES is" in log or "BEHIND_TLS" in log
    notes = [f"{checked} of {GUESSES} forged guesses checked", *(w for w in wrong if wrong[w])]
    lost = sum(wrong.values()) + max(0, checked - MOST_GUESSES)
    return Outcome(len(wrong) + GUESSES, lost, "requests", "; ".join(notes))


def break_site() -> None:
    """Change nothing inside: `run` lets nginx pass the client's header on."""


@contextmanager
def nginx(site: Site, *, is_broken: bool) -> Iterator[int]:
    """Run nginx with the files in deploy/nginx on free ports; yield the one with TLS."""
    with tempfile.TemporaryDirectory(prefix="quiz-nginx-") as name:
        folder = Path(name)
        certificate(folder)
        tls, plain = free_port(), free_port()
        shipped = ROOT / "deploy" / "nginx"
        server = (shipped / "quiz.conf").read_text()
        changes = {
            r"listen \[::\]:.*;": "",
            r"listen 80;": f"listen 127.0.0.1:{plain};",
            r"listen 443 ": f"listen 127.0.0.1:{tls} ",
            r"127\.0\.0\.1:8000": urlsplit(site.address).netloc,
            r"/etc/letsencrypt/live/quiz.example": name,
            r"/etc/nginx": name,
        }
        for pattern, text in changes.items():
            server = re.sub(pattern, text, server)
        proxy = (shipped / "quiz-proxy.conf").read_text()
        if is_broken:
            proxy = proxy.replace("For $remote_addr", "For $http_x_forwarded_for")
        (folder / "quiz.conf").write_text(server)
        (folder / "quiz-proxy.conf").write_text(proxy)
        paths = "".join(
            f"{kind}_temp_path {name}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (folder / "nginx.conf").write_text(
            f"pid {name}/pid; daemon off; error_log {name}/error.log; events {{}}"
            f" http {{ {paths} include {name}/quiz.conf; }}"
        )
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        command = [program, "-p", name, "-c", f"{name}/nginx.conf"]
        subprocess.run([*command, "-t"], check=True, capture_output=True)
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            wait_for(tls)
            yield tls
        finally:
            process.terminate()
            process.wait()


def certificate(folder: Path) -> None:
    """Write a certificate that signs itself, for a day."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "1", "-subj", f"/CN={HOST}"]
    command += ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run(command, check=True, capture_output=True)


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("nginx did not start")


class Browser:
    """Talks to nginx as a browser that found quiz.example there."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.context = ssl.create_default_context()
        self.context.check_hostname = False
        self.context.verify_mode = ssl.CERT_NONE

    def ask(
        self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] = {}
    ) -> int:
        own = {"Host": HOST, "Origin": f"https://{HOST}"}
        own["Content-Type"] = "application/x-www-form-urlencoded"
        with closing(self._connection()) as connection:
            try:
                connection.request(method, path, body, own | dict(headers))
                return connection.getresponse().status
            except (ConnectionError, http.client.HTTPException):
                return 0

    def _connection(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=15, context=self.context)
