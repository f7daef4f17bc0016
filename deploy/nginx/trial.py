"""Run the site behind nginx with the files of this folder, and take the quiz over TLS."""

import os
import re
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.cluster.servers import descendants, wait_until
from deploy.trials import (
    ROOT,
    TrialError,
    free_port,
    program,
    run,
    running,
    take_visits,
    wait_until_ready,
)

HERE = Path(__file__).parent
HOST = "quiz.example"
# Port 443 of an address that only this trial uses: with another port, browsers would name it in
# Origin, and the site's address has none.
ADDRESS = "127.83.76.2"


def attempt() -> str:
    """Return what was tried, in a few words."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="quiz-nginx-") as name:
        folder = Path(name)
        environment = os.environ | {"DATA_DIR": name, "PORT": str(port)}
        environment |= {"ALLOWED_HOSTS": f"{ADDRESS},127.0.0.1", "SITE_URL": f"https://{ADDRESS}"}
        environment |= {"BEHIND_TLS_PROXY": "1", "TRUSTED_PROXIES": "1"}
        command = [ROOT / ".venv/bin/python", ROOT / "manage.py", "serve"]
        log = folder / "serve.log"
        with running(command, log, env=environment) as site:
            wait_until_ready(f"http://127.0.0.1:{port}", site, log)
            with nginx(f"127.0.0.1:{port}", tls=f"{ADDRESS}:443"):
                take_visits(f"https://{ADDRESS}")
        if "TRUSTED_PROXIES is" in log.read_text() or "BEHIND_TLS" in log.read_text():
            raise TrialError("The site says that its settings don't fit these files.")
    return "nginx -t accepts the files; served over TLS"


@dataclass(frozen=True)
class Nginx:
    """A running nginx, and its file with the addresses of the machines."""

    pid: int
    server: Path

    def take_out(self, address: str) -> None:
        """Send a machine nothing more, and return when its last answers are on their way."""
        self._mark(address, " down")

    def take_in(self, address: str) -> None:
        self._mark(address, "")

    def _mark(self, address: str, mark: str) -> None:
        line = rf"(server {re.escape(address)}\b[^;]*?)( down)?;"
        text, changed = re.subn(line, rf"\1{mark};", self.server.read_text())
        if changed != 1:
            raise TrialError(f"{self.server.name} has {changed} lines with {address}.")
        self.server.write_text(text)
        old = set(descendants(self.pid))
        os.kill(self.pid, signal.SIGHUP)  # nginx -s reload
        wait_until(lambda: old.isdisjoint(descendants(self.pid)), "The end of nginx's old workers")


@contextmanager
def nginx(*upstreams: str, tls: str, is_broken: bool = False) -> Iterator[Nginx]:
    """Run nginx with our files in front of some addresses, and TLS on another one.

    `is_broken` passes on the addresses that a client claims, for the drill that must notice it.
    """
    with tempfile.TemporaryDirectory(prefix="quiz-nginx-") as name:
        folder = Path(name)
        certificate(folder)
        server = (HERE / "quiz.conf").read_text()
        changes = {
            r"listen \[::\]:.*;": "",
            r"listen 80;": f"listen 127.0.0.1:{free_port()};",
            r"listen 443 ": f"listen {tls} ",
            r"server 127\.0\.0\.1:8000( .*;)": "\n".join(rf"server {one}\1" for one in upstreams),
            r"/etc/letsencrypt/live/quiz.example": name,
            r"/etc/nginx": name,
        }
        for pattern, text in changes.items():
            server = re.sub(pattern, text, server)
        proxy = (HERE / "quiz-proxy.conf").read_text()
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
        command = [program("nginx", "nginx"), "-p", name, "-c", f"{name}/nginx.conf"]
        run(*command, "-t")
        with running(command, folder / "output.log") as process:
            wait_for(tls)
            yield Nginx(process.pid, folder / "quiz.conf")


def certificate(folder: Path) -> None:
    """Write a certificate that signs itself, for a day."""
    run(
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
        *("-nodes", "-days", "1", "-subj", f"/CN={HOST}"),
        *("-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"),
    )


def wait_for(address: str) -> None:
    host, _, port = address.rpartition(":")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection((host, int(port))).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TrialError("nginx did not start")
