"""Invitations with a short code that people can type, besides the link and its QR code."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.utils.crypto import constant_time_compare, salted_hmac

from quiz.attempts.models.link import (
    Link,
    LinkQuerySet,
    hash_of_token,
    new_nonce,
    secret_keys,
)
from quiz.web.typed import plain

# Without the look-alikes 0 and O, 1, I and L, 2 and Z, 5 and S, 8 and B, and U (like V). Without A
# and E too, so that no code is a word.
ALPHABET = "CDFGHJKMNPQRTVWXY34679"
LENGTH, GROUP = 8, 4  # 22 ** 8 codes: 35.7 bits


def code_from(nonce: str, secret: str | None = None) -> str:
    """Derive a link's code from its nonce and the site's secret key, like its token."""
    digest = salted_hmac("quiz.link.code", nonce, secret, algorithm="sha256").digest()
    number, signs = int.from_bytes(digest), []
    for _place in range(LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[rest])
    return "".join(signs)


def hash_of_code(code: str, secret: str | None = None) -> str:
    """Hash a code with the secret key: 36 bits alone could be found by trying all of them."""
    return salted_hmac("quiz.link.code.hash", code, secret, algorithm="sha256").hexdigest()


def grouped(code: str) -> str:
    """Write a code as XXXX-XXXX."""
    return f"{code[:GROUP]}-{code[GROUP:]}"


def typed_code(text: str) -> str:
    """Return a code as it was typed, in capitals and without spaces, hyphens and other signs."""
    return "".join(filter(str.isalnum, plain(text).upper()))


class CodedLinkQuerySet(LinkQuerySet):
    def make(self, *, nonce: str = "", **values: Any) -> Any:
        """Add a link with a new token, and a code that no other invitation has."""
        nonce = nonce or new_nonce()
        while _taken([hash_of_code(code_from(nonce))]):
            nonce = new_nonce()
        return super().make(nonce=nonce, **values)

    def unsaved(self, *, nonce: str = "", **values: Any) -> Any:
        """Build a link for a nonce of `free_nonces`."""
        return super().unsaved(nonce=nonce, code_hash=hash_of_code(code_from(nonce)), **values)

    def of_open_accounts(self) -> Self:
        """Links of counselors who can log in."""
        raise NotImplementedError

    def even_used_up(self, now: datetime) -> Self:
        """Unexpired links, used up or not: a person who used one may come back."""
        return LinkQuerySet.open_at(self, now).of_open_accounts()

    def by_token_even_used_up(self, token: str, now: datetime) -> Any:
        return self.even_used_up(now).filter(token_hash=hash_of_token(token)).first()

    def by_code_even_used_up(self, code: str, now: datetime) -> Any:
        hashes = [hash_of_code(code, secret) for secret in secret_keys()]
        return self.even_used_up(now).filter(code_hash__in=hashes).first()


class CodedLink(Link):
    """A link with a code. Links from before there were codes have none."""

    # Null, because only one row could have an empty text.
    code_hash = models.CharField(  # noqa: DJ001
        max_length=64, unique=True, null=True, editable=False
    )

    class Meta:
        abstract = True

    @property
    def code(self) -> str:
        """The code as XXXX-XXXX; empty without one, or if its secret key is gone."""
        for secret in secret_keys():
            code = code_from(self.nonce, secret)
            if constant_time_compare(hash_of_code(code, secret), self.code_hash or ""):
                return grouped(code)
        return ""


def free_nonces(count: int) -> list[str]:
    """Return nonces for new links: no invitation has the code of one, and no two have the same."""
    free: dict[str, str] = {}
    while len(free) < count:
        nonces = [new_nonce() for _each in range(count - len(free))]
        drawn = {hash_of_code(code_from(nonce)): nonce for nonce in nonces}
        for code_hash in drawn.keys() - _taken(drawn):
            free[code_hash] = drawn[code_hash]
    return list(free.values())


def _taken(code_hashes: Iterable[str]) -> set[str]:
    """Return those of these codes that an invitation of any kind has."""
    kinds: Iterable[Any] = CodedLink.__subclasses__()
    return {
        found
        for kind in kinds
        for found in kind.objects.filter(code_hash__in=code_hashes).values_list(
            "code_hash", flat=True
        )
    }
