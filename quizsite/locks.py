"""A lock on the data folder, so that one server at a time uses it, or one restore."""

import fcntl
import os
from pathlib import Path
from typing import IO


class AlreadyRunning(Exception):
    """Another process holds the lock of a folder. Its message says which and what to do."""


def only_one(folder: Path) -> IO[str]:
    """Lock a data folder until the returned file is closed by every process that has it open.

    Forked processes share the lock, and programs started with `exec` keep it. It ends with the last
    of them, so a killed server leaves no lock behind. The file itself stays.

    Raises AlreadyRunning if another process holds the lock.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / "serve.lock", os.O_RDWR | os.O_CREAT, 0o600)
    lock = os.fdopen(descriptor, "r+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with lock:
            holder = lock.read(20).strip()
        raise AlreadyRunning(
            f"A server{f' (process {holder})' if holder else ''} is using {folder}. Stop it first."
        ) from None
    os.set_inheritable(descriptor, True)
    lock.truncate()
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock
