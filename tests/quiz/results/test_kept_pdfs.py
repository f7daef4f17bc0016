"""PDFs that are laid out once and kept for a few minutes."""

from http import HTTPStatus

import pytest

from quiz.attempts.models import Attempt
from quiz.evidence.folding import delete_attempts
from quiz.results import kept_pdfs
from quiz.results.kept_pdfs import kept_or_made
from quiz.web.scarce import PDFS, Busy
from tests.answers import towards
from tests.pages import take_quiz, text_of
from tests.turns import all_places_taken


class Maker:
    """Makes a PDF, and counts how often."""

    times = 0

    def __call__(self, _page):
        self.times += 1
        return b"%%PDF %d" % self.times


@pytest.fixture
def maker():
    return Maker()


@pytest.fixture
def clock(monkeypatch):
    """The seconds that the module reads, which a test can change."""
    now = [1000.0]
    monkeypatch.setattr(kept_pdfs, "monotonic", lambda: now[0])
    monkeypatch.setattr(kept_pdfs, "_forget_later", lambda: None)
    return now


def test_same_page_is_laid_out_once(maker):
    assert kept_or_made("page", maker) == kept_or_made("page", maker) == b"%PDF 1"


def test_changed_page_is_laid_out_again(maker):
    kept_or_made("page", maker)
    assert kept_or_made("page, changed", maker) == b"%PDF 2"


def test_kept_pdf_needs_no_turn(maker):
    kept_or_made("page", maker)
    with all_places_taken(PDFS):
        assert kept_or_made("page", maker) == b"%PDF 1"
        with pytest.raises(Busy):
            kept_or_made("other", maker)


def test_pdf_is_kept_for_five_minutes(maker, clock):
    kept_or_made("page", maker)
    clock[0] += kept_pdfs.SECONDS_KEPT - 1
    assert kept_or_made("page", maker) == b"%PDF 1"
    clock[0] += 1
    assert kept_or_made("page", maker) == b"%PDF 2"


def test_old_ones_leave_the_memory_without_another_request(maker, clock):
    kept_or_made("old", maker)
    clock[0] += kept_pdfs.SECONDS_KEPT - 1
    kept_or_made("new", maker)
    clock[0] += 1
    kept_pdfs._forget_old()
    assert len(kept_pdfs._kept) == 1
    assert kept_or_made("new", maker) == b"%PDF 2"


def test_a_timer_forgets(maker, monkeypatch):
    started = []
    monkeypatch.setattr(kept_pdfs, "_forget_later", lambda: started.append("timer"))
    kept_or_made("first", maker)
    kept_or_made("second", maker)
    assert started == ["timer"]
    kept_pdfs._forget_old()
    assert started == ["timer", "timer"]


def test_only_the_newest_are_kept(maker, monkeypatch):
    monkeypatch.setattr(kept_pdfs, "MOST_KEPT", 2)
    for page in ("a", "b", "c"):
        kept_or_made(page, maker)
    assert kept_or_made("c", maker) == b"%PDF 3"
    assert kept_or_made("a", maker) == b"%PDF 4"


@pytest.mark.django_db
@pytest.mark.usefixtures("content")
def test_deleting_an_attempt_forgets_pdfs(maker):
    kept_or_made("page", maker)
    delete_attempts(Attempt.objects.none())
    assert not kept_pdfs._kept


@pytest.mark.django_db
@pytest.mark.usefixtures("content")
def test_page_says_when_to_try_again_while_too_many_pdfs_are_made(client):
    take_quiz(client, towards("sales"))
    with all_places_taken(PDFS):
        response = client.get("/quiz/result.pdf")
    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert int(response["Retry-After"]) > 0
    assert "<h1" in text_of(response)
