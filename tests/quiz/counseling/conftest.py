import pytest
import time_machine
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.cache import cache

from tests.factories import NOON, make_client, set_up_second_factor, signed_in


@pytest.fixture
def desk(counselor):
    """The browser in which the counselor works."""
    return signed_in(counselor)


@pytest.fixture
def kim(counselor):
    return make_client(counselor, "Kim", email="kim@example.org")


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as travelled:
        yield travelled


@pytest.fixture
def secret(counselor):
    return set_up_second_factor(counselor)


@pytest.fixture
def codes(counselor, secret):
    return RecoveryCodes.activate(counselor.user).generate_codes()


@pytest.fixture
def with_accounts(clock, content, settings):
    """At noon, on a site with pages of the tests' own, where nobody has tried to log in yet."""
    settings.ROOT_URLCONF = "tests.quiz.counseling.account_urls"
    cache.clear()  # attempts are counted there, and no test rolls it back
