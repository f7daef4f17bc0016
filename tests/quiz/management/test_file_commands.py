"""Exporting and importing versions on the command line."""

import dataclasses
import io
import json
import os
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from quiz.core.questionnaire import TRAITS, BackgroundQuestion, Option, Questionnaire
from quiz.questionnaires.file import write
from quiz.questionnaires.models import QuestionnaireVersion, Trait
from tests.answers import SHIPPED
from tests.factories import all_rows
from tests.quiz.admin.pages import stored

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

HOSTILE = "<script>alert('x')</script>\"&\u202eafter\u202c ’é🙂 {{ x }} %s \\ \r\n\t".ljust(
    2000, "w"
)
with_spare = dataclasses.replace(SHIPPED, items=SHIPPED.items[2:], spare=SHIPPED.items[:2])


def text(longest):
    return {"en": HOSTILE[:longest]}


def texts_of_a_trait():
    columns = {each.name: Trait._meta.get_field(f"{each.name}_en") for each in TRAITS.texts}
    return {name: text(column.max_length) for name, column in columns.items()}


hostile = dataclasses.replace(
    SHIPPED,
    texts={key: text(2000) for key in SHIPPED.texts},
    scale=tuple(dataclasses.replace(a, label=text(80)) for a in SHIPPED.scale),
    traits=tuple(dataclasses.replace(t, **texts_of_a_trait()) for t in SHIPPED.traits),
    items=tuple(dataclasses.replace(i, text=text(300), rationale=HOSTILE) for i in SHIPPED.items),
    background=tuple(
        BackgroundQuestion(q.key, text(300), tuple(Option(o.value, text(120)) for o in q.options))
        for q in SHIPPED.background
    ),
)
unfinished = dataclasses.replace(
    SHIPPED, texts={}, scale=SHIPPED.scale[:1], items=(), traits=SHIPPED.traits[:1], background=()
)
empty = Questionnaire(
    number=None,
    languages=(),
    items_per_page=1,
    clear_from=0.5,
    leaning_from=1.0,
    texts={},
    scale=(),
    traits=(),
    items=(),
    background=(BackgroundQuestion("B", {}, ()),),
)
without_words = dataclasses.replace(
    SHIPPED, items=tuple(dataclasses.replace(i, text={}) for i in SHIPPED.items)
)


def exported(which="live"):
    out = io.StringIO()
    call_command("export_questionnaire", str(which), stdout=out)
    return out.getvalue()


def imported(path, **options):
    out = io.StringIO()
    call_command("import_questionnaire", str(path), stdout=out, **options)
    return out.getvalue()


def refused(command, *args, **options):
    with pytest.raises(CommandError) as caught:
        call_command(command, *map(str, args), **options)
    return str(caught.value)


class TestThereAndBack:
    @pytest.mark.parametrize(
        "questionnaire",
        [SHIPPED, with_spare, hostile, unfinished, without_words, empty],
        ids=["shipped", "spare", "hostile", "unfinished", "without-words", "empty"],
    )
    def test_export_of_an_import_has_the_same_bytes(self, content, tmp_path, questionnaire):
        version = QuestionnaireVersion.objects.add(questionnaire, title="There")
        first = exported(f"draft:{version.pk}")
        file = tmp_path / "and-back.json"
        file.write_text(first, encoding="utf-8", newline="\n")
        name = imported(file).split()[0]
        assert exported(name) == first == write(questionnaire)

    def test_live_export_is_the_shipped_questionnaire(self, content):
        assert exported("live") == exported(1) == write(SHIPPED)

    def test_terminal_with_another_encoding_gets_the_same_bytes(self, content, monkeypatch):
        version = QuestionnaireVersion.objects.add(hostile, title="Hostile")
        printed = io.BytesIO()
        stream = io.TextIOWrapper(printed, encoding="latin-1", newline="\r\n")
        monkeypatch.setattr("sys.stdout", stream)
        call_command("export_questionnaire", f"draft:{version.pk}")
        assert printed.getvalue() == write(hostile).encode()

    def test_output_file_has_the_same_bytes(self, content, tmp_path):
        file = tmp_path / "live.json"
        call_command("export_questionnaire", "live", output=str(file))
        assert file.read_bytes() == write(SHIPPED).encode()

    def test_draft_is_titled_after_its_file_or_the_option(self, content, tmp_path):
        file = tmp_path / "spring-time.json"
        file.write_text(exported(), encoding="utf-8")
        imported(file)
        imported(file, title="Mine")
        titles = QuestionnaireVersion.objects.drafts().values_list("title", flat=True)
        assert set(titles) == {"spring-time", "Mine"}

    def test_import_prints_what_the_check_finds(self, content, tmp_path):
        file = tmp_path / "unfinished.json"
        file.write_text(write(unfinished), encoding="utf-8")
        assert "error: " in imported(file)

    def test_standard_input_can_be_read(self, content, monkeypatch):
        stream = SimpleNamespace(buffer=io.BytesIO(write(with_spare).encode()))
        monkeypatch.setattr("sys.stdin", stream)
        imported("-")
        draft = QuestionnaireVersion.objects.get(title="From standard input")
        assert stored(draft) == dataclasses.replace(with_spare, number=None)


class TestRefused:
    def test_bad_file_is_refused_with_every_fault_and_changes_nothing(self, content, tmp_path):
        data = json.loads(write(SHIPPED))
        data["items"][3]["keying"] = 2
        data["traits"][0]["weight"] = "much"
        file = tmp_path / "bad.json"
        file.write_text(json.dumps(data), encoding="utf-8")
        before = all_rows()
        said = refused("import_questionnaire", file)
        assert ".items[3].keying (statement 4): 2 isn't allowed here. Use one of 1, -1." in said
        assert ".traits[0].weight" in said
        assert all_rows() == before

    def test_language_that_the_site_does_not_offer_is_refused(self, content, tmp_path):
        data = json.loads(write(SHIPPED))
        data["languages"].append("xx")
        data["items"][0]["text"]["xx"] = "X"
        file = tmp_path / "other.json"
        file.write_text(json.dumps(data), encoding="utf-8")
        before = all_rows()
        assert '.items[0].text.xx (statement 1): The site isn\'t offered in "xx".' in refused(
            "import_questionnaire", file
        )
        assert all_rows() == before

    @pytest.mark.parametrize("which", ["2", "draft:99", "draft:", "x", "-1", "1" * 30, "", "¹"])
    def test_unknown_version_is_named(self, content, which):
        said = refused("export_questionnaire", f"{which}" if which != "-1" else "x-1")
        assert "Choose one of: 1." in said or "Give a published number" in said

    def test_missing_file_is_named(self, content, tmp_path):
        assert "No such file" in refused("import_questionnaire", tmp_path / "none.json")
        assert "directory" in refused("import_questionnaire", tmp_path)
        said = refused("export_questionnaire", "live", output=str(tmp_path / "no" / "way.json"))
        assert "No such file" in said

    @pytest.mark.parametrize("title", ["x" * 81, "a\0b", "\udce9", " "])
    def test_title_that_cannot_be_stored_is_refused(self, content, tmp_path, title):
        file = tmp_path / "live.json"
        file.write_text(exported(), encoding="utf-8")
        assert "80 characters" in refused("import_questionnaire", file, title=title)
        assert not QuestionnaireVersion.objects.drafts().exists()

    def test_long_file_name_is_cut_to_fit_the_title(self, content, tmp_path):
        file = tmp_path / f"{'x' * 120}.json"
        file.write_text(exported(), encoding="utf-8")
        imported(file)
        assert QuestionnaireVersion.objects.filter(title="x" * 80).exists()

    @pytest.mark.parametrize(
        ("name", "title"),
        [(b"caf\xe9.json", "caf?"), (b" .json", "From a file"), (b"a.b.json", "a.b")],
    )
    def test_any_file_name_gives_a_title(self, content, tmp_path, name, title):
        file = tmp_path / os.fsdecode(name)
        file.write_text(exported(), encoding="utf-8")
        imported(file)
        assert QuestionnaireVersion.objects.drafts().get().title == title
