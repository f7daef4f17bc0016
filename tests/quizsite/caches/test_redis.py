"""Redis that answers, that is dead, and that hangs."""

import socket
from contextlib import contextmanager
from http import HTTPStatus
from time import monotonic

import pytest
from django.test import override_settings

from quizsite.caches import redis
from quizsite.caches.redis import Client, RedisCache
from quizsite.caches.unavailable import CacheUnavailable
from tests.redis_server import free_port, is_installed, redis_server

DEAD = "redis://127.0.0.1:{port}"


@pytest.fixture(autouse=True)
def _no_failure_so_far(monkeypatch):
    monkeypatch.setattr(Client, "failed_at", float("-inf"))


@contextmanager
def redis_cache(url):
    """A cache whose connections are closed in the end."""
    cache = RedisCache(url, {})
    yield cache
    for pool in cache._cache._pools.values():
        pool.disconnect()


@pytest.fixture
def dead():
    with redis_cache(DEAD.format(port=free_port())) as cache:
        yield cache


@pytest.fixture
def hung(monkeypatch):
    """A server that accepts connections and never answers."""
    monkeypatch.setattr(redis, "SECONDS_TO_ANSWER", 0.05)
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        redis_cache(DEAD.format(port=server.getsockname()[1])) as cache,
    ):
        yield cache


@pytest.fixture
def site_with_dead_redis(settings):
    backend = {
        "BACKEND": "quizsite.caches.redis.RedisCache",
        "LOCATION": DEAD.format(port=free_port()),
    }
    with override_settings(CACHES={"default": backend, "limits": backend}):
        yield


@pytest.fixture(scope="module")
def server():
    with redis_server() as server:
        yield server


@pytest.fixture
def cache(server):
    with redis_cache(server.url) as cache:
        cache.clear()
        yield cache


USES = {
    "get": lambda cache: cache.get("key"),
    "set": lambda cache: cache.set("key", 1),
    "add": lambda cache: cache.add("key", 1),
    "incr": lambda cache: cache.incr("key"),
    "delete": lambda cache: cache.delete("key"),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_dead_redis_is_unavailable(dead, use):
    with pytest.raises(CacheUnavailable):
        use(dead)


def test_hung_redis_is_unavailable(hung):
    with pytest.raises(CacheUnavailable):
        hung.get("key")


def test_waits_half_a_second_at_most():
    options = RedisCache("redis://127.0.0.1:1", {})._cache._pool_options
    assert options["socket_timeout"] == options["socket_connect_timeout"] == 0.5
    # A server that hangs isn't asked twice.
    assert TimeoutError not in options["retry"]._supported_errors


def test_after_a_failure_no_request_waits_for_it_again(hung, monkeypatch):
    with pytest.raises(CacheUnavailable):
        hung.get("key")
    monkeypatch.setattr(redis.Redis, "execute_command", pytest.fail)
    with pytest.raises(CacheUnavailable, match="a moment ago"):
        hung.get("key")


def test_after_a_second_it_is_tried_again(dead, monkeypatch):
    monkeypatch.setattr(Client, "failed_at", monotonic() - redis.SECONDS_WITHOUT_TRYING)
    with pytest.raises(CacheUnavailable, match="refused"):
        dead.get("key")


@pytest.mark.django_db
@pytest.mark.usefixtures("content", "site_with_dead_redis")
class TestSiteWithDeadRedis:
    @pytest.mark.parametrize("address", ["/", "/quiz/", "/roles/", "/method/", "/healthz"])
    def test_pages_open(self, client, address):
        assert client.get(address).status_code == HTTPStatus.OK

    def test_quiz_starts(self, client):
        assert client.post("/quiz/").status_code == HTTPStatus.FOUND
        assert client.post("/quiz/1/", {}).status_code == HTTPStatus.OK

    def test_what_must_be_counted_is_refused_for_now(self, client):
        response = client.post("/quiz/resume/", {"code": "0000-0000-0000-0000"})
        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert int(response["Retry-After"]) > 0

    def test_readyz_says_so(self, client):
        response = client.get("/readyz")
        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert response.json() == {
            "status": "not ready",
            "database": "ok",
            "migrations": "ok",
            "cache": "not reachable",
            "space": "ok",
        }


@pytest.mark.server
@pytest.mark.skipif(not is_installed(), reason="Redis is not installed")
class TestRealServer:
    def test_counts(self, cache):
        assert cache.add("key", 1, 60) is True
        assert cache.add("key", 1, 60) is False
        assert cache.incr("key") == 2
        assert cache.decr("key") == 1

    def test_counter_that_is_missing_is_an_error_and_is_not_made(self, cache):
        with pytest.raises(ValueError, match="no counter"):
            cache.incr("key")
        assert cache.get("key") is None

    def test_connections_survive_a_restart_of_redis(self):
        with redis_server() as server, redis_cache(server.url) as cache:
            cache.set("key", 1)
            server.stop()
            with pytest.raises(CacheUnavailable):
                cache.get("key")
            Client.failed_at = float("-inf")
            server.start()
            assert cache.add("key", 2, 60) is True
