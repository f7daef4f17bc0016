"""Which addresses have accounts: only their requests have a session, a user and messages.

A visitor of the quiz has none of these, and no other page pays for them.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.urls import URLPattern, URLResolver

_views: set[Callable[..., Any]] = set()

Pattern = TypeVar("Pattern", bound=URLPattern | URLResolver)


def with_accounts(pattern: Pattern) -> Pattern:
    """Mark an address, or all addresses of an include, in a URL configuration."""
    if isinstance(pattern, URLResolver):
        for inner in pattern.url_patterns:
            with_accounts(inner)
    else:
        _views.add(pattern.callback)
    return pattern


def has_accounts(view: Callable[..., Any]) -> bool:
    return view in _views
