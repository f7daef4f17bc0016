"""The cache that all workers share without Redis."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from quiz.web.models import CacheEntry
from quizsite.caches.database import DatabaseCache

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def cache():
    return DatabaseCache("", {})


def end(key):
    """Let an entry end now."""
    CacheEntry.objects.filter(key=f":1:{key}").update(expires_at=timezone.now())


def test_site_counts_in_the_database_unless_it_has_redis():
    assert isinstance(caches["limits"], DatabaseCache)
    assert isinstance(caches["default"], DatabaseCache)


@pytest.mark.parametrize("value", [0, True, "text", [1.5, None], {"a": [1]}])
def test_value_comes_back_as_it_was_stored(cache, value):
    cache.set("key", value)
    assert cache.get("key") == value
    assert "key" in cache


def test_missing_key_gives_the_default(cache):
    assert cache.get("key", "default") == "default"


def test_setting_again_replaces_the_value(cache):
    cache.set("key", 1)
    cache.set("key", 2)
    assert cache.get("key") == 2


def test_entry_ends_after_its_seconds(cache):
    cache.set("key", 1, 60)
    ends_in = CacheEntry.objects.get().expires_at - timezone.now()
    assert timedelta(seconds=50) < ends_in <= timedelta(seconds=60)
    end("key")
    assert cache.get("key") is None


def test_zero_seconds_keep_nothing_and_none_keeps_forever(cache):
    cache.set("over", 1, 0)
    cache.set("forever", 1, None)
    assert cache.get_many(["over", "forever"]) == {"forever": 1}


def test_adding_stores_only_what_is_not_there(cache):
    assert cache.add("key", 1) is True
    assert cache.add("key", 2) is False
    assert cache.get("key") == 1


def test_adding_replaces_what_has_ended(cache):
    cache.set("key", 1)
    end("key")
    assert cache.add("key", 2) is True
    assert cache.get("key") == 2


def test_counter_goes_up_and_down(cache):
    cache.add("key", 1)
    assert cache.incr("key") == 2
    assert cache.incr("key", 10) == 12
    assert cache.decr("key", 13) == -1
    assert cache.get("key") == -1


def test_counting_does_not_extend_the_window(cache):
    cache.add("key", 1, 60)
    before = CacheEntry.objects.get().expires_at
    cache.incr("key")
    assert CacheEntry.objects.get().expires_at == before


@pytest.mark.parametrize("change", ["incr", "decr"])
def test_counter_that_is_missing_or_has_ended_is_an_error(cache, change):
    with pytest.raises(ValueError, match="no counter"):
        getattr(cache, change)("key")
    cache.set("key", 1)
    end("key")
    with pytest.raises(ValueError, match="no counter"):
        getattr(cache, change)("key")


def test_touching_extends_an_entry_but_revives_none(cache):
    cache.set("key", 1, 60)
    assert cache.touch("key", 600) is True
    assert CacheEntry.objects.get().expires_at > timezone.now() + timedelta(seconds=500)
    end("key")
    assert cache.touch("key", 600) is False


def test_deleting_says_whether_there_was_an_entry(cache):
    cache.set("key", 1)
    assert cache.delete("key") is True
    assert cache.delete("key") is False


def test_clearing_deletes_all(cache):
    cache.set_many({"a": 1, "b": 2})
    cache.clear()
    assert not CacheEntry.objects.exists()


def test_counting_takes_one_statement(cache, django_assert_num_queries):
    cache.add("key", 1)
    with transaction.atomic(), django_assert_num_queries(1):
        cache.incr("key")


def test_delete_expired_deletes_what_has_ended(cache, capsys):
    cache.set("old", 1)
    cache.set("new", 1)
    end("old")
    call_command("delete_expired")
    assert "Deleted 1 counters of tries" in capsys.readouterr().out
    assert [row.key for row in CacheEntry.objects.all()] == [":1:new"]
