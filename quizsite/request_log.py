"""One line in the log for each request: who, which page, how it ended, how long it took."""

import logging
import re
from http import HTTPStatus
from secrets import token_hex
from time import perf_counter
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from quiz.web import metrics
from quizsite.logs import CAUSE, request_id, route_of
from quizsite.middleware import GetResponse
from quizsite.watching.requests import count_request

logger = logging.getLogger("request")

GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestLog:
    """Comes first, so that it sees every request and the whole time that it took."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = perf_counter()
        name = id_of(request)
        token = request_id.set(name)
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = name
            if metrics.are_on():
                seconds = perf_counter() - started
                count_request(request, _page_of(request), response.status_code, seconds)
            level = logging.INFO if response.status_code < 500 else logging.WARNING
            if logger.isEnabledFor(level):
                fields = fields_of(request, response.status_code)
                fields["ms"] = round((perf_counter() - started) * 1000, 1)
                logger.log(level, "%s", fields["route"], extra={"fields": fields})
            return response
        finally:
            request_id.reset(token)


def id_of(request: HttpRequest) -> str:
    """Return the id that a trusted proxy gave, if it is one, or else a new one."""
    given: str = request.META.get("HTTP_X_REQUEST_ID", "")
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT and GIVEN_ID.fullmatch(given):
        return given
    return token_hex(8)


def fields_of(request: HttpRequest, status: int) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "method": request.method,
        "route": _page_of(request),
        "user": _user_of(request),
        "status": status,
    }
    if settings.LOG_ADDRESSES:
        fields["address"] = _address_of(request)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        fields["cause"] = request.META.get(CAUSE, "")
    return fields


def _page_of(request: HttpRequest) -> str:
    """Name the page, or files by their folder; empty for an address that no page has."""
    if name := route_of(request):
        return name
    return "static" if request.path_info.startswith(settings.STATIC_URL) else ""


def _user_of(request: HttpRequest) -> int | None:
    """Return the id of the user; None if no one is logged in, or nothing has asked who it is.

    Asking would take a query, also for visitors of the quiz.
    """
    found = getattr(request, "_cached_user", None)
    if found is None:
        return None
    # With a log-in, someone is; with a log-out, someone was.
    user: int | None = found.pk or request.user.pk
    return user


def _address_of(request: HttpRequest) -> str:
    try:
        return str(get_adapter(request).get_client_ip(request))
    except PermissionDenied:  # the proxy sent something else than an address
        return ""
