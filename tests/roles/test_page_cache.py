"""The cache of role pages, and when it is renewed."""

import gzip

import pytest

from roles.models import Difference, Duty, Figure, Passage, Role, Source
from roles.page_cache import clear, current_cache
from tests.roles.pages import FOUR, SALES

pytestmark = [pytest.mark.usefixtures("content"), pytest.mark.both_databases]


def test_value_is_made_once_until_the_cache_is_cleared():
    made = []
    for _time in range(3):
        current_cache().get_or_make("key", lambda: made.append(1))
    assert made == [1]
    clear()
    current_cache().get_or_make("key", lambda: made.append(1))
    assert made == [1, 1]


@pytest.mark.parametrize("model", [Role, Source, Figure, Duty, Difference, Passage])
def test_change_of_any_content_starts_a_new_cache(model):
    before = current_cache()
    model.objects.first().save()
    after = current_cache()
    assert after is not before
    made = []
    after.get_or_make("key", lambda: made.append(1))
    assert made


def test_deletion_of_a_figure_shows_on_the_page(client):
    figure = Figure.objects.get(role__slug=SALES, measure="median_pay")
    address = f"/roles/{SALES}/"
    assert figure.exact in client.get(address).content.decode()
    figure.delete()
    assert figure.exact not in client.get(address).content.decode()


def test_cached_page_is_the_same_as_a_fresh_one_compressed_or_not(client):
    cold = client.get(FOUR).content
    assert client.get(FOUR).content == cold
    packed = client.get(FOUR, headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == cold
    assert "Accept-Encoding" in packed["Vary"]
