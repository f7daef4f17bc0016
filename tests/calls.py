"""How much work something is, without a clock."""

import sys


def calls_of(function):
    """Count the calls of Python and C functions that a function leads to."""
    count = 0

    def counted(_frame, event, _argument):
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        function()
    finally:
        sys.setprofile(before)
    return count
