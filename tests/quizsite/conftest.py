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
