"""What "Your data" announces about the record that a counselor keeps."""

from datetime import timedelta

import pytest
from django.utils import timezone

from quiz.counseling.models import Client
from quiz.counseling.time_limits import keep_time_limits
from tests.quiz.visitor.invited import finish, main_of, start

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]


@pytest.fixture
def invited(client, link):
    start(client, link)
    finish(client)
    return client


def test_without_a_time_limit_nothing_is_announced(invited):
    assert "data-ends" not in main_of(invited.get("/quiz/data/"))
    (data,) = invited.get("/quiz/data.json").json()["counselors"]
    assert data["deleted_on_unless_something_happens"] is None


def test_page_says_when_the_record_is_archived(invited, settings):
    settings.ARCHIVE_CLIENTS = timedelta(days=365)
    assert "this record is archived" in main_of(invited.get("/quiz/data/"))


def test_page_and_file_say_when_the_record_is_deleted(invited, settings):
    settings.DELETE_ARCHIVED_CLIENTS = timedelta(days=90)
    Client.objects.update(archived_at=timezone.now())
    keep_time_limits.call()
    page = " ".join(main_of(invited.get("/quiz/data/")).split())
    assert "we delete this record and the notes about you" in page
    assert "Your results and meetings stay with you, but" in page
    (data,) = invited.get("/quiz/data.json").json()["counselors"]
    assert data["deleted_on_unless_something_happens"]
