"""Passwords in both forms in which a letter with an accent can be stored."""

import unicodedata

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from quiz.web.scarce import HASHES, Busy
from quizsite import settings as real_settings
from quizsite.passwords import ComposedPBKDF2
from tests.turns import all_places_taken

COMPOSED = "grüner Tee, viel Süßes"
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)
SALT = "saltsaltsaltsaltsaltsalt"


@pytest.mark.parametrize("chosen", [COMPOSED, DECOMPOSED])
@pytest.mark.parametrize("typed", [COMPOSED, DECOMPOSED])
def test_both_forms_of_a_password_are_the_same(chosen, typed):
    hasher = ComposedPBKDF2()
    assert hasher.verify(typed, hasher.encode(chosen, SALT, 1))


@pytest.mark.parametrize("password", [COMPOSED, DECOMPOSED])
def test_hash_of_the_form_that_was_typed_still_works(password):
    before = PBKDF2PasswordHasher().encode(password, SALT, 1)
    assert ComposedPBKDF2().verify(password, before)


@pytest.mark.parametrize("wrong", ["gruner Tee, viel Susses", "", DECOMPOSED + "!"])
def test_other_passwords_are_wrong(wrong):
    hasher = ComposedPBKDF2()
    assert not hasher.verify(wrong, hasher.encode(COMPOSED, SALT, 1))


def test_site_uses_it_for_new_passwords():
    assert settings.PASSWORD_HASHERS != real_settings.PASSWORD_HASHERS  # tests have a quicker one
    assert real_settings.PASSWORD_HASHERS[0] == "quizsite.passwords.ComposedPBKDF2"


@pytest.mark.parametrize("use", [ComposedPBKDF2.encode, ComposedPBKDF2.verify])
def test_too_many_hashes_at_the_same_time_are_refused(use):
    hasher = ComposedPBKDF2()
    given = SALT if use is ComposedPBKDF2.encode else hasher.encode(COMPOSED, SALT, 1)
    with all_places_taken(HASHES), pytest.raises(Busy):
        use(hasher, COMPOSED, given)
