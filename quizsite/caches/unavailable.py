"""The error of a shared cache that doesn't answer. Pure: it needs no client of one."""


class CacheUnavailable(OSError):
    """The cache can't be reached or is too slow, so nothing can be counted."""
