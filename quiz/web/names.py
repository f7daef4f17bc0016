"""Names and other short texts as people type them: cleaned, compared and isolated. Pure."""

import re
import unicodedata

# Letters and marks that are invisible, though Unicode doesn't call them format characters, and
# places that it keeps free for more of them.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\uffa0\ufff0-\ufff8"
    "\U000e0080-\U000e00ff\U000e01f0-\U000e0fff]"
)
# Code points that Unicode gives to no character, ever.
_ENDS_OF_PLANES = (chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
_NO_CHARACTERS = re.compile(f"[\ufdd0-\ufdef{''.join(_ENDS_OF_PLANES)}]")
_BRAILLE_BLANK = "\u2800"
# Forms refuse NUL with Django's own message.
_KEPT = "\0\u200c\u200d"
# They join or separate letters in Persian or Hindi, and join emoji. Elsewhere they do nothing.
_JOINERS = re.compile("[\u200c\u200d]+")
_FIRST_JOINED = "\u0590"
_MARKS = ("Mn", "Mc", "Me")
# On one letter. More would be drawn over the lines above and below; no language needs them.
MOST_MARKS = 5

# Marks that people leave out when they search: accents, Hebrew points, Arabic vowel signs. Marks of
# other scripts, such as Hindi vowels, are as necessary as letters.
_ACCENTS = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u065f\u0670"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u200d\u20d0-\u20f0\ufe00-\ufe0f\ufe20-\ufe2f]"
)
# Letters that Unicode doesn't divide into a base letter and a mark, and signs typed either way.
_ALIKE = str.maketrans(
    {
        **dict(zip("ıøđðłħŧ’‘ʼʻ‐‑‒–—", "ioddlht''''-----", strict=True)),
        **{"æ": "ae", "œ": "oe", "þ": "th"},
    }
)

# Text with one of these directions can turn around what is next to it.
_TURNING = {"R", "AL", "AN", "LRE", "LRO", "RLE", "RLO", "LRI", "RLI", "FSI"}
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


def clean_line(text: str) -> str:
    """Return a text in NFC on one line, without control characters and invisible ones.

    Direction marks and overrides are removed too: pages isolate a text instead (`isolated`).
    """
    spaced = " ".join(text.replace(_BRAILLE_BLANK, " ").split())
    line = " ".join(_visible(spaced).split())
    # A mark without a letter would be drawn over the character before the text.
    while line and unicodedata.category(line[0]) in _MARKS:
        line = line[1:].lstrip()
    return line


def clean_lines(text: str) -> str:
    """Like `clean_line`, but keep line breaks, as "\\n", and other white space."""
    return "\n".join(
        "\t".join(map(_visible, line.split("\t")))
        for line in re.split("\r\n|[\n\r\x85\u2028\u2029]", text)
    )


def fold(text: str) -> str:
    """Return a text as searches, orders and comparisons see it: without case and accents.

    The same for "Müller" and "muller", "Groß" and "GROSS", "İpek" and "ipek".
    """
    lower = unicodedata.normalize(
        "NFKD", unicodedata.normalize("NFKD", clean_line(text)).casefold()
    )
    base = _ACCENTS.sub("", lower).translate(_ALIKE)
    return " ".join(unicodedata.normalize("NFC", base).split())


def isolated(text: str) -> str:
    """Return a name for plain text, such as e-mails and titles, where `<bdi>` can't isolate it.

    Then a date that follows a name in Hebrew or Arabic doesn't run backwards.
    """
    if any(unicodedata.bidirectional(char) in _TURNING for char in text):
        return f"{_FIRST_STRONG_ISOLATE}{clean_line(text)}{_POP_ISOLATE}"
    return text


def _visible(text: str) -> str:
    kept = "".join(
        char
        for char in text
        if char in _KEPT or unicodedata.category(char) not in ("Cc", "Cf", "Cs")
    )
    seen = _NO_CHARACTERS.sub("", _INVISIBLE.sub("", kept))
    composed = _few_marks(unicodedata.normalize("NFC", seen))
    return unicodedata.normalize("NFC", _JOINERS.sub(_joiner, composed))


def _few_marks(text: str) -> str:
    marks, kept = 0, []
    for char in text:
        if unicodedata.category(char) in _MARKS:
            marks += 1
            if marks > MOST_MARKS:
                continue
        elif not _JOINERS.match(char):
            marks = 0
        kept.append(char)
    return "".join(kept)


def _joiner(found: re.Match[str]) -> str:
    """Keep one joiner between letters that it can join or separate."""
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    return found[0][0] if min(before, after) >= _FIRST_JOINED else ""
