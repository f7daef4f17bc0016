import pytest


@pytest.fixture
def html_of(client):
    def get(address):
        response = client.get(address)
        assert response.status_code == 200, address
        return response.content.decode()

    return get
