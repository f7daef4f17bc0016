"""The public JSON schema of a questionnaire file."""

import json

import pytest
from jsonschema import Draft202012Validator

from quiz.questionnaires.file import SHIPPED_FILES
from quiz.questionnaires.file_faults import SCHEMA


def test_schema_is_served_unchanged(client):
    response = client.get("/questionnaire.schema.json")
    assert response.content == SCHEMA.read_bytes()
    assert response["Content-Type"] == "application/schema+json"
    assert "max-age=3600" in response["Cache-Control"]


def test_schema_is_read_only(client):
    assert client.head("/questionnaire.schema.json").status_code == 200
    assert client.post("/questionnaire.schema.json").status_code == 405


@pytest.mark.parametrize("file", SHIPPED_FILES.values(), ids=SHIPPED_FILES)
def test_shipped_questionnaire_is_valid(client, file):
    schema = json.loads(client.get("/questionnaire.schema.json").content)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(file.read_text(encoding="utf-8")))
