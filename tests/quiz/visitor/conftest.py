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
