"""The theme that a visitor chose, in a cookie, so that a page never flashes in the other one."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

LIGHT, DARK, AS_DEVICE = "light", "dark", "device"
THEMES = (LIGHT, DARK, AS_DEVICE)
COOKIE_AGE = timedelta(days=365)
# The switch on every page: a visitor who uses it comes back to it.
SWITCH_ANCHOR = "#colors"


def theme_of(request: HttpRequest) -> str:
    """Return LIGHT or DARK; empty where the device decides."""
    theme = request.COOKIES.get(settings.THEME_COOKIE_NAME, "")
    return theme if theme in (LIGHT, DARK) else ""


def remember_theme(response: HttpResponse, theme: str) -> None:
    """Set the cookie; AS_DEVICE deletes it."""
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
    """Context processor: every template knows `theme`."""
    return {"theme": theme_of(request)}
