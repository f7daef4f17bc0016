"""The JSON API, version 1. Its OpenAPI document is at /api/v1/openapi.json."""

from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from quiz.visitor.api import person_schema
from quiz.visitor.api import router as quiz
from quizsite.api.limit import PerNetwork
from quizsite.api.problems import MEDIA_TYPE, SCHEMA, answer_with_problems
from roles.api import router as roles

ETAG = {"description": "Send it as If-None-Match.", "schema": {"type": "string"}}
NOT_MODIFIED = {"description": "Nothing has changed since", "headers": {"ETag": ETAG}}
# The problems that an operation may answer with, by its method.
ALWAYS = (400, 404, 406, 429, 503)
PROBLEMS = {"get": ALWAYS, "post": (*ALWAYS, 408, 411, 413, 415, 422)}


class Api(NinjaAPI):
    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Add what holds for all operations, and what `score` takes for each version."""
        document = super().get_openapi_schema(**options)
        for path in document["paths"].values():
            for method, operation in path.items():
                responses = operation["responses"]
                for status in PROBLEMS[method]:
                    responses[status] = {"$ref": "#/components/responses/Problem"}
                if method == "get":
                    responses[304] = NOT_MODIFIED
                    responses[200]["headers"] = {"ETag": ETAG}
        components = document["components"]
        components["schemas"] |= {"Problem": SCHEMA, "Person": person_schema()}
        content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        components["responses"] = {
            "Problem": {"description": "What happened, and what to do", "content": content}
        }
        return document


api = Api(
    title="Sales or service?",
    version="1",
    description=(
        "The quiz and its scores, and roles in sales and customer service with figures on them, "
        "each with its source. Show the attribution of a source wherever you show its figures."
    ),
    docs_url=None,  # that page loads scripts from another site
    openapi_url=None,  # ours is limited like the rest
    urls_namespace="api-1",
    throttle=PerNetwork(),
)
answer_with_problems(api)
api.add_router("/roles", roles)
api.add_router("", quiz)


@api.get("/openapi.json", url_name="openapi-json", include_in_schema=False)
def openapi(request: HttpRequest) -> OpenAPISchema:
    return api.get_openapi_schema()
