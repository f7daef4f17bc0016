import pytest
import time_machine
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.cache import cache

from tests.factories import NOON, make_client, set_up_second_factor, signed_in


@pytest.fixture
def desk(counselor):
    """The counselor's browser."""
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
    """A site with the test pages, at noon, before any login attempt."""
    settings.ROOT_URLCONF = "tests.quiz.counseling.account_urls"
    cache.clear()  # it counts login attempts, and no test rolls it back
