"""Prometheus' tool that checks and tries rules."""

import shutil


def is_installed() -> str | None:
    """Return the path of the program; None if it isn't installed."""
    return shutil.which("promtool")
