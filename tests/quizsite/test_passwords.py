"""Passwords: both forms of a letter with an accent, and what is refused."""

import unicodedata

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

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


DANA = User(username="dana", email="dana.reed@staff.example", first_name="Dana", last_name="Reed")


@pytest.mark.parametrize(
    "password",
    [
        "123456789012",
        "987654321098",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "Password2026!",
        "qwerty123456",
        "iloveyou!!!!2026",
        "salesorservice",
        "Customer-Service-2026",
        "career quiz 1",
        "dana.reed.2026",
        "DanaReed!!!!!!",
        "reed-24-12-1985",
        "staff.example.1",
    ],
)
def test_pattern_common_password_or_name_is_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password, DANA)


@pytest.mark.parametrize(
    "password",
    [
        "a level and a bubble",
        "four plain words here",
        "Xk9#mQ2$vL7!dana",
        "839201746512",
        "grüner Tee, viel Süßes",
        "dana plants tulips in autumn",
    ],
)
def test_password_with_enough_of_its_own_is_accepted(password):
    validate_password(password, DANA)


def test_password_is_checked_without_a_person():
    validate_password("four plain words here")
    with pytest.raises(ValidationError):
        validate_password("quizquizquiz2")


@pytest.mark.parametrize("use", [ComposedPBKDF2.encode, ComposedPBKDF2.verify])
def test_too_many_hashes_at_the_same_time_are_refused(use):
    hasher = ComposedPBKDF2()
    given = SALT if use is ComposedPBKDF2.encode else hasher.encode(COMPOSED, SALT, 1)
    with all_places_taken(HASHES), pytest.raises(Busy):
        use(hasher, COMPOSED, given)
