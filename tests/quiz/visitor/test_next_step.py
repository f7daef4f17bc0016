"""The owner's next step: one line with the result, which no one else sees unless they share it."""

import re
import uuid
from http import HTTPStatus

import pytest

from quiz.attempts.models import Attempt, ShareLink
from quiz.attempts.models.attempt import NEXT_STEP_LENGTH
from quiz.counseling.models import Disclosure
from quiz.evidence.folding import delete_attempts
from quiz.results.pdf import result_pdf
from tests.answers import leaning
from tests.factories import make_client, make_counselor, signed_in, started_attempt
from tests.pages import fields_with_errors, take_quiz, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

URL, RESULT = "/quiz/next-step/", "/quiz/result/"
ANSWERS = leaning("sales", 7)
STEP = "Ask Kim about <her> job on Friday"
SHOWN = "Ask Kim about &lt;her&gt; job on Friday"


@pytest.fixture
def owner(client):
    take_quiz(client, ANSWERS)
    return client


@pytest.fixture
def planned(owner):
    owner.post(URL, {"next_step": STEP})
    return owner


def mark_on(browser, address=RESULT):
    return re.search('name="result" value="([^"]+)"', text_of(browser.get(address)))[1]


class TestWriting:
    def test_result_asks_for_it_and_then_shows_it(self, owner):
        assert 'name="next_step"' in text_of(owner.get(RESULT))
        response = owner.post(URL, {"next_step": STEP, "result": mark_on(owner)})
        assert response.url == f"{RESULT}#next-step"
        page = text_of(owner.get(RESULT))
        assert SHOWN in page
        assert 'name="next_step"' not in page
        assert f'href="{URL}"' in page

    def test_form_holds_what_was_saved(self, planned):
        assert f'value="{SHOWN}"' in text_of(planned.get(URL))

    def test_empty_line_deletes_it(self, planned):
        planned.post(URL, {"next_step": "  "})
        assert Attempt.objects.get().next_step == ""

    def test_line_is_cleaned(self, owner):
        owner.post(URL, {"next_step": " Call\u202e Ann\n today "})
        assert Attempt.objects.get().next_step == "Call Ann today"

    def test_line_that_is_too_long_is_refused_and_kept_in_the_form(self, planned):
        typed = "x" * (NEXT_STEP_LENGTH + 3)
        response = planned.post(URL, {"next_step": typed})
        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert fields_with_errors(response) == {"next_step"}
        assert "203 characters. Shorten it to 200." in text_of(response)
        assert f'value="{typed}"' in text_of(response)
        assert Attempt.objects.get().next_step == STEP

    def test_longest_line_is_saved(self, owner):
        owner.post(URL, {"next_step": "x" * NEXT_STEP_LENGTH})
        assert len(Attempt.objects.get().next_step) == NEXT_STEP_LENGTH

    def test_page_opened_before_a_newer_result_saves_nothing_and_keeps_the_line(self, owner):
        old = mark_on(owner)
        take_quiz(owner, ANSWERS)
        response = owner.post(URL, {"next_step": STEP, "result": old})
        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert SHOWN in text_of(response)
        assert set(Attempt.objects.values_list("next_step", flat=True)) == {""}

    def test_retake_leaves_it_with_its_result(self, planned):
        planned.post("/quiz/")
        assert SHOWN in text_of(planned.get(RESULT))
        planned.post(URL, {"next_step": "Rest"})
        assert Attempt.objects.get(finished_at=None).next_step == ""
        assert Attempt.objects.exclude(finished_at=None).get().next_step == "Rest"

    def test_unfinished_quiz_has_none(self, client):
        client.post("/quiz/")
        assert client.post(URL, {"next_step": STEP}).url == "/quiz/1/"
        assert Attempt.objects.get().next_step == ""
        assert not started_attempt().plan(STEP)

    def test_result_deleted_in_the_meantime_is_not_brought_back(self, owner, monkeypatch):
        plan = Attempt.plan

        def too_late(attempt, next_step):
            delete_attempts(Attempt.objects.all())
            return plan(attempt, next_step)

        monkeypatch.setattr(Attempt, "plan", too_late)
        assert owner.post(URL, {"next_step": STEP}).status_code == HTTPStatus.FORBIDDEN
        assert not Attempt.objects.exists()

    def test_lost_cookie_loses_nothing_that_was_typed(self, owner, client_class):
        code = re.search(r'<code class="code">([^<]+)', text_of(owner.get(RESULT)))[1]
        sent = {"next_step": STEP, "result": mark_on(owner)}
        other = client_class()
        asked = other.post(URL, sent)
        assert f'name="next_step" value="{SHOWN}"' in text_of(asked)
        assert other.post(URL, {**sent, "code": code}).url == f"{RESULT}#next-step"
        assert Attempt.objects.get().next_step == STEP


class TestOwnFiles:
    def test_files_of_the_owner_hold_it(self, planned):
        assert planned.get("/quiz/result.json").json()["my_next_step"] == STEP
        (attempt,) = planned.get("/quiz/data.json").json()["attempts"]
        assert attempt["my_next_step"] == STEP

    @pytest.mark.slow
    def test_pdf_of_the_owner_shows_it(self, planned, monkeypatch):
        values = {}

        def keep(given, **more):
            values.update(given)
            return result_pdf(given, **more)

        monkeypatch.setattr("quiz.results.files.result_pdf", keep)
        assert planned.get("/quiz/result.pdf").status_code == HTTPStatus.OK
        assert values["own_step"] == STEP

    def test_deleting_everything_deletes_it(self, planned):
        planned.post("/quiz/data/delete/", {"is_sure": "on"})
        assert not Attempt.objects.exists()


class TestSharing:
    def link(self, owner, **ticked):
        owner.post(
            "/quiz/shares/",
            {"id": uuid.uuid4(), "scope": "answers", "until": "30", **ticked},
        )
        return ShareLink.objects.order_by("created_at").last()

    def test_link_shows_it_only_if_it_was_ticked(self, planned, client_class):
        plain, ticked = self.link(planned), self.link(planned, shows_next_step="on")
        assert SHOWN not in text_of(client_class().get(plain.path))
        assert SHOWN in text_of(client_class().get(ticked.path))

    def test_box_is_offered_only_with_a_step(self, owner):
        assert "shows_next_step" not in text_of(owner.get("/quiz/shares/"))
        owner.post(URL, {"next_step": STEP})
        assert "shows_next_step" in text_of(owner.get("/quiz/shares/"))

    @pytest.mark.parametrize("ending", ["/", ".pdf"])
    def test_counselor_sees_it_only_if_it_was_ticked(self, planned, ending, monkeypatch):
        attempt = Attempt.objects.get()
        counselor = make_counselor()
        Attempt.objects.update(client=make_client(counselor))
        browser, values = signed_in(counselor), {}

        def keep(given, **more):
            values.update(given)
            return b"%PDF"

        monkeypatch.setattr("quiz.results.files.result_pdf", keep)

        def seen():
            shared = Disclosure.objects.get(attempt=attempt)
            response = browser.get(f"/counselor/results/{shared.pk}{ending}")
            return values["own_step"] if values else SHOWN in text_of(response)

        planned.post("/quiz/disclose/", {"scope": "answers"})
        assert not seen()
        planned.post("/quiz/disclose/", {"scope": "answers", "shows_next_step": "on"})
        assert seen()
        planned.post("/quiz/disclose/", {"scope": "answers"})
        assert not seen()
