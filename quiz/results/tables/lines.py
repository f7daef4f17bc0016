"""Lines of CSV (RFC 4180) as bytes, with cells that no spreadsheet takes for a formula. Pure."""

import hashlib
import re
from collections.abc import Iterable, Sequence

# By it a spreadsheet knows the letters of every language.
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
END = "#end"
END_OF_LINE = "\r\n"
QUOTE = '"'

_NEEDS_QUOTES = re.compile(r'[",\r\n]')

# What a spreadsheet skips before it looks whether a cell is a formula, and some it might.
_SKIPPED = r"[\s\x00-\x1f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*"
_FORMULA = r"[=+\-@＝＋－＠]"
# Also behind a semicolon, tab or line break: with other settings a program splits cells there.
_RISKY_PLACES = re.compile(rf"^(?=[\t\r\n])|(?:^|(?<=[;\t\r\n]))(?={_SKIPPED}{_FORMULA})")


def safe_text(text: str) -> str:
    """Put an apostrophe wherever a spreadsheet might see a formula begin."""
    # Nearly every text is harmless at a glance, and a look at every letter takes its time.
    if text[:1].isalnum() and text.isprintable() and ";" not in text:
        return text
    return _RISKY_PLACES.sub("'", text)


def quoted(cell: str) -> str:
    """Return a cell as it stands in a line."""
    return f'"{cell.replace(QUOTE, QUOTE * 2)}"' if _NEEDS_QUOTES.search(cell) else cell


def line(cells: Iterable[str]) -> str:
    return ",".join(map(quoted, cells)) + END_OF_LINE


class CheckedLines:
    """Turns lines into bytes, counts them and sums their bytes up."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = hashlib.sha256()

    @property
    def checksum(self) -> str:
        """Return the SHA-256 of every byte so far."""
        return self._sum.hexdigest()

    def heading(self, names: Iterable[str], mark: bytes = BYTE_ORDER_MARK) -> bytes:
        return self._summed(mark + line(names).encode())

    def body(self, lines: Sequence[str]) -> bytes:
        self.rows += len(lines)
        return self._summed("".join(lines).encode())

    def last(self, width: int) -> bytes:
        """Return the line by which a file that was cut off is noticed: it is missing there."""
        cells = [END, f"rows={self.rows}", f"sha256={self.checksum}"]
        return line(cells + [""] * (width - len(cells))).encode()

    def _summed(self, part: bytes) -> bytes:
        self._sum.update(part)
        return part
