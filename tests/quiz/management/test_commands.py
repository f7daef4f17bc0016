"""Commands that other people's scripts rely on: input, output and exit codes."""

import io
import json
import os
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from quiz.questionnaires.file import SHIPPED_FILES
from quiz.questionnaires.models import QuestionnaireVersion
from roles.models import Figure, Role
from tests.answers import SHIPPED, alike, scoring, towards
from tests.manage import run

# The table in docs/explanation/scoring.md: scores, contributions, lean, agreement, band and field.
TABLE = [
    ((68.75, 40.625, 59.375), 7.03125, 0.77134, "leaning", "sales"),
    ((31.25, 21.875, 40.625), -18.28125, 0.97335, "clear", "service"),
    ((100, 0, 50), 2.5, 0.60421, "close", ""),
    ((75, 75, 62.5), 20.625, 0.98538, "clear", "sales"),
    ((50, 50, 50), 0.0, 0.5, "close", ""),
]


@pytest.fixture
def lines_file(tmp_path):
    def write(*lines):
        path = tmp_path / "answers.jsonl"
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        path.write_text("\n".join(texts) + "\n", encoding="utf-8")
        return str(path)

    return write


def scored(path, **options):
    out, err = io.StringIO(), io.StringIO()
    call_command("score_answers", path, stdout=out, stderr=err, **options)
    return [json.loads(line) for line in out.getvalue().splitlines()]


class TestScoreAnswers:
    @pytest.mark.parametrize(("scores", "lean", "agreement", "band", "field"), TABLE)
    def test_scores_match_the_table_in_the_documentation(
        self, lines_file, scores, lean, agreement, band, field
    ):
        (outcome,) = scored(lines_file({"id": "a", "answers": scoring(*scores)}))
        assert tuple(outcome["scores"].values()) == scores
        assert outcome["lean"] == pytest.approx(lean, abs=1e-9)
        assert outcome["agreement"] == pytest.approx(agreement, abs=5e-6)
        if not outcome["flags"]:
            assert (outcome["band"], outcome["field"]) == (band, field)

    @pytest.mark.slow
    def test_bad_line_is_reported_and_the_others_are_scored(self, lines_file, tmp_path):
        path = lines_file(
            {"id": 1, "answers": towards("sales", 1)},
            {"id": 2, "answers": towards("sales", 1) | {"P1": 6}},
            "{not json",
            {"id": 4, "answers": towards("service", 1)},
        )
        done = run("score_answers", path, data=tmp_path / "data")
        assert done.returncode == 1
        assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [1, 4]
        assert "line 2: answer to P1 must be a whole number from 1 to 5, not 6" in done.stderr
        assert "line 3: not JSON" in done.stderr

    @pytest.mark.slow
    def test_scoring_needs_no_database(self, lines_file, tmp_path):
        path = lines_file({"id": "a", "answers": towards("sales", 1)})
        done = run("score_answers", path, data=tmp_path / "data")
        assert (done.returncode, done.stderr) == (0, "")
        assert not (tmp_path / "data" / "quiz.sqlite3").exists()

    def test_output_has_the_fields_that_scripts_rely_on(self, lines_file):
        (outcome,) = scored(lines_file({"id": "a", "answers": alike(3)}))
        assert list(outcome) == [
            *("id", "scores", "lean", "agreement", "band", "field", "role", "flags"),
            *("agreement_low", "agreement_high"),
        ]
        assert outcome["role"] == outcome["field"] == ""
        assert {"index": "spread", "level": "invalid"} in outcome["flags"]

    def test_background_chooses_the_level(self, lines_file):
        background = {"B1": "6", "B2": "soon", "B3": "ba"}
        person = {"id": "a", "answers": towards("sales", 1), "background": background}
        outcomes = scored(lines_file(person, person | {"background": {"B1": "4", "B2": "soon"}}))
        assert [o["role"] for o in outcomes] == ["sales-manager", "sales-representative"]

    @pytest.mark.parametrize(
        ("background", "role"),
        [
            ({"B1": "4"}, "customer-service-manager"),
            ({"B1": "3"}, "customer-service-representative"),
            ({"B1": "9", "B3": "none"}, "customer-service-manager"),
            ({"B1_sales": "none", "B1_service": "4"}, "customer-service-manager"),
            ({"B1_sales": "6", "B1_service": "2"}, "customer-service-representative"),
            ({"B3": "student"}, "customer-service-representative"),
        ],
        ids=str,
    )
    def test_background_answers_to_either_version_are_taken(self, lines_file, background, role):
        background = {"B2": "soon", **background}
        line = {"id": "a", "answers": towards("service", 1), "background": background}
        assert [outcome["role"] for outcome in scored(lines_file(line))] == [role]

    def test_every_shipped_version_gives_the_same_output(self, lines_file):
        lines = [
            {"id": place, "answers": scoring(*scores), "seconds": alike(place + 1)}
            for place, (scores, *_expected) in enumerate(TABLE)
        ]
        path = lines_file(*lines)
        for file in SHIPPED_FILES.values():
            assert scored(path, questionnaire=str(file)) == scored(path)

    @pytest.mark.slow
    def test_every_line_gives_one_line_or_one_message(self, tmp_path):
        good = json.dumps({"id": "é\ud83d\u2028", "answers": towards("sales", 1)}).encode()
        twice = good.replace(b'"P1"', b'"P2"')
        lines = [
            b"\xef\xbb\xbf" + good,
            *(b"\xff\xfe", b"NaN", b"\0", twice, b"", b"[" * 50_000, b"9" * 5000),
            b'{"id": NaN, "answers": {}}',
            b'{"id": 1, "answers": {"\\ud83d\\n\\u001b[31m": 1}}',
            good.replace(b": 4", b": 4.0"),
            good + b"\r",
            good,
        ]
        path = tmp_path / "answers.jsonl"
        path.write_bytes(b"\n".join(lines))
        done = run(
            "score_answers", str(path), data=tmp_path / "data", PYTHONIOENCODING="ascii", LC_ALL="C"
        )
        assert done.returncode == 1
        ids = [json.loads(line)["id"] for line in done.stdout.splitlines()]
        assert ids == ["é\ud83d\u2028"] * 4
        numbers = [line.split(":")[0] for line in done.stderr.splitlines()]
        assert numbers == [
            *("line 2", "line 3", "line 4", "line 5", "line 7", "line 8", "line 9", "line 10"),
            "CommandError",
        ]

    @pytest.mark.parametrize("size", [1, 700, 1_000_000])
    def test_messages_name_the_line_in_a_file_of_several_batches(
        self, lines_file, monkeypatch, size
    ):
        monkeypatch.setattr("quiz.management.commands.score_answers.BATCH_BYTES", size)
        good = {"id": "a", "answers": towards("sales", 1)}
        path, out, err = lines_file(good, "", "x", good, good, "[]"), io.StringIO(), io.StringIO()
        with pytest.raises(CommandError, match="2 lines couldn't be scored"):
            call_command("score_answers", path, stdout=out, stderr=err)
        assert [line.split(":")[0] for line in err.getvalue().splitlines()] == ["line 3", "line 6"]
        assert [json.loads(line)["id"] for line in out.getvalue().splitlines()] == ["a"] * 3

    def test_standard_input_can_be_read(self, monkeypatch):
        line = json.dumps({"id": "a", "answers": towards("sales", 1)}).encode()
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(line)))
        (outcome,) = scored("-")
        assert outcome["id"] == "a"

    @pytest.mark.slow
    def test_reader_that_leaves_early_gets_no_traceback(self, lines_file, tmp_path):
        path = lines_file(*[{"id": n, "answers": towards("sales", 1)} for n in range(1000)])
        reader, writer = os.pipe()
        os.close(reader)
        done = run("score_answers", path, data=tmp_path / "data", stdout=writer)
        os.close(writer)
        assert (done.returncode, done.stderr) == (1, "")

    @pytest.mark.slow
    def test_missing_file_is_named(self, tmp_path):
        done = run("score_answers", str(tmp_path / "none.jsonl"), data=tmp_path / "data")
        assert done.returncode == 1
        assert "none.jsonl: No such file" in done.stderr
        assert "Traceback" not in done.stderr

    def test_another_questionnaire_can_be_given(self, lines_file, tmp_path):
        other = json.loads(SHIPPED_FILES[1].read_text(encoding="utf-8"))
        for trait, weight in zip(other["traits"], (0.2, 0.3, 0.5), strict=True):
            trait["weight"] = weight
        path = tmp_path / "other.json"
        path.write_text(json.dumps(other), encoding="utf-8")
        line = lines_file({"id": "a", "answers": scoring(100, 0, 50)})
        (outcome,) = scored(line, questionnaire=str(path))
        assert outcome["lean"] == pytest.approx(0.2 * 50 - 0.3 * 50)


class TestCheckQuestionnaire:
    @pytest.mark.slow
    @pytest.mark.parametrize("file", SHIPPED_FILES.values(), ids=SHIPPED_FILES)
    def test_shipped_questionnaire_has_no_errors(self, tmp_path, file):
        done = run("check_questionnaire", str(file), data=tmp_path)
        assert (done.returncode, done.stdout) == (0, "No errors.\n")

    @pytest.mark.slow
    def test_error_names_its_place_and_fix_and_exits_with_1(self, tmp_path):
        broken = json.loads(SHIPPED_FILES[1].read_text(encoding="utf-8"))
        broken["items"][0]["keying"] = -broken["items"][0]["keying"]
        path = tmp_path / "broken.json"
        path.write_text(json.dumps(broken), encoding="utf-8")
        done = run("check_questionnaire", str(path), data=tmp_path)
        assert done.returncode == 1
        assert "error: trait proactive:" in done.stdout
        assert "Ask as many of each" in done.stdout

    @pytest.mark.parametrize(("high", "times"), [(2, "0.25"), (7, "1.5"), (11, "2.5")])
    def test_limits_for_careless_answers_are_given_for_another_scale(self, tmp_path, high, times):
        other = json.loads(SHIPPED_FILES[1].read_text(encoding="utf-8"))
        other["scale"] = [
            {"value": value, "label": {"en": f"Answer {value}"}} for value in range(1, high + 1)
        ]
        path = tmp_path / "other.json"
        path.write_text(json.dumps(other), encoding="utf-8")
        out = io.StringIO()
        call_command("check_questionnaire", str(path), stdout=out)
        assert f"limits for careless answers are {times} times those for 1 to 5" in out.getvalue()

    @pytest.mark.slow
    def test_faults_can_be_printed_in_any_locale(self, tmp_path):
        other = json.loads(SHIPPED_FILES[1].read_text(encoding="utf-8"))
        other["bands"]["clear_from"] = 0.6
        path = tmp_path / "other.json"
        path.write_text(json.dumps(other), encoding="utf-8")
        done = run("check_questionnaire", str(path), data=tmp_path, PYTHONIOENCODING="ascii")
        assert r"error: leaning from, clear from: \u201cLeaning from\u201d" in done.stdout
        assert "UnicodeEncodeError" not in done.stderr

    @pytest.mark.parametrize(
        "text",
        [
            *("", "[]", '{"number": 1}', "\x00", "{" * 5000, "NaN", "1e999", "9" * 5000),
            *('"\\ud83d"', '{"scale": [], "scale": []}', '{"\\ud83d": NaN}'),
        ],
    )
    def test_file_that_is_not_a_questionnaire_is_refused_with_reasons(self, tmp_path, text):
        path = tmp_path / "broken.json"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(CommandError, match=r"broken\.json: "):
            call_command("check_questionnaire", str(path), stdout=io.StringIO())


@pytest.mark.usefixtures("content")
class TestLoadContent:
    def load(self):
        out = io.StringIO()
        call_command("load_content", stdout=out)
        return out.getvalue()

    def test_loading_again_changes_nothing(self):
        self.load()
        said = self.load()
        counts = [model.objects.count() for model in (QuestionnaireVersion, Role, Figure)]
        # Version 1, and version 2 as a draft.
        assert counts == [2, 4, 234]
        assert "0 created, 0 updated, 0 removed" in said
        assert "Questionnaire: kept" in said

    def test_edited_role_is_kept(self):
        Role.objects.filter(slug="sales-manager").update(summary_en="Edited here.")
        assert "1 kept" in self.load()
        assert Role.objects.get(slug="sales-manager").summary_en == "Edited here."

    def test_version_published_by_editors_stays_live(self):
        QuestionnaireVersion.objects.add(SHIPPED, title="Ours").publish()
        self.load()
        assert QuestionnaireVersion.objects.published().get().title == "Ours"
