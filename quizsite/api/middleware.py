"""What holds for every address of the API: methods, who may read, how long an answer is kept.

No endpoint reads a cookie, so any page on the web may ask, and gets what everyone gets.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.middleware.http import ConditionalGetMiddleware

from quiz.web.private import View
from quizsite.api.problems import is_for_api, problem
from quizsite.middleware import GetResponse

KEPT_SECONDS = 300
PREFLIGHT_SECONDS = 24 * 3600
# The methods that endpoints see. Those that they don't have are asked for as OPTIONS: ninja then
# says which ones they do have.
SEEN_AS = {"GET": "GET", "HEAD": "GET", "POST": "POST"}


class ApiRequests:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.conditional = ConditionalGetMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_for_api(request):
            return self.get_response(request)
        method = request.method
        request.method = SEEN_AS.get(method or "", "OPTIONS")
        try:
            response = self.get_response(request)
            # ETag and 304, which it knows for GET alone.
            conditional = self.conditional.process_response(request, response)
            response = cast(HttpResponse, conditional)
        finally:
            request.method = method
        if response.status_code == 405:
            response = _with_all_methods(response, is_asked=method == "OPTIONS")
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Retry-After, X-Request-ID"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        is_kept = method in ("GET", "HEAD") and response.status_code in (200, 304)
        response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}" if is_kept else "no-store"
        return response

    def process_view(
        self, request: HttpRequest, view: View, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> HttpResponse | None:
        return problem(406) if is_for_api(request) and not _takes_json(request) else None


def _with_all_methods(response: HttpResponse, *, is_asked: bool) -> HttpResponse:
    """Add the methods that every address has; with `is_asked`, that is the whole answer.

    A browser asks so before it lets a page of another site send JSON.
    """
    own = response["Allow"].split(", ")
    allowed = ", ".join([*own, *(["HEAD"] if "GET" in own else []), "OPTIONS"])
    if is_asked:
        response = HttpResponse(status=204)
        del response["Content-Type"]
        response["Access-Control-Allow-Methods"] = allowed
        response["Access-Control-Allow-Headers"] = "*"
        response["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    response["Allow"] = allowed
    return response


def _takes_json(request: HttpRequest) -> bool:
    """Whether Accept names JSON, or can't be read."""
    if not request.headers.get("Accept", "").strip():
        return True
    try:
        types = [(each.main_type, each.sub_type) for each in request.accepted_types]
    except ValueError:
        return True
    return any(main in ("application", "*") and sub in ("json", "*") for main, sub in types)
