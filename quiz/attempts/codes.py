"""Resume codes, which open a person's answers on another device. Pure."""

import hashlib
import secrets

from quiz.web.typed import plain

# Crockford's base 32: without I, L and O, which look like digits, and without U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16  # times 5 bits: 80 bits
GROUP = 4
# Letters read as the ones that they look like: Latin, Turkish, Cyrillic, Greek.
_LOOK_ALIKES = str.maketrans(
    "OILİАВЕЅЈКМНОРСТУХІΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "0111ABESJKMH0PCTYX1ABEZH1KMN0PTYX"
)


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def code_from(digest: bytes) -> str:
    """Return the code that stands for the first 80 bits of a digest."""
    number = int.from_bytes(digest[:10], "big")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(LENGTH))


def hash_of(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def grouped(code: str) -> str:
    """Write a code as XXXX-XXXX-XXXX-XXXX."""
    return "-".join(code[place : place + GROUP] for place in range(0, len(code), GROUP))


def codes_in(text: str) -> list[str]:
    """Return what could be the code in a text that was typed or pasted, in order, without doubles.

    Case, separators, quotes and invisible characters don't matter. The words around a code are made
    of the same letters, so every 16 characters in a row could be it: look all of them up. A code is
    80 random bits, so the wrong ones open nothing.
    """
    letters = plain(text).upper().translate(_LOOK_ALIKES)
    row = "".join(char for char in letters if char.isascii() and char.isalnum())
    windows = (row[place : place + LENGTH] for place in range(len(row) - LENGTH + 1))
    return list(dict.fromkeys(code for code in windows if set(code) <= set(ALPHABET)))
