"""The list of the first day on the admin's first page: who sees it, and what its buttons do."""

import smtplib

import pytest
from django.contrib.auth.models import Group, User
from django.core import mail
from django.core.cache import caches
from django.test import Client

from quiz.web.first_day import FirstDayMark, What
from quizsite.first_day.views import TEST_MAILS
from tests.factories import sign_in
from tests.pages import text_of
from tests.quiz.admin.pages import levels_of, messages_of

pytestmark = [pytest.mark.django_db]

INDEX = "/admin/"
HEADING = "Your first day"
BUTTONS = [f"/admin/first-day/{name}/" for name in ("use", "hide", "show", "data", "mail")]
SHOW = "Show the first day"
LOCMEM = "django.core.mail.backends.locmem.EmailBackend"

each_button = pytest.mark.parametrize("button", BUTTONS)


@pytest.fixture
def editor(client):
    user = User.objects.create_user("petra", is_staff=True)
    user.groups.set(Group.objects.filter(name__in=["Editors", "Publishers"]))
    return sign_in(client, user)


@pytest.fixture
def press(admin_client):
    """Press a button of the list; return the page that follows."""
    return lambda name: admin_client.post(f"/admin/first-day/{name}/", follow=True)


@pytest.mark.usefixtures("new_site")
class TestWhoSeesIt:
    def test_administrator_sees_it_first(self, admin_client):
        page = text_of(admin_client.get(INDEX))
        assert page.index(HEADING) < page.index("Needs your attention")
        assert "0 of 8 steps are done" in page

    def test_editors_and_publishers_do_not_see_it(self, editor):
        page = text_of(editor.get(INDEX))
        assert HEADING not in page
        assert SHOW not in page

    @pytest.mark.usefixtures("accepted")
    def test_what_the_list_has_needs_no_attention_as_well(self, admin_client, press):
        assert admin_client.get(INDEX).context["entries"] == []
        assert len(press("hide").context["entries"]) == 2

    def test_page_of_one_app_has_no_list(self, admin_client):
        assert HEADING not in text_of(admin_client.get("/admin/quiz/"))

    @pytest.mark.usefixtures("ready_site")
    def test_list_that_is_done_is_gone_and_leaves_nothing(self, admin_client):
        page = text_of(admin_client.get(INDEX))
        assert HEADING not in page
        assert SHOW not in page


@pytest.mark.usefixtures("new_site")
class TestWhoMayPress:
    @each_button
    def test_editor_may_not(self, editor, button):
        assert editor.post(button).status_code == 403
        assert not FirstDayMark.objects.exists()

    @each_button
    def test_visitor_logs_in_first(self, client, button):
        assert "/admin/login/" in client.post(button)["Location"]
        assert not FirstDayMark.objects.exists()

    @each_button
    def test_link_can_not_press(self, admin_client, button):
        assert admin_client.get(button).status_code == 405

    @each_button
    def test_form_of_another_site_is_refused(self, admin_user, button):
        browser = sign_in(Client(enforce_csrf_checks=True), admin_user)
        assert browser.post(button).status_code == 403
        assert not FirstDayMark.objects.exists()


@pytest.mark.usefixtures("new_site")
class TestAccepting:
    def test_acceptance_is_stored_once_with_name_and_date(self, admin_client, admin_user):
        for name in ("  Dana   Reyes ", "Someone Else"):
            page = admin_client.post("/admin/first-day/use/", {"name": name}, follow=True)
        mark = FirstDayMark.objects.get()
        assert (mark.what, mark.by, mark.name) == (What.USE, admin_user, "Dana Reyes")
        assert mark.at
        assert "by Dana Reyes." in text_of(page)

    def test_name_outlives_the_account(self, admin_client, client):
        other = User.objects.create_superuser("other")
        sign_in(client, other).post("/admin/first-day/use/", {"name": "Dana Reyes"})
        other.delete()
        assert "by Dana Reyes." in text_of(admin_client.get(INDEX))

    @pytest.mark.parametrize("name", ["", "  ", "\u200b"])
    def test_without_a_name_nothing_is_accepted(self, admin_client, name):
        page = admin_client.post("/admin/first-day/use/", {"name": name}, follow=True)
        assert levels_of(page) == ["error"]
        assert not FirstDayMark.objects.exists()

    def test_list_can_not_be_hidden_before(self, press):
        page = press("hide")
        assert levels_of(page) == ["error"]
        assert HEADING in text_of(page)
        assert not FirstDayMark.objects.exists()


@pytest.fixture
def accepted(new_site):
    FirstDayMark.objects.set_by(What.USE, None, "Dana Reyes")


@pytest.mark.usefixtures("accepted")
class TestHiding:
    def test_list_is_hidden_for_all_administrators_until_one_shows_it(self, press, client):
        assert HEADING not in text_of(press("hide"))
        other = sign_in(client, User.objects.create_superuser("other"))
        page = text_of(other.get(INDEX))
        assert HEADING not in page
        assert SHOW in page
        assert HEADING in text_of(press("show"))

    def test_who_hid_it_is_stored(self, press, admin_user):
        press("hide")
        assert FirstDayMark.objects.get(what=What.HIDDEN).by == admin_user

    def test_pressing_twice_is_harmless(self, press):
        for name in ("hide", "hide", "show", "show"):
            assert press(name).status_code == 200


@pytest.mark.usefixtures("new_site")
def test_confirming_is_stored_with_who_and_when(press, admin_user):
    page = text_of(press("data"))
    assert "1 of 8 steps are done" in page
    mark = FirstDayMark.objects.get()
    assert (mark.what, mark.by) == (What.DATA, admin_user)
    assert mark.at


@pytest.fixture
def mail_server(new_site, settings):
    """A mail server that takes everything."""
    settings.EMAIL_BACKEND = LOCMEM
    caches["limits"].clear()


class TestTheTestEmail:
    def test_it_goes_to_the_administrator_alone_whatever_is_sent(
        self, mail_server, admin_client, admin_user
    ):
        data = {"email": "victim@example.org", "to": "victim@example.org"}
        page = admin_client.post("/admin/first-day/mail/", data, follow=True)
        (sent,) = mail.outbox
        assert sent.recipients() == [admin_user.email]
        assert levels_of(page) == ["success"]
        assert FirstDayMark.objects.get().what == What.MAIL

    def test_refusal_is_shown_with_its_reason(self, mail_server, press, monkeypatch):
        def refuse(*_args):
            raise smtplib.SMTPAuthenticationError(535, b"5.7.8 bad user")

        monkeypatch.setattr("quizsite.first_day.views.send_mail", refuse)
        page = press("mail")
        assert levels_of(page) == ["error"]
        assert "5.7.8 bad user" in messages_of(page)
        assert not FirstDayMark.objects.exists()

    def test_nothing_is_sent_without_a_mail_server(self, new_site, press):
        page = press("mail")
        assert "EMAIL_URL" in messages_of(page)
        assert mail.outbox == []

    def test_nothing_is_sent_to_an_account_without_an_address(self, mail_server, press):
        User.objects.update(email="")
        assert levels_of(press("mail")) == ["error"]
        assert mail.outbox == []

    def test_number_is_limited(self, mail_server, press):
        for _ in range(TEST_MAILS):
            press("mail")
        assert "Too many" in messages_of(press("mail"))
        assert len(mail.outbox) == TEST_MAILS
