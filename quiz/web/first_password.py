"""Passwords that someone else chose. Their owners must change them when they log in."""

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.http import HttpRequest

# `serve` writes the first administrator's password to this file in the data folder.
PASSWORD_FILE = "first-admin-password.txt"  # noqa: S105

# In the session of a login with such a password: new passwords end all other sessions, so it can't
# become outdated, and no page has to ask the database.
_MUST_CHANGE = "first_password"


class FirstPassword(models.Model):
    """A row for each user who still has the password that someone else chose."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="first_password"
    )

    def __str__(self) -> str:
        return str(self.user)


def was_given(user: AbstractBaseUser) -> None:
    """Note that someone else chose this user's password."""
    FirstPassword.objects.get_or_create(user_id=user.pk)


def look_up(request: HttpRequest, user: AbstractBaseUser) -> None:
    """Note in the session that was just opened whether its user must change the password."""
    if FirstPassword.objects.filter(user_id=user.pk).exists():
        request.session[_MUST_CHANGE] = True


def must_change(request: HttpRequest) -> bool:
    return _MUST_CHANGE in request.session


def was_changed(request: HttpRequest, user: AbstractBaseUser) -> None:
    FirstPassword.objects.filter(user_id=user.pk).delete()
    request.session.pop(_MUST_CHANGE, None)
