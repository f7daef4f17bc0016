"""Pages of the quiz and parts of them, rendered once per process, with the visitor's own filled in.

A page depends on little: its template, the language, and a few plain values such as its number. The
rest belongs to the visitor, such as which radio buttons are checked. So each page is
rendered once for those values and then reused. The values come from frozen versions, and the
revision of the organization is one of them, so what is cached here can't go stale. Pages made from
editable content are in `roles/page_cache.py`.
"""

from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import get_language

from organization.current import current_organization
from quiz.web.theme import theme_of

if TYPE_CHECKING:
    from functools import _lru_cache_wrapper

T = TypeVar("T")

# What a cached page holds in place of the visitor's own: the mark of the form that starts a quiz,
# the mark and the code of the attempt, the number of answers, and the link in the header.
FORM_PLACEHOLDER = "the-mark-of-the-form-goes-here"
ATTEMPT_PLACEHOLDER = "the-mark-of-the-attempt-goes-here"
CODE_PLACEHOLDER = "the-code-of-the-attempt-goes-here"
ANSWERED_PLACEHOLDER = "the-number-of-answers-goes-here"
OWN_LINK_PLACEHOLDER = "the-link-of-the-visitor-goes-here"
# The link in the header. It needs `request`, which a cached page doesn't have.
OWN_LINK_TEMPLATE = "quiz/_own_link.html"
MOST_RESULTS = 512  # of each function that is rendered once
MOST_PARTS = 1000  # of each place in a template; beyond that, all of that place are forgotten

_functions: "list[_lru_cache_wrapper[Any]]" = []
# By template node. Weak, so that a template that was reloaded in development can be freed.
_parts: WeakKeyDictionary[object, dict[Hashable, str]] = WeakKeyDictionary()


class Preview(NamedTuple):
    """The version that an editor sees as a visitor would, and the address of its admin page."""

    version: str
    url: str


def rendered_once(function: Callable[..., T]) -> "_lru_cache_wrapper[T]":
    """Cache what a function returns for the same arguments, which must not be a visitor's own."""
    cached = lru_cache(maxsize=MOST_RESULTS)(function)
    _functions.append(cached)
    return cached


def part_rendered_once(node: object, key: Hashable, render: Callable[[], str]) -> str:
    """Render a part of a template once per key, and return the same HTML from then on.

    The key must hold everything that the part shows, and only what many people have in common,
    such as a score. Never put anything in it that names a person or that someone typed.
    """
    by_key = _parts.get(node)
    if by_key is None:
        by_key = _parts.setdefault(node, {})
    key = (current_organization().revision, key)
    html = by_key.get(key)
    if html is None:
        if len(by_key) >= MOST_PARTS:
            by_key.clear()
        html = by_key[key] = render()
    return html


def clear() -> None:
    """Forget everything: a test that rolls a version back frees its number for another one."""
    for function in _functions:
        function.cache_clear()
    _parts.clear()


@rendered_once
def _page_html(template: str, language: str | None, values: frozenset[tuple[str, Hashable]]) -> str:
    placeholders = {
        "form_mark": FORM_PLACEHOLDER,
        "attempt_mark": ATTEMPT_PLACEHOLDER,
        "attempt_code": CODE_PLACEHOLDER,
        "answers_given": ANSWERED_PLACEHOLDER,
        "own_link": OWN_LINK_PLACEHOLDER,
    }
    return render_to_string(template, {**dict(values), **placeholders})


def cached_page(
    request: HttpRequest,
    template: str,
    values: Mapping[str, Hashable],
    *,
    checked: Mapping[str, object] = {},
    filled_in: Mapping[str, str] = {},
) -> HttpResponse:
    """Answer with a page that differs between visitors only by what is filled in afterwards.

    `checked` maps the names of radio groups and boxes to their values; `filled_in` maps
    placeholders to the visitor's own text. The values are part of the cache's key, so nothing of a
    visitor but the theme may be among them.
    """
    # A draft's pages would only push out those that visitors ask for.
    is_uncached = settings.DEBUG or values.get("preview")
    render = _page_html.__wrapped__ if is_uncached else _page_html
    # A preview is at an address with accounts, whose forms need a token.
    more = {"csrf_token": get_token(request)} if values.get("preview") else {}
    revision = current_organization().revision
    themed = {**values, **more, "theme": theme_of(request), "revision": revision}
    html = render(template, get_language(), frozenset(themed.items()))
    own_link = render_to_string(OWN_LINK_TEMPLATE, {"request": request})
    for placeholder, text in {**filled_in, OWN_LINK_PLACEHOLDER: own_link}.items():
        html = html.replace(placeholder, text)
    return HttpResponse(checked_in(html, checked))


def checked_in(html: str, checked: Mapping[str, object]) -> str:
    """Check radio buttons and boxes, given by the names of their groups and their values."""
    for name, value in checked.items():
        radio = f'id="id_{escape(name)}_{escape(str(value))}"'
        html = html.replace(radio, f"{radio} checked", 1)
    return html
