"""Visitors who take the quiz over HTTP, and a journal of every write that the site acknowledged.

    with Load(site.address, visitors=8) as load:
        ...  # break something
    lost = load.journal.lost(site)

A visitor saves one answer at a time, as the page's script does, then sends the page. What isn't
acknowledged is sent again until it is.
"""

import asyncio
import json
import random
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from benchmarks.browser import Browser, Form, Page, VisitError
from quiz.core.packing import answers_in_full
from quiz.questionnaires.file import shipped_questionnaire
from tests.browser.site import Site

PAUSE = 0.05  # seconds before something is sent again
REQUEST_SECONDS = 10.0
# What a visitor meets while a site is down; anything else is a fault of the site or of the drill.
DOWN = (OSError, TimeoutError, EOFError)


@dataclass
class Kept:
    """What the site acknowledged of one attempt."""

    mark: str  # first characters of the hash of its code
    answers: dict[str, int] = field(default_factory=dict)
    is_finished: bool = False

    @property
    def writes(self) -> int:
        return 1 + len(self.answers) + self.is_finished


@dataclass
class Journal:
    """What was acknowledged, by attempt, and every answer's method, seconds and status."""

    attempts: list[Kept] = field(default_factory=list)
    requests: list[tuple[str, float, int]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)  # acknowledged, and asked again later
    unanswered: int = 0  # no connection, or it ended before an answer, also the second time

    @property
    def writes(self) -> int:
        """Count the acknowledged starts, answers and finishes."""
        return sum(kept.writes for kept in self.attempts)

    @property
    def statuses(self) -> Counter[int]:
        return Counter(status for _method, _seconds, status in self.requests)

    def lost(self, site: Site) -> list[str]:
        """Describe each acknowledged write that the database doesn't hold, or a page forgot."""
        marks = {kept.mark for kept in self.attempts}
        return [*self.forgotten, *self._lost(stored_attempts(site, marks))]

    def _lost(self, stored: dict[str, tuple[dict[str, int], bool]]) -> Iterator[str]:
        for kept in self.attempts:
            answers, is_finished = stored.get(kept.mark, ({}, False))
            if kept.mark not in stored:
                yield f"{kept.mark}: the attempt"
            for key, value in kept.answers.items():
                if answers.get(key) != value:
                    yield f"{kept.mark}: {key} is {answers.get(key)}, not {value}"
            if kept.is_finished and not is_finished:
                yield f"{kept.mark}: the result"


def stored_attempts(
    site: Site, marks: Collection[str] | None = None
) -> dict[str, tuple[dict[str, int], bool]]:
    """Return the answers of these attempts (all) by mark, and whether each is finished."""
    rows = site.query(
        "SELECT code_hash, CAST(answers AS TEXT), finished_at IS NOT NULL FROM quiz_attempt"
    )
    asked = shipped_questionnaire()  # a new site's version
    return {
        code_hash[:12]: (
            {
                key: answer["value"]
                for key, answer in json.loads(answers_in_full(asked, answers)).items()
            },
            is_finished in ("1", "True"),
        )
        for code_hash, answers, is_finished in rows
        if marks is None or code_hash[:12] in marks
    }


class Load:
    """Keeps `visitors` busy in a thread of its own until the block ends.

    After the block, each visitor has finished the request that was under way.
    """

    def __init__(
        self,
        address: str,
        *,
        visitors: int = 8,
        seed: int = 1,
        passing: frozenset[int] = frozenset({503}),
        pause: float = 0.0,
    ) -> None:
        """`passing` are the statuses after which a visitor sends the same again.

        `pause` is how many seconds a visitor waits before each request.
        """
        self.address = address
        self.passing = passing
        self.pause = pause
        self.visitors = visitors
        self.seed = seed
        self.journal = Journal()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Let each visitor finish the request that is under way, while the site still answers."""
        self._is_over.set()
        self._thread.join(timeout=3 * REQUEST_SECONDS)

    async def _run(self) -> None:
        await asyncio.gather(*(self._visit_again_and_again(n) for n in range(self.visitors)))

    async def _visit_again_and_again(self, number: int) -> None:
        rng = random.Random(f"{self.seed}/{number}")
        while not self._is_over.is_set():
            visitor = Visitor(
                self.address, rng, self.journal, self._is_over.is_set, self.passing, self.pause
            )
            try:
                await visitor.take_the_quiz()
            except Left:
                pass
            except (VisitError, StopIteration, ValueError) as error:
                self.journal.faults.append(f"{type(error).__name__}: {error}")
                await asyncio.sleep(PAUSE)
            finally:
                with suppress(*DOWN):
                    await visitor.browser.close()


class Left(Exception):
    """The load is over, so the visitor leaves the page."""


class Visitor:
    """One person with a browser of their own."""

    def __init__(
        self,
        address: str,
        rng: random.Random,
        journal: Journal,
        is_over: Callable[[], bool],
        passing: frozenset[int] = frozenset({503}),
        pause: float = 0.0,
    ) -> None:
        self.address = address
        self.passing = passing
        self.pause = pause
        self.rng = rng
        self.journal = journal
        self.is_over = is_over
        self.browser = Browser(self._observe, timeout=REQUEST_SECONDS)

    def _observe(self, method: str, seconds: float, _bytes: int, status: int) -> None:
        self.journal.requests.append((method, seconds, status))

    async def take_the_quiz(self) -> Kept:
        """Start, answer every page, and finish; note in the journal what was acknowledged."""
        page = await self._insist(lambda: self.browser.get(f"{self.address}/quiz/"))
        start = next(form for form in page.forms if form.action.endswith("/quiz/"))
        page = await self._insist(lambda: self.browser.submit(start, start.hidden()))
        kept = Kept(_value_of(_questions_on(page), "attempt"))
        self.journal.attempts.append(kept)
        while form := _questions_on(page, is_required=False):
            page = await self._answer(form, kept)
        kept.is_finished = True
        return kept

    async def _answer(self, form: Form, kept: Kept) -> Page:
        checked = {(each.name, each.value) for each in form.controls if each.checked}
        for key in form.radio_groups().keys() & kept.answers.keys():
            if (key, str(kept.answers[key])) not in checked:
                self.journal.forgotten.append(f"{kept.mark}: {key} was asked again")
        chosen = {key: self.rng.choice(values) for key, values in form.radio_groups().items()}
        is_page_of_items = all(value.isdecimal() for value in chosen.values())
        if is_page_of_items:
            for key, value in chosen.items():
                await self._send(form, {key: value}, "keep")
                kept.answers[key] = int(value)
        return await self._send(form, chosen, "next")

    async def _send(self, form: Form, chosen: dict[str, str], go: str) -> Page:
        fields = [*form.hidden(), *chosen.items(), ("go", go)]
        return await self._insist(lambda: self.browser.submit(form, fields))

    async def _insist(self, send: Callable[[], Awaitable[Page]]) -> Page:
        """Send until it is acknowledged; VisitError for a status that doesn't pass."""
        while not self.is_over():
            await asyncio.sleep(self.pause)
            try:
                page = await send()
            except DOWN:
                self.journal.unanswered += 1
                await self.browser.close()
            else:
                if page.status in (200, 204):
                    return page
                if page.status not in self.passing:
                    raise VisitError(f"HTTP {page.status} at {page.url}")
            await asyncio.sleep(PAUSE)
        raise Left


def _questions_on(page: Page, *, is_required: bool = True) -> Any:
    form = next((form for form in page.forms if form.radio_groups()), None)
    if form is None and is_required:
        raise VisitError(f"no questions at {page.url}: {page.title}")
    return form


def _value_of(form: Form, name: str) -> str:
    return next((value for key, value in form.hidden() if key == name), "")


def acknowledge_failed_writes() -> None:
    """Break a site: tell people that answers were saved although the database refused them."""
    from django.db import OperationalError

    from quiz.attempts.models import Attempt

    write = Attempt._write

    def pretend(self: Attempt, **changes: Any) -> bool:
        try:
            return write(self, **changes)
        except OperationalError:
            return True

    Attempt._write = pretend  # type: ignore[method-assign]
