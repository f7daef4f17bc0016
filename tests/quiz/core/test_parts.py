"""The table of parts against what must agree with it: dataclasses, the schema, the models."""

import json
from dataclasses import MISSING, fields

import pytest

from quiz.core.questionnaire import KINDS, OPTIONS, Questionnaire, Text
from quiz.questionnaires import models
from quiz.questionnaires.file_faults import SCHEMA

SCHEMA_DATA = json.loads(SCHEMA.read_text(encoding="utf-8"))
MODELS = {
    "scale": models.ScaleAnswer,
    "traits": models.Trait,
    "items": models.Item,
    "background": models.BackgroundQuestion,
    "options": models.BackgroundOption,
}

every_kind = pytest.mark.parametrize("kind", [*KINDS, OPTIONS], ids=lambda kind: kind.name)


def resolved(node):
    while "$ref" in node:
        node = SCHEMA_DATA["$defs"][node["$ref"].rpartition("/")[2]]
    return node


def schemas_of(kind):
    """The schemas of a part of this kind, one for each list that holds such parts."""
    holder = SCHEMA_DATA
    if kind is OPTIONS:
        holder = resolved(SCHEMA_DATA["properties"]["background"])["items"]
    return [resolved(holder["properties"][name])["items"] for name in kind.lists]


def is_text(schema):
    return "propertyNames" in resolved(schema)


@every_kind
def test_table_has_every_text_of_a_part(kind):
    texts = [field.name for field in fields(kind.part) if field.type is Text]
    assert [text.name for text in kind.texts] == texts


@every_kind
def test_notes_opposites_and_key_are_attributes(kind):
    names = {field.name for field in fields(kind.part)}
    assert {kind.key, *(note.name for note in kind.notes)} <= names
    assert {name for pair in kind.opposites for name in pair} <= {t.name for t in kind.texts}


@every_kind
def test_only_a_single_text_has_no_label(kind):
    labels = [text.label for text in kind.texts]
    assert len(kind.texts) == 1 or (all(labels) and len(set(labels)) == len(labels))


def test_table_has_every_list_of_a_questionnaire():
    lists = {name for kind in KINDS for name in kind.lists}
    others = {"number", "languages", "items_per_page", "clear_from", "leaning_from", "texts"}
    assert {field.name for field in fields(Questionnaire)} == lists | others


@every_kind
def test_schema_has_the_same_attributes_texts_and_requirements(kind):
    required = {field.name for field in fields(kind.part) if field.default is MISSING}
    for schema in schemas_of(kind):
        properties = schema["properties"]
        assert list(properties) == [field.name for field in fields(kind.part)]
        assert [name for name in properties if is_text(properties[name])] == [
            text.name for text in kind.texts
        ]
        assert set(schema["required"]) == required


@every_kind
def test_database_can_hold_every_text_that_the_schema_allows(kind):
    model = MODELS[kind.name]
    for schema in schemas_of(kind):
        for text in kind.texts:
            longest = resolved(schema["properties"][text.name])["additionalProperties"]["maxLength"]
            assert model._meta.get_field(f"{text.name}_en").max_length == longest
