"""Text as people type and paste it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.web.typed import passphrase_in, plain, visible

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    "hidden",
    ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u202e", "\u2066", "\ufe0f", "\u3164"],
)
def test_invisible_characters_are_left_out(hidden):
    assert visible(f"{hidden}blue{hidden}kettle{hidden}") == "bluekettle"


def test_full_width_characters_and_other_digits_are_plain():
    assert plain("Ａｎｎ＠ｘ．ｏｒｇ") == "Ann@x.org"
    assert plain("１２３ ٤٥٦ ७८९") == "123 456 789"


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("grüner Tee", unicodedata.normalize("NFD", "grüner Tee")),
        ("blue kettle", " blue\u00a0kettle\u3000"),
        ("blue kettle", "blue  kettle\n"),
        ("blue kettle", "\ufeffblue\u200b kettle"),
        ('it\'s "blue" - ok', "it’s “blue” – ok"),
        ("❤ kettle", "❤\ufe0f kettle"),
    ],
)
def test_passphrases_that_look_alike_are_the_same(typed, same):
    assert passphrase_in(same) == passphrase_in(typed) == typed


@pytest.mark.parametrize("other", ["Blue kettle", "bluekettle", "blue kettles", "blüe kettle"])
def test_passphrases_that_differ_stay_different(other):
    assert passphrase_in(other) != passphrase_in("blue kettle")


@given(st.text(max_size=30))
def test_reading_a_passphrase_twice_changes_nothing_more(text):
    assert passphrase_in(passphrase_in(text)) == passphrase_in(text)
