"""What is made of the content alone is made once, and kept until the content changes.

Nothing of a visitor may be among what is kept: every visitor of this process is given the same.
"""

import gzip
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import re_accepts_gzip
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

T = TypeVar("T")

# All roles in every order (64 choices), in each colour, and compressed.
MOST_KEPT = 600


class Kept:
    """Values made of one revision of the content, by key."""

    def __init__(self, revision: Hashable) -> None:
        self.revision = revision
        self._values: dict[Hashable, Any] = {}

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what is kept under a key, or make it."""
        if key not in self._values:
            if len(self._values) >= MOST_KEPT:
                self._values.clear()
            self._values[key] = make()
        return self._values[key]


_latest = Kept(None)


def kept_content() -> Kept:
    """Return what is kept of the content as it stands in the database now; one statement."""
    global _latest
    revision = _revision()
    kept = _latest
    if kept.revision != revision or settings.DEBUG:
        kept = _latest = Kept(revision)
    return kept


def forget() -> None:
    """Drop everything: for tests that change rows past their history."""
    global _latest
    _latest = Kept(None)


def _revision() -> Hashable:
    """Return the newest history rows: no row of content changes without one."""
    with connection.cursor() as cursor:
        cursor.execute(_newest_of_each_history())
        return cursor.fetchone()


def _newest_of_each_history() -> str:
    tables = sorted(
        model._meta.db_table
        for model in apps.get_app_config("roles").get_models()
        if model.__name__.startswith("Historical")
    )
    quote = connection.ops.quote_name
    newest = (f"(SELECT MAX(history_id) FROM {quote(table)})" for table in tables)  # noqa: S608
    return "SELECT " + ", ".join(newest)


def respond(request: HttpRequest, template: str, page: dict[str, Any], kept: Kept) -> HttpResponse:
    """Answer with a page of kept parts; a template tag may add what is the visitor's own.

    It says so by `request.shows_own`, and then nobody may store the page. Otherwise it differs by
    light and dark alone, and is compressed: safe here, since it holds no secret.
    """
    response = render(request, template, {**page, "kept": kept})
    if getattr(request, "shows_own", False):
        response["Cache-Control"] = "no-store"
        return response
    patch_vary_headers(response, ("Cookie", "Accept-Encoding"))
    if re_accepts_gzip.search(request.headers.get("Accept-Encoding", "")):
        html = response.content
        response.content = kept.of(("gzip", html), lambda: gzip.compress(html, 6, mtime=0))
        response["Content-Encoding"] = "gzip"
    return response
