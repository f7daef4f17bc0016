"""Log-in through a real OpenID Connect provider, which the tests start."""

from http import HTTPStatus

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.urls import reverse

from quiz.counseling.models import Counselor
from quiz.web.provider import ASK_SECONDS, LOG_IN_HOURS
from tests.factories import PASSWORD, make_counselor
from tests.oidc_server import CLIENT_ID, CLIENT_SECRET, Person, provider
from tests.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.server]

SITE = "https://quiz.example"
LOG_IN, CHECK, CASELOAD = map(reverse, ("provider_login", "provider_check", "quiz:caseload"))
ADMIN_PAGE = "/admin/jsi18n/"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with provider(tmp_path_factory.mktemp("oidc"), SITE + reverse("provider_callback")) as server:
        yield server


@pytest.fixture
def oidc(running, settings):
    """The provider, whose Ann is a counselor here, and a site that uses it."""
    running.execute("UPDATE auth_user SET is_active = 1")
    running.answer(ann=["counselors"])
    settings.SITE_URL = SITE
    settings.OIDC_URL, settings.OIDC_NAME = running.url, "Example College"
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
    settings.OIDC_COUNSELORS, settings.OIDC_EDITORS = ["counselors"], ["editors"]
    settings.OIDC_PUBLISHERS = ["publishers"]
    settings.OIDC_HEADS = ["heads"]
    return running


@pytest.fixture
def ann(oidc):
    return Person("ann")


def log_in(client, person, to=""):
    """Follow the button of the login page; return the site's answer to what the provider says."""
    leaving = client.get(LOG_IN, {"next": to} if to else {})
    return client.get(person.go(leaving.url))


def go_back(client, person, page=CASELOAD):
    """Open a page of a session that must be confirmed; return the answer after the provider's."""
    asking = client.get(page, follow=True)
    assert asking.redirect_chain[-1][0].startswith(CHECK)
    return client.get(person.go(asking.context["address"]))


def age(client, seconds):
    """Let so much time have passed for a session."""
    session = client.session
    for record in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        record["at"] -= seconds
    session.save()


def opens(client, page=CASELOAD):
    return client.get(page).status_code == HTTPStatus.OK


class TestLogIn:
    def test_counselor_gets_in_without_a_second_step(self, client, ann):
        page = text_of(client.get(reverse("account_login")))
        assert "Log in with Example College" in page
        assert log_in(client, ann).url == CASELOAD
        assert opens(client)
        assert not opens(client, ADMIN_PAGE)
        assert Counselor.objects.get().name == "Ann Lee"

    def test_wanted_page_opens(self, client, ann):
        assert log_in(client, ann, to="/counselor/log/").url == "/counselor/log/"

    def test_no_other_site_opens(self, client, ann):
        assert log_in(client, ann, to="https://evil.example/").url == CASELOAD

    def test_second_log_in_opens_the_same_account(self, client, client_class, ann):
        log_in(client, ann)
        log_in(client_class(), ann)
        assert User.objects.count() == 1

    def test_account_keeps_no_claims_and_no_token(self, client, ann):
        log_in(client, ann)
        assert SocialAccount.objects.get().extra_data == {}
        assert not SocialToken.objects.exists()

    def test_editor_and_publisher_get_their_groups(self, client, oidc, ann):
        oidc.answer(ann=["editors", "publishers"])
        log_in(client, ann)
        assert opens(client, ADMIN_PAGE)
        groups = set(User.objects.get().groups.values_list("name", flat=True))
        assert groups == {"Editors", "Publishers"}
        assert client.get(CASELOAD).status_code == HTTPStatus.FORBIDDEN

    def test_head_of_service_gets_the_monthly_report_and_nothing_else(self, client, oidc, ann):
        oidc.answer(ann=["heads"])
        assert log_in(client, ann).url == "/counselor/report/"
        assert opens(client, "/counselor/report/")
        assert not opens(client, ADMIN_PAGE)
        assert client.get(CASELOAD).status_code == HTTPStatus.FORBIDDEN
        oidc.answer(ann=["counselors"])
        log_in(client, ann)
        assert not opens(client, "/counselor/report/")

    def test_group_that_was_taken_away_is_gone_at_the_next_log_in(self, client, oidc, ann):
        oidc.answer(ann=["editors", "counselors"])
        log_in(client, ann)
        oidc.answer(ann=["counselors"])
        log_in(client, ann)
        assert not User.objects.get().groups.exists()
        assert not opens(client, ADMIN_PAGE)

    @pytest.mark.parametrize("groups", [[], ["students"], ["Counselors"]])
    def test_someone_without_a_role_reads_who_to_ask(self, client, oidc, ann, groups):
        oidc.answer(ann=groups)
        refused = log_in(client, ann)
        assert refused.status_code == HTTPStatus.FORBIDDEN
        assert "have access yet" in text_of(refused)
        assert not User.objects.exists()

    def test_account_page_offers_no_password_of_this_site(self, client, ann):
        log_in(client, ann)
        assert "Example College" in text_of(client.get(reverse("mfa_index")))
        for name in ("account_change_password", "mfa_activate_totp", "mfa_add_webauthn"):
            assert client.get(reverse(name)).url == reverse("mfa_index"), name

    def test_closed_account_stays_closed(self, client, ann):
        log_in(client, ann)
        User.objects.update(is_active=False)
        assert log_in(client, ann).url == reverse("account_inactive")

    def test_request_has_state_nonce_and_pkce(self, client, oidc):
        address = client.get(LOG_IN).url
        for part in ("state=", "nonce=", "code_challenge=", "code_challenge_method=S256"):
            assert part in address


class TestTakeOver:
    def test_account_with_the_address_is_linked_and_loses_its_own_ways_in(self, client, ann):
        own = make_counselor("Ann Old", "ann@school.example")
        log_in(client, ann)
        own.user.refresh_from_db()
        assert SocialAccount.objects.get().user == own.user
        assert not own.user.has_usable_password()
        assert opens(client)

    def test_administrator_with_a_password_is_not_taken_over(self, client, ann):
        User.objects.create_superuser("dana", "ann@school.example", PASSWORD)
        refused = log_in(client, ann)
        assert refused.status_code == HTTPStatus.FORBIDDEN
        assert not SocialAccount.objects.exists()

    def test_unchecked_address_takes_over_nothing(self, client, oidc, ann):
        make_counselor("Ann Old", "ann@school.example")
        oidc.answer({"email_verified": False}, ann=["counselors"])
        assert log_in(client, ann).status_code == HTTPStatus.FORBIDDEN

    def test_address_of_someone_else_of_the_provider_takes_over_nothing(self, client, oidc, ann):
        log_in(client, ann)
        oidc.answer({"email": "ann@school.example"}, bob=["counselors"])
        assert log_in(client, Person("bob")).status_code == HTTPStatus.FORBIDDEN

    def test_linked_account_opens_with_no_password(self, client, client_class, ann):
        log_in(client, ann)
        user = User.objects.get()
        user.set_password(PASSWORD)
        user.save()
        data = {"login": user.username, "password": PASSWORD}
        refused = client_class().post(reverse("account_login"), data)
        assert refused.status_code == HTTPStatus.FORBIDDEN


class TestForgery:
    def test_state_of_another_browser_is_refused(self, client, client_class, ann):
        address = ann.go(client_class().get(LOG_IN).url)
        assert client.get(address).status_code == HTTPStatus.BAD_REQUEST
        assert not opens(client)

    def test_answer_works_once(self, client, ann):
        address = ann.go(client.get(LOG_IN).url)
        client.get(address)
        client.post(reverse("account_logout"))
        assert client.get(address).status_code == HTTPStatus.BAD_REQUEST

    @pytest.mark.parametrize(
        "faults",
        [
            {"nonce": "another"},
            {"exp": 1_700_000_000},
            {"iss": "https://evil.example"},
            {"aud": "another-site"},
            {"sub": "someone else"},
            {"sub": None},
        ],
        ids=lambda faults: str(faults),
    )
    def test_wrong_token_is_refused(self, client, oidc, ann, faults):
        oidc.answer(faults, ann=["counselors"])
        assert log_in(client, ann).status_code == HTTPStatus.BAD_REQUEST
        assert not opens(client)
        assert not User.objects.exists()

    @pytest.mark.parametrize("query", ["", "?state=x", "?code=1", "?state=%00&code=1", "?error=x"])
    def test_nonsense_is_refused(self, client, oidc, query):
        answer = client.get(reverse("provider_callback") + query)
        assert answer.status_code == HTTPStatus.BAD_REQUEST


class TestConfirmation:
    def test_within_55_minutes_no_one_is_asked(self, client, ann):
        log_in(client, ann)
        age(client, ASK_SECONDS - 60)
        assert opens(client)

    def test_after_55_minutes_the_provider_confirms_without_a_click(self, client, ann):
        log_in(client, ann)
        age(client, ASK_SECONDS)
        assert not opens(client)
        assert go_back(client, ann).url == CASELOAD
        assert opens(client)

    def test_form_that_was_sent_meanwhile_is_saved(self, client, ann):
        log_in(client, ann)
        age(client, ASK_SECONDS)
        page = reverse("quiz:client_groups")
        sent = client.post(page, {"name": "Spring class"}, follow=True)
        assert "What you sent is kept" in text_of(sent)
        client.get(ann.go(sent.context["address"]))
        assert Counselor.objects.get().groups.filter(name="Spring class").exists()

    def test_deactivated_person_opens_nothing(self, client, oidc, ann):
        log_in(client, ann)
        oidc.deactivate("ann")
        age(client, ASK_SECONDS)
        back = go_back(client, ann)
        assert "again=1" in back.url
        assert "opens no page" in text_of(client.get(back.url))
        assert not opens(client)
        assert not opens(client, reverse("mfa_index"))

    def test_role_that_was_taken_away_ends_the_session(self, client, oidc, ann):
        log_in(client, ann)
        oidc.answer(ann=[])
        age(client, ASK_SECONDS)
        assert go_back(client, ann).status_code == HTTPStatus.FORBIDDEN
        assert not Session.objects.exists()

    def test_counselor_who_became_an_editor_sees_no_clients(self, client, oidc, ann):
        log_in(client, ann)
        oidc.answer(ann=["editors"])
        age(client, ASK_SECONDS)
        go_back(client, ann)
        assert opens(client, ADMIN_PAGE)
        assert client.get(CASELOAD).status_code == HTTPStatus.FORBIDDEN

    def test_someone_else_at_the_provider_gets_no_session_and_no_form(self, client, oidc, ann):
        oidc.answer(ann=["counselors"], bob=["counselors"])
        log_in(client, ann)
        age(client, ASK_SECONDS)
        asking = client.post(reverse("quiz:client_groups"), {"name": "Spring"}, follow=True)
        bob = Person("bob")
        bob.go(client.get(LOG_IN).url)
        answer = client.get(bob.go(asking.context["address"]))
        assert answer.status_code == HTTPStatus.FORBIDDEN
        assert not opens(client)

    def test_provider_that_is_away_extends_nothing(self, client, oidc, ann, settings):
        log_in(client, ann)
        age(client, ASK_SECONDS)
        oidc.stop()
        try:
            away = client.get(CASELOAD, follow=True)
            assert away.status_code == HTTPStatus.SERVICE_UNAVAILABLE
            assert not opens(client)
        finally:
            oidc.start(SITE + reverse("provider_callback"))

    def test_provider_that_goes_away_while_someone_is_there_lets_no_one_in(self, client, oidc, ann):
        address = ann.go(client.get(LOG_IN).url)
        oidc.stop()
        try:
            assert client.get(address).status_code == HTTPStatus.SERVICE_UNAVAILABLE
        finally:
            oidc.start(SITE + reverse("provider_callback"))

    def test_after_12_hours_the_person_logs_in_there(self, client, ann):
        log_in(client, ann)
        age(client, LOG_IN_HOURS * 3600)
        asking = client.get(CASELOAD, follow=True)
        assert "prompt=login" in asking.context["address"]

    def test_after_a_break_the_person_logs_in_there(self, client, ann, settings):
        log_in(client, ann)
        age(client, settings.IDLE.total_seconds())
        asking = client.get(CASELOAD, follow=True)
        assert "prompt=login" in asking.context["address"]


def test_site_without_a_provider_has_no_such_page(client):
    assert "Log in with" not in text_of(client.get(reverse("account_login"))).replace(
        "Log in with a passkey", ""
    )
    assert client.get(LOG_IN).status_code == HTTPStatus.NOT_FOUND
