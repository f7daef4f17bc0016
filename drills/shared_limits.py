"""No limit doubles with a second worker, and none starts again with a restart."""

from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

from django.core.cache import caches

from drills.ground import Ground, Outcome
from drills.visitors import Visitor

ALLOWED = 10  # wrong codes from one network in ten minutes
THREADS = 8
TRIED_EACH_TIME = 40


def run(ground: Ground) -> Outcome:
    """Try wrong codes from one network, and after a restart; each checked too many is lost."""
    found: list[int] = []
    for _start in range(2):
        with ground.site() as site, ThreadPoolExecutor(THREADS) as threads:
            found += threads.map(lambda _each: _try_code(site.address), range(TRIED_EACH_TIME))
    if set(found) - {HTTPStatus.BAD_REQUEST, HTTPStatus.TOO_MANY_REQUESTS}:
        raise RuntimeError(f"statuses of wrong codes: {set(found)}")
    checked = found.count(HTTPStatus.BAD_REQUEST)
    return Outcome(len(found), abs(checked - ALLOWED), "wrong codes", f"{checked} checked")


def break_site() -> None:
    """Count in the memory of each process."""
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    caches.settings["limits"] = memory


def _try_code(address: str) -> int:
    visitor = Visitor(address)
    form = next(f for f in visitor.get("/quiz/resume/").page.forms if "resume" in f.action)
    return visitor.send(form, code="0000-0000-0000-0000").status
