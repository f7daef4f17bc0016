"""Signals reach the server whatever it is doing."""

import threading
from types import SimpleNamespace

import pytest
from granian.server.common import AbstractServer

from quizsite.server import interrupt

pytestmark = pytest.mark.pure


def test_signal_stops_a_server_that_is_about_to_wait():
    server = SimpleNamespace(interrupt_signal=False, main_loop_interrupt=threading.Event())
    with server.main_loop_interrupt._cond:  # as in the first moment of wait()
        handler = threading.Thread(target=interrupt, args=(server, 15, None), daemon=True)
        handler.start()
        handler.join(10)
        assert not handler.is_alive()
    assert server.main_loop_interrupt.wait(10)
    assert server.interrupt_signal


def test_granian_has_the_handler_that_is_replaced():
    assert callable(AbstractServer.signal_handler_interrupt)
