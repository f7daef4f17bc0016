"""What is kept of role pages, and when it is made anew."""

import gzip

import pytest

from roles.models import Difference, Duty, Figure, Passage, Role, Source
from roles.page_cache import clear, current_cache
from tests.roles.pages import FOUR, SALES

pytestmark = [pytest.mark.usefixtures("content"), pytest.mark.both_databases]


def test_what_was_made_is_not_made_again():
    made = []
    for _time in range(3):
        current_cache().get_or_make("key", lambda: made.append(1))
    assert made == [1]
    clear()
    current_cache().get_or_make("key", lambda: made.append(1))
    assert made == [1, 1]


@pytest.mark.parametrize("model", [Role, Source, Figure, Duty, Difference, Passage])
def test_a_change_of_any_content_makes_pages_anew(model):
    before = current_cache()
    model.objects.first().save()
    after = current_cache()
    assert after is not before
    made = []
    after.get_or_make("key", lambda: made.append(1))
    assert made


def test_a_deletion_makes_pages_anew(client):
    figure = Figure.objects.get(role__slug=SALES, measure="median_pay")
    address = f"/roles/{SALES}/"
    assert "72,080 US dollars" in client.get(address).content.decode()
    figure.delete()
    assert "72,080 US dollars" not in client.get(address).content.decode()


def test_a_warm_page_says_the_same_as_a_cold_one_compressed_or_not(client):
    cold = client.get(FOUR).content
    assert client.get(FOUR).content == cold
    packed = client.get(FOUR, headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == cold
    assert "Accept-Encoding" in packed["Vary"]
