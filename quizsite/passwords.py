"""Passwords: how they are hashed and compared, and which are too easy to guess."""

import re
import unicodedata
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from quiz.web.scarce import HASHES

# Words that anyone who knows this site would try.
SITE_WORDS = ("sales", "service", "customer", "career", "counselor", "quiz", "admin", "password")
SHORTEST_WORD = 3  # characters of a name that count as a word
LEAST_OF_ITS_OWN = 8  # letters and digits of a password besides those words, not all of them digits


class ComposedPBKDF2(PBKDF2PasswordHasher):
    """Hashes the composed form of a password (NFC): letters with accents can be stored in two ways.

    Earlier hashes of the form typed still work. Raises Busy if too many hash at the same time.
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


class NotEasyToGuess:
    """Refuses patterns, common passwords with an ending, and names of the site or the person."""

    def __init__(self) -> None:
        self.common = CommonPasswordValidator().passwords

    def validate(self, password: str, user: Any = None) -> None:
        typed = unicodedata.normalize("NFC", password).casefold()
        steps = {ord(after) - ord(before) for before, after in pairwise(typed)}
        # One or two different steps: 123456789012, abcabcabcabc, aaaaaaaaaaaa.
        if len(steps) <= 2:
            raise _too_easy(_("This password is a pattern that is easy to guess."))
        # Letters alone: “Password2026!” is as common as “password”.
        if re.sub(r"[\W\d_]", "", typed) in self.common:
            raise _too_easy(_("This password is a common one with a few characters added."))
        rest = typed
        for word in sorted(_known_words(user), key=len, reverse=True):
            rest = rest.replace(word, " ")
        own = re.sub(r"[\W_]", "", rest)
        if rest != typed and (len(own) < LEAST_OF_ITS_OWN or own.isdecimal()):
            raise _too_easy(_("This password is mostly your name or this site's."))

    def get_help_text(self) -> str:
        return _("Don't use your name, this site's name or a common password.")


def _too_easy(words: str) -> ValidationError:
    advice = _("Use four or five words that have nothing to do with each other.")
    return ValidationError(f"{words} {advice}", code="too_easy")


def _known_words(user: Any) -> set[str]:
    """Return the words in the names of the site and of the person, in lower case."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    names = [host, *SITE_WORDS]
    for attribute in ("username", "email", "first_name", "last_name"):
        names.append(getattr(user, attribute, ""))
    words = {word for name in names for word in re.split(r"[\W_]+", name.casefold())}
    return {word for word in words if len(word) >= SHORTEST_WORD}
