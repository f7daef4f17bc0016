"""Encrypt a stream with a passphrase. Pure.

A file starts with MAGIC, one byte (the binary logarithm of scrypt's N) and 16 bytes of salt. scrypt
(r=8, p=1) makes a key of 32 bytes from salt and passphrase. Then follow chunks of CHUNK bytes, the
last one shorter or empty, each encrypted with AES-256-GCM, which adds 16 bytes. A chunk's nonce is
its number, from 0, as 11 bytes (big-endian), and one byte: 1 for the last chunk, 0 for the others.
So a file that is cut, changed or in another order can't be read.
"""

import os
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"quiz backup 1\n"
COST = 17  # 128 MB of memory and about half a second
MOST_COST = 20
SALT, TAG = 16, 16  # bytes
CHUNK = 2**20


class Unreadable(Exception):
    """The passphrase is wrong, or the file is damaged; the message says which it may be."""


class Encrypting:
    """Writes encrypted bytes to `file`. The file is complete only after `finish`."""

    def __init__(self, file: BinaryIO, passphrase: str, cost: int = COST) -> None:
        salt = os.urandom(SALT)
        self._file, self._cipher = file, _cipher(passphrase, salt, cost)
        self._waiting, self._number = bytearray(), 0
        file.write(MAGIC + bytes([cost]) + salt)

    def write(self, data: bytes) -> int:
        self._waiting += data
        # One chunk always waits, because the last one is marked.
        while len(self._waiting) > CHUNK:
            self._write_chunk(bytes(self._waiting[:CHUNK]), is_last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def finish(self) -> None:
        self._write_chunk(bytes(self._waiting), is_last=True)

    def _write_chunk(self, chunk: bytes, *, is_last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, is_last), chunk, None))
        self._number += 1


class Decrypting:
    """Reads what `Encrypting` wrote from `file`, which is placed after MAGIC.

    Raises Unreadable, at the latest when the last byte is read.
    """

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        head = file.read(1 + SALT)
        if len(head) < 1 + SALT or not 0 < head[0] <= MOST_COST:
            raise Unreadable("The file is damaged.")
        self._chunks = _chunks(file, _cipher(passphrase, head[1:], head[0]))
        self._waiting = bytearray(next(self._chunks))

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._waiting) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._waiting += chunk
        taken = bytes(self._waiting if size < 0 else self._waiting[:size])
        del self._waiting[: len(taken)]
        return taken


def _chunks(file: BinaryIO, cipher: AESGCM) -> Iterator[bytes]:
    number, chunk = 0, file.read(CHUNK + TAG)
    while True:
        following = file.read(CHUNK + TAG)
        try:
            yield cipher.decrypt(_nonce(number, not following), chunk, None)
        except (InvalidTag, ValueError):
            raise Unreadable(
                "The file is damaged from here on."
                if number
                else "The passphrase is wrong, or the file is damaged."
            ) from None
        if not following:
            return
        number, chunk = number + 1, following


def _cipher(passphrase: str, salt: bytes, cost: int) -> AESGCM:
    derived = Scrypt(salt=salt, length=32, n=2**cost, r=8, p=1).derive(passphrase.encode())
    return AESGCM(derived)


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])
