"""The way back in for someone who has lost their phone and their recovery codes."""

import io

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from tests.factories import make_counselor, set_up_second_factor

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    admin = User.objects.create_superuser("admin")
    set_up_second_factor(admin)
    RecoveryCodes.activate(admin)
    return admin


def run(name):
    out = io.StringIO()
    call_command("reset_two_step_login", name, stdout=out)
    return out.getvalue()


def test_app_and_recovery_codes_of_one_account_are_removed(admin):
    kept = make_counselor()
    set_up_second_factor(kept)
    assert "sets up a new app" in run("ADMIN")
    assert Authenticator.objects.get().user == kept.user


def test_counselor_is_named_by_address():
    counselor = make_counselor()
    set_up_second_factor(counselor)
    run(counselor.user.email)
    assert not Authenticator.objects.exists()


def test_second_run_says_that_there_is_no_app(admin):
    run("admin")
    assert "has no app" in run("admin")


def test_unknown_name_is_refused(admin):
    with pytest.raises(CommandError, match="'no one'"):
        run("no one")
    assert Authenticator.objects.count() == 2
