"""Two requests at the same moment: a second one starts while the first is in its transaction."""

import threading

from django.db import connection

PATIENCE = 60  # seconds


class Other:
    """A second request, which starts while the first one is in its transaction."""

    def __init__(self, act, waits_at):
        self.act, self.waits_at = act, waits_at
        self.waits = threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.result = None

    def _run(self):
        def noticed(execute, sql, params, many, context):
            if all(part in sql for part in self.waits_at):
                self.waits.set()
            return execute(sql, params, many, context)

        with connection.execute_wrapper(noticed):
            self.result = self.act()
        connection.close()

    def start(self):
        self.thread.start()
        # On SQLite a transaction waits for the one before it, so the other can't get that far.
        assert connection.vendor == "sqlite" or self.waits.wait(PATIENCE)

    def end(self):
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()
        return self.result


def before(monkeypatch, module, name, other):
    """Start the other request right before this function of the first one."""
    done = getattr(module, name)

    def started_first(*arguments, **named):
        if threading.current_thread() is not other.thread:
            other.start()
        return done(*arguments, **named)

    monkeypatch.setattr(module, name, started_first)
