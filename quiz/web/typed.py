"""Text as people type and paste it: with characters that no one sees, from any keyboard. Pure."""

import unicodedata

# Letters and marks that Unicode wants drawn as nothing, besides the category Cf.
_BLANK = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0"
    + "".join(map(chr, range(0xFE00, 0xFE10)))  # variation selectors
)
# What phones put in place of plain quotes and dashes while someone types.
_AS_TYPED = str.maketrans(
    {**dict.fromkeys("‘’‚‛ʼ", "'"), **dict.fromkeys("“”„‟", '"'), **dict.fromkeys("‐‑‒–—―−", "-")}
)


def visible(text: str) -> str:
    """Leave out what isn't drawn: zero-width characters, soft hyphens, direction marks."""
    return "".join(c for c in text if unicodedata.category(c) != "Cf" and c not in _BLANK)


def plain(text: str) -> str:
    """Read full-width and styled characters as plain ones (NFKC), and digits of any script as 0-9.

    For codes and addresses, in which such differences never matter.
    """
    return "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() else c
        for c in visible(unicodedata.normalize("NFKC", text))
    )


def passphrase_in(text: str) -> str:
    """Return a passphrase as it is hashed: two that look alike are the same one.

    As RFC 8265 (OpaqueString) in NFC and with plain spaces; also without invisible characters and
    the quotes and dashes that phones put in. Case counts, spaces around it don't.
    """
    return " ".join(unicodedata.normalize("NFC", visible(text)).translate(_AS_TYPED).split())
