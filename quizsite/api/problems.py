"""What the API answers instead of what was asked for: problem documents (RFC 9457)."""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, Throttled, ValidationError

# Start of all addresses of the API, also of those that don't exist.
API = "/api/"
MEDIA_TYPE = "application/problem+json"

# By status: what happened, and what to do.
DETAILS = {
    400: "We can't read the request. Send it again, whole.",
    404: "There is nothing at this address. /api/v1/openapi.json lists all addresses.",
    405: "This address doesn't take this method. The header Allow lists those it takes.",
    406: "Answers are JSON. Send Accept: application/json, or leave the header out.",
    408: "The body took too long to arrive. Send it again.",
    411: "The length of the body is missing. Send Content-Length.",
    413: "The body is too large. Send one person's answers.",
    415: "We can't read such a body. Send JSON in UTF-8, without compression.",
    429: "Too many requests came from your network. Wait as long as Retry-After says.",
    500: "Something went wrong on our side. Try again later.",
    503: "We can't answer just now. Wait as long as Retry-After says, then send it again.",
}

SCHEMA = {
    "title": "Problem",
    "description": "RFC 9457",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What happened, and what to do."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail", "pointer"],
                "properties": {
                    "detail": {"type": "string"},
                    "pointer": {
                        "type": "string",
                        "description": "What is wrong in the body, as a JSON pointer: #/answers/P1",
                    },
                },
            },
        },
    },
}


def is_for_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(API)


def problem(
    status: int, detail: str = "", *, errors: Iterable[Any] = (), retry_after: int = 0
) -> HttpResponse:
    """`detail` says what happened and what to do; `retry_after` is in seconds."""
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or DETAILS.get(status) or HTTPStatus(status).description,
    }
    if errors := list(errors):
        document["errors"] = errors
    response = HttpResponse(json.dumps(document), status=status, content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response


def answer_with_problems(api: NinjaAPI) -> None:
    """Let problem documents say what endpoints raise.

    `quizsite.errors.error_page` makes those for everything that never gets to an endpoint.
    """
    api.add_exception_handler(Http404, lambda _request, _error: problem(404))
    api.add_exception_handler(HttpError, _http_error)
    # ninja adds Retry-After.
    api.add_exception_handler(Throttled, lambda _request, _error: problem(429))
    api.add_exception_handler(ValidationError, _validation_error)


def _http_error(_request: HttpRequest, error: Any) -> HttpResponse:
    return problem(error.status_code, error.message)


def _validation_error(_request: HttpRequest, error: Any) -> HttpResponse:
    """Each fault has a `loc`, the way to it in the body, and a `msg`."""
    errors = [
        {"detail": fault["msg"], "pointer": "".join(["#", *(f"/{step}" for step in fault["loc"])])}
        for fault in error.errors
    ]
    faults = "; ".join(fault["detail"] for fault in errors)
    return problem(422, f"We can't use what you sent: {faults}.", errors=errors)
