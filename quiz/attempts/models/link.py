"""Links that work for anyone who has them: random, stored as a hash, for one purpose, expiring."""

import base64
import hashlib
import re
import secrets
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from quiz.web.typed import visible


def token_from(purpose: str, nonce: str, secret: str | None = None) -> str:
    """Derive a link's token, 256 bits, from its nonce and the site's secret key.

    The database holds no token, and yet the site can show a link again to the person who made it.
    """
    digest = salted_hmac(f"quiz.link.{purpose}", nonce, secret, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def secret_keys() -> tuple[str, ...]:
    """The site's key, then those it had before."""
    return settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS


def new_nonce() -> str:
    return secrets.token_hex(16)


def token_in(text: str) -> str:
    """Return the token in what was copied with it: a bracket, a full stop, invisible characters."""
    found = re.search(r"(?<![\w-])[A-Za-z0-9_-]{43}(?![\w-])", visible(text), re.ASCII)
    return found[0] if found else text


def hash_of_token(token: str) -> str:
    return hashlib.sha256(token_in(token).encode(errors="surrogatepass")).hexdigest()


class LinkQuerySet(models.QuerySet[Any]):
    def make(self, *, nonce: str = "", **values: Any) -> Any:
        """Add a link with a new token, from this nonce or a random one."""
        link = self.unsaved(nonce=nonce, **values)
        link.save(force_insert=True, using=self.db)
        return link

    def unsaved(self, *, nonce: str = "", **values: Any) -> Any:
        """Build a link like `make`, for `bulk_create`."""
        nonce = nonce or new_nonce()
        token = token_from(self.model.purpose, nonce)
        return self.model(nonce=nonce, token_hash=hash_of_token(token), **values)

    def open_at(self, now: datetime) -> Self:
        """Links that have not expired."""
        return self.filter(expires_at__gt=now)

    def by_token(self, token: str, now: datetime) -> Any:
        """Return the link with this token; None if there is none, or it no longer works."""
        return self.open_at(now).filter(token_hash=hash_of_token(token)).first()


class Link(models.Model):
    """A link for one purpose. To revoke it, delete its row."""

    purpose: ClassVar[str]
    url_name: ClassVar[str]

    nonce = models.CharField(max_length=32, unique=True, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"))

    class Meta:
        abstract = True

    @property
    def path(self) -> str:
        """The address on this site; empty if its token was made with a secret key that is gone."""
        for secret in secret_keys():
            token = token_from(self.purpose, self.nonce, secret)
            if constant_time_compare(hash_of_token(token), self.token_hash):
                return reverse(self.url_name, args=[token])
        return ""

    @property
    def url(self) -> str:
        """The full address, for e-mails and QR codes; empty like `path`."""
        path = self.path
        return f"{settings.SITE_URL}{path}" if path else ""
