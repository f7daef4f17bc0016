"""Whose account a provider's answer is about, and what its claims let the person do.

Who may take over an account: docs/decisions/2026-11-30-openid-connect.md.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, Group, User
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from organization.current import current_organization
from quiz.counseling.accounts import USERNAME_LENGTH, accounts_of, reset_two_steps
from quiz.counseling.models import NAME_LENGTH, Counselor
from quiz.web.errors import PageError
from quiz.web.first_password import FirstPassword
from quiz.web.names import clean_line
from quiz.web.provider import COUNSELORS, EDITORS, HEADS, PUBLISHERS

# Made by migrations of the quiz, each with its permissions.
GROUPS = {EDITORS: "Editors", PUBLISHERS: "Publishers", HEADS: "Heads of service"}
STAFF = {EDITORS, PUBLISHERS}
Claims = Mapping[str, Any]


def roles_in(claims: Claims) -> list[str]:
    """Return what the values of the claim stand for in the settings."""
    wanted = {
        COUNSELORS: settings.OIDC_COUNSELORS,
        EDITORS: settings.OIDC_EDITORS,
        PUBLISHERS: settings.OIDC_PUBLISHERS,
        HEADS: settings.OIDC_HEADS,
    }
    values = set(_values(claims, settings.OIDC_CLAIM))
    return [role for role, of_role in wanted.items() if values & set(of_role)]


def _values(claims: Claims, name: str) -> list[str]:
    """Return a claim as texts. `realm_access.roles` is a claim inside another."""
    found: Any = claims.get(name)
    if found is None:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return [found]
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def account_of(account: SocialAccount, claims: Claims) -> User:
    """Return the user of a provider's account: theirs, one with their address, or a new one.

    Raises PageError if there is none that this person may have.
    """
    linked = SocialAccount.objects.filter(provider=account.provider, uid=account.uid)
    if known := linked.select_related("user").first():
        found: User = known.user
        return found
    try:
        with transaction.atomic():
            user = _with_address(account, claims) or _new(account, claims)
            account.user = user
            account.save()
    except IntegrityError:
        raise _taken() from None
    return user


def _with_address(account: SocialAccount, claims: Claims) -> User | None:
    """Return the account with this address, after its own ways to log in were removed."""
    users = list(accounts_of(_email(claims))) if _email(claims) else []
    if not users:
        return None
    user = users[0]
    is_verified = settings.OIDC_TRUST_EMAIL or claims.get("email_verified") in (True, "true")
    is_admin = (user.is_staff or user.is_superuser) and user.has_usable_password()
    has_owner = SocialAccount.objects.filter(provider=account.provider, user=user).exists()
    if len(users) > 1 or not is_verified or is_admin or has_owner or not user.is_active:
        raise _taken()
    # Also ends the sessions that a password opened.
    user.set_unusable_password()
    user.save(update_fields=["password"])
    reset_two_steps(User.objects.filter(pk=user.pk))
    FirstPassword.objects.filter(user_id=user.pk).delete()
    return user


def _new(account: SocialAccount, claims: Claims) -> User:
    email = _email(claims)
    name = (email or account.uid)[:USERNAME_LENGTH]
    if accounts_of(name).exists():
        raise _taken()
    user = User(username=name, email=email)
    user.set_unusable_password()
    user.save()
    return user


def give_roles(user: User, roles: list[str], claims: Claims) -> None:
    """Let someone do what their roles say, and nothing that an earlier role said."""
    with transaction.atomic():
        for role, name in GROUPS.items():
            groups = Group.objects.filter(name=name)
            change = user.groups.add if role in roles else user.groups.remove
            change(*groups)
        is_staff = user.is_superuser or not STAFF.isdisjoint(roles)
        if user.is_staff != is_staff:
            user.is_staff = is_staff
            user.save(update_fields=["is_staff"])
        if COUNSELORS in roles:
            Counselor.objects.get_or_create(user=user, defaults={"name": _name(user, claims)})


def _email(claims: Claims) -> str:
    email = str(claims.get("email") or "").strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        return ""
    return email


def _name(user: User, claims: Claims) -> str:
    name = clean_line(str(claims.get("name") or "").replace("\0", ""))[:NAME_LENGTH]
    return name if any(map(str.isalnum, name)) else user.username[:NAME_LENGTH]


def is_of_provider(user: AbstractBaseUser) -> bool:
    """Say whether an account belongs to someone of the provider that this site has now."""
    own = SocialAccount.objects.filter(provider=settings.OIDC_URL, user_id=user.pk)
    return bool(settings.OIDC_URL) and own.exists()


def only_through_provider() -> PageError:
    return PageError(
        HTTPStatus.FORBIDDEN,
        _("Log in with %(provider)s") % {"provider": settings.OIDC_NAME},
        _("Your account opens through it alone, not with a password or passkey of this site."),
        (
            reverse("provider_login"),
            _("Log in with %(provider)s") % {"provider": settings.OIDC_NAME},
        ),
    )


def no_role() -> PageError:
    ask = current_organization().contact_email or _("an administrator of this site")
    return PageError(
        HTTPStatus.FORBIDDEN,
        _("You don't have access yet"),
        _(
            "%(provider)s knows you, but nothing there says that you're a counselor or an editor "
            "of this site. Ask %(person)s."
        )
        % {"provider": settings.OIDC_NAME, "person": ask},
    )


def _taken() -> PageError:
    return PageError(
        HTTPStatus.FORBIDDEN,
        _("Another account has your address"),
        _(
            "We can't be sure that it's yours, so we didn't log you in. Ask an administrator of "
            "this site."
        ),
    )
