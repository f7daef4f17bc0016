"""Links that let in whoever holds them: random, hashed, good for one purpose and for a while."""

import base64
import hashlib
import secrets
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _


def token_from(purpose: str, nonce: str, secret: str | None = None) -> str:
    """Return the token of a link: 256 bits that only the site can make from its nonce.

    So the database holds no token, and the site can show a link again to whoever made it.
    """
    digest = salted_hmac(f"quiz.link.{purpose}", nonce, secret, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def hash_of_token(token: str) -> str:
    """Return what the database keeps of a token."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


class LinkQuerySet(models.QuerySet[Any]):
    def make(self, **values: Any) -> Any:
        """Add a link with a token of its own."""
        nonce = secrets.token_hex(16)
        token = token_from(self.model.purpose, nonce)
        return self.create(nonce=nonce, token_hash=hash_of_token(token), **values)

    def open_at(self, now: datetime) -> Self:
        """Return those that still lead somewhere."""
        return self.filter(expires_at__gt=now)

    def by_token(self, token: str, now: datetime) -> Any:
        """Return the link with this token; None when there is none, or it leads nowhere now."""
        return self.open_at(now).filter(token_hash=hash_of_token(token)).first()


class Link(models.Model):
    """A link of one purpose; to take it back is to delete its row."""

    purpose: ClassVar[str]
    url_name: ClassVar[str]

    nonce = models.CharField(max_length=32, unique=True, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("good until"))

    objects = LinkQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def path(self) -> str:
        """Return its address on the site; empty when a new secret key has made it unreadable."""
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
            token = token_from(self.purpose, self.nonce, secret)
            if constant_time_compare(hash_of_token(token), self.token_hash):
                return reverse(self.url_name, args=[token])
        return ""

    @property
    def url(self) -> str:
        """Return its whole address, as it stands in an e-mail or a QR code."""
        path = self.path
        return f"{settings.SITE_URL}{path}" if path else ""
