"""Stand-ins for workers, and a supervisor that runs them until something happens."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from quizsite.supervisor import Supervisor

PATIENCE = 60  # seconds; a test that waits as long has failed
# What the stand-ins for workers start with: their number, and descriptors of port and pipe.
START = """
import os, signal, socket, sys, time
number, port, pipe = map(int, sys.argv[1:])
def report(): os.write(pipe, b".")
"""


def program(source: str):
    """Return what a worker calls to become a Python program."""

    def become(number: int, port: int, pipe: int):
        for each in (port, pipe):
            os.set_inheritable(each, True)
        arguments = [sys.executable, "-S", "-c", source, *map(str, (number, port, pipe))]
        os.execv(sys.executable, arguments)

    return become


def run_until(site: Supervisor, happens) -> int:
    """Run workers until something happens, then stop as an operator does; return the exit code."""

    async def until_it_happens():
        running = asyncio.create_task(site.run())
        try:
            async with asyncio.timeout(PATIENCE):
                while not happens():
                    assert not running.done()
                    await asyncio.sleep(0.005)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)
            code = await running
        return code

    return asyncio.run(until_it_happens())


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def is_gone(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return False
    return True
