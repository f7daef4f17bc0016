"""Passwords that look alike are the same: a letter with an accent can be stored in two ways."""

import unicodedata

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils.crypto import constant_time_compare

from quiz.web.scarce import HASHES


class ComposedPBKDF2(PBKDF2PasswordHasher):
    """Hashes the composed form of a password (NFC). Earlier hashes of the form typed still work.

    Raises Busy if too many hash at the same time.
    """

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        with HASHES.turn():
            return super().encode(unicodedata.normalize("NFC", password), salt, iterations)

    def verify(self, password: str, encoded: str) -> bool:
        if super().verify(password, encoded):
            return True
        if unicodedata.is_normalized("NFC", password):
            return False
        _algorithm, iterations, salt, _hash = encoded.split("$", 3)
        with HASHES.turn():
            as_typed = super().encode(password, salt, int(iterations))
        return constant_time_compare(as_typed, encoded)
