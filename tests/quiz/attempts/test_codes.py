"""Resume codes: how they are generated, written and typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.attempts.codes import ALPHABET, code_typed, grouped, hash_of, new_code

pytestmark = pytest.mark.pure


def test_code_has_80_bits_in_unambiguous_characters():
    code = new_code()
    assert len(code) == 16
    assert set(code) <= set(ALPHABET)
    assert len(ALPHABET) == 32
    assert not set("ILOU") & set(ALPHABET)


def test_two_codes_differ():
    assert new_code() != new_code()


def test_code_is_written_in_four_groups_of_four():
    assert grouped("0123456789ABCDEF") == "0123-4567-89AB-CDEF"


@pytest.mark.parametrize(
    "typed",
    [
        "0123-4567-89AB-CDEF",
        "0123456789ABCDEF",
        "o1z3".replace("z", "2") + " 4567 89ab cdef",
        "  O I 2 3–4567—89AB.CDEF \n",
        "OL23-4567-89AB-CDEF",
    ],
)
def test_code_may_be_typed_in_lower_case_with_any_dashes_and_look_alikes(typed):
    assert code_typed(typed) == "0123456789ABCDEF"


@pytest.mark.parametrize(
    "typed", ["", "0123", "0123-4567-89AB-CDEFF", "0123-4567-89AB-CDEU", "é" * 16]
)
def test_text_that_cannot_be_a_code_is_rejected(typed):
    assert code_typed(typed) == ""


@given(st.text(alphabet=ALPHABET, min_size=16, max_size=16))
def test_code_typed_as_written_is_read_back(code):
    assert code_typed(grouped(code).lower()) == code


@given(st.text(max_size=40))
def test_any_text_is_read_as_a_code_or_rejected(text):
    code = code_typed(text)
    assert code == "" or (len(code) == 16 and set(code) <= set(ALPHABET))


def test_hash_does_not_reveal_the_code():
    assert hash_of("0123456789ABCDEF") != "0123456789ABCDEF"
    assert len(hash_of("0123456789ABCDEF")) == 64
