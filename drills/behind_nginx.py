"""Behind nginx with our files, no header of a client changes what the site sees."""

import http.client
import ssl
from collections.abc import Mapping
from contextlib import closing
from urllib.parse import urlencode, urlsplit

from deploy.nginx.trial import HOST, nginx
from deploy.trials import free_port
from drills.ground import Ground, Outcome

DATABASES = ("sqlite",)
GUESSES = 16  # each from another forged address
MOST_GUESSES = 10  # that one network may try
FORGED = ("X-Forwarded-For", "X_Forwarded_For", "X-Real-IP", "Forwarded", "X-Forwarded-Host")
GARBAGE = ("", ",", "unknown", "'\"<>", "1.2.3.4.5", "[::1", "a" * 2000)


def run(ground: Ground) -> Outcome:
    """Count wrong answers, and forged guesses that were checked beyond the limit."""
    environment = {"PLAIN_HTTP": "0", "BEHIND_TLS_PROXY": "1", "TRUSTED_PROXIES": "1"}
    environment |= {"ALLOWED_HOSTS": f"{HOST},127.0.0.1", "SITE_URL": f"https://{HOST}"}
    port = free_port()
    with (
        ground.site(**environment) as site,
        nginx(urlsplit(site.address).netloc, tls=f"127.0.0.1:{port}", is_broken=ground.is_broken),
    ):
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
