"""`make bench` itself, with few rows and turns."""

import importlib
import re
import subprocess
import sys

import pytest

from benchmarks.__main__ import MORE_PARTS, PARTS, main, measure
from benchmarks.browser import VisitError
from benchmarks.parts import start, visit
from benchmarks.table import Row
from tests.imports import ROOT

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [(["visits"], "no part is called visits"), (["--rows", "0"], "must be above 0")],
)
def test_what_cannot_be_measured_is_refused(arguments, reason, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["benchmarks", *arguments])
    with pytest.raises(SystemExit) as refused:
        main()
    assert refused.value.code == 2
    assert reason in capsys.readouterr().err


@pytest.mark.parametrize("name", PARTS + MORE_PARTS)
def test_each_part_says_what_it_measures(name):
    part = importlib.import_module(f"benchmarks.parts.{name}")
    assert part.__doc__
    assert callable(part.measure)


def test_every_part_can_be_named():
    parts = {path.stem for path in (ROOT / "benchmarks" / "parts").glob("[a-z]*.py")}
    assert parts == {*PARTS, *MORE_PARTS}


def test_part_that_fails_takes_nothing_from_the_others(monkeypatch, capsys):
    def fail(sites, wanted):
        yield Row("half", [1.0])
        raise VisitError("HTTP 500")

    monkeypatch.setattr(visit, "measure", fail)
    monkeypatch.setattr(start, "measure", lambda sites, wanted: [Row("start", [2.0])])
    rows, failed = measure(("visit", "start"), None, None)
    assert [row.name for row in rows] == ["half", "start"]
    assert failed == ["visit"]
    assert "HTTP 500" in capsys.readouterr().err


@pytest.mark.server
def test_table_compares_the_requests_of_a_visit():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "visit", "--runs", "1", "--rows", "30"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = [re.split(r" *\| *", line)[1:4] for line in done.stdout.splitlines() if line[:1] == "|"]
    assert ["requests of a visit without JavaScript", "14", "3"] in rows
