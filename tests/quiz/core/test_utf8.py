import io

import pytest

from quiz.core import utf8
from quiz.core.utf8 import NotUtf8, utf8_blocks, utf8_text

pytestmark = pytest.mark.pure

TEXT = 'é 🙂 "A1"\r\n4\u2028\n'


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["without-mark", "with-mark"])
def test_utf8_is_read_with_and_without_a_byte_order_mark(mark):
    assert utf8_text(mark + TEXT.encode()) == TEXT


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
def test_wider_encodings_are_named(encoding):
    with pytest.raises(NotUtf8, match=r"UTF-16.*save the file as UTF-8"):
        utf8_text(TEXT.encode(encoding))


def test_byte_of_an_older_encoding_is_named_with_its_place():
    with pytest.raises(NotUtf8, match=r"0xE9, perhaps Windows-1252.*save the file as UTF-8") as at:
        utf8_text("A1\ncafé".encode("latin-1"))
    assert at.value.at == 6
    assert at.value.line == 2


class TestBlocks:
    @pytest.fixture(autouse=True)
    def small_blocks(self, monkeypatch):
        monkeypatch.setattr(utf8, "BLOCK_BYTES", 3)

    @pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["without-mark", "with-mark"])
    def test_blocks_together_are_the_text(self, mark):
        blocks = list(utf8_blocks(io.BytesIO(mark + (TEXT * 9).encode())))
        assert len(blocks) > 5
        assert "".join(blocks) == TEXT * 9
        assert all(block.endswith("\n") for block in blocks)

    def test_mark_within_the_text_is_part_of_it(self):
        assert list(utf8_blocks(io.BytesIO("abc\n\ufeffd\n".encode()))) == ["abc\n", "\ufeffd\n"]

    @pytest.mark.parametrize("wrong", [b"\xff", b"\0"])
    def test_line_of_a_wrong_byte_is_counted_from_the_start_of_the_file(self, wrong):
        with pytest.raises(NotUtf8) as caught:
            list(utf8_blocks(io.BytesIO(b"abcd\n\nef\ngh\n" + wrong)))
        assert caught.value.line == 5
