"""How findings are printed: one line each, the worst level, times and sizes in words."""

import json
from datetime import timedelta

import pytest

from quizsite.doctor.findings import (
    LONGEST,
    Level,
    Result,
    as_json,
    as_text,
    duration,
    error,
    ok,
    reason,
    size,
    skipped,
    warning,
    worst,
)

pytestmark = pytest.mark.pure

RESULTS = [
    Result("disk", ok("Free.")),
    Result("mail", warning("Files.", "Set EMAIL_URL.")),
    Result("web workers", error("None\nhere\x1b[31m.", "Start one.")),
    Result("clock", error("Late.", "Set it.")),
    Result("proxy", skipped("Local.")),
]


def test_text_has_one_line_for_each_check_and_counts_them():
    assert as_text(RESULTS).splitlines() == [
        "ok       disk         Free.",
        "warning  mail         Files. Set EMAIL_URL.",
        "error    web workers  None here [31m. Start one.",
        "error    clock        Late. Set it.",
        "skipped  proxy        Local.",
        "",
        "2 errors, 1 warning, 1 ok, 1 skipped",
    ]


def test_json_has_the_worst_level_and_each_check():
    found = json.loads(as_json(RESULTS))
    assert found["level"] == "error"
    assert found["checks"][1] == {
        **{"name": "mail", "level": "warning"},
        **{"found": "Files.", "fix": "Set EMAIL_URL."},
    }
    assert len(found["checks"]) == 5


@pytest.mark.parametrize(
    ("results", "level"),
    [
        (RESULTS, Level.ERROR),
        (RESULTS[:2], Level.WARNING),
        (RESULTS[:1], Level.OK),
        (RESULTS[4:], Level.OK),
    ],
)
def test_worst_level_counts(results, level):
    assert worst(results) == level


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(days=2), "2 days"),
        (timedelta(days=1, hours=23), "47 hours"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(seconds=119), "119 seconds"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=-5), "0 seconds"),
    ],
)
def test_time_is_in_its_largest_unit_of_which_there_are_two(time, words):
    assert duration(time) == words


def test_size_is_in_gigabytes():
    assert size(12_340_000_000) == "12.3 GB"


def test_reason_is_one_short_line():
    assert reason(ConnectionRefusedError(111, "Connection refused")) == "Connection refused"
    assert reason(ValueError("\none\ttwo.\nthree")) == "one two"
    assert reason(TimeoutError()) == "TimeoutError"
    assert len(reason(ValueError("x" * 5000))) == LONGEST + 1
