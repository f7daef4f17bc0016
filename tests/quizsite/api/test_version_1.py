"""The OpenAPI document: what it describes, and that it can be read as OpenAPI 3.1."""

import pytest
from jsonschema import Draft202012Validator

from quizsite.api.problems import DETAILS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]


@pytest.fixture
def document(client):
    return client.get("/api/v1/openapi.json").json()


def operations(document):
    return {
        (method, path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_it_describes_every_operation_in_openapi_3_1(document):
    assert document["openapi"].startswith("3.1")
    assert operations(document).keys() == {
        ("get", "/api/v1/roles/"),
        ("get", "/api/v1/roles/{slug}/"),
        ("get", "/api/v1/questionnaires/"),
        ("post", "/api/v1/score"),
    }


def test_names_of_operations_differ(document):
    names = [operation["operationId"] for operation in operations(document).values()]
    assert len(set(names)) == len(names)


def test_every_schema_is_a_json_schema(document):
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_refusal_is_described_as_a_problem_document(document):
    (content_type,) = document["components"]["responses"]["Problem"]["content"]
    assert content_type == "application/problem+json"
    for operation in operations(document).values():
        refusals = {int(status) for status in operation["responses"]} - {200, 304}
        assert {400, 404, 406, 429, 503} <= refusals <= DETAILS.keys() | {422}
        for status in refusals:
            assert operation["responses"][str(status)] == {"$ref": "#/components/responses/Problem"}


def test_reads_have_a_tag_and_can_be_unchanged(document):
    for (method, _path), operation in operations(document).items():
        assert ("304" in operation["responses"]) is (method == "get")
        assert ("ETag" in operation["responses"]["200"].get("headers", {})) is (method == "get")
