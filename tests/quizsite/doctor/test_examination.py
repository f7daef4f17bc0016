"""The examination as a whole: nothing ends it, and its exit code says how it went."""

import io
import json

import pytest
from django.core.management import call_command

from quizsite.doctor import examination
from quizsite.doctor.examination import CHECKS, Check, examine
from quizsite.doctor.findings import Level, error, ok, skipped, warning
from tests.browser.site import free_port
from tests.manage import run


def fail():
    raise RuntimeError("one\ntwo")


def test_check_that_fails_in_an_unforeseen_way_is_an_error():
    (result,) = examine([Check("disk", fail)])
    assert result.finding.level == Level.ERROR
    assert result.finding.found == "The check itself failed: RuntimeError: one."


@pytest.mark.parametrize(
    ("before", "level"),
    [
        (error("No.", ""), Level.SKIPPED),
        (skipped("No."), Level.SKIPPED),
        (warning("So so.", ""), Level.OK),
        (ok("Yes."), Level.OK),
    ],
)
def test_check_is_skipped_if_the_one_before_it_failed(before, level):
    checks = [Check("site", lambda: before), Check("proxy", lambda: ok("Yes."), after="site")]
    assert examine(checks)[1].finding.level == level


def test_each_check_comes_after_the_one_that_it_names():
    names = [check.name for check in CHECKS]
    assert len(set(names)) == len(names)
    for place, check in enumerate(CHECKS):
        assert check.after in ("", *names[:place])


@pytest.mark.parametrize(
    ("finding", "code"), [(ok("Yes."), 0), (warning("So so.", "Fix."), 0), (error("No.", ""), 1)]
)
@pytest.mark.parametrize("option", [{}, {"json": True}])
def test_only_an_error_is_an_exit_code(monkeypatch, finding, code, option):
    monkeypatch.setattr(examination.examine, "__defaults__", ((Check("a", lambda: finding),),))
    out, ended_with = io.StringIO(), 0
    try:
        call_command("doctor", stdout=out, **option)
    except SystemExit as end:
        ended_with = end.code
    assert ended_with == code
    assert finding.found in out.getvalue()


@pytest.mark.django_db
@pytest.mark.both_databases
@pytest.mark.usefixtures("content")
def test_no_check_fails_by_itself(monkeypatch):
    monkeypatch.setenv("PORT", str(free_port()))
    results = examine()
    assert len(results) == len(CHECKS)
    assert [each for each in results if "itself failed" in each.finding.found] == []


@pytest.mark.slow
def test_new_machine_gets_lines_instead_of_a_traceback(tmp_path):
    done = run("doctor", "--json", data=tmp_path, PORT=str(free_port()))
    assert (done.returncode, done.stderr) == (1, "")
    levels = {each["name"]: each["level"] for each in json.loads(done.stdout)["checks"]}
    assert levels["database"] == levels["web workers"] == "error"
    assert levels["migrations"] == levels["site"] == "skipped"
    assert not (tmp_path / "quiz.sqlite3").exists()
