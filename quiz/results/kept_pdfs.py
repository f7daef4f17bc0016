"""PDFs kept in the memory of the process for a few minutes, because each takes long to lay out.

A PDF is found by the page it is laid out from, so it can't be out of date. A result that was
deleted has no page that would find it, and its PDF is gone after `SECONDS_KEPT` at the latest.
"""

from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from threading import Lock, Timer
from time import monotonic

from quiz.results.pdf_layout import Page
from quiz.web.scarce import PDFS

SECONDS_KEPT = 5 * 60
MOST_KEPT = 50  # of about 20 kB

_kept: OrderedDict[bytes, tuple[float, bytes]] = OrderedDict()  # oldest first: (end, PDF)
_lock = Lock()


def kept_or_made(page: Page, make: Callable[[Page], bytes]) -> bytes:
    """Return the PDF of a page; raise Busy if too many are being made."""
    key = sha256(repr(page).encode()).digest()
    if pdf := _find(key):
        return pdf
    with PDFS.turn():
        # Another request may have made it while this one waited.
        pdf = _find(key) or make(page)
        _keep(key, pdf)
    return pdf


def forget_all() -> None:
    with _lock:
        _kept.clear()


def _find(key: bytes) -> bytes:
    """Return a PDF that is kept; empty if it isn't."""
    with _lock:
        end, pdf = _kept.get(key, (0.0, b""))
    return pdf if monotonic() < end else b""


def _keep(key: bytes, pdf: bytes) -> None:
    with _lock:
        if not _kept:
            _forget_later()
        _kept.setdefault(key, (monotonic() + SECONDS_KEPT, pdf))
        if len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)


def _forget_later() -> None:
    timer = Timer(SECONDS_KEPT / 5, _forget_old)
    timer.daemon = True
    timer.start()


def _forget_old() -> None:
    with _lock:
        while _kept and next(iter(_kept.values()))[0] <= monotonic():
            _kept.popitem(last=False)
        if _kept:
            _forget_later()
