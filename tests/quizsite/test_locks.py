import os
import stat
import subprocess
import sys

import pytest

from quizsite.locks import AlreadyRunning, only_one

pytestmark = pytest.mark.pure


def test_second_lock_of_a_folder_is_refused_and_names_the_holder(tmp_path):
    with only_one(tmp_path), pytest.raises(AlreadyRunning, match=rf"process {os.getpid()}\b"):
        only_one(tmp_path)


def test_lock_is_free_again_once_it_is_closed(tmp_path):
    only_one(tmp_path).close()
    only_one(tmp_path).close()


def test_other_folder_has_a_lock_of_its_own(tmp_path):
    with only_one(tmp_path / "one"), only_one(tmp_path / "two"):
        pass


def test_program_that_was_started_with_the_lock_keeps_it(tmp_path):
    lock = only_one(tmp_path)
    sleeper = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"],
        stdin=subprocess.PIPE,
        pass_fds=[lock.fileno()],
    )
    lock.close()
    with pytest.raises(AlreadyRunning):
        only_one(tmp_path)
    sleeper.kill()
    sleeper.wait()
    sleeper.stdin.close()
    only_one(tmp_path).close()


def test_lock_survives_exec_and_is_private(tmp_path):
    with only_one(tmp_path) as lock:
        assert os.get_inheritable(lock.fileno())
        assert stat.S_IMODE((tmp_path / "serve.lock").stat().st_mode) == 0o600
