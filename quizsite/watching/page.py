"""`/metrics` on the site itself, for a monitoring server that can't reach a port of its own."""

from functools import cache
from hmac import compare_digest
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from quiz.web import metrics

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry


@require_http_methods(["GET", "HEAD", "POST", "OPTIONS"])
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Answer METRICS_TOKEN with the metrics, and everything else like an address of no page."""
    if request.method != "GET" or not metrics.are_on() or not _has_token(request):
        raise Http404("No page without the token")
    # Loads prometheus_client, which a site without metrics doesn't need.
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest  # noqa: PLC0415

    return HttpResponse(
        generate_latest(registry()),
        content_type=CONTENT_TYPE_LATEST,
        headers={"Cache-Control": "no-store"},
    )


def _has_token(request: HttpRequest) -> bool:
    given, expected = request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"
    return bool(settings.METRICS_TOKEN) and compare_digest(given.encode(), expected.encode())


@cache
def registry() -> "CollectorRegistry":
    from quizsite.watching.exposed import exposed  # noqa: PLC0415 - like above

    return exposed()
