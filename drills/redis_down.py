"""A dead or hung Redis closes what must be counted, and nothing else."""

import signal
import time
from collections.abc import Iterator
from http import HTTPStatus

from drills.ground import Ground, Outcome
from drills.visitors import Visitor
from quizsite.caches.redis import Client
from tests.redis_server import RedisServer, redis_server

DATABASES = ("sqlite",)
PAGES = ("/", "/quiz/", "/roles/", "/method/", "/healthz")
MOST_SECONDS = 2.0  # a hung Redis costs half a second
WRONG_CODE = "0000-0000-0000-0000"


def run(ground: Ground) -> Outcome:
    """Try pages and wrong codes while Redis hangs, while it is dead, and when it is back."""
    rounds = 20 if ground.is_long else 2
    faults: list[str] = []
    tried = 0
    with (
        redis_server() as redis,
        ground.site(CACHE_URL=redis.url.replace("redis", "rediscache")) as site,
    ):
        for _round in range(rounds):
            for state, change in STATES.items():
                change(redis)
                found = list(_look(Visitor(site.address), is_up=state == "back"))
                tried += len(found)
                faults += [f"{state}: {fault}" for fault in found if fault]
    return Outcome(tried, len(faults), "answers", "; ".join(sorted(set(faults))[:3]))


def break_site() -> None:
    """Let the errors of the client through, as they come."""
    del Client.execute_command


def _hang(redis: RedisServer) -> None:
    redis.process.send_signal(signal.SIGSTOP)


def _die(redis: RedisServer) -> None:
    redis.stop()


def _come_back(redis: RedisServer) -> None:
    redis.start()
    time.sleep(1.1)  # in the second after a failure, nothing is tried


STATES = {"hung": _hang, "dead": _die, "back": _come_back}


def _look(visitor: Visitor, *, is_up: bool) -> Iterator[str]:
    """Yield what is wrong with each answer; empty if nothing is."""
    for path in PAGES:
        answer = visitor.get(path)
        is_right = answer.status == HTTPStatus.OK and answer.seconds < MOST_SECONDS
        yield "" if is_right else f"{path} {answer.status} after {answer.seconds:.1f} s"
    form = next(f for f in visitor.get("/quiz/").page.forms if f.action.endswith("/quiz/"))
    status = visitor.send(form).status
    yield "" if status == HTTPStatus.FOUND else f"start {status}"
    wanted = HTTPStatus.BAD_REQUEST if is_up else HTTPStatus.SERVICE_UNAVAILABLE
    form = next(f for f in visitor.get("/quiz/resume/").page.forms if "resume" in f.action)
    answer = visitor.send(form, code=WRONG_CODE)
    is_right = answer.status == wanted and ("retry-after" in answer.page.headers) is not is_up
    yield "" if is_right else f"wrong code {answer.status}"
    wanted = HTTPStatus.OK if is_up else HTTPStatus.SERVICE_UNAVAILABLE
    status = visitor.get("/readyz").status
    yield "" if status == wanted else f"readyz {status}"
