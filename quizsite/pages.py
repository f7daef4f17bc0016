"""Pages of the site itself: accessibility, files that browsers and search engines fetch, the style.

The social picture is the same for the whole site and shows words only, never a person's result.
"""

from pathlib import Path

from django.conf import settings
from django.contrib.sitemaps.views import sitemap
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie

from organization.current import current_organization
from organization.palette import LIGHT
from quiz.results.pictures import EXAMPLE, bar
from quiz.web.rendering import cached_page
from quizsite.sitemaps import SITEMAPS
from roles.social_picture import social_picture


@require_safe
@vary_on_cookie
def accessibility(request: HttpRequest) -> HttpResponse:
    organization = current_organization()
    values = {"contact": organization.contact_email, "talk_to": organization.own_contact}
    return cached_page(request, "accessibility.html", values)


@require_safe
@cache_control(max_age=24 * 3600, public=True)
def favicon(request: HttpRequest) -> HttpResponse:
    """The icon that browsers and other programs ask for by this name, without reading a page."""
    icon = Path(str(finders.find("quizsite/favicon.ico"))).read_bytes()
    return HttpResponse(icon, content_type="image/x-icon")


@require_safe
@cache_control(max_age=24 * 3600)
def manifest(request: HttpRequest) -> HttpResponse:
    """What a browser needs to install the site as an app."""
    icons = [
        ("quizsite/level.svg", "any", "image/svg+xml", "any"),
        ("quizsite/icon-192.png", "192x192", "image/png", "any"),
        ("quizsite/icon-512.png", "512x512", "image/png", "any"),
        ("quizsite/icon-maskable-512.png", "512x512", "image/png", "maskable"),
    ]
    organization = current_organization()
    data = {
        "id": "/",
        "name": organization.name,
        "short_name": organization.short_name,
        "description": _("A short, honest quiz: does sales or customer service suit you better?"),
        "lang": get_language(),
        "start_url": reverse("quiz:home"),
        "scope": "/",
        "display": "minimal-ui",
        "background_color": organization.palette.tokens(LIGHT)["paper"],
        "theme_color": organization.palette.tokens(LIGHT)["act"],
        "icons": [
            {"src": static(name), "sizes": sizes, "type": kind, "purpose": purpose}
            for name, sizes, kind, purpose in icons
        ],
    }
    return JsonResponse(data, content_type="application/manifest+json")


@require_safe
@cache_control(max_age=24 * 3600, public=True)
def site_picture(request: HttpRequest) -> HttpResponse:
    """The picture that other sites show next to a link to this one."""
    below = _("Short statements. No account.")
    organization = current_organization()
    picture = social_picture(organization.name, below, palette=organization.palette)
    return HttpResponse(picture, content_type="image/png")


@require_safe
@cache_control(max_age=24 * 3600, public=True)
def robots(request: HttpRequest) -> HttpResponse:
    """Point to the sitemap, and exclude what is useless in a search engine."""
    lines = [
        "User-agent: *",
        f"Disallow: {reverse('admin:index')}",
        f"Disallow: {reverse('quiz:result')}",
        "",
        f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """Show every part of the design in all its states; with DEBUG only."""
    if not settings.DEBUG:
        raise Http404("The style page is there with DEBUG only")
    context = {
        "colors": COLORS,
        "level": EXAMPLE,
        "bars": [
            {"name": _("A trait"), "score": 63, "picture": bar(63, 53, 73)},
            {"name": _("Another"), "score": 38, "picture": bar(38, 28, 48)},
            {"name": _("In the middle"), "score": 50, "picture": bar(50, 40, 60)},
        ],
        "scale": enumerate(
            [
                _("Strongly disagree"),
                _("Disagree"),
                _("Neither agree nor disagree"),
                _("Agree"),
                _("Strongly agree"),
            ],
            start=1,
        ),
        "fields": ["sales", "service"],
        "pages": range(1, 5),
        "range": {
            "column": {"field": "sales", "title": _("A job")},
            **{"low": "$30,000", "quarter": "$49,000", "three_quarters": "$81,000"},
            "high": "$118,000",
            "picture": {"low": 120, "quarter": 200, "half_width": 130, "width": 360},
        },
    }
    return render(request, "style.html", context)


COLORS = [
    *("paper", "card", "zone", "ink", "muted", "line", "edge"),
    *("sales", "sales-soft", "service", "service-soft"),
    *("act", "act-ink", "act-soft", "alarm", "alarm-soft", "focus"),
]

urlpatterns = [
    path("accessibility/", accessibility, name="accessibility"),
    path("favicon.ico", favicon, name="favicon"),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("preview.png", site_picture, name="site_picture"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", require_safe(sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
    path("style/", style, name="style"),
]
