"""What visitors do is counted once, and only what was stored."""

import pytest

from tests.answers import page_answers, towards
from tests.pages import page_url, take_quiz

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]


@pytest.mark.parametrize("field", ["sales", "service"])
def test_quiz_is_counted_by_band_and_field(client, counts, field):
    take_quiz(client, towards(field))
    assert counts("quizzes_started_total") == 1
    assert counts("quizzes_finished_total", band="clear", field=field) == 1
    assert counts("quizzes_finished_total") == 1
    assert counts("pages_saved_total") == 5


def test_last_page_that_is_sent_again_finishes_nothing_more(client, counts):
    take_quiz(client, towards("sales"))
    client.post(page_url(5), {})
    client.post(page_url(1), page_answers(1, towards("service")))
    assert counts("quizzes_finished_total") == 1
    assert counts("pages_saved_total") == 5


def test_start_that_is_sent_again_is_counted_once(client, counts):
    for _ in range(2):
        client.post("/quiz/", {"form": "the-mark-of-this-form"})
    assert counts("quizzes_started_total") == 1


def test_preview_of_a_version_is_not_counted(admin_client, counts, live):
    url = f"/admin/quiz/questionnaireversion/{live.pk}/preview/answers"
    answers = {key: str(value) for key, value in towards("sales").items()}
    assert admin_client.post(url, answers, follow=True).status_code == 200
    for name in ("quizzes_started_total", "quizzes_finished_total", "pages_saved_total"):
        assert counts(name) == 0
