"""The cells of a result in each scope."""

import pytest

from quiz.attempts.models import Attempt
from quiz.core.scopes import ANSWERS, SCOPES, TRAITS, VERDICT
from quiz.counseling.exporting import Selection
from quiz.counseling.exporting.rows import RowReader
from quiz.counseling.models import ClientGroup, Disclosure
from quiz.questionnaires.models import QuestionnaireVersion
from quiz.results.tables.columns import Columns
from quiz.results.tables.values import ValueReader
from tests.answers import SHIPPED, leaning
from tests.factories import NOON, disclose, flag, make_client
from tests.quiz.counseling.exporting.files import (
    AWKWARD_NAMES,
    ITEM_CELLS,
    disclose_under,
    results,
    whole,
)

pytestmark = pytest.mark.both_databases

TRAIT_CELLS = ["score_proactive", "score_persuasion", "score_targets"]


class TestScopes:
    def row(self, counselor, scope) -> dict[str, str]:
        disclose(make_client(counselor), scope, leaning("service", 9))
        (row,) = results(whole(counselor))
        return row

    @pytest.mark.parametrize("scope", SCOPES)
    def test_every_scope_has_the_verdict(self, counselor, scope):
        row = self.row(counselor, scope)
        assert row["scope"] == scope
        assert (row["field"], row["band"]) == ("service", "leaning")
        assert float(row["lean"]) < 0 < float(row["agreement"]) < 1

    @pytest.mark.parametrize(("scope", "are_there"), [(VERDICT, 0), (TRAITS, 3), (ANSWERS, 3)])
    def test_only_scopes_with_traits_have_scores(self, counselor, scope, are_there):
        row = self.row(counselor, scope)
        for kind in ("score", "sem"):
            cells = [row[name] for name in row if name.startswith(f"{kind}_")]
            assert (len(cells), len(list(filter(None, cells)))) == (3, are_there)

    @pytest.mark.parametrize(("scope", "are_there"), [(VERDICT, 0), (TRAITS, 0), (ANSWERS, 24)])
    def test_only_the_answers_scope_has_answers(self, counselor, scope, are_there):
        row = self.row(counselor, scope)
        assert len(list(filter(None, (row[name] for name in ITEM_CELLS)))) == are_there

    @pytest.mark.parametrize("scope", [VERDICT, TRAITS])
    @pytest.mark.parametrize(
        ("levels", "named"),
        [
            ({}, ""),
            ({"time": "review"}, "review"),
            ({"spread": "invalid"}, "invalid"),
            ({"time": "review", "spread": "invalid"}, "invalid"),
            ({"spread": "invalid", "time": "review"}, "invalid"),
        ],
        ids=str,
    )
    def test_other_scopes_only_have_the_highest_flag_level(self, counselor, scope, levels, named):
        flag(disclose(make_client(counselor), scope), **levels)
        (row,) = results(whole(counselor))
        assert row["flags"] == named

    def test_answers_outside_the_scope_are_not_read(self, counselor):
        disclose(make_client(counselor), VERDICT)
        reader = RowReader(counselor, Selection.of(counselor).columns)
        (found,) = reader._found([Attempt.objects.get().pk])
        assert found[-1] is None


class TestCells:
    def test_numbers_match_the_result(self, counselor):
        shared = disclose(make_client(counselor))
        (row,) = results(whole(counselor))
        result = shared.attempt.result
        assert float(row["lean"]) == round(result["lean"], 6)
        assert float(row["agreement"]) == round(result["agreement"], 6)
        assert [float(row[name]) for name in TRAIT_CELLS] == list(result["scores"].values())

    def test_answers_are_in_the_order_of_the_questionnaire(self, counselor):
        values = leaning("sales", 12)
        disclose(make_client(counselor), answers=values)
        (row,) = results(whole(counselor))
        assert [name for name in row if name.startswith("item_")] == ITEM_CELLS
        assert [row[name] for name in ITEM_CELLS] == [str(values[i.key]) for i in SHIPPED.items]

    def test_row_has_sitting_and_version(self, counselor):
        disclose(make_client(counselor), at=NOON)
        (row,) = results(whole(counselor))
        named = ("questionnaire", "norms", "language", "is_first", "shared_at", "finished_at")
        noon = "2026-11-24T12:00:00Z"
        assert [row[name] for name in named] == ["1", "0", "en", "1", noon, noon]

    def test_flags_are_written_in_words(self, counselor):
        shared = disclose(make_client(counselor))
        flag(shared, time="review", spread="invalid")
        (row,) = results(whole(counselor))
        assert row["flags"] == "time: review; spread: invalid"
        assert (row["band"], row["field"]) == ("insufficient", "")

    def test_group_and_tags_are_sorted_alphabetically(self, counselor):
        group = ClientGroup.objects.create(counselor=counselor, name="Class 4")
        client = make_client(counselor, group=group)
        client.tags.add(*(counselor.tags.create(name=name) for name in ("zeal", "autumn", "May")))
        disclose(client)
        (row,) = results(whole(counselor))
        assert (row["group"], row["tags"]) == ("Class 4", "autumn; May; zeal")

    @pytest.mark.parametrize("name", AWKWARD_NAMES)
    def test_stored_name_survives_the_file_unchanged(self, counselor, name):
        disclose_under(name, counselor)
        (row,) = results(whole(counselor))
        assert row["client_name"] == name

    def test_items_of_other_versions_are_empty(self, counselor, live, draft):
        disclose(make_client(counselor, "Old"))
        draft.items.filter(key="P1").update(key="P9")
        draft.publish()
        new = draft.questionnaire()
        values = {item.key: 3 + item.keying for item in new.items}
        attempt, _code = Attempt.objects.start(draft.pk, language="en", is_first=False, now=NOON)
        answers = {key: {"value": value} for key, value in values.items()}
        Attempt.objects.filter(pk=attempt.pk).update(
            answers=answers,
            result=Attempt.objects.first().result | {"questionnaire": 2},
            finished_at=NOON,
        )
        client = make_client(counselor, "New")
        Disclosure.objects.create(attempt=attempt, client=client, scope=ANSWERS, at=NOON)
        old, young = results(whole(counselor))
        assert [name for name in old if name.startswith("item_")] == [
            *(f"item_{item.key}" for item in new.items),
            "item_P1",
        ]
        assert (old["questionnaire"], old["item_P9"] == "", old["item_P1"] != "") == (
            "1",
            True,
            True,
        )
        assert (young["questionnaire"], young["item_P1"]) == ("2", "")
        assert (young["item_P9"], young["is_first"]) == (str(values["P9"]), "0")


class TestInvalidData:
    """Invalid data doesn't keep other results from being read."""

    COLUMNS = Columns(("t",), ("A", "B"))

    def cells(self, result: str, answers: str | None = None) -> str:
        return ValueReader(self.COLUMNS).cells(ANSWERS, result, answers)

    @pytest.mark.parametrize(
        "result", ["", "null", "[]", '{"lean": "=2+2"}', '{"scores": {"t": true}}', '{"band": 1}']
    )
    def test_invalid_result_leaves_its_cells_empty(self, result):
        assert self.cells(result) == "," * 12

    @pytest.mark.parametrize("answers", ["", "null", "[]", '{"A": 3}', '{"A": {"value": "=2+2"}}'])
    def test_invalid_answers_leave_their_cells_empty(self, answers):
        assert self.cells('{"band": "clear", "lean": -1.5}', answers) == ",,clear,,-1.5" + "," * 8

    def test_missing_values_are_empty_and_unknown_ones_ignored(self):
        result = '{"norms": 0, "lean": 0.0, "scores": {"t": 1e-05, "u": 2.0}, "more": [1]}'
        answers = '{"B": {"value": 5, "ms": 4000}, "C": {"value": 1}, "A": {"ms": 1}}'
        assert self.cells(result, answers) == "0,,,,0.0,,,,,0.00001,,,5"


class TestDecimals:
    @pytest.mark.parametrize(
        ("stored", "written"),
        [
            ("-1.2499999999999993", "-1.25"),
            ("0.30000000000000004", "0.3"),
            ("8.28125", "8.28125"),
            ("12.3456789", "12.345679"),
            ("-0.0000001", "0.0"),
            ("7", "7.0"),
        ],
    )
    def test_numbers_have_up_to_six_decimals(self, stored, written):
        result = f'{{"lean": {stored}, "scores": {{"t": {stored}}}}}'
        cells = ValueReader(Columns(("t",), ())).cells(ANSWERS, result, None).split(",")
        assert cells[4] == cells[9] == written


class TestManyColumns:
    def test_newer_versions_come_first(self, live, draft):
        draft.items.filter(key="P1").update(key="P9")
        draft.publish()
        versions = QuestionnaireVersion.objects.order_by("number")
        columns = Columns.of(version.questionnaire() for version in versions)
        assert (columns.item_keys[0], columns.item_keys[-1]) == ("P9", "P1")
