"""Django's Redis cache, with short time-outs and one error for everything that goes wrong."""

from time import monotonic
from typing import Any

from django.core.cache.backends.redis import RedisCache as DjangosRedisCache
from django.core.cache.backends.redis import RedisCacheClient
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import RedisError
from redis.retry import Retry

from quizsite.caches.unavailable import CacheUnavailable

SECONDS_TO_ANSWER = 0.5  # to connect, and for each command
# After a failure, requests fail right away for so long, instead of each waiting in a thread.
SECONDS_WITHOUT_TRYING = 1.0

# Django asks first whether a counter exists. One that ended in between would never end again.
ADD_TO_COUNTER = """
    if redis.call('EXISTS', KEYS[1]) == 1 then return redis.call('INCRBY', KEYS[1], ARGV[1]) end
"""


class Client(Redis):
    """Raises CacheUnavailable for every error, and immediately while the last one is fresh."""

    failed_at: float = float("-inf")  # of this process

    def execute_command(self, *args: Any, **options: Any) -> Any:
        if monotonic() < Client.failed_at + SECONDS_WITHOUT_TRYING:
            raise CacheUnavailable("Redis failed a moment ago")
        try:
            return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
        except (RedisError, OSError) as error:
            Client.failed_at = monotonic()
            raise CacheUnavailable(f"Redis: {error}") from error


class Commands(RedisCacheClient):
    """Overrides a private attribute of Django's: the class of its clients."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        # Again only for a connection that Redis has closed: waiting twice is no use.
        retry = Retry(NoBackoff(), 1, supported_errors=(NoConnection,))
        limits = {"socket_connect_timeout": SECONDS_TO_ANSWER, "socket_timeout": SECONDS_TO_ANSWER}
        super().__init__(servers, **{**limits, "retry": retry, **options})
        self._client = Client

    def incr(self, key: Any, delta: int) -> int:
        count = self.get_client(key, write=True).eval(ADD_TO_COUNTER, 1, key, delta)
        if count is None:
            raise ValueError(f"There is no counter {key!r}.")
        return int(count)


class RedisCache(DjangosRedisCache):
    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = Commands
