"""What is wrong with the file of a questionnaire, in plain words."""

import json
import re

import pytest
from jsonschema import Draft202012Validator

from quiz.core.questionnaire import TEXTS
from quiz.questionnaires.file import (
    MOST_BYTES,
    SHIPPED_FILES,
    FileFault,
    read,
    shipped_questionnaire,
)
from quiz.questionnaires.file_faults import MOST_LISTED, MOST_SOUGHT, SCHEMA, SENTENCES
from tests.calls import calls_of

SHIPPED = shipped_questionnaire(1)


def shipped_data():
    return json.loads(SHIPPED_FILES[1].read_text(encoding="utf-8"))


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


def test_bytes_that_are_not_text_are_refused_with_their_position():
    assert faults_of(b'{"a": "\xff"}') == [
        "byte 8: not text in UTF-8 (byte 0xFF, perhaps Windows-1252 or Latin-1); "
        "save the file as UTF-8"
    ]


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


# Broken files with n rows, of some kinds that once took time growing with the square of n.
BROKEN = {
    "no-numbers": lambda n: "[" + ",".join(["NaN"] * n) + "]",
    "items": lambda n: '{"items": [' + ",".join(["{}"] * n) + "]}",
    "names": lambda n: "{" + ",".join(f'"{number}":1' for number in range(n)) + "}",
    "languages": lambda n: '{"languages": ["x",' + ",".join(map(str, range(n))) + "]}",
}


@pytest.mark.slow
@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_faults_of_a_huge_file_are_limited(broken):
    assert len(faults_of(broken(90_000))) <= MOST_LISTED + 1


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_work_does_not_grow_with_the_square_of_the_rows(broken):
    few, many = (calls_of(lambda n=n: faults_of(broken(n))) for n in (2 * MOST_SOUGHT, 20_000))
    assert many < 15 * few


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


def test_more_rows_than_an_admin_page_holds_are_a_fault_on_a_site():
    data = shipped_data()
    first = data["items"][0]
    data["spare"] = [{**first, "key": f"S{number}"} for number in range(130)]
    read(json.dumps(data))
    assert faults_of(data, offered=["en"]) == [".items: 154 rows are too many. Use at most 150."]
