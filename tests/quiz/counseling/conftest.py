import pytest


@pytest.fixture
def desk(counselor):
    """The counselor's browser."""
    from tests.factories import signed_in

    return signed_in(counselor)


@pytest.fixture
def kim(counselor):
    from tests.factories import make_client

    return make_client(counselor, "Kim", email="kim@example.org")


@pytest.fixture
def clock():
    import time_machine

    from tests.factories import NOON

    with time_machine.travel(NOON, tick=False) as travelled:
        yield travelled


@pytest.fixture
def secret(counselor):
    from tests.factories import set_up_second_factor

    return set_up_second_factor(counselor)


@pytest.fixture
def codes(counselor, secret):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    return RecoveryCodes.activate(counselor.user).generate_codes()


@pytest.fixture
def with_accounts(clock, content, settings):
    """A site with the test pages, at noon."""
    settings.ROOT_URLCONF = "tests.quiz.counseling.account_urls"


@pytest.fixture
def mail_server(monkeypatch):
    """The mail server: once it has an `error`, it takes no e-mail."""
    from types import SimpleNamespace

    from django.core import mail

    server = SimpleNamespace(error=None)

    def send(*arguments):
        if server.error:
            raise server.error
        return mail.send_mail(*arguments)

    monkeypatch.setattr("quiz.web.mail.send_mail", send)
    return server
