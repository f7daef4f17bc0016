"""The switch between light and dark at the bottom of every page."""

from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from quiz.web.theme import SWITCH_ANCHOR, THEMES, remember_theme


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("go", "")
    if chosen not in THEMES:
        raise Http404(f"No theme {chosen!r:.40}")
    response = redirect(f"{_page_before(request)}{SWITCH_ANCHOR}")
    remember_theme(response, chosen)
    return response


def _page_before(request: HttpRequest) -> str:
    came_from = request.META.get("HTTP_REFERER", "")
    if not url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()}):
        return reverse("quiz:home")
    parts = urlsplit(came_from)
    path = f"/{parts.path.lstrip('/')}"  # a browser reads "//" as the start of a host name
    return f"{path}?{parts.query}" if parts.query else path
