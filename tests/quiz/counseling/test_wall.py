"""The wall page: code, numbers and dots for the projector, and never a name."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from quiz.attempts.models import Attempt
from quiz.counseling.handover import Part, hand_over
from quiz.counseling.inviting import new_group_link
from quiz.counseling.models import AuditEntry, Client, Disclosure
from quiz.counseling.wall import Dot
from quiz.evidence.folding import delete_attempts
from tests.answers import towards
from tests.factories import (
    NOON,
    disclose,
    finished_attempt,
    make_client,
    make_counselor,
    signed_in,
    started_attempt,
)
from tests.pages import text_of

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("content")]


@pytest.fixture
def group(counselor):
    return counselor.groups.create(name="Class 9b")


def url_of(group, part=""):
    return f"/counselor/groups/{group.pk}/wall/{part}"


def share(counselor, group, count, **more):
    return [
        disclose(make_client(counselor, f"Zed {uuid4()}", group=group), **more)
        for _person in range(count)
    ]


def press_show(desk, group):
    assert desk.post(url_of(group, "show/")).url == url_of(group)


def numbers_on(page):
    return tuple(map(int, re.search(r'data-started="(\d+)" data-finished="(\d+)"', page).groups()))


def dots_on(page):
    """Return the number of dots: as the page says, and as it draws."""
    said = [int(count) for count in re.findall(r'data-dots="(\d+)"', page)]
    drawn = page.count('class="dot"')
    assert said == ([drawn] if drawn else [])
    return drawn


def has_button(page):
    return "wall/show/" in page


class TestNumbers:
    def test_people_who_started_and_finished_are_counted(self, desk, counselor, group):
        make_client(counselor, group=group)
        started_attempt(make_client(counselor, group=group))
        finished_attempt(make_client(counselor, group=group))
        share(counselor, group, 1)
        assert numbers_on(text_of(desk.get(url_of(group)))) == (3, 2)

    def test_other_groups_and_colleagues_clients_are_not_counted(self, desk, counselor, group):
        started_attempt(make_client(counselor))
        started_attempt(make_client(make_counselor(), group=group))
        assert numbers_on(text_of(desk.get(url_of(group)))) == (0, 0)

    def test_page_has_code_address_and_qr_code(self, desk, group):
        link = new_group_link(group, uuid4(), 30, timezone.now())
        page = text_of(desk.get(url_of(group)))
        assert f'class="wall-code code">{link.code}</p>' in page
        assert re.search(r'class="address">[^<>/]+/join/</b>', page)
        assert "<svg" in page.split('class="wall-qr"')[1]
        assert link.url not in page

    def test_page_without_an_open_link_says_so(self, desk, group):
        assert 'data-link="none"' in text_of(desk.get(url_of(group)))


class TestDots:
    def test_no_dot_appears_before_the_button_is_pressed(self, desk, counselor, group):
        share(counselor, group, 7)
        page = text_of(desk.get(url_of(group)))
        assert dots_on(page) == 0
        assert has_button(page)
        press_show(desk, group)
        page = text_of(desk.get(url_of(group)))
        assert dots_on(page) == 7
        assert not has_button(page)

    def test_four_results_have_no_button_and_no_dot(self, desk, counselor, group):
        share(counselor, group, 4)
        finished_attempt(make_client(counselor, group=group))
        assert not has_button(text_of(desk.get(url_of(group))))
        press_show(desk, group)
        assert dots_on(text_of(desk.get(url_of(group)))) == 0
        assert not AuditEntry.objects.exists()

    def test_someone_who_shares_later_gets_no_dot_alone(self, desk, counselor, group):
        share(counselor, group, 5)
        press_show(desk, group)
        before = text_of(desk.get(url_of(group)))
        share(counselor, group, 4, answers=towards("service"))
        press_show(desk, group)
        assert dots_on(text_of(desk.get(url_of(group)))) == dots_on(before) == 5
        share(counselor, group, 1)
        press_show(desk, group)
        assert dots_on(text_of(desk.get(url_of(group)))) == 10

    def test_five_dots_go_when_one_of_ten_stops_sharing(self, desk, counselor, group):
        shared = share(counselor, group, 10)
        press_show(desk, group)
        shared[0].delete()
        assert dots_on(text_of(desk.get(url_of(group)))) == 5
        press_show(desk, group)
        assert dots_on(text_of(desk.get(url_of(group)))) == 5

    def test_newer_result_counts_as_another_one(self, desk, counselor, group):
        client = share(counselor, group, 5)[0].client
        press_show(desk, group)
        disclose(client, at=NOON + timedelta(days=1))
        assert dots_on(text_of(desk.get(url_of(group)))) == 0

    def test_result_that_is_shared_again_is_not_shown_with_others(self, desk, counselor, group):
        one = share(counselor, group, 5)[0]
        press_show(desk, group)
        one.delete()
        Disclosure.objects.create(
            attempt=one.attempt, client=one.client, scope=one.scope, at=one.at
        )
        share(counselor, group, 4)
        assert dots_on(text_of(desk.get(url_of(group)))) == 5
        assert not has_button(text_of(desk.get(url_of(group))))

    @pytest.mark.parametrize("how", ["move", "delete group", "hand over"])
    def test_someone_who_leaves_the_group_is_not_shown_in_another(
        self, desk, counselor, group, how
    ):
        moved = share(counselor, group, 5)[0].client
        press_show(desk, group)
        other = counselor.groups.create(name="Class 9c")
        if how == "delete group":
            group.delete()
        if how == "hand over":
            receiver = make_counselor("Ana Diaz")
            hand_over(counselor, receiver, Part({moved.pk}))
            counselor, desk = receiver, signed_in(receiver)
            other = counselor.groups.create(name="Class 9c")
        share(counselor, other, 4)
        Client.objects.filter(pk=moved.pk).update(group=other)
        assert not has_button(text_of(desk.get(url_of(other))))
        press_show(desk, other)
        assert dots_on(text_of(desk.get(url_of(other)))) == 0

    def test_dots_stay_when_the_whole_group_is_handed_over(self, desk, counselor, group):
        share(counselor, group, 5)
        press_show(desk, group)
        receiver = make_counselor("Ana Diaz")
        hand_over(counselor, receiver, Part(groups={group.pk}))
        assert desk.get(url_of(group), {"part": "live"}).status_code == 404
        assert dots_on(text_of(signed_in(receiver).get(url_of(group)))) == 5

    def test_deleted_result_takes_its_batch_along(self, desk, counselor, group):
        one = share(counselor, group, 5)[0]
        press_show(desk, group)
        delete_attempts(Attempt.objects.filter(pk=one.attempt_id))
        assert Dot.objects.count() == 4
        assert dots_on(text_of(desk.get(url_of(group)))) == 0

    def test_release_before_can_delete_a_result_that_was_shown(self, desk, counselor, group):
        one = share(counselor, group, 5)[0]
        press_show(desk, group)
        one.delete()
        attempts = Attempt.objects.filter(pk=one.attempt_id)
        attempts._raw_delete(attempts.db)
        connection.check_constraints()
        assert dots_on(text_of(desk.get(url_of(group)))) == 0

    def test_double_click_adds_each_result_once(self, desk, counselor, group):
        share(counselor, group, 5)
        press_show(desk, group)
        press_show(desk, group)
        assert dots_on(text_of(desk.get(url_of(group)))) == 5
        assert Dot.objects.count() == 5

    def test_showing_is_logged(self, desk, counselor, group):
        share(counselor, group, 5)
        press_show(desk, group)
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.detail) == (AuditEntry.SHOWED, f"group {group.pk}")
        assert "Showed results in class" in text_of(desk.get("/counselor/log/"))

    def test_page_names_no_one(self, desk, counselor, group):
        clients = [each.client for each in share(counselor, group, 5)]
        press_show(desk, group)
        page = text_of(desk.get(url_of(group)))
        assert dots_on(page) == 5
        assert "Zed" not in page
        assert not any(str(client.pk) in page for client in clients)


class TestPolling:
    def poll(self, desk, group, etag=""):
        headers = {"If-None-Match": etag} if etag else {}
        return desk.get(url_of(group), {"part": "live"}, headers=headers)

    def test_part_is_what_the_page_has(self, desk, counselor, group):
        share(counselor, group, 5)
        page, part = text_of(desk.get(url_of(group))), self.poll(desk, group)
        assert numbers_on(page) == numbers_on(text_of(part)) == (5, 5)
        assert f'data-etag="{escape(part["ETag"])}"' in page
        assert "<html" not in text_of(part)

    def test_nothing_is_sent_until_something_changes(self, desk, counselor, group):
        etag = self.poll(desk, group)["ETag"]
        response = self.poll(desk, group, etag)
        assert (response.status_code, response.content) == (304, b"")
        assert "no-store" in response["Cache-Control"]
        started_attempt(make_client(counselor, group=group))
        assert self.poll(desk, group, etag).status_code == 200

    @pytest.mark.parametrize("change", ["finish", "share", "show", "stop", "link"])
    def test_each_change_is_seen(self, desk, counselor, group, change):
        shared = share(counselor, group, 5 if change != "share" else 4)
        if change == "stop":
            press_show(desk, group)
        before = self.poll(desk, group)["ETag"]
        if change == "finish":
            finished_attempt(make_client(counselor, group=group))
        elif change == "share":
            share(counselor, group, 1)
        elif change == "show":
            press_show(desk, group)
        elif change == "stop":
            shared[0].delete()
        else:
            new_group_link(group, uuid4(), 30, timezone.now())
        assert self.poll(desk, group, before).status_code == 200

    def test_query_count_does_not_grow_with_people(self, desk, counselor, group):
        def queries_with(more):
            share(counselor, group, more)
            press_show(desk, group)
            with CaptureQueriesContext(connection) as captured:
                etag = self.poll(desk, group)["ETag"]
            with CaptureQueriesContext(connection) as unchanged:
                assert self.poll(desk, group, etag).status_code == 304
            return len(captured), len(unchanged)

        drawn, unchanged = queries_with(5)
        assert queries_with(6) == (drawn, unchanged)
        # Session, user, counselor, two-step login, group; people, results, link; the picture.
        assert (drawn, unchanged) == (9, 8)


class TestBreaks:
    """A page that is left open on a projector doesn't keep its session open."""

    def test_polling_does_not_count_as_use(self, counselor, clock, group):
        desk = signed_in(counselor)
        stored = Session.objects.get().session_data
        for _minute in range(int(settings.IDLE.total_seconds() // 60) - 1):
            clock.shift(timedelta(minutes=1))
            assert desk.get(url_of(group), {"part": "live"}).status_code == 200
        assert Session.objects.get().session_data == stored
        clock.shift(timedelta(minutes=1))
        assert desk.get(url_of(group), {"part": "live"}).status_code == 302

    def test_opening_the_page_counts_as_use(self, counselor, clock, group):
        desk = signed_in(counselor)
        clock.shift(settings.IDLE - timedelta(minutes=1))
        assert desk.get(url_of(group)).status_code == 200
        clock.shift(timedelta(minutes=2))
        assert desk.get(url_of(group), {"part": "live"}).status_code == 200
