"""Steps of an upgrade while people take the quiz, and what they notice of each."""

import asyncio
import json
import random
import time
from collections.abc import Callable
from typing import Any

from benchmarks.browser import Browser
from benchmarks.visit import take
from deploy.cluster.servers import wait_until
from deploy.trials import TrialError
from drills.load import Journal
from tests.browser.site import Site

ANSWERS = 50  # that are acknowledged after each step, before the next one
WIDTHS = (44, 9, 16, 16, 0)
HEADS = ("step", "seconds", "longest answer", "longest save", "answers saved, no connection")


class Person:
    """Someone with a result from before, who looks at it again and again."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.browser = Browser()
        asyncio.run(self._take_quiz())
        self.first = self.result()

    def result(self) -> dict[str, Any]:
        return asyncio.run(self._result())

    async def _take_quiz(self) -> None:
        await take(self.browser, f"{self.address}/", random.Random("before"))
        await self.browser.close()

    async def _result(self) -> dict[str, Any]:
        page = await self.browser.get(f"{self.address}/quiz/result.json")
        await self.browser.close()
        if page.status != 200:
            raise TrialError(f"A result from before: HTTP {page.status}")
        return json.loads(page.text)


class Steps:
    """Takes steps and prints a line for each. TrialError if someone notices one."""

    def __init__(self, journal: Journal, person: Person, *, may_be_away: bool = False) -> None:
        """`may_be_away`: the site may leave connections unanswered during a step."""
        self.journal = journal
        self.person = person
        self.may_be_away = may_be_away
        print(line(HEADS))

    def take(self, name: str, step: Callable[[], object]) -> None:
        """Take a step, and wait until people have saved more answers after it."""
        writes, asked, unanswered = self._so_far()
        start = time.monotonic()
        step()
        seconds = time.monotonic() - start
        enough = self.journal.writes + ANSWERS
        wait_until(lambda: self.journal.writes >= enough or self.journal.faults, f"After: {name}")
        requests = self.journal.requests[asked:]
        saves = [each for method, each, _status in requests if method == "POST"]
        print(
            line(
                (
                    name,
                    f"{seconds:.1f}",
                    f"{max(each for _method, each, _status in requests):.2f} s",
                    f"{max(saves):.2f} s",
                    f"{self.journal.writes - writes:,}, {self.journal.unanswered - unanswered}",
                )
            ),
            flush=True,
        )
        self._complain(name)

    def _so_far(self) -> tuple[int, int, int]:
        return self.journal.writes, len(self.journal.requests), self.journal.unanswered

    def _complain(self, name: str) -> None:
        errors = {status: n for status, n in self.journal.statuses.items() if status >= 500}
        if errors or self.journal.faults:
            raise TrialError(f"Visitors noticed “{name}”: {errors} {self.journal.faults[:3]}")
        if self.journal.unanswered and not self.may_be_away:
            raise TrialError(f"“{name}”: {self.journal.unanswered} requests found no connection.")
        if changed := changes(self.person.first, self.person.result()):
            raise TrialError(f"A result from before is another one after “{name}”: {changed}")

    def nothing_is_lost(self, site: Site) -> None:
        """TrialError if the database lacks an answer that was acknowledged."""
        if lost := self.journal.lost(site):
            raise TrialError(f"{len(lost)} acknowledged answers are lost: {lost[:3]}")


def changes(before: Any, after: Any, place: str = "") -> list[str]:
    """Return the places of a result that have another value; what was added is no change."""
    if isinstance(before, dict) and isinstance(after, dict):
        inner = (changes(before[key], after.get(key), f"{place}.{key}") for key in before)
        return [each for found in inner for each in found]
    return [] if before == after else [place]


def line(cells: tuple[str, ...]) -> str:
    return "".join(f"{cell:<{width}}" for cell, width in zip(cells, WIDTHS, strict=True))
