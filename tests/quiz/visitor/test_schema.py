"""The public JSON schema of a questionnaire file."""

import json

from jsonschema import Draft202012Validator

from quiz.questionnaires.file import SHIPPED
from quiz.questionnaires.file_faults import SCHEMA


def test_schema_is_served_unchanged(client):
    response = client.get("/questionnaire.schema.json")
    assert response.content == SCHEMA.read_bytes()
    assert response["Content-Type"] == "application/schema+json"
    assert "max-age=3600" in response["Cache-Control"]


def test_schema_is_read_only(client):
    assert client.head("/questionnaire.schema.json").status_code == 200
    assert client.post("/questionnaire.schema.json").status_code == 405


def test_shipped_questionnaire_is_valid(client):
    schema = json.loads(client.get("/questionnaire.schema.json").content)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(SHIPPED.read_text(encoding="utf-8")))
