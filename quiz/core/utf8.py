"""Text from bytes in UTF-8, or plain words on why they can't be read."""

from collections.abc import Iterator
from typing import IO

BLOCK_BYTES = 1 << 18


class NotUtf8(ValueError):
    """Bytes that aren't text in UTF-8; `at` is the place of the first one, from 0.

    `line` is the line that it is on, from 1.
    """

    def __init__(self, at: int, seen: str, line: int) -> None:
        super().__init__(f"not text in UTF-8 ({seen}); save the file as UTF-8")
        self.at = at
        self.line = line


def utf8_text(data: bytes) -> str:
    """Decode bytes and drop a byte order mark at their start; NotUtf8 says what they seem to be.

    NUL is refused: no text has it, and UTF-16 without a mark would pass as UTF-8 full of them.
    """
    return _decoded(data, "utf-8-sig", 1)


def utf8_blocks(file: IO[bytes]) -> Iterator[str]:
    """Decode a file like `utf8_text`, in blocks that end with a line."""
    encoding, line = "utf-8-sig", 1
    while block := file.read(BLOCK_BYTES):
        block += file.readline()
        yield _decoded(block, encoding, line)
        encoding, line = "utf-8", line + block.count(b"\n")


def _decoded(data: bytes, encoding: str, line: int) -> str:
    if (at := data.find(b"\0")) >= 0:
        raise NotUtf8(at, "it has NUL bytes, as UTF-16 does", line + data.count(b"\n", 0, at))
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        byte = f"0x{data[error.start]:02X}"
        seen = f"byte {byte}, perhaps Windows-1252 or Latin-1"
        raise NotUtf8(error.start, seen, line + data.count(b"\n", 0, error.start)) from None
