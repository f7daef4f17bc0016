"""The process that lays out PDFs: it fails one PDF at most, and ends with its worker."""

import os
import signal
import subprocess
import sys

import pytest

from quiz.results import pdf_process
from quiz.results.pdf_layout import Page, PdfUnavailable
from quiz.results.pdf_process import NICENESS, ROOT, PdfProcess

pytestmark = pytest.mark.pure

# Does what a page's HTML says, and otherwise answers with its own number.
STAND_IN = """
import os, sys, time
from multiprocessing.connection import Connection

pipe = Connection(int(sys.argv[1]))
while True:
    page = pipe.recv()
    if page.html == "end":
        sys.exit(3)
    if page.html == "hang":
        time.sleep(600)
    pipe.send("Traceback" if page.html == "fail" else str(os.getpid()).encode())
"""


def page(html: str = "") -> Page:
    return Page(html, "", "", "")


@pytest.fixture
def process():
    process = PdfProcess([sys.executable, "-c", STAND_IN])
    yield process
    process.end()


@pytest.fixture
def real_process():
    process = PdfProcess()
    yield process
    process.end()


def test_pages_are_laid_out_in_one_other_process(process):
    first, second = (process.lay_out(page()) for _ in range(2))
    assert first == second != str(os.getpid()).encode()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process choose")
def test_process_uses_all_processors_though_its_worker_keeps_to_one(process):
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        process.lay_out(page())
        assert os.sched_getaffinity(process.running.pid) == before
    finally:
        os.sched_setaffinity(0, before)


def test_process_that_ended_while_it_waited_fails_no_pdf(process):
    process.lay_out(page())
    process.running.kill()
    process.running.wait()
    assert process.lay_out(page()).isdigit()


def test_process_that_ends_at_work_fails_one_pdf(process, caplog):
    with pytest.raises(PdfUnavailable):
        process.lay_out(page("end"))
    assert process.lay_out(page()).isdigit()
    assert len(caplog.records) == 1


def test_process_that_hangs_is_ended_and_fails_one_pdf(process, monkeypatch):
    monkeypatch.setattr(pdf_process, "MOST_SECONDS", 0.01)
    with pytest.raises(PdfUnavailable):
        process.lay_out(page("hang"))
    assert process.running is None
    monkeypatch.undo()
    assert process.lay_out(page()).isdigit()


def test_answer_that_no_one_waits_for_is_not_taken_for_the_next_pdf(process, monkeypatch):
    first = process.lay_out(page())

    def interrupt(_seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(process._pipe, "poll", interrupt)
    with pytest.raises(KeyboardInterrupt):
        process.lay_out(page())
    assert process.lay_out(page()) != first


def test_failed_layout_is_logged_and_leaves_the_process_running(process, caplog):
    first = process.lay_out(page())
    with pytest.raises(PdfUnavailable):
        process.lay_out(page("fail"))
    assert "Traceback" in caplog.text
    assert process.lay_out(page()) == first


def test_program_survives_an_error_and_ctrl_c_and_lets_others_go_first(real_process, caplog):
    for _ in range(2):
        with pytest.raises(PdfUnavailable):
            real_process.lay_out("not a page")
        number = real_process.running.pid
        real_process.running.send_signal(signal.SIGINT)
    assert caplog.text.count("AttributeError") == 2
    assert os.getpriority(os.PRIO_PROCESS, number) >= NICENESS


def test_program_ends_with_its_worker_even_if_that_is_killed():
    code = (
        "import os; from quiz.results.pdf_process import PdfProcess;"
        "PdfProcess()._start(); os.kill(os.getpid(), 9)"
    )
    command = [sys.executable, "-c", code]
    # This waits until every process that could write there has ended.
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
