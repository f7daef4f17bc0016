import pytest


@pytest.fixture
def started(client, content):
    """A browser in which the quiz is started, without an answer."""
    client.post("/quiz/")
    return client


@pytest.fixture
def finished(client, content):
    """A browser in which someone has finished the quiz, in favor of sales."""
    from tests.answers import towards
    from tests.pages import take_quiz

    take_quiz(client, towards("sales", 1))
    return client


@pytest.fixture
def stranger(client_class):
    return client_class()


@pytest.fixture
def owner(client):
    """The browser of a person with a result."""
    from tests.pages import take_quiz
    from tests.quiz.visitor.shared import ANSWERS

    take_quiz(client, ANSWERS, {"B1": "6", "B2": "now", "B3": "none"})
    return client


@pytest.fixture
def an_hour_later():
    """The time when links to a result are made."""
    import time_machine

    from tests.quiz.visitor.shared import SOON

    with time_machine.travel(SOON, tick=False) as clock:
        yield clock


@pytest.fixture
def clock(an_hour_later):
    return an_hour_later


@pytest.fixture
def counselor():
    from tests.factories import make_counselor

    return make_counselor("Dana Reed")


@pytest.fixture
def ann(counselor):
    """A client with an invitation that is not used yet."""
    from quiz.counseling.models import Client

    return Client.objects.create(counselor=counselor, name="Ann Lee")


@pytest.fixture
def link(ann):
    from quiz.counseling.models import ClientInvitation
    from tests.quiz.visitor.invited import in_days

    return ClientInvitation.objects.make(client=ann, expires_at=in_days(30))


@pytest.fixture
def class_link(counselor):
    from quiz.counseling.models import ClientGroup, GroupLink
    from tests.quiz.visitor.invited import in_days

    group = ClientGroup.objects.create(counselor=counselor, name="Class 9b")
    return GroupLink.objects.make(group=group, expires_at=in_days(30), places=3)
