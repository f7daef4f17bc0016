"""Lines of CSV (RFC 4180) as bytes, safe from formula injection in spreadsheets. Pure."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

# Spreadsheets recognize UTF-8 by it.
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
END = "#end"
END_OF_LINE = "\r\n"
# What results may be used for: docs/decisions/2026-12-01-not-for-hiring.md.
NOT_FOR_HIRING = "not for hiring"
QUOTE = '"'

_NEEDS_QUOTES = re.compile(r'[",;\r\n]')


class Dialect(NamedTuple):
    """How a file separates cells and writes 1.5."""

    separator: str
    decimal: str


COMMAS = Dialect(",", ".")
# What Excel reads where people write 1,5.
SEMICOLONS = Dialect(";", ",")

# Characters that spreadsheets skip, or might skip, before they look for a formula.
_SKIPPED = r"[\s\x00-\x1f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*"
_FORMULA = r"[=+\-@＝＋－＠]"
# Also after a separator, tab or line break, because other settings split cells there.
_RISKY_PLACES = re.compile(rf"^(?=[\t\r\n])|(?:^|(?<=[,;\t\r\n]))(?={_SKIPPED}{_FORMULA})")

# In English, German, French, Spanish and Italian, whole and cut.
_MONTHS = (
    r"jan(?:uary?|uar|vier|v)?|ene(?:ro)?|gen(?:naio)?"
    r"|feb(?:ruary?|ruar|rero|braio)?|févr(?:ier)?"
    r"|mar(?:ch|s|zo)?|märz?|mrz|apr(?:il|ile)?|avr(?:il)?|abr(?:il)?"
    r"|may|mai|mayo|mag(?:gio)?|june?|juni|juin|junio|giu(?:gno)?|july?|juli|juil(?:let)?|julio"
    r"|lug(?:lio)?|aug(?:ust)?|août|ago(?:sto)?|sept?(?:ember|embre|iembre)?|set(?:tembre)?"
    r"|o[ck]t(?:ober|obre|ubre)?|ott(?:obre)?|nov(?:ember|embre|iembre)?"
    r"|de[cz](?:ember)?|déc(?:embre)?|dic(?:iembre|embre)?"
)
_NUMBER = r"(?:\d+(?:[.,]\d*)?|[.,]\d+)"
_DAY = r"\d{1,4}\ ?[-/.]\ ?\d{1,4}(?:\ ?[-/.]\ ?\d{1,4})?\.?"
_HOUR = r"\d{1,4}:\d\d?(?::\d\d?(?:[.,]\d+)?)?(?:\ ?[ap]m?)?"
# What spreadsheets turn into something else when they open a CSV file.
_CONVERTED = re.compile(
    rf"""
    0\d+ | \d{{16,}}                          # loses its zeros, or its last digits
    | \d*[.,]\d+ | \d+[.,]                   # 1.50
    | {_NUMBER}\ ?(?:e[+-]?\d+|[%€$£])        # 1E5, 5%
    | [($€£]\ ?{_NUMBER}\ ?\)?                # (5)
    | \d{{1,3}}(?:[.,'\ ]\d{{3}})+(?:[.,]\d+)?  # 1,000 or 1.000,50
    | \d+\ \d+/\d+                           # 1 1/2
    | {_DAY}(?:[T\ ]\ ?{_HOUR}Z?)?            # 1-2, 3/4, 2026-11-29
    | {_HOUR} | \d\d?\ ?[ap]m?               # 10:30, 9 am
    | (?:\d{{1,4}}[-/.\ ]*)?(?:{_MONTHS})\.?(?:[-/.,\ ]*\d{{1,4}}){{1,2}}  # Mar 1, SEPT2
    | \d{{1,4}}[-/.\ ]*(?:{_MONTHS})\.?       # 1 May
    | true | false
    """,
    re.IGNORECASE | re.VERBOSE,
)


def safe_text(text: str) -> str:
    """Put an apostrophe wherever a spreadsheet could see the start of a formula."""
    # A quick check settles nearly every text; the regular expression is slow.
    if text[:1].isalnum() and text.isprintable() and not {",", ";"} & set(text):
        return text
    return _RISKY_PLACES.sub("'", text)


def kept_text(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a number, a date or a claim.

    A whole number stays as it is: a spreadsheet shows the same digits.
    """
    if not text or text.isalpha():
        return f"'{text}" if text.lower() in ("true", "false") else text
    return f"'{text}" if _CONVERTED.fullmatch(text.strip()) else text


def quoted(cell: str) -> str:
    """Quote a cell that holds a quote, a line break or the separator of any dialect."""
    return f'"{cell.replace(QUOTE, QUOTE * 2)}"' if _NEEDS_QUOTES.search(cell) else cell


def line(cells: Iterable[str], dialect: Dialect = COMMAS) -> str:
    return dialect.separator.join(map(quoted, cells)) + END_OF_LINE


class CheckedLines:
    """Turns lines into bytes, and keeps their count and checksum."""

    def __init__(self, dialect: Dialect = COMMAS) -> None:
        self.rows = 0
        self._dialect = dialect
        self._sum = hashlib.sha256()

    @property
    def checksum(self) -> str:
        """The SHA-256 of every byte so far."""
        return self._sum.hexdigest()

    def heading(self, names: Iterable[str], mark: bytes = BYTE_ORDER_MARK) -> bytes:
        return self._summed(mark + line(names, self._dialect).encode())

    def body(self, lines: Sequence[str]) -> bytes:
        self.rows += len(lines)
        return self._summed("".join(lines).encode())

    def last(self, width: int) -> bytes:
        """Return the closing line. A file without it was cut off."""
        cells = [END, f"rows={self.rows}", f"sha256={self.checksum}", f"use={NOT_FOR_HIRING}"]
        return line(cells + [""] * (width - len(cells)), self._dialect).encode()

    def _summed(self, part: bytes) -> bytes:
        self._sum.update(part)
        return part
