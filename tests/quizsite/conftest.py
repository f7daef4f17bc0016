import textwrap

import pytest


@pytest.fixture
def clock():
    """Noon, before anyone has guessed."""
    import time_machine
    from django.core.cache import caches

    from tests.factories import NOON

    with time_machine.travel(NOON, tick=False) as travelled:
        caches["limits"].clear()
        yield travelled


@pytest.fixture
def listener():
    from quizsite.supervisor import listen

    with listen("127.0.0.1", 0) as opened:
        yield opened


@pytest.fixture
def supervise(listener, monkeypatch):
    """Give a function that runs a stand-in for workers until something is true of the site."""
    from quizsite import supervisor
    from quizsite.supervisor import Supervisor, Work
    from tests.supervised import START, program, run_until

    monkeypatch.setattr(supervisor, "PAUSES", (0.0,))

    def run(worker: str, happens, workers=1):
        work = Work(program(START + textwrap.dedent(worker)))
        site = Supervisor(listener, [work] * workers)
        return run_until(site, lambda: happens(site))

    return run
