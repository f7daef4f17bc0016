"""A process that serves the metrics on a port of their own: a busy site can still be watched.

The supervisor starts it again if it ends.
"""

import os
import signal
import socket
from threading import Thread
from time import sleep
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.conf import settings
from prometheus_client import make_wsgi_app
from prometheus_client.exposition import ThreadingWSGIServer

from quizsite.watching import sentry
from quizsite.watching.exposed import exposed

SECONDS_BETWEEN_REPORTS = 0.5


class Handler(WSGIRequestHandler):
    timeout = 10  # seconds that someone may take to ask

    def log_message(self, *_args: object) -> None:
        """Leave no line for each time that Prometheus asks."""


class IPv4(ThreadingWSGIServer):
    pass


class IPv6(ThreadingWSGIServer):
    address_family = socket.AF_INET6


def watch(_number: int, _port: int, pipe: int) -> None:
    """Serve on METRICS_PORT, and report to the supervisor until it is gone."""
    # Ctrl-C in a terminal reaches every process; the supervisor passes it on as TERM.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.set_blocking(pipe, False)
    sentry.start()
    host, port = settings.METRICS_HOST, settings.METRICS_PORT
    application = make_wsgi_app(exposed(is_own_process=True))
    kind = IPv6 if ":" in host else IPv4
    with make_server(host, port, application, server_class=kind, handler_class=Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        while True:
            try:
                os.write(pipe, b".")
            except BlockingIOError:
                pass  # it is suspended, and has enough to read
            except BrokenPipeError:
                return
            sleep(SECONDS_BETWEEN_REPORTS)
