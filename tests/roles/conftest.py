import pytest


@pytest.fixture
def html_of(client):
    def get(address):
        response = client.get(address)
        assert response.status_code == 200, address
        return response.content.decode()

    return get


SHIPPED_HTML = {}


@pytest.fixture
def shipped_html_of(html_of):
    """Pages of the shipped content, each rendered once: for tests that change nothing."""

    def get(address):
        if address not in SHIPPED_HTML:
            SHIPPED_HTML[address] = html_of(address)
        return SHIPPED_HTML[address]

    return get
