"""How tests get a counselor, and a browser in which one is signed in."""

from itertools import count
from types import SimpleNamespace

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from quiz.counseling.models import Counselor

PASSWORD = "a level and a bubble"
numbers = count(1)


def make_counselor(name: str = "Dana Reed", email: str = "") -> Counselor:
    """Add an account with PASSWORD and no second factor yet; each with an address of its own."""
    email = email or f"{name.lower().replace(' ', '.')}.{next(numbers)}@counselors.example"
    user = User.objects.create_user(email, email, PASSWORD)
    return Counselor.objects.create(user=user, name=name)


def set_up_second_factor(counselor: Counselor) -> str:
    """Give an account a second factor; return the secret that its app would hold."""
    secret = generate_totp_secret()
    TOTP.activate(counselor.user, secret)
    return secret


def signed_in(counselor: Counselor) -> Client:
    """Return a browser whose session passed both factors, without going through any page."""
    if not Authenticator.objects.filter(user=counselor.user).exists():
        set_up_second_factor(counselor)
    client = Client()
    client.force_login(counselor.user)
    request = SimpleNamespace(session=client.session)
    record_authentication(request, counselor.user, "mfa", type=Authenticator.Type.TOTP.value)
    request.session.save()
    return client


def code_of(secret: str) -> str:
    """Return what the app would show just now."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def give_password(client: Client, counselor: Counselor, password: str = PASSWORD, to: str = ""):
    """Post the log-in page; return what the site answers."""
    data = {"login": counselor.user.email, "password": password, "next": to}
    return client.post(reverse("account_login"), data)


def give_code(client: Client, code: str):
    """Post the second page of a log-in; return what the site answers."""
    return client.post(reverse("mfa_authenticate"), {"code": code})
