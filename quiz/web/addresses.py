"""Addresses that nearly every page of the quiz needs, looked up once per process."""

from functools import lru_cache

from django.urls import reverse

MOST_ADDRESSES = 256


@lru_cache(maxsize=MOST_ADDRESSES)
def address(name: str, *arguments: int | str) -> str:
    """Return the path of a page by its name, such as "quiz:answer_page", and its arguments."""
    return reverse(name, args=arguments)
