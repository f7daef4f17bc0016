"""People with an account, for drills about the login: their browsers, networks and codes."""

import base64
import hmac
import http.client
import json
import re
import subprocess
import sys
import time
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from drills.ground import Ground
from tests.browser.site import ROOT, Site, environment_of

LOGIN, CODE = "/counselor/account/login/", "/counselor/account/code/"
CONFIRM = "/counselor/account/code/confirm/"
PASSWORD = "a level and a bubble"
PERIOD = 30  # seconds for which an app shows a code

# Adds administrators with two-step login, each with sessions that have given the password only.
ADD = f"""
import json, sys, django
django.setup()
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.test import Client
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
people, sessions = map(int, sys.argv[1:])
password, added = make_password("{PASSWORD}"), []
for n in range(people):
    user = User.objects.create(
        username=f"staff{{n}}", password=password, is_staff=True, is_superuser=True
    )
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    tokens = []
    for _ in range(sessions):
        client = Client()
        client.force_login(user)
        tokens.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    added.append({{"name": user.username, "secret": secret, "codes": codes, "sessions": tokens}})
print(json.dumps(added))
"""


def add_staff(ground: Ground, site: Site, people: int, sessions: int = 0) -> list[dict]:
    done = subprocess.run(
        [sys.executable, "-c", ADD, str(people), str(sessions)],
        cwd=ROOT,
        env=environment_of(site) | ground.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def code_of(secret: str) -> str:
    """Return the six digits that an app shows now (RFC 6238)."""
    counter = int(time.time()) // PERIOD
    digest = hmac.digest(base64.b32decode(secret), counter.to_bytes(8, "big"), "sha1")
    place = digest[-1] & 15
    value = int.from_bytes(digest[place : place + 4], "big") & 0x7FFFFFFF
    return f"{value % 10**6:06}"


class Browser:
    """Keeps cookies and a connection, from an address of its own: all of 127.0.0.0/8 is local."""

    def __init__(self, site: Site, address: str = "127.0.0.1", session: str = "") -> None:
        parts = urlsplit(site.address)
        self.connection = http.client.HTTPConnection(
            parts.hostname, parts.port, timeout=30, source_address=(address, 0)
        )
        self.cookies = {"session": session} if session else {}
        self.token = ""

    def get(self, path: str) -> int:
        return self._ask("GET", path)

    def post(self, path: str, **values: str) -> int:
        """Send a form; the page that holds it must have been opened once."""
        values["csrfmiddlewaretoken"] = self.token
        return self._ask("POST", path, urlencode(values))

    def _ask(self, method: str, path: str, body: str | None = None) -> int:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
        except (http.client.HTTPException, ConnectionError):
            self.connection.close()
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
        text = response.read().decode(errors="replace")
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if token := re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text):
            self.token = token[1]
        return response.status


def log_in(browser: Browser, name: str, code: str) -> bool:
    """Pass both steps; return whether the admin opens."""
    browser.get(LOGIN)
    for _ in range(20):
        status = browser.post(LOGIN, login=name, password=PASSWORD)
        if status != HTTPStatus.SERVICE_UNAVAILABLE:
            break
        time.sleep(0.2)  # another password is being checked
    browser.get(CODE)
    browser.post(CODE, code=code)
    return browser.get("/admin/") == HTTPStatus.OK
