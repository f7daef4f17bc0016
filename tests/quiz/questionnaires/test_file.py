"""Reading and writing the files of questionnaires."""

import dataclasses
import hashlib
import json

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

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
    SHIPPED_FILES,
    read,
    shipped_questionnaire,
    with_first_background,
    write,
)
from quiz.questionnaires.file_faults import SCHEMA

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


def test_file_may_start_with_a_byte_order_mark():
    assert read(b"\xef\xbb\xbf" + SHIPPED_FILES[1].read_bytes()).number == 1


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


def test_schema_lists_the_texts():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert tuple(schema["properties"]["texts"]["propertyNames"]["enum"]) == TEXTS


def test_schema_is_identified_by_its_address():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert schema["$id"] == reverse("quiz:schema")


def test_first_background_is_added_to_later_versions_alone():
    keys = [question.key for question in with_first_background(shipped_questionnaire(2)).background]
    assert keys == ["B1_sales", "B1_service", "B2", "B3", "B1"]
    assert with_first_background(SHIPPED) == SHIPPED
