"""Resume codes, which open a person's answers on another device. Pure."""

import hashlib
import secrets

# Crockford's base 32: without I, L and O, which look like digits, and without U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16  # times 5 bits: 80 bits
GROUP = 4
_AS_MEANT = str.maketrans("OIL", "011", " -‐‑‒–—.\t\r\n\u00a0")


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def hash_of(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def grouped(code: str) -> str:
    """Write a code as XXXX-XXXX-XXXX-XXXX."""
    return "-".join(code[place : place + GROUP] for place in range(0, len(code), GROUP))


def code_typed(text: str) -> str:
    """Read a code despite other case, separators or look-alike letters; empty if it is none."""
    code = text.upper().translate(_AS_MEANT)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""
