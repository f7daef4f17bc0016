"""Persons per second of CPU of `manage.py score_answers`, without the start of the process."""

from collections.abc import Iterator
from typing import Any

from benchmarks.apart import own_site, run_once
from benchmarks.sites import Sites
from benchmarks.table import Goal, Row

MODULE = "benchmarks.commands"
LINES = 100_000


def measure(sites: Sites, wanted: Any) -> Iterator[Row]:
    persons = []
    with own_site():
        run_once(MODULE, "fill_lines", "-n", str(LINES))
        for _ in range(wanted.runs):
            start, whole = (_cpu_seconds(what) for what in ("nothing", "score"))
            persons.append(LINES / (whole - start))
    goal = Goal(100_000, is_floor=True)
    yield Row("score_answers, persons a second", persons, goal=goal, digits=0)


def _cpu_seconds(what: str) -> float:
    cpu, _wall, _peak = run_once(MODULE, what)[-1].split()
    return float(cpu)
