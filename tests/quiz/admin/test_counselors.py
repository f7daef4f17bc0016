"""The admin's pages for counselors: invitations, accounts and the audit log."""

import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from smtplib import SMTPException

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from quiz.counseling.audit_details import handed_to, of_group
from quiz.counseling.models import AuditEntry, Counselor, CounselorInvitation
from tests.factories import make_counselor, sign_in, signed_in
from tests.tasks import run_tasks

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
EMAIL = "dana@counselors.example"
GOOD_UNTIL = {"expires_at_0": "2026-12-08", "expires_at_1": "12:00:00"}
INVITE = reverse("admin:quiz_counselorinvitation_add")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as travelled:
        yield travelled


@pytest.fixture
def admin_client(client):
    sign_in(client, User.objects.create_superuser("root"))
    return client


@pytest.fixture
def invite(admin_client, django_capture_on_commit_callbacks):
    def send(email=EMAIL, **more):
        with django_capture_on_commit_callbacks(execute=True):
            response = admin_client.post(INVITE, GOOD_UNTIL | {"email": email} | more)
        run_tasks()
        return response

    return send


def page_of(row):
    return reverse(f"admin:quiz_{row._meta.model_name}_change", args=[row.pk])


def messages_of(response):
    return [str(message) for message in response.wsgi_request._messages]


class TestInviting:
    def test_saving_an_invitation_mails_its_link(self, invite, mailoutbox):
        response = invite()
        (mail,) = mailoutbox
        assert (mail.to, mail.subject) == ([EMAIL], "Your invitation as a counselor")
        assert CounselorInvitation.objects.get().url in mail.body
        assert any(EMAIL in message for message in messages_of(response))

    def test_mailed_link_opens_the_page_to_join(self, invite, mailoutbox, client_class):
        invite()
        address = re.search(r"https?://\S+", mailoutbox[0].body)[0]
        page = client_class().get("/" + address.split("/", 3)[3])
        assert page.status_code == HTTPStatus.OK

    def test_mailed_link_uses_the_address_of_the_site(
        self, admin_client, mailoutbox, settings, django_capture_on_commit_callbacks
    ):
        settings.ALLOWED_HOSTS = ["*"]
        settings.SITE_URL = "https://quiz.example"
        with django_capture_on_commit_callbacks(execute=True):
            admin_client.post(
                INVITE, GOOD_UNTIL | {"email": EMAIL}, headers={"host": "evil.example"}
            )
        run_tasks()
        assert "https://quiz.example/counselor/join/" in mailoutbox[0].body
        assert "evil" not in mailoutbox[0].body

    @pytest.mark.parametrize("email", ["a@b.example\nBcc: x@y.example", "a@b.example, x@y.example"])
    def test_address_field_takes_one_address_only(self, invite, mailoutbox, email):
        invite(email)
        assert not mailoutbox
        assert not CounselorInvitation.objects.exists()

    def test_invitation_is_valid_for_14_days_by_default(self, admin_client):
        page = admin_client.get(INVITE).content.decode()
        assert 'value="2026-12-08"' in page

    def test_expiry_in_the_past_is_refused(self, invite, mailoutbox):
        form = invite(expires_at_0="2026-11-01").context["adminform"].form
        assert set(form.errors) == {"expires_at"}
        assert not mailoutbox

    def test_invitation_records_who_sent_it(self, invite):
        invite()
        assert CounselorInvitation.objects.get().made_by.username == "root"

    def test_page_of_an_invitation_says_how_far_its_e_mail_is(
        self, invite, admin_client, monkeypatch
    ):
        def fail(*args, **kwargs):
            raise SMTPException

        def words():
            return admin_client.get(page_of(CounselorInvitation.objects.get())).content.decode()

        invite()
        assert "We sent it." in words()
        CounselorInvitation.objects.all().delete()
        monkeypatch.setattr("quiz.web.mail.send_mail", fail)
        invite()
        assert "The mail server doesn&#x27;t take it at the moment." in words()
        assert "try again" in words()
        DBTaskResult.objects.update(status="FAILED")
        assert "It couldn&#x27;t be sent. Pass the link on yourself." in words()
        assert CounselorInvitation.objects.get().url in words()

    def test_email_kept_on_the_server_is_not_called_sent(self, invite, admin_client, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
        assert "We send the link" not in admin_client.get(INVITE).content.decode()
        assert {message.level_tag for message in invite().wsgi_request._messages} >= {"error"}

    def test_address_may_be_pasted_as_it_was_copied(self, invite, mailoutbox):
        invite(f"\u200bDana Reed <{EMAIL}>")
        assert mailoutbox[0].to == [EMAIL]

    def test_page_of_an_invitation_shows_the_link(self, invite, admin_client):
        invite()
        invitation = CounselorInvitation.objects.get()
        assert invitation.url in admin_client.get(page_of(invitation)).content.decode()

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"spent_at": NOON}, "Used:"),
            ({"expires_at": NOON}, "Expired"),
            ({"token_hash": "0"}, "be shown any more"),
        ],
    )
    def test_link_that_no_longer_works_is_not_shown(self, invite, admin_client, change, said):
        invite()
        CounselorInvitation.objects.update(**change)
        page = admin_client.get(page_of(CounselorInvitation.objects.get())).content.decode()
        assert said in page
        assert "/join/" not in page

    def test_link_stops_working_when_the_invitation_is_deleted(
        self, invite, admin_client, client_class
    ):
        invite()
        invitation = CounselorInvitation.objects.get()
        delete = reverse("admin:quiz_counselorinvitation_delete", args=[invitation.pk])
        admin_client.post(delete, {"post": "yes"})
        assert client_class().get(invitation.path).status_code == HTTPStatus.NOT_FOUND


class TestCounselors:
    @pytest.fixture
    def counselor(self):
        return make_counselor()

    def choose(self, admin_client, action, *counselors, among=""):
        data = {"action": action, "_selected_action": [row.pk for row in counselors]}
        address = reverse("admin:quiz_counselor_changelist") + among
        return admin_client.post(address, data, follow=True)

    def is_out(self, client):
        return client.get(reverse("mfa_index")).url.startswith(reverse("account_login"))

    def test_clearing_the_box_closes_the_account_and_ends_its_session(
        self, admin_client, counselor
    ):
        browser = signed_in(counselor)
        admin_client.post(page_of(counselor), {"name": "Dana R."})
        counselor.refresh_from_db()
        assert (counselor.name, counselor.user.is_active) == ("Dana R.", False)
        assert self.is_out(browser)

    def test_ticking_the_box_opens_the_account_again(self, admin_client, counselor):
        User.objects.filter(pk=counselor.user.pk).update(is_active=False)
        admin_client.post(page_of(counselor), {"name": "Dana", "is_open": "on"})
        counselor.user.refresh_from_db()
        assert counselor.user.is_active

    @pytest.mark.parametrize("is_active", [True, False])
    def test_box_shows_whether_the_account_is_open(self, admin_client, counselor, is_active):
        User.objects.filter(pk=counselor.user.pk).update(is_active=is_active)
        page = admin_client.get(page_of(counselor)).content.decode()
        box = re.search('<input[^>]*name="is_open"[^>]*>', page)[0]
        assert ("checked" in box) is is_active

    def test_action_closes_the_chosen_accounts(self, admin_client, counselor):
        other, kept = make_counselor("Kim Doe"), make_counselor("Lee Ray")
        self.choose(admin_client, "close_accounts", counselor, other)
        assert Counselor.objects.get(user__is_active=True) == kept

    def test_action_counts_accounts_in_a_filtered_list(self, admin_client, counselor):
        among = "?user__is_active__exact=1"
        page = self.choose(admin_client, "close_accounts", counselor, among=among)
        assert "1 account is closed." in page.content.decode()

    def test_resetting_two_step_login_asks_for_a_new_app(self, admin_client, counselor):
        browser, kept = signed_in(counselor), make_counselor("Kim Doe")
        signed_in(kept)
        self.choose(admin_client, "reset_two_step_login", counselor)
        assert Authenticator.objects.get(user__is_staff=False).user == kept.user
        page = browser.get(reverse("mfa_index")).content.decode()
        assert f'href="{reverse("mfa_activate_totp")}"' in page

    def test_list_of_counselors_takes_few_queries(
        self, admin_client, counselor, django_assert_max_num_queries
    ):
        for _ in range(5):
            make_counselor()
        with django_assert_max_num_queries(8):
            admin_client.get(reverse("admin:quiz_counselor_changelist"))

    def test_search_finds_an_account_by_its_address(self, admin_client, counselor):
        make_counselor("Kim Doe")
        page = admin_client.get(
            reverse("admin:quiz_counselor_changelist"), {"q": counselor.user.email}
        ).content.decode()
        assert "Dana Reed" in page
        assert "Kim Doe" not in page

    @pytest.mark.parametrize("typed", ["muller", "MÜLLER", "\uff2duller"])
    def test_search_finds_a_name_without_case_and_accents(self, admin_client, counselor, typed):
        made = make_counselor("Zoë Müller", email="zm@counselors.example")
        AuditEntry.objects.log(made, AuditEntry.CHANGED, None, detail="of Zoë")
        AuditEntry.objects.log(counselor, AuditEntry.CHANGED, None, detail="of Dana")
        for name, found, other in (
            ("counselor", "Zoë Müller", "Dana Reed"),
            ("auditentry", "of Zoë", "of Dana"),
        ):
            address = reverse(f"admin:quiz_{name}_changelist")
            results = admin_client.get(address, {"q": typed}).context["cl"].result_list
            assert [found in f"{row} {getattr(row, 'detail', '')}" for row in results] == [True]
            assert other not in str(results)

    @pytest.mark.parametrize("name", ["\u3164", "\u200b", "\u0301", "\u202e"], ids=ascii)
    def test_invisible_name_is_refused(self, admin_client, counselor, name):
        response = admin_client.post(page_of(counselor), {"name": name, "is_open": "on"})
        assert response.status_code == 200
        counselor.refresh_from_db()
        assert counselor.name == "Dana Reed"

    def test_name_is_cleaned(self, admin_client, counselor):
        admin_client.post(page_of(counselor), {"name": "\u202eDana  Re\u0301ed", "is_open": "on"})
        counselor.refresh_from_db()
        assert (counselor.name, counselor.folded) == ("Dana Réed", "dana reed")

    def test_filter_separates_open_and_closed_accounts(self, admin_client, counselor):
        make_counselor("Kim Doe")
        User.objects.filter(pk=counselor.user.pk).update(is_active=False)
        page = admin_client.get(
            reverse("admin:quiz_counselor_changelist"), {"user__is_active__exact": "0"}
        ).content.decode()
        assert "Dana Reed" in page
        assert "Kim Doe" not in page


class TestAuditLog:
    def test_log_is_listed_newest_first(self, admin_client, clock):
        counselor = make_counselor()
        AuditEntry.objects.log(counselor, AuditEntry.EXPORTED, None, detail="the first")
        clock.shift(timedelta(minutes=1))
        AuditEntry.objects.log(counselor, AuditEntry.REPORTED, None, detail="the second")
        page = admin_client.get(reverse("admin:quiz_auditentry_changelist")).content.decode()
        assert page.index("the second") < page.index("the first")

    def test_ids_are_shown_as_names_with_few_queries(
        self, admin_client, django_assert_max_num_queries
    ):
        dana, ana = make_counselor(), make_counselor("Ana Diaz")
        for number in range(20):
            group = dana.groups.create(name=f"Class {number}b")
            AuditEntry.objects.log(dana, AuditEntry.REPORTED, None, detail=of_group(group))
            AuditEntry.objects.log(dana, AuditEntry.HANDED_OVER, None, detail=handed_to(ana))
        with django_assert_max_num_queries(12):
            page = admin_client.get(reverse("admin:quiz_auditentry_changelist")).content.decode()
        assert "Class 7b" in page
        assert "to Ana Diaz" in page
        entry = AuditEntry.objects.filter(action=AuditEntry.REPORTED).first()
        page = admin_client.get(reverse("admin:quiz_auditentry_change", args=[entry.pk]))
        assert "Class 19b" in page.content.decode()

    def test_no_action_deletes_an_entry(self, admin_client):
        entry = AuditEntry.objects.create(counselor=make_counselor(), action=AuditEntry.SAW)
        admin_client.post(
            reverse("admin:quiz_auditentry_changelist"),
            {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"},
        )
        assert AuditEntry.objects.filter(pk=entry.pk).exists()


class TestForgedRequests:
    """A forged request never ends in a 500."""

    @pytest.mark.parametrize("value", ["9" * 30, "a\0b", ""])
    def test_impossible_values_invite_no_one(self, admin_client, mailoutbox, value):
        response = admin_client.post(
            INVITE, dict.fromkeys(["email", "expires_at_0", "expires_at_1"], value)
        )
        assert response.context["errors"]
        assert not CounselorInvitation.objects.exists()

    @pytest.mark.parametrize("name", ["a\0b", "", "x" * 121])
    def test_impossible_name_does_not_close_the_account(self, admin_client, name):
        counselor = make_counselor()
        assert admin_client.post(page_of(counselor), {"name": name}).context["errors"]
        counselor.refresh_from_db()
        assert (counselor.name, counselor.user.is_active) == ("Dana Reed", True)

    @pytest.mark.parametrize("value", ["9" * 30, "abc", "-1", ""])
    @pytest.mark.parametrize("lookup", ["counselor__id__exact", "action__exact", "q", "p"])
    def test_impossible_filter_of_the_log_is_harmless(self, admin_client, lookup, value):
        page = admin_client.get(
            reverse("admin:quiz_auditentry_changelist"), {lookup: value}, follow=True
        )
        assert page.status_code == HTTPStatus.OK


def test_no_admin_page_shows_the_secrets_of_accounts():
    labels = {model._meta.app_label for model in admin.site._registry}
    assert labels & {"mfa", "account"} == set()


@pytest.mark.parametrize("address", [INVITE, "counselor"])
def test_every_field_has_a_help_text(admin_client, address):
    url = page_of(make_counselor()) if address == "counselor" else address
    form = admin_client.get(url).context["adminform"].form
    models = (Counselor, CounselorInvitation)
    assert isinstance(form.instance, models)
    assert {name for name, field in form.fields.items() if not field.help_text} == set()
