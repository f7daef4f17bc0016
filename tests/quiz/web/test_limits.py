"""Counters of tries: what is allowed, given back, and kept apart."""

import pytest
from django.core.cache import caches

from quiz.web.limits import Tries
from quiz.web.models import CacheEntry

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def spend(times, limits, kind="code"):
    return [Tries(kind, limits).spend() for _each in range(times)]


def test_tries_are_refused_after_the_limit():
    assert spend(4, {"network": 3}) == [True, True, True, False]


def test_right_try_is_given_back():
    tries = Tries("code", {"network": 1})
    assert tries.spend() is True
    tries.give_back()
    assert tries.spend() is True
    assert tries.spend() is False


def test_kinds_and_networks_are_counted_apart():
    assert spend(2, {"network": 1}) == [True, False]
    assert spend(1, {"other": 1}) == [True]
    assert spend(1, {"network": 1}, kind="password") == [True]


def test_used_up_limit_of_one_network_leaves_the_others_theirs():
    spend(9, {"a": 2, "all": 4})
    assert spend(3, {"b": 2, "all": 4}) == [True, True, False]


def test_giving_back_after_the_window_changes_nothing():
    tries = Tries("code", {"network": 1})
    tries.spend()
    caches["limits"].clear()
    tries.give_back()
    assert spend(2, {"network": 1}) == [True, False]


def test_database_names_neither_address_nor_network():
    Tries("send code", {"address a@example.org": 1, "192.0.2.1": 1}).spend()
    rows = " ".join(f"{row.key} {row.value}" for row in CacheEntry.objects.all())
    assert "example" not in rows
    assert "192.0.2" not in rows
