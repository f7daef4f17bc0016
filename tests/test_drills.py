"""Each drill can be run and can be caught out: see drills/README.md."""

import inspect

import pytest

from drills.__main__ import found

DRILLS = found()


@pytest.mark.parametrize("name", DRILLS)
def test_drill_says_its_promise_and_has_a_broken_variant(name: str) -> None:
    module = DRILLS[name]
    assert module.__doc__, "a docstring says the promise"
    assert hasattr(module, "break_site") or "is_broken" in inspect.getsource(module)
