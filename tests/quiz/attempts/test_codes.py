"""Resume codes: how they are generated, written, typed and pasted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.attempts.codes import ALPHABET, codes_in, grouped, hash_of, new_code

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


CODE = "0123456789ABCDEF"
EMAIL = """Hello,

this code leads back to your answers of the quiz “Sales or service?”:

    0123-4567-89AB-CDEF

Enter it here: https://quiz.example/quiz/resume/

It works until December 29, 2026.
"""


@pytest.mark.parametrize(
    "typed",
    [
        "0123-4567-89AB-CDEF",
        "0123456789ABCDEF",
        "o123 4567 89ab cdef",
        "  O I 2 3–4567—89AB.CDEF \n",
        "OL23-4567-89AB-CDEF",
        "0123\u22124567\u221289AB\u2212CDEF",
        *(f"0123{dash}4567{dash}89AB{dash}CDEF" for dash in "‐‑‒–—―⁃﹘﹣－ー·_/\u00a0\u3000"),
        "０１２３－４５６７－８９ＡＢ－ＣＤＥＦ",
        "０１２３４５６７８９ａｂｃｄｅｆ",
        "\ufeff0123-4567-\u200b89AB-CDEF\u2060",
        "01\u00ad23-45\u200d67-\u202a89AB-CDEF\u202c",
        "“0123-4567-89AB-CDEF”",
        "«0123-4567-89AB-CDEF».",
        "[0123-4567-89AB-CDEF]",
        "`0123-4567-89AB-CDEF`",
        "0123-4567-\n89AB-CDEF",
        "> 0123-4567-89\r\n> AB-CDEF",
        "\t0123-4567-89AB-CDEF\r\n",
        "0123-4567-89АВ-СDЕF",  # Cyrillic А, В, С, Е
        "0123-4567-89ΑΒ-CDΕF",  # Greek Α, Β, Ε
        "٠١٢٣-٤٥٦٧-٨٩AB-CDEF",
        "𝟎𝟏𝟐𝟑-𝟒𝟓𝟔𝟕-𝟖𝟗𝐀𝐁-𝐂𝐃𝐄𝐅",
    ],
)
def test_code_is_read_however_it_is_written(typed):
    assert codes_in(typed) == [CODE]


@pytest.mark.parametrize(
    "pasted",
    [
        "Your code: 0123-4567-89AB-CDEF",
        "code 0123 4567 89ab cdef back",
        "YOUR CODE\n0123-4567-89AB-CDEF",
        "Your code0123-4567-89AB-CDEF",  # a browser leaves out line breaks when text is pasted
        "My code is 0123-4567-89AB-CDEF, I think",
        "コードは0123-4567-89AB-CDEFです",
        EMAIL,
        EMAIL.replace("\n", ""),
        "> " + EMAIL.replace("\n", "\n> "),
    ],
)
def test_code_is_found_among_words(pasted):
    assert CODE in codes_in(pasted)


@pytest.mark.parametrize("typed", ["", "0123", "0123-4567-89AB-CDEU", "é" * 16, "\u200b" * 16])
def test_text_without_a_code_has_none(typed):
    assert codes_in(typed) == []


def test_code_written_twice_is_found_once():
    assert codes_in(f"{CODE} {CODE}").count(CODE) == 1


@given(st.text(alphabet=ALPHABET, min_size=16, max_size=16))
def test_code_typed_as_written_is_read_back(code):
    assert codes_in(grouped(code).lower()) == [code]


@given(st.text(max_size=40))
def test_any_text_has_only_codes_in_stored_form(text):
    assert all(len(code) == 16 and set(code) <= set(ALPHABET) for code in codes_in(text))


def test_hash_does_not_reveal_the_code():
    assert hash_of("0123456789ABCDEF") != "0123456789ABCDEF"
    assert len(hash_of("0123456789ABCDEF")) == 64
