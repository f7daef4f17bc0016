"""The format of a questionnaire's file, as it is published."""

import json

from jsonschema import Draft202012Validator

from quiz.questionnaires.file import SHIPPED
from quiz.questionnaires.file_faults import SCHEMA


def test_it_is_served_as_it_is(client):
    response = client.get("/questionnaire.schema.json")
    assert response.content == SCHEMA.read_bytes()
    assert response["Content-Type"] == "application/schema+json"
    assert "max-age=3600" in response["Cache-Control"]


def test_it_only_answers(client):
    assert client.head("/questionnaire.schema.json").status_code == 200
    assert client.post("/questionnaire.schema.json").status_code == 405


def test_it_is_a_schema_that_the_shipped_questionnaire_fits(client):
    schema = json.loads(client.get("/questionnaire.schema.json").content)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(SHIPPED.read_text(encoding="utf-8")))
