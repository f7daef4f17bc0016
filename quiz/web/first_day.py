"""What administrators said about a site's first day, for the list on the admin's first page."""

from enum import StrEnum
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from django.contrib.auth.models import User


NAME_LENGTH = 120


class What(StrEnum):
    USE = "use"  # someone accepted, with their name, that results aren't for hiring
    MAIL = "mail"  # the mail server took a test e-mail
    DATA = "data"  # someone read what visitors are told about their data
    HIDDEN = "hidden"  # the list isn't shown


class FirstDayMarkQuerySet(models.QuerySet["FirstDayMark"]):
    def set_by(self, what: What, user: "User | None", name: str = "") -> None:
        """Keep the first mark, also when several administrators send it."""
        self.get_or_create(what=what, defaults={"by": user, "name": name})


class FirstDayMark(models.Model):
    """A row for each thing that was said. No row, no mark: to take one back is to delete it."""

    what = models.CharField(max_length=10, primary_key=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=NAME_LENGTH, default="", db_default="")  # as it was typed
    at = models.DateTimeField(auto_now_add=True)

    objects = FirstDayMarkQuerySet.as_manager()

    def __str__(self) -> str:
        return self.what
