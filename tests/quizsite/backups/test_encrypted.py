import io

import pytest

from quizsite.backups.encrypted import CHUNK, MAGIC, TAG, Decrypting, Encrypting, Unreadable

pytestmark = pytest.mark.pure

HEAD = len(MAGIC) + 1 + 16


def encrypted(data: bytes) -> bytes:
    file = io.BytesIO()
    encrypting = Encrypting(file, "correct horse", cost=2)
    for first in range(0, len(data), 100_001):
        encrypting.write(data[first : first + 100_001])
    encrypting.finish()
    return file.getvalue()


def decrypted(text: bytes, passphrase: str = "correct horse") -> bytes:
    file = io.BytesIO(text)
    assert file.read(len(MAGIC)) == MAGIC
    return Decrypting(file, passphrase).read()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7])
def test_what_was_encrypted_comes_back(size):
    data = (b"0123456789abcde" * (size // 15 + 1))[:size]
    assert decrypted(encrypted(data)) == data


def test_reading_in_parts_gives_the_same():
    data = bytes(range(256)) * 5000
    reader = Decrypting(io.BytesIO(encrypted(data)[len(MAGIC) :]), "correct horse")
    parts = []
    while part := reader.read(70_001):
        parts.append(part)
    assert b"".join(parts) == data


def test_file_holds_nothing_readable_and_differs_each_time():
    one, other = encrypted(b"secret" * 50), encrypted(b"secret" * 50)
    assert b"secret" not in one
    assert one[HEAD:] != other[HEAD:]


def test_wrong_passphrase_is_refused():
    with pytest.raises(Unreadable, match="passphrase is wrong"):
        decrypted(encrypted(b"data"), "correct house")


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-1],
        lambda text: text[: HEAD + CHUNK + TAG],
        lambda text: text[: HEAD + 2 * (CHUNK + TAG)],
        lambda text: text + b"x",
        lambda text: text[:-20] + bytes([text[-20] ^ 1]) + text[-19:],
        lambda text: text[:HEAD] + text[HEAD + CHUNK + TAG :],
        lambda text: text[:20] + bytes([text[20] ^ 1]) + text[21:],
        lambda text: text[: HEAD - 3],
        lambda text: text[: len(MAGIC)] + b"\xff" + text[len(MAGIC) + 1 :],
    ],
    ids=[
        "cut",
        "one chunk",
        "two chunks",
        "longer",
        "changed",
        "first gone",
        "salt",
        "head",
        "cost",
    ],
)
def test_damaged_file_is_refused(damage):
    with pytest.raises(Unreadable):
        decrypted(damage(encrypted(b"x" * (2 * CHUNK + 100))))
