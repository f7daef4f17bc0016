"""Light or dark as the visitor chose it, in a cookie: a page comes in its colours at once."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

LIGHT, DARK, AS_DEVICE = "light", "dark", "device"
THEMES = (LIGHT, DARK, AS_DEVICE)
COOKIE_AGE = timedelta(days=365)
# Where the switch is on a page: whoever pressed it stays there.
PLACE = "#colours"


def theme_of(request: HttpRequest) -> str:
    """Return LIGHT, DARK, or an empty text: then the device decides."""
    theme = request.COOKIES.get(settings.THEME_COOKIE_NAME, "")
    return theme if theme in (LIGHT, DARK) else ""


def remember_theme(response: HttpResponse, theme: str) -> None:
    """Let the browser hold the choice; AS_DEVICE drops it."""
    if theme == AS_DEVICE:
        response.delete_cookie(settings.THEME_COOKIE_NAME, samesite="Lax")
        return
    response.set_cookie(
        settings.THEME_COOKIE_NAME,
        theme,
        max_age=COOKIE_AGE,
        secure=settings.THEME_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def theme_context(request: HttpRequest) -> dict[str, str]:
    """Give every template `theme`: a context processor."""
    return {"theme": theme_of(request)}
