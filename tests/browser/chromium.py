"""The browser that tests drive: the system's Chromium. Nothing is downloaded.

Its headless shell comes first: the same engine without a toolbar, which costs a third of the CPU.
"""

import shutil

# It runs as root, without a screen or network, and may send nothing outside.
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--disable-dev-shm-usage",
]


def chromium() -> str | None:
    return shutil.which("chromium-headless-shell") or whole_chromium()


def whole_chromium() -> str | None:
    """Return the browser that also judges whether a site can be installed."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)
