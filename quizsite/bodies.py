"""How much of a request's body is read, and for how long."""

import asyncio
from collections.abc import AsyncIterable, Mapping
from typing import Any

from django.conf import settings

# Keys of the WSGI environment that say why a body isn't whole.
BROKE_OFF = "quizsite.body_broke_off"
TOO_SLOW = "quizsite.body_too_slow"


async def read_body(chunks: AsyncIterable[bytes], environ: dict[str, Any]) -> bytes:
    """Read a body and correct its length in the environment; mark there what went wrong.

    A chunked body has no Content-Length, and Django takes it for empty: a form would arrive
    without its fields. Reading stops one byte past the size allowed, and when the time is over.
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
                if len(body) > most_bytes():
                    break
    except TimeoutError:
        environ[TOO_SLOW] = True
    if is_chunked:
        environ["CONTENT_LENGTH"] = str(len(body))
    elif len(body) < int(length):
        environ[BROKE_OFF] = True
    return bytes(body)


def is_too_large(environ: Mapping[str, Any]) -> bool:
    length = environ.get("CONTENT_LENGTH", "")
    return length.isdecimal() and int(length) > most_bytes()


def most_bytes() -> int:
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
