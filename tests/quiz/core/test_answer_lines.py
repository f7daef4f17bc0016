import json

import pytest

from quiz.core.answer_lines import LineError, score_line
from tests.answers import SHIPPED, VERSION_2, alike, scoring, towards

pytestmark = pytest.mark.pure


def line(**changes):
    data = {"id": "a", "answers": scoring(68.75, 40.625, 59.375)} | changes
    return json.dumps(data).encode()


def test_line_gives_every_field_of_the_contract():
    outcome = score_line(SHIPPED, line())
    assert outcome.keys() == {
        "id",
        "scores",
        "lean",
        "agreement",
        "band",
        "field",
        "role",
        "flags",
    }
    assert outcome["id"] == "a"
    assert outcome["scores"] == {"proactive": 68.75, "persuasion": 40.625, "targets": 59.375}
    assert outcome["lean"] == pytest.approx(7.03125)
    assert (outcome["band"], outcome["field"]) == ("leaning", "sales")
    assert outcome["role"] == "sales-representative"
    assert outcome["flags"] == []


def test_background_chooses_the_level():
    outcome = score_line(SHIPPED, line(background={"B1": 6, "B2": "soon", "B3": None}))
    assert outcome["role"] == "sales-manager"
    young = score_line(SHIPPED, line(background={"B1": "4", "B2": "soon"}))
    assert young["role"] == "sales-representative"


def test_years_in_each_field_choose_the_level_in_version_2():
    background = {"B1_sales": 6, "B1_service": "none", "B2": "soon", "B3": "other"}
    outcome = score_line(VERSION_2, line(background=background))
    assert outcome["role"] == "sales-manager"
    less = background | {"B1_sales": 4, "B1_service": 6}
    assert score_line(VERSION_2, line(background=less))["role"] == "sales-representative"


def test_seconds_raise_flags_and_an_invalid_flag_empties_field_and_role():
    outcome = score_line(SHIPPED, line(seconds=dict.fromkeys(SHIPPED.items_by_key, 0.5)))
    assert outcome["flags"] == [{"index": "time", "level": "invalid"}]
    assert (outcome["band"], outcome["field"], outcome["role"]) == ("insufficient", "", "")
    assert outcome["lean"] == pytest.approx(7.03125)


def test_id_of_any_type_comes_back_unchanged():
    for given in (7, "é", None, ["x"]):
        assert score_line(SHIPPED, line(id=given))["id"] == given


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe", "UTF-8"),
        (b"[1]", "not an object"),
        (b"[" * 100_000, "nested"),
        (b'{"answers": {}}', "no id"),
        (b'{"id": 1}', "no answers"),
        (b'{"id": 1, "answers": [5]}', "answers is not an object"),
        (line(answers=alike(3) | {"Z9": 3}), "Z9"),
        (line(answers=alike(3) | {"P1": 6}), "P1"),
        (line(answers=alike(3) | {"P1": 10**30}), "P1"),
        (line(answers={"P1": 3}), "no answer to"),
        (line(seconds={"P1": -1}), "P1"),
        (line(seconds=[1]), "seconds is not an object"),
        (line(background={"B9": "x"}), "B9"),
        (line(background={"B2": "tomorrow"}), "B2 must be one of now, soon, later, no"),
        (line(background={"B2": ["now"]}), "B2"),
        (line(background=3), "background is not an object"),
        (line(colour="red"), "colour"),
        (b'{"id": 1, "answers": {"P1": ' + b"9" * 5000 + b"}}", "not JSON"),
    ],
    ids=range(19),
)
def test_bad_line_gives_the_reason(text, says):
    with pytest.raises(LineError, match=says):
        score_line(SHIPPED, text)


def test_clear_service_leads_to_the_service_page():
    outcome = score_line(SHIPPED, line(answers=towards("service")))
    assert (outcome["band"], outcome["role"]) == ("clear", "customer-service-representative")
