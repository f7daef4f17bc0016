"""No request, however it is made, ends in an error of the server."""

import http.client
import random
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.http import HttpRequest

from drills.accounts import People, people_on
from drills.ground import Ground, Outcome
from tests.browser.site import Site
from tests.matrix_rows import ROLES, ROWS

METHODS = ("GET", "HEAD", "POST", "POST", "POST", "OPTIONS", "PUT", "DELETE", "TRACE")
NAMES = ("P1", "go", "code", "id", "scope", "until", "date", "name", "email", "next", "page", "q")
NAMES += ("csrfmiddlewaretoken", "attempt", "is_sure", "client", "sort", "places", "text", "who")
VALUES = ("", "0", "-1", "1", "2147483648", "9" * 30, "1e999", "NaN", "\0", "a\0b", "%00", "'", '"')
VALUES += ("<script>", "{{7*7}}", "../../etc/passwd", "\u202e", "\ud7ff", "😀", "ﬀ", "0" * 5000)
VALUES += ("00000000-0000-0000-0000-000000000000", "2026-02-30", "true", "[]", "keep", "answers")
TYPES = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json")
TYPES += (
    "text/plain; charset=utf-16",
    "multipart/form-data",
    "",
    "application/x-www-form-urlencoded",
)
HEADERS = ("Accept-Language", "Range", "If-Modified-Since", "If-None-Match", "Referer", "Origin")
HEADERS += ("X-Forwarded-For", "X-Forwarded-Proto", "Accept-Encoding", "Content-Encoding", "Expect")


def run(ground: Ground) -> Outcome:
    """Send random requests to every address, as every role, without and with strange cookies."""
    count = 30_000 if ground.is_long else 400
    with ground.site() as site:
        people = people_on(ground)
        with ThreadPoolExecutor(4) as pool:
            statuses = list(pool.map(lambda n: _status(site, people, n), range(count)))
    errors = [status for status in statuses if status >= 500 and status != 503]
    return Outcome(count, len(errors), "requests", f"{statuses.count(0)} without an answer")


def break_site() -> None:
    """Trust the cookie that names an attempt."""
    from quiz.attempts.models import Attempt
    from quiz.visitor import own_attempt as own

    def of_cookie(request: HttpRequest) -> Attempt | None:
        code = own._signer().unsign(request.COOKIES.get(settings.ATTEMPT_COOKIE_NAME, ""))
        return Attempt.objects.by_code(code)

    own._attempt_of_cookie = of_cookie


def _status(site: Site, people: People, number: int) -> int:
    """Send request number `number`; 0 if the connection was closed without an answer."""
    rng = random.Random(number)
    name = rng.choice(list(ROWS))
    path = people.addresses[name][rng.choice(("own", "foreign", "missing"))].partition("?")[0]
    if rng.random() < 0.3:
        parts = path.split("/")
        parts[rng.randrange(len(parts))] = quote(rng.choice(VALUES), safe="")
        path = "/".join(["", *filter(None, parts), ""])
    fields = "&".join(
        f"{rng.choice(NAMES)}={quote(rng.choice(VALUES))}" for _ in range(rng.randrange(4))
    )
    cookies = people.cookies[rng.choice(ROLES)].items()
    headers = {
        "Content-Type": rng.choice(TYPES),
        "Cookie": "; ".join(f"{key}={value}" for key, value in cookies),
        rng.choice(HEADERS): quote(rng.choice(VALUES)[:200]),
    }
    if rng.random() < 0.2:
        headers["Cookie"] += f"x; {rng.choice(('attempt', 'session', 'csrf'))}={quote('a' * 99)}"
    connection = http.client.HTTPConnection(urlsplit(site.address).netloc, timeout=20)
    try:
        connection.request(rng.choice(METHODS), f"{path}?{fields}", fields.encode(), headers)
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException):
        return 0
    else:
        return response.status
    finally:
        connection.close()
