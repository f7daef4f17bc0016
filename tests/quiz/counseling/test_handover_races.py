"""A handover and a visitor at the same moment, in transactions of their own."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quiz.counseling import handover
from quiz.counseling.handover import Moved, Part, hand_over
from quiz.counseling.models import Client, Disclosure, GroupLink
from quiz.visitor import invited
from quiz.visitor.own_attempt import _signer
from tests.factories import finished_attempt, make_client, make_counselor
from tests.quiz.counseling.together import Other, before
from tests.quiz.visitor.invited import form_on

pytestmark = [pytest.mark.both_databases, pytest.mark.slow]


@pytest.fixture
def giver(own_site):
    return make_counselor("Dana Reed")


@pytest.fixture
def receiver(own_site):
    return make_counselor("Ana Diaz")


@pytest.fixture
def kim(giver):
    return make_client(giver, "Kim", group=giver.groups.create(name="9b"))


@pytest.fixture
def browser(kim):
    browser = Browser()
    code = finished_attempt(kim).code
    browser.cookies[settings.ATTEMPT_COOKIE_NAME] = _signer().sign(code)
    return browser


@pytest.mark.parametrize("names_counselor", [True, False], ids=["page of now", "older page"])
def test_client_who_shares_during_a_handover_shares_with_no_one_unnamed(
    browser, giver, receiver, kim, monkeypatch, names_counselor
):
    sent = {"scope": "traits"} | ({"counselor": giver.pk} if names_counselor else {})
    sharing = Other(lambda: browser.post("/quiz/disclose/", sent), ["FOR UPDATE", "quiz_client"])
    before(monkeypatch, handover, "_log", sharing)
    assert hand_over(giver, receiver, Part({kim.pk})) == Moved(1, 0)
    assert sharing.end().status_code == 302
    assert Disclosure.objects.of(receiver).exists() == (not names_counselor)
    assert not Disclosure.objects.of(giver).exists()


def test_handover_while_a_client_shares_carries_over_what_is_shared(
    browser, giver, receiver, kim, monkeypatch
):
    moving = Other(
        lambda: hand_over(giver, receiver, Part({kim.pk})), ["UPDATE", "quiz_client", "group_id"]
    )
    before(monkeypatch, invited.Disclosure.objects, "update_or_create", moving)
    browser.post("/quiz/disclose/", {"scope": "traits", "counselor": giver.pk})
    assert moving.end() == Moved(1, 0)
    assert Client.objects.get().counselor == receiver
    assert Disclosure.objects.of(receiver).get().scope == "traits"


def test_person_who_joins_a_group_during_its_handover_joins_the_receiver(
    giver, receiver, kim, monkeypatch
):
    ends = timezone.now() + timedelta(days=1)
    link = GroupLink.objects.make(group=kim.group, expires_at=ends)
    visitor = Browser()
    sent = {"code": form_on(visitor, link), "name": "Bo"}
    joining = Other(lambda: visitor.post(link.path, sent), ["NO KEY UPDATE", "quiz_clientgroup"])
    before(monkeypatch, handover, "_log", joining)
    assert hand_over(giver, receiver, Part(groups={kim.group_id})) == Moved(1, 1)
    assert joining.end().url == "/quiz/1/"
    bo = Client.objects.get(name="Bo")
    assert (bo.counselor, bo.group.counselor) == (receiver, receiver)


def test_both_counselors_are_locked_in_the_order_of_their_keys(giver, receiver, kim):
    """So two handovers in opposite directions can't wait for each other."""
    for one, other in ((giver, receiver), (receiver, giver)):
        with CaptureQueriesContext(connection) as queries:
            hand_over(one, other, Part({kim.pk}))
        locks = [each["sql"] for each in queries if 'FROM "quiz_counselor" WHERE' in each["sql"]]
        assert "ORDER BY 1 ASC" in locks[0]
        assert f"{giver.pk}, {receiver.pk}" in locks[0] or f"{receiver.pk}, {giver.pk}" in locks[0]
