"""`analyse_responses`: input, output and exit codes."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from tests.manage import run
from tests.quiz.evidence.factories import FIXTURE, lines_of


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "pilot.csv"
    path.write_text("\n".join(lines_of(FIXTURE)) + "\n", encoding="utf-8-sig")
    return path


def analyse(path, *scales, low=1, high=5, more=()):
    out = io.StringIO()
    asked = [part for scale in scales for part in ("--scale", scale)]
    call_command(
        "analyse_responses", str(path), *asked, f"--min={low}", f"--max={high}", *more, stdout=out
    )
    return json.loads(out.getvalue())


def test_each_scale_has_statistics(file):
    found = analyse(file, "A=A1,A2,A3,A4", "half=A1,A2")
    assert list(found["scales"]) == ["A", "half"]
    assert found["scales"]["A"]["alpha"] == pytest.approx(0.940774, abs=5e-7)
    assert found["scales"]["half"]["omega"] is None


@pytest.mark.slow
def test_command_runs_without_a_database(file, tmp_path):
    done = run(
        *("analyse_responses", str(file), "--scale", "A=A1-,A2-", "--min", "1", "--max", "6"),
        data=tmp_path / "data",
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["scales"]["A"]["n"] == 8
    assert not (tmp_path / "data" / "quiz.sqlite3").exists()


@pytest.mark.slow
def test_wrong_cell_exits_with_1_and_names_row_and_column(file, tmp_path):
    file.write_text("A1,A2\n1,2\n3,8\n")
    done = run(
        *("analyse_responses", str(file), "--scale", "A=A1,A2", "--min", "1", "--max", "6"),
        data=tmp_path / "data",
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "row 3, column A2: 8 isn't a number from 1 to 6" in done.stderr


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "No such file"),
        (b"A1,A2\n1,\xff\n", r"line 2: not text in UTF-8 \(byte 0xFF"),
        ("A1,A2\n1,2\n".encode("utf-16-le"), "line 1: not text in UTF-8.*UTF-16.*save the file"),
        ("A1,A2\n1,2\n".encode("utf-16"), "line 1: not text in UTF-8.*UTF-16.*save the file"),
        (b"A1,A2\n1,\x002\n", "line 2: not text in UTF-8"),
        (b"", "no column A1"),
    ],
)
def test_unreadable_file_is_reported(tmp_path, content, says):
    path = tmp_path / "a.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=says):
        analyse(path, "A=A1,A2")


def test_wrong_byte_is_reported_before_wrong_cells(tmp_path, monkeypatch):
    monkeypatch.setattr("quiz.core.utf8.BLOCK_BYTES", 1)
    path = tmp_path / "a.csv"
    path.write_bytes(b"A1,A2\n" + b"9,9\n" * 50 + b"1,\xff\n")
    with pytest.raises(CommandError, match="line 52: not text in UTF-8"):
        analyse(path, "A=A1,A2")
    with pytest.raises(CommandError, match="line 52: not text in UTF-8"):
        analyse(path, "A=B1")


def test_missing_file_is_reported_before_a_wrong_scale(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        analyse(tmp_path / "none.csv", "A")


def test_lowest_answer_must_be_below_the_highest(file):
    with pytest.raises(CommandError, match="--min 5 must be below --max 5"):
        analyse(file, "A=A1,A2", low=5, high=5)


@pytest.mark.parametrize("bound", ["0_1", "nan", "inf", "1e7", "x", ""])
def test_ends_of_the_scale_are_plain_numbers(file, bound):
    with pytest.raises(CommandError, match="isn't a number from -1000000 to 1000000"):
        analyse(file, "A=A1,A2", low=bound)


def test_delimiter_may_be_given(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("A1:A2\n1:2\n3:4\n")
    assert analyse(path, "A=A1,A2", more=["--delimiter", ":"])["scales"]["A"]["n"] == 2
    path.write_text("A1\tA2\n1\t2\n3\t4\n")
    for name in ("tab", "\\t", "\t"):
        assert analyse(path, "A=A1,A2", more=["--delimiter", name])["scales"]["A"]["n"] == 2


@pytest.mark.parametrize("given", ["", "ab", "1", '"', "\n", "a"])
def test_delimiter_is_one_character(file, given):
    with pytest.raises(CommandError, match="isn't one character such as ;"):
        analyse(file, "A=A1,A2", more=[f"--delimiter={given}"])


@pytest.mark.parametrize(
    "more",
    [
        ["--missing=-99,.,#NULL!"],
        ["--missing", "-99,.,#NULL!"],
        ["--missing", "#NULL!, .,-99"],
        ["--missing", '-99.0,".",#null!'],
    ],
)
def test_missing_values_may_be_given_in_one_list(tmp_path, more):
    path = tmp_path / "a.csv"
    path.write_text("A1,A2\n1,2\n-99,4\n.,2\n#NULL!,3\n5,5\n")
    assert analyse(path, "A=A1,A2", more=more)["scales"]["A"]["n"] == 2


@pytest.mark.slow
def test_list_of_missing_values_may_start_with_a_minus_on_the_command_line(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("A1;A2\n1;2\n-99;4\n.;2\n5;5\n")
    done = run(
        *("analyse_responses", str(path), "--scale", "A=A1,A2", "--min", "-2", "--max", "5"),
        *("--missing", "-99,.", "--delimiter", ";"),
        data=tmp_path / "data",
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["scales"]["A"]["n"] == 2


def test_output_is_ascii(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("ü,A2\n1,2\n2,3\n", encoding="utf-8")
    out = io.StringIO()
    call_command(
        *("analyse_responses", str(path), "--scale", "Größe=ü,A2", "--min=1", "--max=5"), stdout=out
    )
    assert out.getvalue().isascii()
    assert list(json.loads(out.getvalue())["scales"]["Größe"]["items"]) == ["ü", "A2"]
