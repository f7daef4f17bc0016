"""Run granian so that Ctrl-C and TERM end it at any moment: `python -m quizsite.server OPTIONS`."""

import os
import signal

from granian.cli import entrypoint


def end_on_signals() -> None:
    """Let Ctrl-C and TERM end this process immediately, even where a shell had them ignored."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_DFL)


def end_on_term_only() -> None:
    """Let TERM end a new worker until granian handles it; Ctrl-C is for the server.

    A forked worker has the server's handlers, which do nothing there: until the site is loaded, a
    worker would ignore that the server stops it, and the server would wait for it forever. Ctrl-C
    reaches both, and a worker that ends before the server stops it looks like a crash.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    end_on_signals()
    os.register_at_fork(after_in_child=end_on_term_only)
    entrypoint()  # type: ignore[no-untyped-call]
