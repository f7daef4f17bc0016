"""The client's side of a meeting: reading, downloading and deleting what was agreed."""

import re
from http import HTTPStatus
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quiz.attempts.models import Attempt
from quiz.counseling.clients import delete_client
from quiz.counseling.meetings import Meeting
from quiz.counseling.models import AuditEntry, Client, ClientInvitation
from tests.answers import leaning
from tests.factories import signed_in
from tests.pages import take_quiz, text_of
from tests.quiz.visitor.invited import finish, in_days, start

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

AGREED = {"agreement": "We visit a call center.", "next_step": "Ann calls"}


@pytest.fixture
def invited(client, link):
    """The browser of a client who has finished and shares the result."""
    start(client, link)
    finish(client)
    client.post("/quiz/disclose/", {"scope": "traits"})
    return client


@pytest.fixture
def desk(counselor):
    return signed_in(counselor)


@pytest.fixture
def meeting(invited, desk, ann):
    """What Ann and her counselor saved together."""
    url = f"/counselor/clients/{ann.pk}/meet/{ann.disclosures.get().pk}/"
    desk.post(url, {"id": str(uuid4()), "mark-trait-targets": "talk", **AGREED})
    return Meeting.objects.get()


def own_url(meeting, part="/"):
    return f"/quiz/meetings/{meeting.pk}{part}"


def counselors_url(meeting, ann):
    return f"/counselor/clients/{ann.pk}/meetings/{meeting.pk}/"


def delete_it(browser, meeting):
    return browser.post(own_url(meeting, "/delete/"))


class TestReading:
    def test_result_and_data_page_link_to_it(self, invited, meeting):
        for page in ("/quiz/result/", "/quiz/data/"):
            assert f'href="{own_url(meeting)}"' in text_of(invited.get(page))

    def test_page_shows_what_was_said_and_agreed_and_who_can_read_it(self, invited, meeting):
        page = text_of(invited.get(own_url(meeting)))
        assert re.search("<h1>.*<bdi>Dana Reed</bdi></h1>", page)
        assert "Talk about it" in page
        assert AGREED["agreement"] in page
        assert "<bdi>Dana Reed</bdi> can read this too, even if you stop sharing" in page
        assert invited.get(own_url(meeting))["Cache-Control"] == "no-store"

    def test_it_stays_for_both_when_sharing_stops(self, invited, desk, meeting, ann):
        invited.post("/quiz/withdraw/")
        assert AGREED["agreement"] in text_of(invited.get(own_url(meeting)))
        assert AGREED["agreement"] in text_of(desk.get(counselors_url(meeting, ann)))

    @pytest.mark.parametrize("page", ["/quiz/result/", "/quiz/data/"])
    def test_page_that_stops_sharing_says_that_the_meeting_stays(self, invited, meeting, page):
        words = "can still read your meetings after that"
        assert words in text_of(invited.get(page))
        delete_it(invited, meeting)
        assert words not in text_of(invited.get(page))

    @pytest.mark.parametrize("page", ["/quiz/result/", "/quiz/data/"])
    def test_page_names_no_reader_once_the_account_is_closed(
        self, invited, meeting, counselor, page
    ):
        counselor.user.is_active = False
        counselor.user.save()
        assert "can still read your meetings" not in text_of(invited.get(page))

    def test_it_stays_with_the_person_when_the_counselor_deletes_the_client(
        self, invited, meeting, ann
    ):
        delete_client(Client.objects.get(pk=ann.pk))
        assert own_url(meeting) in text_of(invited.get("/quiz/data/"))
        page = text_of(invited.get(own_url(meeting)))
        assert AGREED["agreement"] in page
        assert "No counselor can read this anymore." in page

    def test_closed_account_is_not_named_as_a_reader(self, invited, meeting, counselor):
        counselor.user.is_active = False
        counselor.user.save()
        assert "No counselor can read this anymore." in text_of(invited.get(own_url(meeting)))

    def test_another_browser_of_the_same_client_reads_it(self, invited, meeting, ann, stranger):
        start(stranger, ClientInvitation.objects.make(client=ann, expires_at=in_days(1)))
        assert AGREED["agreement"] in text_of(stranger.get(own_url(meeting)))

    @pytest.mark.parametrize("part", ["/", ".txt", ".pdf"])
    def test_someone_else_gets_a_404(self, invited, meeting, stranger, part):
        assert stranger.get(own_url(meeting, part)).status_code == HTTPStatus.FORBIDDEN
        take_quiz(stranger, leaning("sales", 7))
        assert stranger.get(own_url(meeting, part)).status_code == HTTPStatus.NOT_FOUND

    def test_many_meetings_cost_as_many_queries_as_one(self, invited, meeting, ann):
        counts = []
        invited.get("/quiz/result/")
        for _more in range(2):
            with CaptureQueriesContext(connection) as queries:
                invited.get("/quiz/data/")
                invited.get("/quiz/result/")
            counts.append(len(queries))
            Meeting.objects.create(
                attempt_id=meeting.attempt_id,
                client=ann,
                counselor=ann.counselor,
                held_at=timezone.now(),
            )
        assert counts[0] == counts[1]

    def test_data_page_says_that_the_counselor_looked(self, invited, desk, meeting, ann):
        AuditEntry.objects.all().delete()
        assert "Who looked at your results" not in text_of(invited.get("/quiz/data/"))
        desk.get(counselors_url(meeting, ann))
        assert "Who looked at your results" in text_of(invited.get("/quiz/data/"))


class TestFiles:
    def test_text_names_the_counselor(self, invited, meeting):
        text = text_of(invited.get(own_url(meeting, ".txt")))
        assert text.startswith("Meeting with Dana Reed, ")
        assert AGREED["next_step"] in text

    def test_pdf_names_the_counselor(self, invited, meeting, monkeypatch):
        pages = []
        monkeypatch.setattr(
            "quiz.counseling.meeting_files.laid_out",
            lambda html, **more: pages.append(html) or b"%PDF",
        )
        assert invited.get(own_url(meeting, ".pdf"))["Content-Type"] == "application/pdf"
        assert "<bdi>Dana Reed</bdi>" in pages[0]
        assert "Ann" not in pages[0].replace(AGREED["next_step"], "")

    def test_download_of_everything_holds_it(self, invited, meeting):
        (data,) = invited.get("/quiz/data.json").json()["meetings"]
        assert data["counselor"] == "Dana Reed"
        assert data["what_we_agreed"] == AGREED["agreement"]
        assert data["next_step"] == AGREED["next_step"]
        assert [each["mark"] for each in data["what_i_said"]] == ["talk"]

    def test_download_of_a_person_without_a_meeting_has_none(self, client):
        take_quiz(client, leaning("sales", 7))
        assert client.get("/quiz/data.json").json()["meetings"] == []


class TestDeleting:
    def test_page_says_first_what_it_deletes(self, invited, meeting):
        page = text_of(invited.get(own_url(meeting)))
        assert "<bdi>Dana Reed</bdi> can't read it anymore either." in page
        assert f'action="{own_url(meeting, "/delete/")}"' in page.split("<details>")[1]

    def test_it_is_gone_for_both(self, invited, desk, meeting, ann):
        assert delete_it(invited, meeting).url == "/quiz/data/#meetings"
        assert not Meeting.objects.exists()
        assert invited.get(own_url(meeting)).status_code == HTTPStatus.NOT_FOUND
        assert desk.get(counselors_url(meeting, ann)).status_code == HTTPStatus.NOT_FOUND
        assert Attempt.objects.exists()

    def test_log_of_the_counselor_says_so_without_content(self, invited, desk, meeting, ann):
        delete_it(invited, meeting)
        entry = AuditEntry.objects.first()
        assert (entry.action, entry.detail, entry.client) == (AuditEntry.ERASED, "", ann)
        assert "Your client deleted a meeting" in text_of(desk.get("/counselor/log/"))
        (data,) = invited.get("/quiz/data.json").json()["counselors"]
        assert {each["by"] for each in data["log"] if each["what"] == "erased"} == {"you"}

    def test_second_click_changes_nothing(self, invited, meeting):
        delete_it(invited, meeting)
        assert delete_it(invited, meeting).status_code == HTTPStatus.FOUND
        assert AuditEntry.objects.filter(action=AuditEntry.ERASED).count() == 1

    def test_someone_else_deletes_nothing(self, invited, meeting, stranger):
        take_quiz(stranger, leaning("sales", 7))
        delete_it(stranger, meeting)
        assert Meeting.objects.exists()

    def test_it_can_be_deleted_after_the_counselor_deleted_the_client(self, invited, meeting, ann):
        delete_client(Client.objects.get(pk=ann.pk))
        delete_it(invited, meeting)
        assert not Meeting.objects.exists()

    def test_deleting_everything_deletes_it_too_and_says_so(self, invited, meeting):
        page = text_of(invited.get("/quiz/data/delete/"))
        assert "What you said and agreed in meetings is deleted too" in page
        invited.post("/quiz/data/delete/", {"is_sure": "on"})
        assert not Meeting.objects.exists()

    def test_deleting_everything_in_another_browser_of_the_client_deletes_it(
        self, meeting, ann, stranger
    ):
        start(stranger, ClientInvitation.objects.make(client=ann, expires_at=in_days(1)))
        stranger.post("/quiz/data/delete/", {"is_sure": "on"})
        assert not Meeting.objects.exists()
