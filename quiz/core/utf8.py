"""Text from bytes in UTF-8, or plain words on why they can't be read."""


class NotUtf8(ValueError):
    """Bytes that aren't text in UTF-8; `at` is the place of the first one, from 0."""

    def __init__(self, at: int, seen: str) -> None:
        super().__init__(f"not text in UTF-8 ({seen}); save the file as UTF-8")
        self.at = at


def utf8_text(data: bytes) -> str:
    """Decode bytes and drop a byte order mark at their start; NotUtf8 says what they seem to be.

    NUL is refused: no text has it, and UTF-16 without a mark would pass as UTF-8 full of them.
    """
    if (at := data.find(b"\0")) >= 0:
        raise NotUtf8(at, "it has NUL bytes, as UTF-16 does")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        byte = f"0x{data[error.start]:02X}"
        raise NotUtf8(error.start, f"byte {byte}, perhaps Windows-1252 or Latin-1") from None
