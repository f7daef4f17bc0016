import json

import pytest

from quiz.core.answer_lines import LineError, Unreadable, score_line, scored_line
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
        "agreement_low",
        "agreement_high",
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
        (b'{"id": 1, "answers": {"P1": ' + b"9" * 5000 + b"}}", "too many digits"),
        (line(answers=alike(3) | {"P1": 4.5}), "P1 must be a whole number from 1 to 5, not 4.5"),
        (line(answers=alike(3) | {"P1": "4"}), "P1 must be a whole number from 1 to 5, not '4'"),
        (line(answers=alike(3) | {"P1": True}), "P1 must be a whole number from 1 to 5, not True"),
        (line(answers=alike(3) | {"\ud83d": 3}), "no such item: '.ud83d'"),
        (line(answers=alike(3) | {f"Z{n}": 3 for n in range(1000)}), "and 995 more"),
        (line(answers=alike(3) | {"Z" * 10_000: 3}), "no such item: 'Z{39}$"),
        (line(seconds={"P1": 10**400}), "P1"),
        (line(background={"B1": 6.5}), "B1 must be one of"),
        (line(background={"a\nline 2: fine": 1}), r"a\\nline 2"),
        (line() + b"{}", "not JSON: Extra data at character"),
        (b"\0" + line(), "UTF-16"),
        (line().decode().encode("utf-16-le"), "UTF-16"),
        (b'{"id": "caf\xe9", "answers": {}}', "0xE9"),
    ],
    ids=range(32),
)
def test_bad_line_gives_the_reason_on_one_short_line(text, says):
    with pytest.raises(LineError, match=says) as caught:
        scored_line(SHIPPED, text)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b"[1]", ()),
        (line(colour="red"), ()),
        (line(answers={"P1": 3}), ("answers",)),
        (line(answers=alike(3) | {"P1": 6}), ("answers", "P1")),
        (line(seconds=[1]), ("seconds",)),
        (line(seconds={"P1": -1}), ("seconds", "P1")),
        (line(background={"B9": "x"}), ("background",)),
        (line(background={"B2": "tomorrow"}), ("background", "B2")),
        (line(id="here").replace(b'"here"', b"1e999"), ("id",)),
    ],
)
def test_fault_has_a_place(text, place):
    with pytest.raises(LineError) as caught:
        scored_line(SHIPPED, text)
    assert caught.value.place == place
    assert type(caught.value) is LineError


@pytest.mark.parametrize(
    "text", [b"{", b"\xff", b"[" * 100_000, b'{"id": 1, "id": 1}', b'{"id": NaN}']
)
def test_line_that_is_no_json_is_unreadable(text):
    with pytest.raises(Unreadable):
        scored_line(SHIPPED, text)


@pytest.mark.parametrize("name", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("place", ["id", "answers", "seconds", "background"])
def test_what_is_no_number_in_json_is_refused_anywhere(name, place):
    text = line(seconds={}, background={}).decode()
    whole = json.loads(text)
    whole[place] = {"P1": "here"} if place != "id" else ["here"]
    with pytest.raises(LineError, match=f"^{name} is not a number in JSON"):
        scored_line(SHIPPED, json.dumps(whole).replace('"here"', name).encode())


class TestRepeatedNames:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ('"id": "a"', '"id": "a", "id": "a"'),
            ('"answers": {', '"answers": {}, "answers": {'),
            ('"P1": 4', '"P1": 4, "P1": 4'),
            ('"P1": 4', '"P1": 4, "\\u0050\\u0031": 4'),
            ('"seconds": {}', '"seconds": {"P1": 5, "P1": 9}'),
            ('"background": {}', '"background": {"B1": 0, "B1": 6}'),
            ('"id": "a"', '"id": {"x": [{"y": 1, "y": 2}]}'),
        ],
        ids=["id", "answers", "item", "escaped", "seconds", "background", "inside-the-id"],
    )
    def test_name_given_twice_is_refused(self, before, after):
        whole = {"id": "a", "answers": alike(4), "seconds": {}, "background": {}}
        text = json.dumps(whole)
        assert before in text
        assert score_line(SHIPPED, text.encode())["id"] == "a"
        with pytest.raises(LineError, match="is there twice"):
            score_line(SHIPPED, text.replace(before, after, 1).encode())

    def test_name_is_given(self):
        text = line().replace(b'"P1"', b'"P2"')
        with pytest.raises(LineError, match=r"^'P2' is there twice; give each name once$"):
            score_line(SHIPPED, text)


def test_whole_number_may_have_a_decimal_point():
    whole = score_line(SHIPPED, line(background={"B1": 6, "B2": "soon"}))
    answers = {key: float(value) for key, value in scoring(68.75, 40.625, 59.375).items()}
    assert score_line(SHIPPED, line(answers=answers, background={"B1": 6.0, "B2": "soon"})) == whole


def test_byte_order_mark_before_a_line_is_dropped():
    assert score_line(SHIPPED, b"\xef\xbb\xbf" + line()) == score_line(SHIPPED, line())


class TestOutput:
    @pytest.mark.parametrize(
        "given",
        [
            "é",
            "\ud83d",
            "\udc00\ud800",
            "🙂",
            "\u2028\r\n\0",
            None,
            4.5,
            10**4000,
            {"a": ["ü"]},
            -0.0,
        ],
        ids=range(10),
    )
    def test_output_is_one_line_of_ascii_with_the_same_id(self, given):
        text = scored_line(SHIPPED, line(id=given))
        assert text.isascii()
        assert text.isprintable()
        assert json.loads(text)["id"] == given

    @pytest.mark.parametrize("given", ["1e999", '{"a": [-1e999]}'])
    def test_id_that_json_cannot_carry_is_refused(self, given):
        text = line(id="here").replace(b'"here"', given.encode())
        with pytest.raises(LineError, match="the id holds a number that is too large"):
            scored_line(SHIPPED, text)

    @pytest.mark.parametrize("depth", [300, 900, 990, 1000, 50_000])
    def test_deep_id_is_scored_or_refused(self, depth):
        text = line(id="here").replace(b'"here"', b"[" * depth + b"]" * depth)
        try:
            outcome = scored_line(SHIPPED, text)
        except LineError as error:
            outcome = str(error)
        assert outcome == "nested too deeply" or json.loads(outcome)["id"]


def test_clear_service_leads_to_the_service_page():
    outcome = score_line(SHIPPED, line(answers=towards("service")))
    assert (outcome["band"], outcome["role"]) == ("clear", "customer-service-representative")
