"""What each kind of variable accepts, refuses, and shows of a wrong value."""

import os

import pytest

from quizsite.environment import kinds
from quizsite.environment.kinds import whole_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((text, True) for text in ("1", "true", "TRUE", "yes", "On", " 1 ", "ok", "y")),
        *((text, False) for text in ("0", "false", "No", "off", "n")),
    ],
)
def test_switch_is_read(text, value):
    assert kinds.SWITCH.parse(text) is value


@pytest.mark.parametrize("text", ["ture", "2", "-1", "enabled", "none"])
def test_misspelled_switch_is_not_taken_for_off(text):
    with pytest.raises(ValueError, match=r"^$"):
        kinds.SWITCH.parse(text)


@pytest.mark.parametrize(("text", "number"), [("1", 1), (" 99 ", 99), ("007", 7)])
def test_number_within_bounds_is_read(text, number):
    assert whole_number(1, 99).parse(text) == number


@pytest.mark.parametrize(
    "text",
    ["0", "-1", "100", "9999999", "9" * 5000, "1.5", "1e1", "3_0", "３０", "30d", "inf", "+3"],
)
def test_number_out_of_bounds_or_in_another_form_is_refused(text):
    with pytest.raises(ValueError, match=r"^$"):
        whole_number(1, 99).parse(text)


EMBEDDERS = ["https://a.example", "https://b.example"]
# Each kind with texts that are right, and their value.
RIGHT = [
    (kinds.HOSTS, "a.example, .b.example,*", ["a.example", ".b.example", "*"]),
    (kinds.HOSTS, "127.0.0.1,[::1],localhost,", ["127.0.0.1", "[::1]", "localhost"]),
    (kinds.SITE, "https://quiz.example", "https://quiz.example"),
    (kinds.SITE, " https://quiz.example/ ", "https://quiz.example"),
    (kinds.SITE, "http://127.0.0.1:9000", "http://127.0.0.1:9000"),
    (kinds.ORIGINS, "https://a.example,https://*.b.example", ["https://a.example"]),
    (kinds.EMBEDDERS, "https://A.example:443/, https://b.example", EMBEDDERS),
    (kinds.EMBEDDERS, "http://localhost:8080", ["http://localhost:8080"]),
    (kinds.LISTENING, "localhost", "127.0.0.1"),
    (kinds.LISTENING, "[::1]", "::1"),
    (kinds.EMAIL, " help@example.org ", "help@example.org"),
    (kinds.SENDER, "Career Center <quiz@example.org>", "Career Center <quiz@example.org>"),
    (kinds.SENDER, "quiz@localhost", "quiz@localhost"),
    (kinds.LINK, "https://talk.example/book?a=1", "https://talk.example/book?a=1"),
    (kinds.LINK, "mailto:talk@quiz.example", "mailto:talk@quiz.example"),
    (kinds.LINK, "tel:+1-555-0100", "tel:+1-555-0100"),
    (kinds.PATTERN, "https://a.example/?q={title}&c={code}", None),
    (kinds.ZONE, "America/New_York", "America/New_York"),
    (kinds.TEXTS, "one, two,", ["one", "two"]),
]


@pytest.mark.parametrize(("kind", "text", "value"), RIGHT)
def test_right_text_is_read(kind, text, value):
    read = kind.parse(text)
    assert read[0] == value[0] if kind is kinds.ORIGINS else read == (value or text)


class TestFolders:
    def test_data_folder_is_created_for_its_owner_only(self, tmp_path):
        folder = kinds.DATA_FOLDER.parse(str(tmp_path / "new" / "data"))
        assert folder.stat().st_mode & 0o777 == 0o700

    def test_other_folder_is_not_created(self, tmp_path):
        assert not kinds.FOLDER.parse(str(tmp_path / "new")).exists()

    @pytest.mark.parametrize("kind", [kinds.DATA_FOLDER, kinds.FOLDER])
    def test_folder_that_cannot_be_written_is_refused(self, kind, tmp_path, monkeypatch):
        # The tests may run as root, who can write anywhere.
        monkeypatch.setattr(os, "access", lambda path, mode: False)
        with pytest.raises(ValueError, match=r"^$"):
            kind.parse(str(tmp_path))
