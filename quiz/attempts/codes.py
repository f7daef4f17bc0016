"""Codes that lead back to one's own answers on another device. Pure."""

import hashlib
import secrets

# Without letters that look or sound alike: I, L, O, U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16  # times 5 bits: 80 bits
GROUP = 4
_AS_MEANT = str.maketrans("OIL", "011", " -‐‑‒–—.\t\r\n\u00a0")


def new_code() -> str:
    """Return a random code of 80 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def hash_of(code: str) -> str:
    """Return what the database keeps of a code."""
    return hashlib.sha256(code.encode()).hexdigest()


def grouped(code: str) -> str:
    """Return a code as people read and type it: XXXX-XXXX-XXXX-XXXX."""
    return "-".join(code[place : place + GROUP] for place in range(0, len(code), GROUP))


def code_typed(text: str) -> str:
    """Return the code that somebody typed, as forgiving as can be; empty where it is none."""
    code = text.upper().translate(_AS_MEANT)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""
