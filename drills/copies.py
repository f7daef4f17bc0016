"""A write that arrives 16 times together leaves what it leaves when it arrives once."""

import asyncio
import re
import uuid
from collections import Counter
from urllib.parse import urljoin

from benchmarks.browser import Browser, Page
from drills.accounts import people_on
from drills.ground import Ground, Outcome
from tests.browser.site import Site
from tests.matrix_rows import ADMIN, COUNSELOR

COPIES = 16
TABLES = (
    *("attempt", "sharelink", "liking", "disclosure", "client", "clientgroup", "note"),
    *("clientinvitation", "grouplink", "counselorinvitation"),
)


def run(ground: Ground) -> Outcome:
    """Let one person send each form once, and another one send it in copies."""
    rounds = 10 if ground.is_long else 1
    tried = lost = 0
    with ground.site() as site:
        cookies = people_on(ground).cookies
        for _ in range(rounds):
            once = asyncio.run(_write_everything(site, cookies, copies=1))
            many = asyncio.run(_write_everything(site, cookies, copies=COPIES))
            tried += COPIES * len(once)
            lost += sum(once[name] != many[name] for name in once)
    return Outcome(tried, lost, "requests")


def break_site() -> None:
    """Start a new attempt for each request."""
    from quiz.visitor import starting

    starting._derived = lambda purpose, value: starting.code_from(uuid.uuid4().bytes)  # type: ignore[assignment]


async def _write_everything(
    site: Site, cookies: dict[str, dict[str, str]], *, copies: int
) -> dict[str, Counter[str]]:
    """Return, by step, how many rows each table got; a 500 counts as a row of "errors"."""
    person, counselor, admin = (Sender(site, copies) for _ in range(3))
    counselor.browser.cookies = dict(cookies[COUNSELOR])
    admin.browser.cookies = dict(cookies[ADMIN])
    await person.send("start", "/quiz/", {}, "/quiz/")
    for page in range(1, 5):
        await person.send(f"page {page}", f"/quiz/{page}/", {"go": "next"}, f"/quiz/{page}/")
    await person.send("finish", "/quiz/5/", {"go": "next"}, "/quiz/5/")
    await person.send("share", "/quiz/shares/", {"until": "30", "scope": "traits"}, "/quiz/shares/")
    await person.send("next step", "/quiz/next-step/", {"next_step": "Ask"}, "/quiz/next-step/")
    fit = "/quiz/fit/sales-manager/"
    await person.send("interest", fit, {"sales-manager": "yes"}, fit)
    await person.send("again", "/quiz/", {}, "/quiz/")
    await person.send("other", "/quiz/", {"who": "other"}, "/quiz/")
    await person.send("delete", "/quiz/data/delete/", {"is_sure": "on"}, "/quiz/data/delete/")
    add = "/counselor/clients/new/"
    await counselor.send("client", add, {"name": f"Kim {uuid.uuid4().hex[:6]}"}, add)
    groups = "/counselor/groups/"
    await counselor.send("group", groups, {"name": uuid.uuid4().hex[:8]}, groups)
    invite = "/admin/quiz/counselorinvitation/add/"
    until = {"expires_at_0": "2099-01-01", "expires_at_1": "12:00"}
    await admin.send("invite", invite, {"email": "kim@counselors.example", **until}, invite)
    return person.steps | counselor.steps | admin.steps


class Sender:
    """Sends what a form of a page holds, in copies that know nothing of each other."""

    def __init__(self, site: Site, copies: int) -> None:
        self.site = site
        self.copies = copies
        self.browser = Browser(timeout=30)
        self.steps: dict[str, Counter[str]] = {}

    async def send(self, name: str, url: str, typed: dict[str, str], page_url: str) -> None:
        page = await self.browser.get(self.site.address + page_url)
        form = next(each for each in page.forms if urljoin(page.url, url) == each.action)
        answers = {key: values[0] for key, values in form.radio_groups().items()}
        chosen = {**dict(form.hidden()), **answers, **typed}
        before = self._counts()
        browsers = [Browser(timeout=30) for _ in range(self.copies)]
        for each in browsers:
            each.cookies = dict(self.browser.cookies)
        pages = await asyncio.gather(
            *(each.post(form.action, list(chosen.items())) for each in browsers)
        )
        self.browser.cookies = dict(browsers[0].cookies)
        for each in browsers:
            await each.close()
        added = self._counts()
        added.subtract(before)
        added["errors"] = sum(_is_error(page) for page in pages)
        self.steps[name] = added

    def _counts(self) -> Counter[str]:
        columns = ", ".join(f"(SELECT COUNT(*) FROM quiz_{table})" for table in TABLES)
        row = self.site.query(f"SELECT {columns}")[0]
        return Counter(dict(zip(TABLES, map(int, row), strict=True)))


def _is_error(page: Page) -> bool:
    return page.status >= 500 and not re.search("Retry-After", str(page.headers), re.IGNORECASE)
