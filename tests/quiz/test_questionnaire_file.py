import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz import questionnaire_file
from quiz.questionnaire import (
    TEXTS,
    Answer,
    BackgroundQuestion,
    Item,
    Option,
    Questionnaire,
    Trait,
)
from quiz.questionnaire_file import MOST_BYTES, FileFault, read, shipped_questionnaire, write

words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
texts = st.dictionaries(st.just("en"), words)
keys = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}", fullmatch=True)
shares = st.floats(0, 1)


@st.composite
def questionnaires(draw):
    """Drafts in any state: whatever the database can hold."""
    trait_keys = draw(st.lists(keys, unique=True, max_size=3))
    item_keys = draw(st.lists(keys, unique=True, max_size=5)) if trait_keys else []
    items = [
        Item(key, draw(st.sampled_from(trait_keys)), draw(st.sampled_from([1, -1])), draw(texts))
        for key in item_keys
    ]
    asked = draw(st.integers(0, len(items)))
    values = draw(st.lists(st.integers(0, 32767), unique=True, max_size=4))
    weights = st.floats(allow_nan=False, allow_infinity=False)
    return Questionnaire(
        number=draw(st.none() | st.integers(1, 1000)),
        languages=("en",),
        items_per_page=draw(st.integers(1, 100)),
        clear_from=draw(shares),
        leaning_from=draw(shares),
        texts=draw(st.dictionaries(st.sampled_from(TEXTS), texts)),
        scale=tuple(Answer(value, draw(texts)) for value in values),
        traits=tuple(
            Trait(key, draw(weights), *(draw(texts) for _ in range(5))) for key in trait_keys
        ),
        items=tuple(items[:asked]),
        spare=tuple(items[asked:]),
        background=tuple(
            BackgroundQuestion(
                key,
                draw(texts),
                tuple(
                    Option(value, draw(texts))
                    for value in draw(st.lists(keys, unique=True, max_size=2))
                ),
            )
            for key in draw(st.lists(keys, unique=True, max_size=2))
        ),
    )


def shipped_data():
    return json.loads(questionnaire_file.SHIPPED.read_text())


def test_the_shipped_file_is_as_it_would_be_written_but_for_its_number():
    text = questionnaire_file.SHIPPED.read_text(encoding="utf-8")
    assert write(read(text)) == text.replace('  "number": 1,\n', "")


@given(questionnaires())
def test_writing_what_was_read_gives_the_same_bytes(questionnaire):
    text = write(questionnaire)
    assert write(read(text, offered=["en"])) == text


def test_the_shipped_file_is_version_1():
    assert shipped_questionnaire().number == 1


def faults_of(data, **options):
    with pytest.raises(FileFault) as caught:
        read(data if isinstance(data, str | bytes) else json.dumps(data), **options)
    return caught.value.faults


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda d: d.pop("items"), "items"),
        (lambda d: d["items"][3].update(keying=0), ".items[3].keying"),
        (lambda d: d["items"][3].update(trait=7), ".items[3].trait"),
        (lambda d: d["items"][3].update(colour="red"), "colour"),
        (lambda d: d["items"][0]["text"].update(en=5), ".items[0].text.en"),
        (lambda d: d["traits"][1].update(weight="much"), ".traits[1].weight"),
        (lambda d: d.update(items_per_page=10**30), ".items_per_page"),
        (lambda d: d.update(languages="en"), ".languages"),
        (lambda d: d.update(languages=["en", "EN US"]), ".languages[1]"),
        (lambda d: d.update(items_per_page=True), ".items_per_page"),
        (lambda d: d["items"][0].update(keying=True), ".items[0].keying"),
        (lambda d: d["items"][0].update(key="P\u0000"), ".items[0].key"),
        (lambda d: d["items"][0].update(key="P1\n"), ".items[0].key"),
        (lambda d: d["items"][0].update(key="x" * 33), ".items[0].key: 33 characters"),
        (lambda d: d["items"][5].update(key="P1"), ".items[5].key: “P1” stands at .items[0].key"),
        (lambda d: d["spare"].append(d["items"][0]), ".spare[0].key: “P1” stands at .items[0].key"),
        (lambda d: d["items"][3].update(trait="x"), ".items[3].trait: there is no trait “x”"),
        (lambda d: d["traits"][2].update(key="proactive"), ".traits[2].key"),
        (lambda d: d["scale"][1].update(value=1), ".scale[1].value"),
        (lambda d: d["scale"][1].update(value=40_000), ".scale[1].value"),
        (lambda d: d["scale"][1]["label"].update(en="x" * 81), ".scale[1].label.en: 81 characters"),
        (lambda d: d["background"][1].update(key="B1"), ".background[1].key"),
        (
            lambda d: d["background"][0]["options"][1].update(
                value=d["background"][0]["options"][0]["value"]
            ),
            ".background[0].options[1].value",
        ),
        (lambda d: d["items"][0]["text"].update(en="a\0b"), ".items[0].text.en"),
        (lambda d: d["items"][0].update(rationale="\ud800"), ".items[0].rationale"),
        (lambda d: d["items"][0]["text"].update(en="x" * 301), ".items[0].text.en"),
    ],
)
def test_a_fault_is_named_by_its_place(spoil, place):
    data = shipped_data()
    spoil(data)
    assert any(place in fault for fault in faults_of(data))


def test_every_fault_is_listed():
    data = shipped_data()
    data["items"][0]["keying"] = 5
    data["items"][9]["keying"] = 6
    assert len(faults_of(data)) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1"),
        ('{"items": [\n1,\n}', "line 3"),
        ("[]", "not of type 'object'"),
        ("[" * 100_000, "nested"),
        ('{"items": 1, "items": 2}', "twice"),
        ("{\n 1}", "line 2, column 2"),
        ('{"x": NaN}', "NaN is no number"),
        ('{"x": -Infinity}', "-Infinity is no number"),
        ('{"x": 1e999}', "1e999 is too large"),
        (f'{{"x": {"1" * 5000}}}', "too many digits"),
        (" " * (MOST_BYTES + 1), "larger than 1000 kB"),
    ],
)
def test_a_file_that_is_no_questionnaire_is_refused_in_words(text, says):
    assert any(says in fault for fault in faults_of(text))


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda d: d.update(languages=["en", "xx"]), ".languages[1]: “xx” is not offered here"),
        (lambda d: d["items"][0]["text"].update(xx="X"), ".items[0].text.xx"),
        (lambda d: d["texts"].update(other={"en": "X"}), ".texts.other: no such text"),
    ],
)
def test_what_a_site_would_lose_is_a_fault_there_only(spoil, place):
    data = shipped_data()
    spoil(data)
    read(json.dumps(data))
    assert any(place in fault for fault in faults_of(data, offered=["en"]))


def test_bytes_may_begin_with_a_mark_of_their_order():
    assert read(b"\xef\xbb\xbf" + questionnaire_file.SHIPPED.read_bytes()).number == 1


def test_what_is_no_text_is_refused_with_its_place():
    assert faults_of(b'{"a": "\xff"}') == ["byte 8: not text in UTF-8"]


def test_whole_numbers_written_with_a_point_are_whole():
    data = shipped_data()
    data["items_per_page"], data["items"][0]["keying"] = 6.0, 1.0
    assert write(read(json.dumps(data))) == write(shipped_questionnaire())


def test_faults_are_short_and_not_endless():
    data = shipped_data()
    data["items"] = [{"key": {"x": "y" * 500}}] * 300
    faults = faults_of(data)
    assert len(faults) == 101
    assert faults[-1].startswith("… and ")
    assert max(map(len, faults)) < 300


def test_the_schema_knows_the_texts():
    schema = json.loads(questionnaire_file.SCHEMA.read_text(encoding="utf-8"))
    assert all(key in schema["properties"]["texts"]["description"] for key in TEXTS)
