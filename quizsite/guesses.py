"""How many passwords and codes we check, and whose device gets an allowance of its own.

No one may guess on, and no one may lock someone out by guessing. Wrong passwords therefore count by
network, never by account alone. A browser in which someone has passed both steps counts by itself,
so its owner gets in while others in the same network guess.
"""

import secrets
from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quiz.web.limits import Tries, network_of, too_many

GUESS_SECONDS = 15 * 60
GUESSES = 10  # from one network, from one known device, or of one account's codes in one network
GUESSES_OF_A_NAME = 5  # in one network
# Of one account's codes from everywhere. Only someone with the password gets that far. With this
# limit, they need more than a year to hit a code of six digits.
CODES_OF_AN_ACCOUNT = 20
DEVICE_SECONDS = 180 * 24 * 3600

_signer = TimestampSigner(salt="quizsite.known_device")


def passwords(request: HttpRequest, name: str, accounts: Sequence[AbstractBaseUser]) -> Tries:
    """Return the allowance for passwords of this name, which these accounts have."""
    device = known_device(request, accounts)
    if device:
        limits = {f"device {device}": GUESSES}
    else:
        network = network_of(request)
        limits = {f"{name} {network}": GUESSES_OF_A_NAME, f"network {network}": GUESSES}
    return Tries("password", limits, seconds=GUESS_SECONDS, is_strict=True)


def codes(request: HttpRequest, account: AbstractBaseUser) -> Tries:
    """Return the allowance for codes of an account whose password was right."""
    device = known_device(request, [account])
    if device:
        limits = {f"device {device}": GUESSES}
    else:
        limits = {
            f"{account.pk} {network_of(request)}": GUESSES,
            f"account {account.pk}": CODES_OF_AN_ACCOUNT,
        }
    return Tries("code", limits, seconds=GUESS_SECONDS, is_strict=True)


def passkeys(request: HttpRequest) -> Tries:
    """Return the allowance for logins by passkey alone. No one can guess a signature, so this only
    limits how much work a network gives the site."""
    limits = {f"network {network_of(request)}": GUESSES}
    return Tries("passkey", limits, seconds=GUESS_SECONDS, is_strict=True)


def wait() -> ValidationError:
    return too_many(_("Too many attempts. Wait 15 minutes, then try again."))


# ---------------------------------------------------------------- known devices


def remember_device(response: HttpResponse, account: AbstractBaseUser) -> None:
    """Give the browser in which both steps were passed an allowance of its own."""
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        _signer.sign(f"{account.pk}:{secrets.token_urlsafe(16)}"),
        max_age=DEVICE_SECONDS,
        secure=settings.DEVICE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def known_device(request: HttpRequest, accounts: Sequence[AbstractBaseUser]) -> str | None:
    """Return the id of a device in which one of these accounts has passed both steps."""
    cookie = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    try:
        device: str = _signer.unsign(cookie, max_age=DEVICE_SECONDS)
    except BadSignature:
        return None
    owner = device.partition(":")[0]
    return device if owner in {str(account.pk) for account in accounts} else None
