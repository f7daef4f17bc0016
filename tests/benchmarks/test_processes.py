"""CPU time of a process and of what it started."""

import os
import subprocess
import sys

import pytest

from benchmarks.processes import cpu_seconds, tree

pytestmark = pytest.mark.pure

LOOP = "for _ in range(2_000_000): pass"


def test_children_belong_to_the_tree_until_they_end():
    with subprocess.Popen(["sleep", "60"]) as child:
        assert {os.getpid(), child.pid} <= set(tree(os.getpid()))
        child.kill()
    assert child.pid not in tree(os.getpid())


def test_own_work_counts():
    before = cpu_seconds(os.getpid())
    exec(LOOP)
    assert cpu_seconds(os.getpid()) > before


def test_work_of_a_child_still_counts_when_it_has_ended():
    before = cpu_seconds(os.getpid())
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"{LOOP}\nimport time; print(time.process_time())"],
        capture_output=True,
        check=True,
    )
    # The kernel counts ended children in hundredths of a second.
    assert cpu_seconds(os.getpid()) - before > float(done.stdout) - 0.02
