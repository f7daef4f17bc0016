"""Who can log in to the demo.

Passwords and secrets come from the site's secret key, so they can be printed again.
"""

from base64 import b32encode
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User
from django.utils.crypto import salted_hmac

ADMINISTRATOR = "admin"


@dataclass(frozen=True)
class Account:
    """Logs in with name and password, then with a code made from the secret."""

    name: str
    password: str
    totp_secret: str


def account_of(name: str) -> Account:
    """Return what the account with this name has on this site: 80 and 160 bits from its key."""
    password, secret = (_from_key(what, name) for what in ("password", "TOTP secret"))
    return Account(name, password[:16].lower(), secret)


def _from_key(what: str, name: str) -> str:
    """Return 32 letters and digits."""
    return b32encode(salted_hmac(f"quiz.demo {what}", name).digest()).decode()


def set_up_two_steps(user: User, account: Account) -> None:
    TOTP.activate(user, account.totp_secret)
    RecoveryCodes.activate(user)


def add_administrator() -> None:
    """Add one who can log in without choosing another password first."""
    account = account_of(ADMINISTRATOR)
    user = User.objects.create_superuser(account.name, "admin@example.org", account.password)
    set_up_two_steps(user, account)


def unused_codes(name: str) -> list[str]:
    """Return the account's recovery codes, each of which works once in place of the app."""
    kind = Authenticator.Type.RECOVERY_CODES
    row = Authenticator.objects.filter(user__username=name, type=kind).first()
    codes: list[str] = RecoveryCodes(row).get_unused_codes() if row else []
    return codes
