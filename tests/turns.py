"""How tests take all places of work that one request does at a time."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest import mock

from quiz.web.scarce import Turns


@contextmanager
def all_places_taken(turns: Turns) -> Iterator[None]:
    """Refuse every request for such work, as if other threads did it and waited for it."""
    with ExitStack() as stack:
        for _place in range(1 + turns.waiting):
            assert turns._places.acquire(blocking=False)
            stack.callback(turns._places.release)
        yield


@contextmanager
def another_has_the_turn(turns: Turns) -> Iterator[None]:
    """Let a request for such work wait in vain, and not for long."""
    with mock.patch.object(turns, "seconds", 0.01), turns._turn:
        yield
