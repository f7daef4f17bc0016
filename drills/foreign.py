"""What belongs to someone else answers like what doesn't exist, and no guessed link opens."""

import secrets
import urllib.error
import urllib.request

from drills.accounts import People, people_on
from drills.ground import Ground, Outcome
from tests.browser.site import Site
from tests.matrix_rows import COUNSELOR, ROWS

GUESSES = {"short": 50, "long": 1000}
LINKS = ("shared", "shared_picture", "invitation", "group_invitation", "join")


def run(ground: Ground) -> Outcome:
    """Open a colleague's pages and missing ones as a counselor; then guess and revoke links."""
    with ground.site() as site:
        people = people_on(ground)
        cookie = "; ".join(f"{k}={v}" for k, v in people.cookies[COUNSELOR].items())
        answers = [*_of_others(site, people, cookie), *_of_links(site, people, ground.is_long)]
    return Outcome(len(answers), answers.count(False), "requests")


def break_site() -> None:
    """Let every counselor open every client."""
    from quiz.counseling.models import Client

    queryset = type(Client.objects.all())
    queryset.of = lambda self, counselor: self.all()  # type: ignore[attr-defined]


def _of_others(site: Site, people: People, cookie: str) -> list[bool]:
    names = [n for n, row in ROWS.items() if row.who == {COUNSELOR} and "GET" in row.methods]
    found = []
    for name in names:
        foreign = _answer(site.address + people.addresses[name]["foreign"], cookie)
        missing = _answer(site.address + people.addresses[name]["missing"], cookie)
        found.append(foreign == missing and foreign[0] == 404)
    return found


def _of_links(site: Site, people: People, is_long: bool) -> list[bool]:
    guesses = GUESSES["long" if is_long else "short"]
    found = []
    for number in range(guesses):
        name = LINKS[number % len(LINKS)]
        real = people.addresses[name]["own"]
        token = next(part for part in real.split("/") if len(part) == 43)
        guess = secrets.token_urlsafe(32)
        found.append(_answer(site.address + real.replace(token, guess), "")[0] == 404)
    for table in ("opening", "sharelink", "clientinvitation", "grouplink", "counselorinvitation"):
        site.execute(f"DELETE FROM quiz_{table}")
    for name in LINKS:
        found.append(_answer(site.address + people.addresses[name]["own"], "")[0] == 404)
    return found


def _answer(url: str, cookie: str) -> tuple[int, bytes]:
    request = urllib.request.Request(url, headers={"Cookie": cookie})
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()
