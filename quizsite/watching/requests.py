"""What a request is counted as: nothing that it sends can become a label."""

from http import HTTPStatus

from django.http import HttpRequest

from quiz.web import metrics
from quizsite.bodies import NO_ROOM
from quizsite.logs import CAUSE
from quizsite.middleware import METHODS
from quizsite.threads import CROWDED

# In place of a page: for an address that none has, and for a request that no thread could take.
NO_PAGE, REFUSED = "none", "refused"
# What 503 is counted as, by the name of the error that `note_cause` has noted.
CAUSES = {
    "Busy": "busy",
    "CacheUnavailable": "cache",
    "InterfaceError": "database",
    "InternalError": "database",
    "OperationalError": "database",
    "PageError": "page",
}


def count_request(request: HttpRequest, page: str, status: int, seconds: float) -> None:
    """Count a request to a page, whose name is empty for an address that no page has."""
    if CROWDED in request.META:
        return  # the page for refused requests, which is made once
    # All pages of the admin together: it has more than the rest of the site.
    route = "admin" if page.startswith("admin:") else page or NO_PAGE
    metrics.REQUESTS.add(route, _known(request.method), f"{status // 100}xx")
    metrics.REQUEST_SECONDS.observe(seconds, route)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        metrics.UNAVAILABLE.add(_cause_of(request, route))


def count_refused(method: str) -> None:
    """Count a request that no thread could take in time."""
    metrics.REQUESTS.add(REFUSED, _known(method), "5xx")
    metrics.UNAVAILABLE.add("crowded")


def _known(method: str | None) -> str:
    return method if method in METHODS else "other"


def _cause_of(request: HttpRequest, route: str) -> str:
    if route == "readyz":
        return "not_ready"
    if request.META.get(NO_ROOM):
        return "no_room"
    error: str = request.META.get(CAUSE, "")
    return CAUSES.get(error.partition(":")[0], "other")
