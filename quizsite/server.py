"""Run granian so that Ctrl-C and TERM end it at any moment: `python -m quizsite.server OPTIONS`."""

import os
import resource
import signal
from _thread import start_new_thread
from typing import Any

from granian.cli import entrypoint
from granian.server.common import AbstractServer


def end_on_signals() -> None:
    """Let Ctrl-C and TERM end this process immediately, even where a shell had them ignored."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_DFL)


def end_on_term_only() -> None:
    """Let TERM end a new worker until granian handles it, and keep Ctrl-C from it for good.

    A forked worker has the server's handlers, which do nothing there: until the site is loaded, a
    worker would ignore that the server stops it, and the server would wait for it forever. Ctrl-C
    reaches both, and the server passes it on as TERM; a worker that gets both sometimes hangs.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def interrupt(server: Any, *_signal: object) -> None:
    """Stop the server from a thread of its own.

    A signal can arrive while the main thread holds the lock of the event that it waits for. A
    handler that sets the event itself, as granian's does, then waits for that lock forever.
    """
    server.interrupt_signal = True
    start_new_thread(server.main_loop_interrupt.set, ())


def open_as_many_files_as_allowed() -> None:
    """Raise the soft limit, often 1,024: every connection is an open file."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    end_on_signals()
    open_as_many_files_as_allowed()
    AbstractServer.signal_handler_interrupt = interrupt  # type: ignore[method-assign]
    os.register_at_fork(after_in_child=end_on_term_only)
    entrypoint()  # type: ignore[no-untyped-call]
