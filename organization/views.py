"""The organization's colors and logo, each at an address that changes with them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from organization.current import current_organization
from organization.models import Logo
from organization.palette import style_sheet

FOR_GOOD = {"max_age": 365 * 24 * 3600, "public": True, "immutable": True}


@require_safe
def colors(request: HttpRequest, digest: str) -> HttpResponse:
    """The style sheet of the palette; 404 without one."""
    palette = current_organization().palette
    if not palette:
        raise Http404("There are no own colors")
    response = HttpResponse(style_sheet(palette), content_type="text/css; charset=utf-8")
    if digest == palette.digest:
        return cache_control(**FOR_GOOD)(lambda request: response)(request)
    # Another process has read a change a few seconds before this one, or an old page asks.
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
@cache_control(**FOR_GOOD)
def logo(request: HttpRequest, digest: str) -> HttpResponse:
    found = Logo.objects.filter(digest=digest).first()
    if found is None:
        raise Http404("No such logo")
    return HttpResponse(bytes(found.png), content_type="image/png")
