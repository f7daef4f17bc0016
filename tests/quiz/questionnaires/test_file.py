import dataclasses
import hashlib
import json
import re
import time

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from quiz.core.questionnaire import (
    TEXTS,
    TRAITS,
    Answer,
    BackgroundQuestion,
    Item,
    Option,
    Questionnaire,
    Trait,
)
from quiz.questionnaires.file import (
    MOST_BYTES,
    SHIPPED_FILES,
    FileFault,
    read,
    shipped_questionnaire,
    write,
)
from quiz.questionnaires.file_faults import MOST_LISTED, MOST_SOUGHT, SCHEMA, SENTENCES

words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
texts = st.dictionaries(st.sampled_from(["en", "de", "pt-br"]), words)
keys = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}", fullmatch=True)
shares = st.floats(0, 1)

SHIPPED = shipped_questionnaire(1)


@st.composite
def questionnaires(draw):
    """Drafts in any state that the database can hold."""
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
        languages=tuple(draw(st.lists(st.sampled_from(["en", "de", "fr"]), unique=True))),
        items_per_page=draw(st.integers(1, 100)),
        clear_from=draw(shares),
        leaning_from=draw(shares),
        texts=draw(st.dictionaries(st.sampled_from(TEXTS), texts)),
        scale=tuple(Answer(value, draw(texts)) for value in values),
        traits=tuple(
            Trait(key, draw(weights), **{text.name: draw(texts) for text in TRAITS.texts})
            for key in trait_keys
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
    return json.loads(SHIPPED_FILES[1].read_text(encoding="utf-8"))


@pytest.mark.parametrize("number", SHIPPED_FILES)
def test_writing_a_shipped_file_changes_only_its_number(number):
    text = SHIPPED_FILES[number].read_text(encoding="utf-8")
    assert write(read(text)) == text.replace(f'  "number": {number},\n', "")


@pytest.mark.slow
@given(questionnaires())
def test_writing_a_read_file_gives_the_same_bytes(questionnaire):
    text = write(questionnaire)
    assert write(read(text, offered=["en", "de", "fr", "pt-br"])) == text


@pytest.mark.slow
@given(questionnaires())
def test_reading_a_written_file_gives_the_same_questionnaire(questionnaire):
    read_again = read(write(questionnaire))
    # A file lists all languages of its texts and has no number.
    same = dataclasses.replace(questionnaire, number=None, languages=read_again.languages)
    assert read_again == same
    assert set(questionnaire.languages) <= set(read_again.languages)


def test_language_used_only_in_texts_is_listed_in_the_file():
    items = (dataclasses.replace(SHIPPED.items[0], text={"en": "A", "de": "B"}), *SHIPPED.items[1:])
    text = write(dataclasses.replace(SHIPPED, items=items))
    assert json.loads(text)["languages"] == ["en", "de"]
    assert read(text).items[0].text == {"en": "A", "de": "B"}


def test_whole_numbers_are_written_as_floats():
    traits = tuple(dataclasses.replace(trait, weight=1) for trait in SHIPPED.traits)
    text = write(dataclasses.replace(SHIPPED, clear_from=1, leaning_from=0, traits=traits))
    assert write(read(text)) == text


@pytest.mark.parametrize("number", SHIPPED_FILES)
def test_a_shipped_file_has_the_number_of_its_version(number):
    assert shipped_questionnaire(number).number == number


def test_version_1_never_changes():
    digest = hashlib.sha256(SHIPPED_FILES[1].read_bytes()).hexdigest()
    assert digest == "411378322d48cd9bd9cfb8f6d7c510a6217c474ac8f57d5e6ce0a04eea3e1a21"


def test_version_2_is_what_a_new_site_publishes():
    assert shipped_questionnaire() == shipped_questionnaire(2)


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
        (
            lambda d: d["items"][0].update(key="x" * 33),
            ".items[0].key (statement 1): 33 characters are too many. Use at most 32.",
        ),
        (
            lambda d: d["items"][5].update(key="P1"),
            '.items[5].key (statement 6): "P1" is used at .items[0].key too.',
        ),
        (
            lambda d: d["spare"].append(d["items"][0]),
            '.spare[0].key (spare statement 1): "P1" is used at .items[0].key',
        ),
        (
            lambda d: d["items"][3].update(trait="x"),
            '.items[3].trait (statement 4): There is no trait "x"',
        ),
        (lambda d: d["traits"][2].update(key="proactive"), ".traits[2].key"),
        (lambda d: d["scale"][1].update(value=1), ".scale[1].value"),
        (lambda d: d["scale"][1].update(value=40_000), ".scale[1].value"),
        (
            lambda d: d["scale"][1]["label"].update(en="x" * 81),
            ".scale[1].label.en (answer 2): 81 characters",
        ),
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
        (
            lambda d: d["spare"].append({**d["items"][0], "key": "S", "trait": "x"}),
            ".spare[0].trait",
        ),
        (
            lambda d: d["items"][0].update(rationale="x" * 2001),
            ".items[0].rationale (statement 1): 2001 char",
        ),
        (lambda d: d["texts"]["close"].update(en="x" * 2001), ".texts.close.en: 2001 char"),
        (
            lambda d: d["traits"][0]["name"].update(en="x" * 81),
            ".traits[0].name.en (trait 1): 81 char",
        ),
        (
            lambda d: d["traits"][0]["low"].update(en="x" * 81),
            ".traits[0].low.en (trait 1): 81 char",
        ),
        (
            lambda d: d["traits"][0]["high"].update(en="x" * 81),
            ".traits[0].high.en (trait 1): 81 char",
        ),
        (
            lambda d: d["traits"][0]["low_gloss"].update(en="x" * 201),
            ".traits[0].low_gloss.en (trait 1): 201",
        ),
        (
            lambda d: d["traits"][0]["high_gloss"].update(en="x" * 201),
            ".traits[0].high_gloss.en (trait 1): 201",
        ),
        (
            lambda d: d["background"][0]["text"].update(en="x" * 301),
            ".background[0].text.en (background question 1): 301",
        ),
        (
            lambda d: d["background"][0]["options"][1]["label"].update(en="x" * 121),
            ".background[0].options[1].label.en (background question 1, option 2): 121 char",
        ),
        (
            lambda d: d["background"][0]["options"][1].update(value="a b"),
            ".background[0].options[1].value",
        ),
        (
            lambda d: d["traits"][0].update(weight=10**399),
            ".traits[0].weight (trait 1): The number is too large",
        ),
        (
            lambda d: d["traits"][0].update(weight=-(10**399)),
            ".traits[0].weight (trait 1): The number is too",
        ),
        (
            lambda d: d["scale"][0].update(value=-1),
            ".scale[0].value (answer 1): -1 is too small. Use 0 or more.",
        ),
        (lambda d: d["scale"][0].update(value=1.5), ".scale[0].value"),
        (lambda d: d["scale"][0].update(value=True), ".scale[0].value"),
        (
            lambda d: d.update(languages=["en", "en"]),
            '.languages[1] (language 2): "en" is used at .languages[0]',
        ),
        (lambda d: d.update(languages=["en", "de\n"]), ".languages[1]"),
        (
            lambda d: d["items"][0]["text"].update(de="X"),
            '.items[0].text.de (statement 1): The file doesn\'t list the language "de".',
        ),
        (
            lambda d: d["spare"].append({**d["items"][0], "key": "S", "text": {"de": "X"}}),
            ".spare[0].text.de",
        ),
        (
            lambda d: d["texts"].update(other={"en": "X"}),
            '.texts: The name "other" isn\'t allowed here. Use one of',
        ),
        (
            lambda d: d["texts"].update({"close\n": {}}),
            '.texts: The name "close\\n" isn\'t allowed here.',
        ),
        (lambda d: d["items"][0]["text"].update({"\ud800": "X"}), "The name"),
    ],
)
def test_fault_names_its_path(spoil, place):
    data = shipped_data()
    spoil(data)
    assert any(place in fault for fault in faults_of(data))


def test_every_fault_is_listed():
    data = shipped_data()
    data["items"][0]["keying"] = 5
    data["items"][9]["keying"] = 6
    data["items"][5]["key"] = "P1"
    data["scale"][0]["label"]["en"] = "\0"
    data["texts"]["other"] = {}
    text = json.dumps(data).replace('"number": 1,', '"number": 1, "number": 1,')
    text = text.replace('"weight": 0.3,', '"weight": NaN, "weight": NaN,')
    assert faults_of(text) == [
        'The file: The name "number" is there twice. Keep one of them.',
        ".items[0].keying (statement 1): 5 isn't allowed here. Use one of 1, -1.",
        '.items[5].key (statement 6): "P1" is used at .items[0].key too. Change one of them.',
        ".items[9].keying (statement 10): 6 isn't allowed here. Use one of 1, -1.",
        ".scale[0].label.en (answer 1): The text has a character we can't store. Remove it.",
        f'.texts: The name "other" isn\'t allowed here. Use one of {", ".join(TEXTS)}.',
        '.traits[1] (trait 2): The name "weight" is there twice. Keep one of them.',
        ".traits[1].weight (trait 2): NaN isn't a number. Write one.",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1"),
        ('{"items": [\n1,\n}', "line 3"),
        ("[]", "The file: A list can't be used here. Write an object in { }."),
        ("[" * 100_000, "nested"),
        ('{"items": 1, "items": 2}', "twice"),
        ("{\n 1}", "line 2, column 2"),
        ('{"x": NaN}', "NaN isn't a number"),
        ('{"x": -Infinity}', ".x: The number is too large."),
        ('{"x": 1e999}', ".x: The number is too large."),
        (f'{{"x": {"1" * 5000}}}', ".x: The number is too large."),
        (f'{{"x": -{"1" * 5000}}}', ".x: The number is too large."),
        (" \n", "empty"),
        ('{"a":' * 50 + "1" + "}" * 50, "nested too deeply"),
        ('[{"x": 1, "x": 1}, {"x": 1, "x": 1}]', '[1]: The name "x" is there twice.'),
        (" " * (MOST_BYTES + 1), "larger than 1000 kB"),
    ],
)
def test_file_that_is_not_a_questionnaire_is_refused_with_a_reason(text, says):
    assert any(says in fault for fault in faults_of(text))


@pytest.mark.parametrize(
    "place",
    [
        '.languages[1] (language 2): The site isn\'t offered in "de". Use en.',
        '.items[0].text.de (statement 1): The site isn\'t offered in "de".',
    ],
)
def test_language_that_a_site_cannot_store_is_a_fault_only_there(place):
    data = shipped_data()
    data["languages"].append("de")
    data["items"][0]["text"]["de"] = "X"
    assert read(json.dumps(data)).languages == ("en", "de")
    assert any(place in fault for fault in faults_of(data, offered=["en"]))


def test_file_may_start_with_a_byte_order_mark():
    assert read(b"\xef\xbb\xbf" + SHIPPED_FILES[1].read_bytes()).number == 1


def test_bytes_that_are_not_text_are_refused_with_their_position():
    assert faults_of(b'{"a": "\xff"}') == [
        "byte 8: not text in UTF-8 (byte 0xFF, perhaps Windows-1252 or Latin-1); "
        "save the file as UTF-8"
    ]


def test_whole_numbers_written_with_a_point_become_integers():
    data = shipped_data()
    data["number"], data["items_per_page"], data["items"][0]["keying"] = 1.0, 6.0, 1.0
    data["scale"][0]["value"] = 1.0
    read_again = read(json.dumps(data))
    assert write(read_again) == write(SHIPPED)
    assert repr(read_again) == repr(SHIPPED)


def test_file_may_name_its_schema():
    data = {"$schema": "/questionnaire.schema.json"} | shipped_data()
    assert write(read(json.dumps(data))) == write(SHIPPED)


def test_faults_are_short_and_limited_in_number():
    data = shipped_data()
    data["items"] = [{"key": {"x": "y" * 500}}] * 300
    faults = faults_of(data)
    assert len(faults) == MOST_LISTED + 1
    assert faults[-1] == f"… and at least {MOST_SOUGHT - MOST_LISTED} more"
    assert max(map(len, faults)) < 300


def test_faults_beyond_those_listed_are_counted():
    data = shipped_data()
    data["items"] = [{**data["items"][0], "key": f"K{n}", "keying": 2} for n in range(107)]
    assert faults_of(data)[-1] == "… and 7 more"


@pytest.mark.parametrize(
    "names",
    ["\ud800", "\u202e", "\x1b[2J", "\n", "x" * 10_000, '"', "a b", "é"],
    ids=["surrogate", "right-to-left", "terminal", "line", "long", "quote", "space", "letter"],
)
def test_names_are_shown_printable_and_on_one_line(names):
    data = shipped_data() | {"spare": [{names: 1}]}
    data["items"][0]["text"][names] = names
    data["items"][1]["trait"] = data["items"][2]["key"] = data["items"][3]["key"] = names
    for fault in faults_of(data):
        assert fault.isprintable()
        assert len(fault.encode()) < 400


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "[" + ",".join(["NaN"] * 249_000) + "]",
        '{"items": [' + ",".join(["{}"] * 320_000) + "]}",
        "{" + ",".join(f'"{n}":1' for n in range(90_000)) + "}",
        '{"languages": ["x",' + ",".join(map(str, range(140_000))) + "]}",
    ],
    ids=["no-numbers", "items", "names", "languages"],
)
def test_huge_broken_files_are_refused_quickly(text):
    started = time.process_time()
    assert len(faults_of(text)) <= MOST_LISTED + 1
    # This takes about a second; quadratic time would be minutes.
    assert time.process_time() - started < 15


def validators_in(schema):
    """Return the keywords of the schema that a value can break, as pairs with what they want."""
    if isinstance(schema, dict):
        for name, wanted in schema.items():
            if name in Draft202012Validator.VALIDATORS:
                yield name, wanted
            inner = wanted.values() if name in ("properties", "$defs") else [wanted]
            for each in inner:
                yield from validators_in(each)


def test_every_validator_of_the_schema_has_its_sentence():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    passing_on = {"$ref", "properties", "items", "propertyNames"}
    used = {name for name, wanted in validators_in(schema) if not isinstance(wanted, dict)}
    assert used - passing_on == set(SENTENCES)


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (
            lambda d: d["traits"][0].update(colour="red"),
            '.traits[0] (trait 1): "colour" isn\'t a known field. Remove or rename: key, weight, '
            "name, low, high, low_gloss, high_gloss are known.",
        ),
        (
            lambda d: d.update({"a": 1, "b": 2, "c": 3, "d": 4}),
            'The file: "a", "b", "c" … aren\'t known fields.',
        ),
        (lambda d: d.pop("scale"), 'The file: "scale" is missing. Add it.'),
        (lambda d: d["items"][3].pop("key"), '.items[3] (statement 4): "key" is missing. Add it.'),
        (
            lambda d: d["traits"][1].update(weight="much"),
            '.traits[1].weight (trait 2): "much" can\'t be used here. Write a number.',
        ),
        (
            lambda d: d.update(number="1"),
            '.number: "1" can\'t be used here. Write a whole number or null.',
        ),
        (
            lambda d: d["items"][0].update(text="A"),
            '.items[0].text (statement 1): "A" can\'t be used here. Write an object in { }.',
        ),
        (
            lambda d: d["items"][0].update(key="a b"),
            '.items[0].key (statement 1): "a b" can\'t be used here. Use letters, digits, - and _ '
            "only, starting with a letter or digit.",
        ),
        (lambda d: d.update(items_per_page=101), ".items_per_page: 101 is too large. Use 100 or"),
    ],
)
def test_fault_says_what_is_wrong_and_what_would_be_right(spoil, fault):
    data = shipped_data()
    spoil(data)
    assert any(line.startswith(fault) for line in faults_of(data))


@pytest.mark.parametrize(
    "text",
    [
        "{,}",
        "[1,]",
        '{"a": 1,}',
        '{"a" 1}',
        '{"a": "b}',
        "[1 2]",
        "{} {}",
        '["a\tb"]',
        '["\\x"]',
        "tru",
    ],
)
def test_text_that_is_not_json_is_refused_in_plain_words(text):
    (fault,) = faults_of(text)
    assert re.fullmatch(r"line 1, column \d+: .*[.]", fault)
    assert not re.search("Expecting|delimiter|property|Unterminated|Invalid|Illegal", fault)


def test_schema_lists_the_texts():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert tuple(schema["properties"]["texts"]["propertyNames"]["enum"]) == TEXTS


def test_schema_is_identified_by_its_address():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert schema["$id"] == reverse("quiz:schema")


def test_more_rows_than_an_admin_page_holds_are_a_fault_on_a_site():
    data = shipped_data()
    first = data["items"][0]
    data["spare"] = [{**first, "key": f"S{number}"} for number in range(130)]
    read(json.dumps(data))
    assert faults_of(data, offered=["en"]) == [".items: 154 rows are too many. Use at most 150."]
