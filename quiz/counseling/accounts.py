"""Accounts: a counselor's, created from an invitation, and the second step of anyone's login."""

from datetime import datetime
from typing import Any, NamedTuple

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from quiz.counseling.models import Counselor, CounselorInvitation
from quiz.counseling.monthly.months import SEE_REPORT
from quiz.web.provider import COUNSELORS, roles_of
from quiz.web.second_factor import SECOND_FACTORS

USERNAME_LENGTH = 150  # characters, as Django's user model allows


def accounts_of(email: str) -> QuerySet[User]:
    """Return users with this address, ignoring case."""
    return User.objects.filter(Q(email__iexact=email) | Q(username__iexact=email))


class Start(NamedTuple):
    url: str
    words: str


def start_page(request: HttpRequest) -> Start:
    """Return the page to show after a login. Only counselors have clients."""
    if not is_counselor(request):
        if getattr(request.user, "is_staff", False):
            return Start(reverse("admin:index"), _("Go to the admin"))
        if sees_report(request):
            return Start(reverse("quiz:monthly_report"), _("Go to the monthly report"))
    return Start(reverse("quiz:caseload"), _("Go to your clients"))


def is_counselor(request: HttpRequest) -> bool:
    return counselor_of(request) is not None


def counselor_of(request: HttpRequest) -> Counselor | None:
    """Return the counselor who logged in, even if only with a password so far.

    Someone whose provider no longer calls them one keeps their clients, but doesn't see them.
    """
    roles = roles_of(request) if request.user.is_authenticated else None
    if not request.user.is_authenticated or (roles is not None and COUNSELORS not in roles):
        return None
    found = _found(request)
    if found is None:
        readers = User.objects.with_perm(SEE_REPORT).filter(pk=OuterRef("user"))
        of_user: QuerySet[Any] = Counselor.objects.select_related("user").filter(user=request.user)
        found = of_user.annotate(sees_report=Exists(readers)).first()
        request._counselor = found  # type: ignore[attr-defined]
    return found


def _found(request: HttpRequest) -> Counselor | None:
    """Return what `counselor_of` found for this request before."""
    found: Counselor | None = getattr(request, "_counselor", None)
    return found if found and found.user_id == request.user.pk else None


def sees_report(request: HttpRequest) -> bool:
    """Say whether to link the monthly report. On counselors' pages, it needs no query."""
    counselor = _found(request)
    return counselor.sees_report if counselor else request.user.has_perm(SEE_REPORT)


def open_account(
    invitation: CounselorInvitation, name: str, password: str, now: datetime
) -> User | None:
    """Create user and counselor, and use up the invitation. None if someone else was faster."""
    email = invitation.email.lower()
    user = User(username=email[:USERNAME_LENGTH], email=email)
    # Slow by design, so do it before the transaction.
    user.set_password(password)
    try:
        with transaction.atomic():
            if not CounselorInvitation.objects.spend(invitation, now):
                return None
            user.save()
            Counselor.objects.create(user=user, name=name)
    except IntegrityError:
        return None
    return user


def reset_two_steps(users: QuerySet[User]) -> int:
    """Remove apps, passkeys and recovery codes: until one is set up, the password is enough for it.

    Sessions stay, but open nothing without a new app or passkey. Return how many people had one.
    """
    steps = Authenticator.objects.filter(user__in=users)
    count: int = steps.filter(type__in=SECOND_FACTORS).values("user").distinct().count()
    steps.delete()
    return count
