"""What is stored about a visitor: shown, downloaded, corrected and deleted without an account."""

import json
import os
from datetime import timedelta
from http import HTTPStatus
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from quiz.attempts.codes import grouped
from quiz.attempts.models import Attempt, ShareLink
from quiz.core.scoring import score
from quiz.evidence.folding import delete_attempts
from tests.answers import SHIPPED, leaning, page_answers, towards
from tests.factories import NOON, people
from tests.pages import chosen, fields_with_errors, only_attempt, shown_date, take_quiz
from tests.roles.pages import words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

ANSWERS = leaning("sales", 7)
AS_SOMEONE_ELSE = 'name="who" value="other"'


@pytest.fixture(autouse=True)
def _an_hour_after_the_quiz():
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def owner(client):
    take_quiz(client, ANSWERS, {"B1": "6", "B2": "now"})
    return client


def page(browser, path="/quiz/data/"):
    return browser.get(path).content.decode()


class TestWhatIsStored:
    def test_page_says_until_when_a_result_is_kept(self, owner):
        words = words_of(page(owner))
        assert shown_date(2027, 11, 24) in words
        assert "365 days" in words

    def test_page_says_until_when_an_unfinished_attempt_is_kept(self, client):
        client.post("/quiz/")
        client.post("/quiz/1/", page_answers(1, ANSWERS))
        assert shown_date(2026, 12, 24) in page(client)

    def test_unfinished_retake_is_kept_as_long_as_the_result_before(self, owner):
        owner.post("/quiz/")
        html = page(owner)
        assert html.count(shown_date(2027, 11, 24)) == 2
        assert shown_date(2026, 12, 24) not in html + page(owner, "/quiz/code/")

    def test_days_on_the_page_come_from_the_settings(self, owner, settings):
        settings.KEEP_FINISHED = timedelta(days=100)
        assert "100 days" in page(owner)

    def test_without_an_attempt_the_page_explains_and_links_to_resuming(self, client):
        html = page(client)
        assert "If unfinished, 30 days" in html
        assert 'href="/quiz/resume/"' in html

    def test_every_page_links_to_the_data_page(self, client):
        assert 'href="/quiz/data/"' in page(client, "/roles/")

    def test_data_page_is_not_stored(self, owner):
        assert owner.get("/quiz/data/")["Cache-Control"] == "no-store"


class TestDownload:
    def test_file_contains_answers_background_and_result(self, owner):
        response = owner.get("/quiz/data.json")
        data = json.loads(response.content)
        (attempt,) = data["attempts"]
        stored = only_attempt()
        assert attempt["answers"] == stored.answers
        assert attempt["background"] == {"B1": "6", "B2": "now"}
        assert attempt["result"]["lean"] == score(SHIPPED, ANSWERS).lean
        assert 'filename="my-data.json"' in response["Content-Disposition"]

    def test_file_contains_every_attempt_of_the_person_and_no_other(self, owner, client_class):
        take_quiz(client_class(), towards("service"))
        take_quiz(owner, towards("sales"))
        assert len(json.loads(owner.get("/quiz/data.json").content)["attempts"]) == 2

    def test_file_contains_no_code(self, owner):
        html = page(owner, "/quiz/result/")
        code = html.split('class="code">')[1].split("<")[0]
        text = owner.get("/quiz/data.json").content.decode()
        assert code not in text
        assert only_attempt().code_hash not in text

    def test_result_alone_can_be_downloaded(self, owner):
        data = json.loads(owner.get("/quiz/result.json").content)
        result = score(SHIPPED, ANSWERS)
        assert (data["band"], data["field"]) == (result.band, result.field)
        assert {key: trait["score"] for key, trait in data["traits"].items()} == result.scores
        assert {key: a["value"] for key, a in data["answers"].items()} == ANSWERS

    @pytest.mark.parametrize(("query", "has_answers"), [("", False), ("?answers", True)])
    def test_pdf_holds_all_answers_on_request(self, owner, monkeypatch, query, has_answers):
        values = {}
        monkeypatch.setattr(
            "quiz.results.files.result_pdf",
            lambda given, **more: values.update(given) or b"%PDF",
        )
        assert f'href="/quiz/result.pdf{query}"' in page(owner, "/quiz/result/")
        owner.get(f"/quiz/result.pdf{query}")
        assert values["with_answers"] == has_answers

    @pytest.mark.parametrize("name", ["result.json", "result.pdf"])
    def test_unfinished_attempt_redirects_from_files_to_its_open_page(self, client, name):
        client.post("/quiz/")
        assert client.get(f"/quiz/{name}").url == "/quiz/1/"


class TestCorrecting:
    def test_earlier_answers_are_checked(self, owner):
        assert chosen(owner.get("/quiz/data/background/")) == {"B1": "6", "B2": "now", "B3": ""}

    def test_correction_changes_the_role_but_no_score(self, owner):
        before = only_attempt().result
        response = owner.post("/quiz/data/background/", {"B1": "0", "B2": "no", "B3": ""})
        assert response.url == "/quiz/result/"
        assert only_attempt().background == {"B1": "0", "B2": "no"}
        assert only_attempt().result == before
        assert 'data-role="sales-representative"' in page(owner, "/quiz/result/")

    def test_answer_can_be_cleared(self, owner):
        owner.post("/quiz/data/background/", {"B1": "", "B2": "now"})
        assert only_attempt().background == {"B2": "now"}

    @pytest.mark.parametrize("sent", [{"B1": "99"}, {"P1": "5"}])
    def test_unknown_answer_is_refused(self, owner, sent):
        response = owner.post("/quiz/data/background/", sent)
        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert only_attempt().background == {"B1": "6", "B2": "now"}


class TestDeleting:
    def test_deleting_needs_a_confirmation(self, owner):
        response = owner.post("/quiz/data/delete/", {})
        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert fields_with_errors(response) == {"is_sure"}
        assert Attempt.objects.count() == 1

    def test_get_deletes_nothing(self, owner):
        owner.get("/quiz/data/delete/")
        assert Attempt.objects.count() == 1

    def test_deleting_removes_everything_and_the_cookie(self, owner):
        take_quiz(owner, towards("sales"))
        link = ShareLink.objects.make(
            attempt=Attempt.objects.first(),
            scope="verdict",
            expires_at=timezone.now() + timedelta(days=7),
        )
        response = owner.post("/quiz/data/delete/", {"is_sure": "on"})
        assert response.url == "/quiz/deleted/"
        assert response["Clear-Site-Data"] == '"storage"'
        assert not Attempt.objects.exists()
        assert owner.get(link.path).status_code == HTTPStatus.NOT_FOUND
        assert owner.get("/quiz/result/").status_code == HTTPStatus.FORBIDDEN

    def test_deleting_leaves_other_people_alone(self, owner, client_class):
        other = client_class()
        take_quiz(other, towards("service"))
        owner.post("/quiz/data/delete/", {"is_sure": "on"})
        assert other.get("/quiz/result/").status_code == HTTPStatus.OK

    def test_resume_code_is_enough_to_delete(self, client_class):
        version = Attempt.objects.none().model.version.field.related_model.objects.live_id()
        attempt, code = Attempt.objects.start(
            version, language="en", is_first=True, now=timezone.now()
        )
        browser = client_class()
        browser.post("/quiz/resume/", {"code": grouped(code)})
        browser.post("/quiz/data/delete/", {"is_sure": "on"})
        assert not Attempt.objects.filter(pk=attempt.pk).exists()

    def test_second_click_gets_a_page_that_explains(self, owner):
        owner.post("/quiz/data/delete/", {"is_sure": "on"})
        response = owner.post("/quiz/data/delete/", {"is_sure": "on"})
        assert response.status_code == HTTPStatus.FORBIDDEN

    def test_page_sent_after_deleting_restores_nothing(self, client):
        client.post("/quiz/")
        cookie = client.cookies["attempt"].value
        client.post("/quiz/data/delete/", {"is_sure": "on"})
        client.cookies["attempt"] = cookie
        response = client.post("/quiz/1/", page_answers(1, ANSWERS))
        assert response.status_code == HTTPStatus.FORBIDDEN
        assert not Attempt.objects.exists()


def attempt_saved(days_ago, *, is_finished=False):
    """An attempt last saved, or finished, this many days ago."""
    now = timezone.now() - timedelta(days=days_ago)
    version_id = Attempt.version.field.related_model.objects.live_id()
    attempt, _code = Attempt.objects.start(version_id, language="en", is_first=True, now=now)
    if is_finished:
        Attempt.objects.filter(pk=attempt.pk).update(finished_at=now, result={})
    return attempt


class TestTwoPeopleOnOneComputer:
    def test_starting_as_someone_else_opens_a_new_series(self, owner):
        owner.post("/quiz/", {"who": "other"})
        assert len(people()) == 2
        assert Attempt.objects.latest("pk").is_first is False

    def test_starting_as_someone_else_does_not_reuse_an_empty_attempt(self, client):
        client.post("/quiz/")
        client.post("/quiz/", {"who": "other"})
        assert len(people()) == 2

    def test_introduction_offers_it_and_shows_the_code_of_the_earlier_attempt(self, owner):
        html = page(owner, "/quiz/")
        assert AS_SOMEONE_ELSE in html
        assert grouped_code(page(owner, "/quiz/result/")) in html

    def test_introduction_does_not_offer_it_on_a_first_visit(self, client):
        assert AS_SOMEONE_ELSE not in page(client, "/quiz/")


def grouped_code(html):
    return html.split('class="code">')[1].split("<")[0]


class TestRetention:
    def run(self, *arguments):
        out = StringIO()
        call_command("delete_expired", *arguments, stdout=out)
        return out.getvalue()

    @pytest.mark.parametrize(
        ("days_ago", "is_finished", "is_kept"),
        [(29, False, True), (30, False, False), (364, True, True), (365, True, False)],
    )
    def test_attempts_are_kept_as_long_as_promised_and_no_longer(
        self, days_ago, is_finished, is_kept
    ):
        attempt = attempt_saved(days_ago, is_finished=is_finished)
        self.run()
        assert Attempt.objects.filter(pk=attempt.pk).exists() == is_kept

    def test_retention_days_are_settings(self, settings):
        settings.KEEP_UNFINISHED = timedelta(days=3)
        attempt = attempt_saved(4)
        self.run()
        assert not Attempt.objects.filter(pk=attempt.pk).exists()

    def test_dry_run_reports_the_same_and_deletes_nothing(self):
        attempt_saved(40)
        attempt_saved(400, is_finished=True)
        said = self.run("--dry-run")
        assert "Would delete 1 unfinished quizzes" in said
        assert "Would delete 1 results" in said
        assert Attempt.objects.count() == 2
        assert "Deleted 1 results" in self.run()

    def test_unfinished_retake_still_opens_the_result_before(self):
        result = attempt_saved(100, is_finished=True)
        retake = attempt_saved(99)
        Attempt.objects.filter(pk=retake.pk).update(series=result.person)
        self.run()
        assert Attempt.objects.filter(pk=retake.pk).exists()
        delete_attempts(Attempt.objects.filter(pk=result.pk))
        self.run()
        assert not Attempt.objects.filter(pk=retake.pk).exists()

    @pytest.mark.parametrize(
        ("result_days_ago", "retake_days_ago"), [(None, 5), (100, 99), (100, 3), (360, 1), (364, 0)]
    )
    def test_attempt_is_deleted_when_the_page_said(self, result_days_ago, retake_days_ago):
        attempt = attempt_saved(retake_days_ago)
        if result_days_ago is not None:
            result = attempt_saved(result_days_ago, is_finished=True)
            Attempt.objects.filter(pk=attempt.pk).update(series=result.person)
            attempt.refresh_from_db()
        shown, second = attempt.keep_until, timedelta(seconds=1)
        past_keeping = Attempt.objects.unfinished_past_keeping
        assert attempt not in past_keeping(shown - second)
        assert attempt in past_keeping(shown)

    def test_old_email_files_are_deleted_and_other_logs_are_not(self, settings, tmp_path):
        settings.EMAIL_FILE_PATH = tmp_path
        old, new = "20261101-120000-139872345.log", "20261123-120000-139872345.log"
        for name, days in ((old, 8), (new, 1), ("server.log", 8), ("20261101.log", 8)):
            (tmp_path / name).write_text("a code")
            moment = (timezone.now() - timedelta(days=days)).timestamp()
            os.utime(tmp_path / name, (moment, moment))
        assert "Would delete 1 e-mails" in self.run("--dry-run")
        self.run()
        assert {path.name for path in tmp_path.iterdir()} == {new, "server.log", "20261101.log"}

    def test_expired_links_are_deleted(self):
        attempt = attempt_saved(1, is_finished=True)
        now = timezone.now()
        for days in (-1, 1):
            ShareLink.objects.make(
                attempt=attempt, scope="verdict", expires_at=now + timedelta(days=days)
            )
        assert "Deleted 1 share links" in self.run()
        assert ShareLink.objects.count() == 1

    def test_more_than_one_batch_is_deleted(self, monkeypatch):
        monkeypatch.setattr("quiz.management.expired.BATCH", 2)
        for _each in range(5):
            attempt_saved(40)
        assert "Deleted 5 unfinished quizzes" in self.run()
        assert not Attempt.objects.exists()
