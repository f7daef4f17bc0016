"""Names: what is left of what people type, and which ones count as the same."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.web.names import MOST_MARKS, clean_line, clean_lines, fold, isolated

pytestmark = pytest.mark.pure

SURROGATE = "\ud83d"


class TestCleanLine:
    @pytest.mark.parametrize(
        ("typed", "clean"),
        [
            ("  Kim\t\r\n Lang ", "Kim Lang"),
            ("E\u0301va", "Éva"),
            ("E\u200b\u0301va", "Éva"),
            ("Kim\u202egnaL\u202c", "KimgnaL"),
            ("\u2066Kim\u2069\u200f\u061c", "Kim"),
            ("K\x07i\x1bm\x7f", "Kim"),
            ("Kim\u2028Lang", "Kim Lang"),
            ("\ufeffK\u00adi\u2060m", "Kim"),
            ("Kim\u2800Lang", "Kim Lang"),
            ("\u3164Kim\uffa0", "Kim"),
            (f"Kim{SURROGATE}", "Kim"),
            ("Kim\ufdd0\U0001ffff", "Kim"),
            ("\u0301Kim", "Kim"),
            ("\u3164 \u200b", ""),
            ("\u0301\u0302", ""),
            ("\U000e0080Kim\U000e0fff\u2065", "Kim"),
        ],
        ids=ascii,
    )
    def test_invisible_characters_are_removed(self, typed, clean):
        assert clean_line(typed) == clean

    @pytest.mark.parametrize(
        "name",
        [
            "عبدالله",
            "דנה",
            "می\u200cخواهم",
            "क\u094d\u200dष",
            "👩\u200d💻",
            "❤\ufe0f",
            "葛\U000e0100",
        ],
        ids=ascii,
    )
    def test_what_other_scripts_and_emoji_need_is_kept(self, name):
        assert clean_line(name) == name

    @pytest.mark.parametrize(
        "typed", ["K\u200dim", "Kim\u200c", "\u200dKim", "K\u200d\u200cim"], ids=ascii
    )
    def test_joiner_that_joins_nothing_is_removed(self, typed):
        assert clean_line(typed) == "Kim"

    @pytest.mark.parametrize("letter", ["x", "ב", "ก"], ids=ascii)
    def test_marks_that_would_cover_other_lines_are_removed(self, letter):
        mark = {"x": "\u0302", "ב": "\u05b8", "ก": "\u0e31"}[letter]
        assert clean_line(f"{letter}{mark * 50}y") == f"{letter}{mark * MOST_MARKS}y"

    def test_run_of_joiners_becomes_one(self):
        assert clean_line("می\u200c\u200c\u200cخواهم") == "می\u200cخواهم"

    @given(st.text())
    def test_clean_name_stays_as_it_is(self, text):
        assert clean_line(clean_line(text)) == clean_line(text)

    @given(st.text())
    def test_no_control_direction_or_half_character_is_left(self, text):
        left = set(clean_line(text)) - set("\0\u200c\u200d")
        assert not {char for char in left if unicodedata.category(char) in ("Cc", "Cf", "Cs")}


class TestCleanLines:
    def test_lines_tabs_and_spaces_are_kept(self):
        assert clean_lines("a\r\n  b\tc\rd\u2028e") == "a\n  b\tc\nd\ne"

    def test_direction_overrides_and_control_characters_are_removed(self):
        assert clean_lines("a\u202eb\x00\n\x08c\u2066") == "ab\x00\nc"


class TestFold:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Müller", "muller"),
            ("MU\u0308LLER", "müller"),
            ("Groß", "GROSS"),
            ("İpek", "ipek"),
            ("Işık", "isik"),
            ("Σοφίας", "ΣΟΦΙΑΣ"),
            ("Ørsted", "orsted"),
            ("Łukasz", "LUKASZ"),
            ("Đặng", "dang"),
            ("Þór", "thor"),
            ("Æsa", "aesa"),
            ("O\u2019Brien", "o'brien"),
            ("Ǆoni", "dzoni"),
            ("\uff21nn", "ann"),
            ("ﬁn", "Fin"),
            ("Артём", "артем"),
            ("دَانَة", "دانة"),
            ("K\u200bim  Lang", "kim lang"),
            ("K\u200dim", "Kim"),
        ],
        ids=ascii,
    )
    def test_case_and_accents_make_no_difference(self, one, other):
        assert fold(one) == fold(other)

    @pytest.mark.parametrize(
        ("one", "other"),
        [("कि", "कु"), ("か", "が"), ("Kim", "Kin"), ("9b", "9c"), ("김", "기")],
        ids=ascii,
    )
    def test_other_letters_and_vowels_make_a_difference(self, one, other):
        assert fold(one) != fold(other)

    @given(st.text())
    def test_folded_text_stays_as_it_is(self, text):
        assert fold(fold(text)) == fold(text)


class TestIsolated:
    @pytest.mark.parametrize("name", ["Kim Lang", "李伟", "Σοφία", "7"])
    def test_name_from_left_to_right_stays_plain(self, name):
        assert isolated(name) == name

    @pytest.mark.parametrize("name", ["דנה", "عبدالله", "Kim דנה"])
    def test_name_from_right_to_left_is_set_apart(self, name):
        assert isolated(name) == f"\u2068{name}\u2069"

    def test_override_that_was_stored_earlier_is_left_out(self):
        assert isolated("\u202eKim") == "\u2068Kim\u2069"
