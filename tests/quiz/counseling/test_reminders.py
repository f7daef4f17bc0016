"""Reminders: one tap, by e-mail or as a text to copy, at most one a week, none after "stop"."""

import re
from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from quiz.counseling.models import AuditEntry, Client, ClientInvitation
from quiz.counseling.reminder_mails import remind_and_mail
from quiz.counseling.reminders import PAUSE, Reminder, remind, remindable, to_copy
from tests.factories import (
    NOON,
    disclose,
    finished_attempt,
    make_client,
    make_clients,
    make_counselor,
    started_attempt,
)
from tests.pages import text_of
from tests.quiz.counseling.pages import main_of, url_of
from tests.tasks import run_tasks

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("clock")]

BULK = "/counselor/clients/bulk/"
TEXTS = "/counselor/clients/reminders/"
WITHOUT_SERVER = "django.core.mail.backends.filebased.EmailBackend"


@pytest.fixture
def bo(counselor):
    """A client without an address."""
    return make_client(counselor, "Bo")


@pytest.fixture
def tap(desk, django_capture_on_commit_callbacks):
    """Press the button on a client's page, and have the e-mails sent."""

    def press(client):
        with django_capture_on_commit_callbacks(execute=True):
            response = desk.post(url_of(client, "remind/"))
        run_tasks()
        return response

    return press


def stopped(client):
    link = Reminder.objects.make(client=client, by_email=False, expires_at=NOON + timedelta(9))
    Reminder.objects.filter(pk=link.pk).update(created_at=NOON - 2 * PAUSE, stopped_at=NOON)


class TestWho:
    def who(self, counselor):
        own = Client.objects.of(counselor)
        return [each.name for each in remindable(own, NOON).order_by("folded")]

    def test_only_invited_and_started_clients(self, counselor):
        make_client(counselor, "Ana")
        started_attempt(make_client(counselor, "Bo"))
        finished_attempt(make_client(counselor, "Cy"))
        disclose(make_client(counselor, "Di"))
        assert self.who(counselor) == ["Ana", "Bo"]

    def test_no_archived_client(self, counselor):
        make_client(counselor, "Ana", archived_at=NOON)
        assert self.who(counselor) == []

    def test_no_one_who_said_stop_however_long_ago(self, counselor, kim):
        stopped(kim)
        assert self.who(counselor) == []

    def test_no_one_who_deleted_the_quiz_they_had_started(self, counselor, kim):
        ends = NOON + timedelta(days=9)
        ClientInvitation.objects.make(client=kim, expires_at=ends, spent_at=NOON)
        assert self.who(counselor) == []

    def test_at_most_once_in_seven_days(self, counselor, kim, clock):
        assert len(remind(counselor, [kim.pk], NOON)) == 1
        clock.shift(PAUSE - timedelta(seconds=1))
        assert remind(counselor, [kim.pk], NOON + PAUSE - timedelta(seconds=1)) == []
        clock.shift(timedelta(seconds=1))
        assert len(remind(counselor, [kim.pk], NOON + PAUSE)) == 1

    def test_no_client_of_a_colleague(self, counselor):
        theirs = make_client(make_counselor(), "Lee")
        assert remind(counselor, [theirs.pk], NOON) == []


class TestByEmail:
    def test_one_tap_sends_the_link_and_a_way_to_stop(self, tap, kim, mailoutbox):
        assert tap(kim).url == url_of(kim) + "#reminder"
        (mail,) = mailoutbox
        assert (mail.to, mail.subject) == (["kim@example.org"], "A reminder: your career quiz")
        assert kim.invitations.get().url in mail.body
        assert kim.invitations.get().code in mail.body
        assert kim.reminders.get().url in mail.body

    def test_open_link_stays_the_same(self, tap, kim, mailoutbox):
        ends = NOON + timedelta(days=3)
        link = ClientInvitation.objects.make(client=kim, expires_at=ends)
        tap(kim)
        assert link.url in mailoutbox[0].body
        assert kim.invitations.get() == link

    def test_client_who_started_gets_no_new_link(self, tap, kim, mailoutbox):
        started_attempt(kim)
        tap(kim)
        assert not kim.invitations.exists()
        assert "/quiz/resume/" in mailoutbox[0].body
        assert "you haven't finished it yet" in mailoutbox[0].body

    def test_second_tap_sends_nothing(self, tap, kim, mailoutbox):
        tap(kim)
        tap(kim)
        assert len(mailoutbox) == 1
        assert AuditEntry.objects.filter(action=AuditEntry.REMINDED).count() == 1

    def test_page_says_when_it_was_sent_and_when_the_next_can_follow(self, desk, tap, kim):
        tap(kim)
        page = main_of(desk.get(url_of(kim)))
        assert "Last reminder: November 24, 2026." in page
        assert "We sent it by e-mail" in page
        assert "again from December 1, 2026" in page
        assert "/remind/" not in page

    @pytest.mark.parametrize(
        "meanwhile",
        [
            lambda kim: finished_attempt(kim),
            lambda kim: kim.reminders.update(stopped_at=NOON),
            lambda kim: Client.objects.update(archived_at=NOON),
            lambda kim: Client.objects.update(email=""),
            lambda kim: kim.invitations.all().delete(),
            lambda kim: kim.delete(),
        ],
        ids=["finished", "said stop", "archived", "no address", "link canceled", "deleted"],
    )
    def test_nothing_is_sent_if_it_is_not_wanted_any_more(
        self, counselor, kim, mailoutbox, meanwhile
    ):
        remind_and_mail(counselor, [kim.pk], NOON)
        meanwhile(kim)
        run_tasks()
        assert mailoutbox == []

    @pytest.mark.parametrize(
        "meanwhile",
        [
            lambda kim: Client.objects.update(email=""),
            lambda kim: kim.invitations.all().delete(),
        ],
        ids=["no address", "link canceled"],
    )
    def test_page_says_that_a_reminder_was_not_sent(self, desk, counselor, kim, meanwhile):
        remind_and_mail(counselor, [kim.pk], NOON)
        assert "within a minute" in text_of(desk.get(url_of(kim)))
        meanwhile(kim)
        run_tasks()
        page = text_of(desk.get(url_of(kim)))
        assert "We didn't send it" in page
        assert "within a minute" not in page

    def test_task_that_runs_again_sends_nothing_more(self, counselor, kim, mailoutbox):
        remind_and_mail(counselor, [kim.pk], NOON)
        run_tasks()
        DBTaskResult.objects.update(status="READY")
        run_tasks()
        assert len(mailoutbox) == 1

    def test_no_task_holds_a_link_or_an_address(self, counselor, kim):
        remind_and_mail(counselor, [kim.pk], NOON)
        run_tasks()
        token = kim.reminders.get().path.split("/")[-2]
        for row in DBTaskResult.objects.all():
            assert token not in str(row.args_kwargs)
            assert "example.org" not in str(row.args_kwargs)

    def test_refused_address_leaves_a_text_to_copy(self, desk, tap, kim, mail_server):
        mail_server.error = SMTPRecipientsRefused({"kim@example.org": (550, b"no")})
        tap(kim)
        page = main_of(desk.get(url_of(kim)))
        assert 'data-reminder="failed"' in page
        assert f'id="reminder-{kim.reminders.get().pk}"' in page


class TestTextsToCopy:
    def test_client_without_an_address_gets_a_text(self, desk, tap, bo, mailoutbox):
        tap(bo)
        assert mailoutbox == []
        page = main_of(desk.get(url_of(bo)))
        text = re.search("<textarea[^>]*>(.*?)</textarea>", page, re.S)[1]
        assert text.strip().startswith("Hello Bo,")
        assert bo.invitations.get().url in text
        assert bo.reminders.get().url in text

    def test_site_without_a_mail_server_gives_a_text(self, tap, kim, mailoutbox, settings):
        settings.EMAIL_BACKEND = WITHOUT_SERVER
        tap(kim)
        assert mailoutbox == []
        assert not kim.reminders.get().by_email
        detail = AuditEntry.objects.get(action=AuditEntry.REMINDED).detail
        assert detail == "text"

    def test_page_lists_texts_for_a_week_and_only_while_they_make_sense(
        self, desk, counselor, bo, clock
    ):
        finishes = make_client(counselor, "Cy")
        remind(counselor, [bo.pk, finishes.pk], NOON)
        finished_attempt(finishes)
        page = main_of(desk.get(TEXTS))
        assert "Text for <bdi>Bo</bdi>" in page
        assert ">Cy<" not in page
        clock.shift(PAUSE)
        assert to_copy(Client.objects.of(counselor), NOON + PAUSE) == []

    def test_page_shows_no_text_of_a_colleague(self, desk):
        theirs = make_client(make_counselor(), "Lee")
        remind(theirs.counselor, [theirs.pk], NOON)
        assert ">Lee<" not in main_of(desk.get(TEXTS))


class TestSeveral:
    def press(self, desk, *clients, follow=True):
        sent = {"do": "remind", "client": [each.pk for each in clients]}
        return desk.post(BULK, sent, follow=follow)

    def test_checked_clients_are_reminded_and_the_others_counted(self, desk, counselor, kim):
        finished_attempt(cy := make_client(counselor, "Cy"))
        page = main_of(self.press(desk, kim, cy))
        assert "e-mail 1 reminder." in page
        assert "1 client gets none now" in page

    def test_texts_to_copy_follow(self, desk, kim, bo):
        response = self.press(desk, kim, bo)
        assert response.redirect_chain[-1][0] == TEXTS
        assert "Text for <bdi>Bo</bdi>" in main_of(response)

    def test_many_clients_cost_as_many_queries_as_few(self, desk, counselor):
        counts = []
        for size in (2, 20):
            clients = make_clients(counselor, ["Kim"] * size)
            Client.objects.filter(pk__in=[each.pk for each in clients]).update(email="a@b.example")
            with CaptureQueriesContext(connection) as queries:
                self.press(desk, *clients, follow=False)
            counts.append(len(queries))
            Reminder.objects.update(by_email=False)
            with CaptureQueriesContext(connection) as queries:
                desk.get(TEXTS)
            counts.append(len(queries))
        assert counts[:2] == counts[2:]
