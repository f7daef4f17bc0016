"""Pages of the quiz rendered once per process, with what is the visitor's filled in.

A page depends on little: its template, the language, and a few plain values such as its number. The
rest is the visitor's: the token of the form, and which radio buttons are checked. So each page is
rendered once for those values and kept; they come from frozen versions and can't go stale.
"""

from collections.abc import Hashable, Mapping
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import get_language

from quiz.web.theme import theme_of


class Preview(NamedTuple):
    """Which version an editor looks at as a visitor would, and where its own page is."""

    version: str
    url: str


TOKEN_PLACE = "the-token-of-the-form-goes-here"  # noqa: S105
ATTEMPT_PLACE = "the-mark-of-the-attempt-goes-here"
CODE_PLACE = "the-code-of-the-attempt-goes-here"
PAGES_KEPT = 512


@lru_cache(maxsize=PAGES_KEPT)
def _kept(template: str, language: str | None, values: frozenset[tuple[str, Hashable]]) -> str:
    places = {
        "csrf_token": TOKEN_PLACE,
        "attempt_mark": ATTEMPT_PLACE,
        "attempt_code": CODE_PLACE,
    }
    return render_to_string(template, {**dict(values), **places})


def kept_page(
    request: HttpRequest,
    template: str,
    values: Mapping[str, Hashable],
    *,
    checked: Mapping[str, object] = {},
    places: Mapping[str, str] = {},
) -> HttpResponse:
    """Return a page that is the same for everybody with these values, but for what is theirs.

    `checked` maps the names of radio groups and boxes to their values, `places` what stands for
    something of the visitor to what it is. Nothing of a visitor but the theme may be among the
    values: they are kept.
    """
    # A draft's pages would only push out those that visitors ask for.
    render = _kept.__wrapped__ if settings.DEBUG or values.get("preview") else _kept
    themed = {**values, "theme": theme_of(request)}
    html = render(template, get_language(), frozenset(themed.items()))
    if TOKEN_PLACE in html:
        html = html.replace(TOKEN_PLACE, get_token(request))
    for place, text in places.items():
        html = html.replace(place, text)
    for name, value in checked.items():
        radio = f'id="id_{escape(name)}_{escape(str(value))}"'
        html = html.replace(radio, f"{radio} checked", 1)
    return HttpResponse(html)
