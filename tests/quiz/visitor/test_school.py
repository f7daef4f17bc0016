"""500 pupils on one network, with the limits as they are shipped."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quiz.attempts.models import Attempt
from quiz.counseling.forms import GroupLinkForm
from quiz.counseling.models import Client, ClientGroup, GroupLink
from tests.pages import text_of

pytestmark = [
    *(pytest.mark.django_db, pytest.mark.usefixtures("content")),
    *(pytest.mark.both_databases, pytest.mark.long),
]

PUPILS = 500
CODE = re.compile(r"\b\w{4}(?:[ -]\w{4}){3}\b")


def statements_of(work):
    """Return what `work` returns, and how many statements it sent to the database."""
    with CaptureQueriesContext(connection) as captured:
        found = work()
    return found, len(captured)


def test_every_pupil_gets_their_own_code_by_mail(client_class):
    counts = []
    for number in range(PUPILS):
        pupil = client_class()
        assert pupil.post("/quiz/").url == "/quiz/1/"
        address = {"email": f"p{number}@school.example"}
        response, count = statements_of(lambda p=pupil, a=address: p.post("/quiz/code/", a))
        assert response.url == "/quiz/code/?sent"
        counts.append(count)
    assert [message.to for message in mail.outbox] == [
        [f"p{number}@school.example"] for number in range(PUPILS)
    ]
    codes = {CODE.search(message.body)[0] for message in mail.outbox}
    assert len(codes) == Attempt.objects.count() == PUPILS
    assert counts[-1] == counts[1]


def test_every_pupil_gets_a_place_of_one_link_for_the_class(client_class, counselor):
    group = ClientGroup.objects.create(counselor=counselor, name="Class 9b")
    form = GroupLinkForm({"id": "", "places": PUPILS})
    assert form.is_valid()
    link = GroupLink.objects.make(
        group=group, expires_at=timezone.now() + timedelta(days=1), places=PUPILS
    )
    counts = []
    for number in range(PUPILS):
        pupil = client_class()
        page = text_of(pupil.get(link.path))
        typed = {"code": re.search('name="code" value="([^"]+)"', page)[1], "name": f"P{number}"}
        for _copy in range(2 if number % 10 == 0 else 1):
            response, count = statements_of(lambda p=pupil, t=typed: p.post(link.path, t))
            assert response.url == "/quiz/1/"
        counts.append(count)
    assert client_class().get(link.path).status_code == 404
    assert Client.objects.filter(group=group).count() == Attempt.objects.count() == PUPILS
    assert counts[-1] == counts[1]
