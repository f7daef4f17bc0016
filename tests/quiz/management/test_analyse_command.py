"""`analyse_responses`: input, output and exit codes."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from tests.quiz.evidence.factories import FIXTURE, lines_of
from tests.quiz.management.manage import run


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "pilot.csv"
    path.write_text("\n".join(lines_of(FIXTURE)) + "\n", encoding="utf-8-sig")
    return path


def analyse(path, *scales, low=1, high=5):
    out = io.StringIO()
    asked = [part for scale in scales for part in ("--scale", scale)]
    call_command(
        "analyse_responses", str(path), *asked, f"--min={low}", f"--max={high}", stdout=out
    )
    return json.loads(out.getvalue())


def test_each_scale_has_statistics(file):
    found = analyse(file, "A=A1,A2,A3,A4", "half=A1,A2")
    assert list(found["scales"]) == ["A", "half"]
    assert found["scales"]["A"]["alpha"] == pytest.approx(0.940774, abs=5e-7)
    assert found["scales"]["half"]["omega"] is None


def test_command_runs_without_a_database(file, tmp_path):
    done = run(
        *("analyse_responses", str(file), "--scale", "A=A1-,A2-", "--min", "1", "--max", "6"),
        data=tmp_path / "data",
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["scales"]["A"]["n"] == 8
    assert not (tmp_path / "data" / "quiz.sqlite3").exists()


def test_wrong_cell_exits_with_1_and_names_row_and_column(file, tmp_path):
    file.write_text("A1,A2\n1,2\n3,8\n")
    done = run(
        *("analyse_responses", str(file), "--scale", "A=A1,A2", "--min", "1", "--max", "6"),
        data=tmp_path / "data",
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "row 3, column A2: 8 is no number from 1 to 6" in done.stderr


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "No such file"), (b"A1,A2\n1,\xff\n", "not text in UTF-8"), (b"", "no column A1")],
)
def test_unreadable_file_is_reported(tmp_path, content, says):
    path = tmp_path / "a.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=says):
        analyse(path, "A=A1,A2")


def test_lowest_answer_must_be_below_the_highest(file):
    with pytest.raises(CommandError, match="--min 5 must be below --max 5"):
        analyse(file, "A=A1,A2", low=5, high=5)
