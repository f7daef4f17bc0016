"""How much of a request's body is read, and for how long."""

import asyncio
from collections.abc import AsyncIterable, Mapping
from typing import Any, Self

from django.conf import settings

# Keys of the WSGI environment that say why a body isn't whole.
BROKE_OFF = "quizsite.body_broke_off"
TOO_SLOW = "quizsite.body_too_slow"
NO_ROOM = "quizsite.body_no_room"

MOST_BYTES_HELD = 64 * 2**20  # by all bodies together, in each worker
# Of each body, so much doesn't count: a page of the quiz, with a few hundred bytes, can be sent
# even when large bodies take all the room.
UNCOUNTED_BYTES = 16 * 2**10


class Body:
    """A request's body; it counts towards the bytes held by all until the `with` block ends."""

    held_by_all = 0

    def __init__(self) -> None:
        self.held = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        Body.held_by_all -= self.held

    async def read(self, chunks: AsyncIterable[bytes], environ: dict[str, Any]) -> bytes:
        """Read it and correct its length in the environment; mark there what went wrong.

        A chunked body has no Content-Length, and Django takes it for empty: a form would arrive
        without its fields. Reading stops one byte past the size allowed, when there is no room, and
        when the time is over.
        """
        is_chunked = "HTTP_TRANSFER_ENCODING" in environ
        length = environ.get("CONTENT_LENGTH", "")
        if not is_chunked and (not length.isdecimal() or int(length) > most_bytes()):
            return b""  # nothing to read, or refused by its length
        body = bytearray()
        try:
            async with asyncio.timeout(settings.SECONDS_FOR_A_BODY):
                async for chunk in chunks:
                    body += chunk
                    if not self._has_room_for(len(body)):
                        environ[NO_ROOM] = True
                        body.clear()
                        break
                    if len(body) > most_bytes():
                        break
        except TimeoutError:
            environ[TOO_SLOW] = True
        if is_chunked:
            environ["CONTENT_LENGTH"] = str(len(body))
        elif len(body) < int(length):
            environ[BROKE_OFF] = True
        return bytes(body)

    def _has_room_for(self, size: int) -> bool:
        more = max(0, size - UNCOUNTED_BYTES) - self.held
        if Body.held_by_all + more > MOST_BYTES_HELD:
            return False
        self.held += more
        Body.held_by_all += more
        return True


def is_too_large(environ: Mapping[str, Any]) -> bool:
    length = environ.get("CONTENT_LENGTH", "")
    return length.isdecimal() and int(length) > most_bytes()


def most_bytes() -> int:
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
