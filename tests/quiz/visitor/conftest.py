import pytest


@pytest.fixture
def started(client, content):
    """A browser in which the quiz is started, without an answer."""
    client.post("/quiz/")
    return client
