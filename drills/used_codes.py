"""A code of an authenticator app is accepted once, whichever worker sees it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import TYPE_CHECKING

from drills.ground import Ground, Outcome
from drills.staff import CONFIRM, PERIOD, Browser, add_staff, code_of

if TYPE_CHECKING:
    from datetime import datetime

    from allauth.mfa.models import Authenticator

# Two workers answer there; on SQLite there is one.
DATABASES = ("postgresql",)
AT_THE_SAME_TIME = 4
SPARE = 3  # seconds of a period that sending a code may take


def run(ground: Ground) -> Outcome:
    """Send each person's code from several sessions; every further acceptance counts as lost."""
    people = 150 if ground.is_long else 12
    tried = accepted_again = accepted_never = 0
    with ground.site() as site:
        for person in add_staff(ground, site, people, AT_THE_SAME_TIME):
            browsers = [Browser(site, session=each) for each in person["sessions"]]
            for browser in browsers:
                browser.get(CONFIRM)
            _wait_for_a_fresh_code()
            codes = [code_of(person["secret"])] * AT_THE_SAME_TIME
            with ThreadPoolExecutor(AT_THE_SAME_TIME) as pool:
                statuses = list(pool.map(_confirm, browsers, codes))
            accepted = statuses.count(HTTPStatus.FOUND)
            tried += len(statuses)
            accepted_again += max(0, accepted - 1)
            accepted_never += not accepted
    note = f"{people} codes, sent {AT_THE_SAME_TIME} times each"
    return Outcome(tried, accepted_again + accepted_never, "used codes", note)


def _confirm(browser: Browser, code: str) -> int:
    return browser.post(CONFIRM, code=code)


def _wait_for_a_fresh_code() -> None:
    while time.time() % PERIOD > PERIOD - SPARE:
        time.sleep(0.1)


def break_site() -> None:
    """Remember used codes in each worker alone, as a cache of the process does."""
    from quizsite import account_forms

    used: set[tuple[int, object]] = set()

    def use_up(authenticator: Authenticator, started_at: datetime) -> bool:
        key = (authenticator.pk, started_at)
        is_new = key not in used
        used.add(key)
        return is_new

    account_forms._use_up = use_up
