"""Pages and answers made from the content alone: made once, and again when the content changes.

Everyone served by this process gets the same ones, so nothing of a visitor may be in the cache.
"""

import gzip
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, TypeVar, cast

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import re_accepts_gzip
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from organization.current import current_organization

T = TypeVar("T")

# Enough for all roles in every order (64 choices), in each theme, and compressed.
MOST_VALUES = 600


class PageCache:
    """Values made from one revision of the content."""

    def __init__(self, revision: Hashable) -> None:
        self.revision = revision
        self._values: dict[Hashable, Any] = {}

    def get_or_make(self, key: Hashable, make: Callable[[], T]) -> T:
        if key not in self._values:
            if len(self._values) >= MOST_VALUES:
                self._values.clear()
            self._values[key] = make()
        return cast(T, self._values[key])


_latest = PageCache(None)


def current_cache() -> PageCache:
    """Return the cache for the content that is in the database now; costs one query."""
    global _latest
    revision = _revision()
    cache = _latest
    if cache.revision != revision or settings.DEBUG:
        cache = _latest = PageCache(revision)
    return cache


def clear() -> None:
    """Forget everything: for tests that change rows without writing their history."""
    global _latest
    _latest = PageCache(None)


def _revision() -> Hashable:
    """Return whose site it is, and the newest history rows: without one, no content changes."""
    organization = current_organization().revision
    with connection.cursor() as cursor:
        cursor.execute(_newest_of_each_history(connection.vendor))
        return cast(Hashable, (organization, cursor.fetchone()))


@lru_cache
def _newest_of_each_history(_vendor: str) -> str:
    tables = sorted(
        model._meta.db_table
        for model in apps.get_app_config("roles").get_models()
        if model.__name__.startswith("Historical")
    )
    quote = connection.ops.quote_name
    newest = (f"(SELECT MAX(history_id) FROM {quote(table)})" for table in tables)  # noqa: S608
    return "SELECT " + ", ".join(newest)


def respond(
    request: HttpRequest,
    template: str,
    page: dict[str, Any],
    cache: PageCache,
    *,
    may_be_personal: bool,
) -> HttpResponse:
    """Answer with a page of cached parts.

    A page that may show something of the visitor's own is neither stored nor compressed: its size
    could give a secret away. Any other page differs by theme alone and holds no secret.
    """
    response = render(request, template, {**page, "page_cache": cache})
    if may_be_personal:
        response["Cache-Control"] = "no-store"
        return response
    patch_vary_headers(response, ("Cookie", "Accept-Encoding"))
    if re_accepts_gzip.search(request.headers.get("Accept-Encoding", "")):
        html = response.content
        response.content = cache.get_or_make(
            ("gzip", html), lambda: gzip.compress(html, 6, mtime=0)
        )
        response["Content-Encoding"] = "gzip"
    return response
