"""Inviting a client with a link or by e-mail."""

import re
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from uuid import uuid4

import pytest
from django.core import mail
from django.db import OperationalError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from quiz.counseling.models import AuditEntry, Client, ClientInvitation
from tests.factories import make_client, make_counselor
from tests.pages import text_of
from tests.quiz.counseling.pages import ADD, invitation, new_client, url_of
from tests.tasks import only_task, run_tasks

pytestmark = pytest.mark.both_databases


class TestInviting:
    def post(self, desk, client, **data):
        return desk.post(url_of(client, "invite/"), {"id": str(uuid4())} | data)

    def test_new_link_replaces_the_unused_one(self, desk, kim):
        self.post(desk, kim)
        first = invitation(kim)
        self.post(desk, kim)
        assert invitation(kim).pk != first.pk

    def test_used_link_is_kept(self, desk, kim):
        self.post(desk, kim)
        kim.invitations.update(spent_at=timezone.now())
        self.post(desk, kim)
        assert kim.invitations.count() == 2

    def test_link_expires_after_thirty_days(self, desk, kim):
        self.post(desk, kim)
        age = invitation(kim).expires_at - timezone.now()
        assert timedelta(days=29, hours=23) < age <= timedelta(days=30)

    def test_expired_link_is_hidden(self, desk, kim):
        self.post(desk, kim)
        url = invitation(kim).url
        kim.invitations.update(expires_at=timezone.now())
        page = text_of(desk.get(url_of(kim)))
        assert url not in page
        assert f'action="{url_of(kim, "uninvite/")}"' not in page
        assert f'action="{url_of(kim, "invite/")}"' in page

    def test_double_click_creates_one_link_and_sends_one_email(self, desk, kim):
        data = {"id": str(uuid4()), "email": "1"}
        for _click in range(2):
            assert desk.post(url_of(kim, "invite/"), data).url == url_of(kim)
        run_tasks()
        assert kim.invitations.count() == len(mail.outbox) == 1
        assert AuditEntry.objects.filter(action=AuditEntry.INVITED, detail="email").count() == 1

    def test_id_of_another_counselors_invitation_still_creates_a_link(self, desk, kim):
        foreign = ClientInvitation.objects.make(
            client=make_client(make_counselor()), expires_at=timezone.now() + timedelta(days=1)
        )
        self.post(desk, kim, id=str(foreign.pk))
        assert invitation(kim).pk != foreign.pk
        assert ClientInvitation.objects.filter(pk=foreign.pk).exists()

    def test_canceled_link_stops_working(self, desk, kim):
        self.post(desk, kim)
        url = invitation(kim).path
        assert desk.post(url_of(kim, "uninvite/")).url == url_of(kim)
        assert not kim.invitations.exists()
        assert desk.get(url).status_code == 404

    def test_canceling_twice_is_not_an_error(self, desk, kim):
        for _click in range(2):
            assert desk.post(url_of(kim, "uninvite/")).status_code == 302

    @pytest.mark.parametrize("part", ["invite/", "uninvite/"])
    def test_get_request_changes_nothing(self, desk, kim, part):
        assert desk.get(url_of(kim, part)).status_code == 405
        assert not kim.invitations.exists()

    def test_link_is_shown_in_a_labeled_field_and_as_a_qr_code(self, desk, kim):
        self.post(desk, kim)
        page = text_of(desk.get(url_of(kim)))
        assert re.search(
            r'<label for="invitation-link">[^<]+</label>\s*<input id="invitation-link"', page
        )
        assert "readonly" in page
        assert re.search(r"<svg [^>]*viewBox", page.split('class="qr')[1])

    def test_code_is_shown_as_often_as_the_link(self, desk, kim):
        self.post(desk, kim)
        for _visit in range(2):
            page = text_of(desk.get(url_of(kim)))
            assert invitation(kim).url in page
            assert f">{invitation(kim).code}</code>" in page
            assert re.search(r">[^<>/]+/join/</b>", page)

    def test_invitation_without_a_code_shows_its_link(self, desk, kim):
        self.post(desk, kim)
        ClientInvitation.objects.update(code_hash=None)
        page = text_of(desk.get(url_of(kim)))
        assert invitation(kim).url in page
        assert 'data-code="none"' in page


class TestEmail:
    def send(self, desk, client):
        """Press the button, and return the client's page once the e-mail was tried."""
        desk.post(url_of(client, "invite/"), {"id": str(uuid4()), "email": "1"})
        run_tasks()
        return desk.get(url_of(client))

    def test_email_goes_to_the_client_with_the_link(self, desk, kim, settings):
        settings.SITE_URL = "https://quiz.example.org"
        settings.ALLOWED_HOSTS = ["*"]
        desk.post(
            url_of(kim, "invite/"),
            {"id": str(uuid4()), "email": "1"},
            headers={"host": "evil.example.com"},
        )
        run_tasks()
        (message,) = mail.outbox
        assert message.to == ["kim@example.org"]
        assert "https://quiz.example.org/invitation/" in message.body
        assert "evil" not in message.body
        assert invitation(kim).sent_to == "kim@example.org"

    def test_email_has_the_code_and_where_to_type_it(self, desk, kim, settings):
        settings.SITE_URL = "https://quiz.example.org"
        self.send(desk, kim)
        (message,) = mail.outbox
        assert f"\n{invitation(kim).code}\n" in message.body
        assert "go to quiz.example.org/join/" in message.body

    def test_link_in_the_email_opens_the_invitation(self, desk, kim, client):
        self.send(desk, kim)
        path = re.search(r"(/invitation/[^/]+/)", mail.outbox[0].body)[1]
        assert client.get(path).status_code == 200

    def test_subject_contains_nothing_typed(self, desk, counselor):
        client = make_client(counselor, "Nobody\nBcc: all@example.org", email="kim@example.org")
        self.send(desk, client)
        (message,) = mail.outbox
        assert "Nobody" not in message.subject
        assert message.recipients() == ["kim@example.org"]
        assert "Bcc" not in dict(message.message().items())

    def test_names_in_the_email_are_not_escaped(self, desk, counselor):
        self.send(desk, make_client(counselor, "O'Neill & <Kim>", email="kim@example.org"))
        assert "Hello O'Neill & <Kim>," in mail.outbox[0].body
        assert "Dana Reed" in mail.outbox[0].body

    def test_client_is_added_even_if_sending_fails(self, desk, mail_server):
        mail_server.error = TimeoutError
        response = desk.post(ADD, new_client(email="kim@example.org", sends_email="on"))
        run_tasks()
        assert response.status_code == 302
        assert invitation(Client.objects.get()).sent_to == ""

    def test_missing_address_sends_and_replaces_nothing(self, desk, counselor):
        client = make_client(counselor)
        assert 'role="alert"' in text_of(self.send(desk, client))
        assert mail.outbox == []
        assert not client.invitations.exists()


class TestDelivery:
    """The client's page shows how far the e-mail is, and what to do when it can't be sent."""

    def ask(self, desk, kim):
        desk.post(url_of(kim, "invite/"), {"id": str(uuid4()), "email": "1"})

    def shown(self, desk, kim):
        found = re.search('data-mail="([a-z]+)">(.*?)</p>', text_of(desk.get(url_of(kim))), re.S)
        return found.groups() if found else ("", "")

    def test_page_says_that_it_will_be_sent_then_that_it_was(self, desk, kim):
        self.ask(desk, kim)
        assert self.shown(desk, kim)[0] == "waiting"
        assert mail.outbox == []
        run_tasks()
        assert self.shown(desk, kim)[0] == ""
        assert "We sent it to kim@example.org." in text_of(desk.get(url_of(kim)))

    def test_no_task_holds_a_link_a_code_or_an_address(self, desk, kim):
        self.ask(desk, kim)
        assert only_task().args_kwargs == {"args": [str(invitation(kim).pk), "en"], "kwargs": {}}
        run_tasks()
        assert only_task().args_kwargs["args"] == []

    def test_mail_server_that_is_away_is_tried_again(self, desk, kim, mail_server):
        mail_server.error = ConnectionRefusedError
        self.ask(desk, kim)
        run_tasks()
        state, words = self.shown(desk, kim)
        assert state == "late"
        assert "take it at the moment" in words
        mail_server.error = None
        DBTaskResult.objects.update(run_after=timezone.now() - timedelta(hours=1))
        run_tasks()
        assert invitation(kim).sent_to == "kim@example.org"

    def test_e_mail_that_waits_long_is_called_late(self, desk, kim):
        self.ask(desk, kim)
        DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(minutes=6))
        assert self.shown(desk, kim)[0] == "late"

    def test_after_the_last_try_the_page_says_why_and_what_to_do(self, desk, kim, mail_server):
        mail_server.error = ConnectionRefusedError
        self.ask(desk, kim)
        for _try in range(5):
            DBTaskResult.objects.update(run_after=timezone.now() - timedelta(hours=1))
            run_tasks()
        state, words = self.shown(desk, kim)
        assert state == "failed"
        assert "Copy the link" in words
        assert invitation(kim).url in text_of(desk.get(url_of(kim)))

    @pytest.mark.parametrize(("code", "state"), [(550, "failed"), (451, "late")])
    def test_address_that_is_refused_for_good_is_not_tried_again(
        self, desk, kim, mail_server, code, state
    ):
        mail_server.error = SMTPRecipientsRefused({"kim@example.org": (code, b"kim: no")})
        self.ask(desk, kim)
        run_tasks()
        assert self.shown(desk, kim)[0] == state
        assert "kim" not in only_task().traceback

    def test_link_that_was_used_or_canceled_is_not_sent(self, desk, kim):
        self.ask(desk, kim)
        kim.invitations.update(spent_at=timezone.now())
        run_tasks()
        self.ask(desk, kim)
        desk.post(url_of(kim, "uninvite/"))
        run_tasks()
        assert mail.outbox == []

    def test_link_that_was_sent_already_is_not_sent_again(self, desk, kim):
        """A worker was killed between writing that and ending its task."""
        self.ask(desk, kim)
        row = only_task()
        run_tasks()
        DBTaskResult.objects.update(status="READY", args_kwargs=row.args_kwargs)
        run_tasks()
        assert len(mail.outbox) == 1

    def test_invitation_and_its_task_are_there_together_or_not_at_all(self, desk, kim, monkeypatch):
        def full(*_arguments):
            raise OperationalError("database or disk is full")

        monkeypatch.setattr(ClientInvitation, "mail_by", full)
        self.ask(desk, kim)
        assert not kim.invitations.exists()


class TestWithoutAMailServer:
    """E-mails that stay on the server are never called sent."""

    @pytest.fixture(autouse=True)
    def _kept(self, settings, tmp_path):
        settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
        settings.EMAIL_FILE_PATH = tmp_path

    def test_page_of_a_client_offers_no_email(self, desk, kim):
        assert 'name="email"' not in text_of(desk.get(url_of(kim)))

    @pytest.mark.slow
    def test_form_for_a_client_says_why_no_email_can_be_sent(self, desk):
        box = re.search('<input[^>]*name="sends_email"[^>]*>', text_of(desk.get(ADD)))[0]
        assert "disabled" in box

    def test_email_asked_for_all_the_same_is_not_called_sent(self, desk, kim, caplog):
        sent = {"id": str(uuid4()), "email": "1"}
        page = text_of(desk.post(url_of(kim, "invite/"), sent, follow=True))
        assert 'role="alert"' in page
        assert invitation(kim).url in page
        assert invitation(kim).sent_to == ""
        assert not AuditEntry.objects.filter(detail="email").exists()
        assert "was not sent" in caplog.text

    def test_new_client_gets_a_link_and_no_email(self, desk):
        desk.post(ADD, new_client(email="kim@example.org", sends_email="on"))
        assert invitation(Client.objects.get()).sent_to == ""
