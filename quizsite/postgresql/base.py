"""PostgreSQL backend that notices a server that is silent, and a standby that is missing.

A server that is stopped, or whose machine is gone, leaves its connections open: neither
`statement_timeout` nor TCP ends the wait. When a statement takes long, a thread asks the server
something simple over a connection of its own. If that isn't answered either, everything that waits
fails, and so does everything new until the server answers again.
"""

from collections.abc import Callable, Generator
from contextlib import closing
from functools import partial
from threading import Lock, Thread
from time import monotonic, sleep
from types import SimpleNamespace
from typing import Any, TypeVar

import psycopg
from django.db.backends.postgresql import base

# The first two together are less than a second: that is how long a reader waits.
SECONDS_UNTIL_ASKED = 0.25
SECONDS_TO_ANSWER = 0.5
SECONDS_TO_ANSWER_A_COMMAND = 30
# No statement of a page takes as long: its own limit ends it. But a commit that waits for a
# synchronous standby has no limit at the server.
MOST_SECONDS = 8
SECONDS_BETWEEN_ASKING = 0.5
SECONDS_BETWEEN_LOOKING = 0.05

T = TypeVar("T")
# What psycopg runs: yields what it waits for, is sent 0 when that took too long.
Steps = Generator[Any, Any, T]
Check = Callable[[], None]


class ServerIsSilent(psycopg.OperationalError):
    pass


class NotReplicated(psycopg.OperationalError):
    """The server has committed, but no synchronous standby has it: a failover could lose it.

    PostgreSQL reports that as a warning only, when someone cancels what waits for the standby.
    """


class Server:
    """Whether the database server of this process answers."""

    def __init__(self) -> None:
        self.is_silent = False
        self.seconds_to_answer: float = SECONDS_TO_ANSWER
        self.most_seconds: float = MOST_SECONDS
        self.parameters: dict[str, Any] = {}  # to connect to it
        self._asking = Lock()

    def check(self, waiting_since: float) -> None:
        """Raise ServerIsSilent if it is; have it asked if that isn't known and the wait is long."""
        if self.is_silent:
            raise ServerIsSilent("The database server doesn't answer.")
        if monotonic() > waiting_since + self.most_seconds:
            raise ServerIsSilent("The database server took too long.")
        is_long = monotonic() > waiting_since + SECONDS_UNTIL_ASKED
        if is_long and self._asking.acquire(blocking=False):
            Thread(target=self._ask_until_it_answers, daemon=True).start()

    def _ask_until_it_answers(self) -> None:
        try:
            while True:
                self.is_silent = not self.answers()
                sleep(SECONDS_BETWEEN_ASKING)
                if not self.is_silent:
                    return
        finally:
            self._asking.release()

    def answers(self) -> bool:
        deadline = monotonic() + self.seconds_to_answer

        class Asking(WatchedConnection):
            @staticmethod
            def new_check() -> Check:
                return check

        def check() -> None:
            if monotonic() > deadline:
                raise TimeoutError

        try:
            with closing(Asking.connect(**self.parameters)) as connection:
                connection.execute("SELECT 1")
        except TimeoutError:
            return False
        except psycopg.Error:
            return True  # it refused, so it answers
        return True


SERVER = Server()


class WatchedConnection(psycopg.Connection[Any]):
    """A connection that looks around while it waits, so that it can give up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_replicated = True
        self.add_notice_handler(self._heed)

    def _heed(self, notice: psycopg.errors.Diagnostic) -> None:
        # Its words depend on the server's language, the function's name doesn't.
        if notice.source_function == "SyncRepWaitForLSN":
            self._is_replicated = False

    @staticmethod
    def new_check() -> Check:
        """Return what is called again and again during one wait, and raises to end it."""
        return partial(SERVER.check, monotonic())

    @classmethod
    def _connect_gen(cls, *args: Any, **kwargs: Any) -> Any:
        return watched(super()._connect_gen(*args, **kwargs), cls.new_check())

    def wait(self, gen: Steps[T], *_args: Any, **_kwargs: Any) -> T:
        check = self.new_check()
        check()
        try:
            result = super().wait(watched(gen, check), SECONDS_BETWEEN_LOOKING)
        except (ServerIsSilent, TimeoutError):
            self.pgconn.finish()  # it is in the middle of a statement
            raise
        if not self._is_replicated:
            self._is_replicated = True
            raise NotReplicated("No standby confirmed this commit in time.")
        return result


def watched(steps: Steps[T], check: Check) -> Steps[T]:
    """Run the steps of psycopg, and `check` whenever one has waited in vain."""
    try:
        wanted = next(steps)
        while True:
            ready = yield wanted
            if not ready:
                check()
            wanted = steps.send(ready)
    except StopIteration as end:
        result: T = end.value
        return result


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's PostgreSQL backend with connections that give up."""

    # Django connects by what it finds here.
    Database = SimpleNamespace(  # type: ignore[assignment]  # a module, for all that Django sees
        **vars(psycopg) | {"connect": WatchedConnection.connect}
    )

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        SERVER.parameters = conn_params
        SERVER.check(monotonic())
        return super().get_new_connection(conn_params)
