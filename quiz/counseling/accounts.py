"""Counselor accounts, each created from an invitation."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from quiz.counseling.models import Counselor, CounselorInvitation

USERNAME_LENGTH = 150  # characters, as Django's user model allows


def accounts_of(email: str) -> QuerySet[User]:
    """Return users with this address, ignoring case."""
    return User.objects.filter(Q(email__iexact=email) | Q(username__iexact=email))


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
