"""Lines of CSV (RFC 4180) as bytes, safe from formula injection in spreadsheets. Pure."""

import hashlib
import re
from collections.abc import Iterable, Sequence

# Spreadsheets recognize UTF-8 by it.
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
END = "#end"
END_OF_LINE = "\r\n"
QUOTE = '"'

_NEEDS_QUOTES = re.compile(r'[",\r\n]')

# Characters that spreadsheets skip, or might skip, before they look for a formula.
_SKIPPED = r"[\s\x00-\x1f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*"
_FORMULA = r"[=+\-@＝＋－＠]"
# Also after a semicolon, tab or line break, because other settings split cells there.
_RISKY_PLACES = re.compile(rf"^(?=[\t\r\n])|(?:^|(?<=[;\t\r\n]))(?={_SKIPPED}{_FORMULA})")


def safe_text(text: str) -> str:
    """Put an apostrophe wherever a spreadsheet could see the start of a formula."""
    # A quick check settles nearly every text; the regular expression is slow.
    if text[:1].isalnum() and text.isprintable() and ";" not in text:
        return text
    return _RISKY_PLACES.sub("'", text)


def quoted(cell: str) -> str:
    """Quote a cell if it needs quotes."""
    return f'"{cell.replace(QUOTE, QUOTE * 2)}"' if _NEEDS_QUOTES.search(cell) else cell


def line(cells: Iterable[str]) -> str:
    return ",".join(map(quoted, cells)) + END_OF_LINE


class CheckedLines:
    """Turns lines into bytes, and keeps their count and checksum."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = hashlib.sha256()

    @property
    def checksum(self) -> str:
        """The SHA-256 of every byte so far."""
        return self._sum.hexdigest()

    def heading(self, names: Iterable[str], mark: bytes = BYTE_ORDER_MARK) -> bytes:
        return self._summed(mark + line(names).encode())

    def body(self, lines: Sequence[str]) -> bytes:
        self.rows += len(lines)
        return self._summed("".join(lines).encode())

    def last(self, width: int) -> bytes:
        """Return the closing line. A file without it was cut off."""
        cells = [END, f"rows={self.rows}", f"sha256={self.checksum}"]
        return line(cells + [""] * (width - len(cells))).encode()

    def _summed(self, part: bytes) -> bytes:
        self._sum.update(part)
        return part
