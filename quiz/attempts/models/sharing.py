"""Links by which people show their result to anyone they like."""

import uuid
from datetime import datetime
from typing import Self

from django.contrib.auth.hashers import check_password
from django.db import models
from django.utils.translation import gettext_lazy as _

from quiz.attempts.models.attempt import Attempt
from quiz.attempts.models.link import Link, LinkQuerySet
from quiz.core.scopes import SCOPES, TRAITS, Scope
from quiz.web.fields import CleanNameField
from quiz.web.typed import passphrase_in

OPENINGS_SHOWN = 20


class ShareLinkQuerySet(LinkQuerySet):
    def of_same_person(self, attempt: Attempt) -> Self:
        """Links to all results of the person who made this attempt."""
        return self.filter(attempt__in=Attempt.objects.of_same_person(attempt).order_by())

    def like_by_one_tap(self, attempt: Attempt) -> Self:
        """Links to this result as the button on its page makes them."""
        plain = {"shown_name": "", "passphrase_hash": "", "shows_next_step": False}
        return self.filter(attempt=attempt, scope=TRAITS, shows_picture=False, **plain)


class ShareLink(Link):
    """Shows a result within a scope to anyone who has the link, until it expires or is revoked."""

    purpose = "share"
    url_name = "quiz:shared"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="share_links")
    scope = models.CharField(max_length=8, choices=[(scope, scope) for scope in SCOPES])
    shown_name = CleanNameField(max_length=80, blank=True)
    shows_next_step = models.BooleanField(default=False)
    # Whether the preview picture of the link shows the result.
    shows_picture = models.BooleanField(default=False)
    passphrase_hash = models.CharField(max_length=128, blank=True)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("share link")
        verbose_name_plural = _("share links")
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return f"Share link {self.pk}"

    @property
    def shows(self) -> Scope:
        return Scope(self.scope)

    @property
    def has_passphrase(self) -> bool:
        return bool(self.passphrase_hash)

    @property
    def has_picture(self) -> bool:
        """Anyone could see the picture, so a link with a passphrase has none."""
        return self.shows_picture and not self.has_passphrase

    def opens_with(self, passphrase: str) -> bool:
        # Earlier hashes are of the passphrase as it was typed.
        typed = dict.fromkeys([passphrase_in(passphrase), passphrase])
        return any(check_password(each, self.passphrase_hash) for each in typed)

    def log_opening(self, now: datetime) -> None:
        Opening.objects.create(link=self, at=now)


class Opening(models.Model):
    """When a link was opened. Who opened it isn't stored."""

    link = models.ForeignKey(ShareLink, models.CASCADE, related_name="openings")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("opening")
        verbose_name_plural = _("openings")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M %Z}"
