"""Clients of counselors: starting from an invitation, and choosing what the counselor sees."""

import re
from http import HTTPStatus

import pytest

from quiz.attempts.models import Attempt, ShareLink
from quiz.attempts.models.link import token_from
from quiz.counseling.models import (
    Client,
    ClientInvitation,
)
from quiz.questionnaires.models import QuestionnaireVersion
from tests.answers import leaning, page_answers
from tests.factories import people, signed_in
from tests.pages import fields_with_errors, take_quiz
from tests.quiz.visitor.invited import finish, form_on, in_days, main_of, overtake, start

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

ANSWERS = leaning("sales", 7)


class TestStarting:
    def test_page_says_who_invites_and_what_they_will_see(self, client, link):
        html = client.get(link.path).content.decode()
        assert re.search("<h1>.*Dana Reed.*</h1>", html)
        assert "you choose whether to share it" in html

    def test_opening_the_link_neither_uses_it_up_nor_starts_an_attempt(
        self, client, client_class, link
    ):
        for browser in (client, client_class(), client_class()):
            browser.get(link.path)
            browser.head(link.path)
        link.refresh_from_db()
        assert link.spent_at is None
        assert not Attempt.objects.exists()

    def test_attempt_belongs_to_the_invited_client(self, client, link, ann):
        assert start(client, link).url == "/quiz/1/"
        assert Attempt.objects.get().client == ann

    def test_link_works_once(self, client, client_class, link):
        start(client, link)
        assert client_class().get(link.path).status_code == HTTPStatus.NOT_FOUND

    def test_used_link_still_takes_its_client_back_to_the_open_page(self, client, link):
        start(client, link)
        client.post("/quiz/1/", page_answers(1, ANSWERS))
        assert client.get(link.path).url == "/quiz/2/"

    def test_double_click_starts_one_attempt_and_locks_no_one_out(self, client, client_class, link):
        """The response to the first click may never arrive."""
        code = form_on(client, link)
        client_class().post(link.path, {"code": code})
        assert client.post(link.path, {"code": code}).url == "/quiz/1/"
        assert client.get("/quiz/1/").status_code == HTTPStatus.OK
        assert Attempt.objects.count() == 1

    def test_simultaneous_clicks_start_one_attempt_and_lock_no_one_out(
        self, client, client_class, link, monkeypatch
    ):
        """The second is checked before the first is written."""
        code = form_on(client, link)
        overtake(monkeypatch, lambda: client_class().post(link.path, {"code": code}))
        assert client.post(link.path, {"code": code}).url == "/quiz/1/"
        assert Attempt.objects.count() == 1

    def test_retake_by_a_new_link_stays_in_the_series_of_the_client(self, client, link, ann):
        start(client, link)
        finish(client)
        again = ClientInvitation.objects.make(client=ann, expires_at=in_days(1))
        assert start(client, again).url == "/quiz/1/"
        assert len(people()) == 1

    @pytest.mark.parametrize("code", ["", "0000000000000000", "0000000000000000:forged"])
    def test_forged_code_is_refused(self, client, link, code):
        assert client.post(link.path, {"code": code}).status_code == HTTPStatus.BAD_REQUEST
        assert not Attempt.objects.exists()

    def test_attempt_of_another_person_in_the_browser_stays_separate(self, client, link):
        take_quiz(client, ANSWERS)
        start(client, link)
        assert len(people()) == 2
        assert not Attempt.objects.latest("pk").is_first

    def test_page_shows_the_code_of_an_earlier_attempt(self, client, link):
        take_quiz(client, ANSWERS)
        shown = r'class="code">([^<]+)<'
        code = re.search(shown, client.get("/quiz/result/").content.decode())[1]
        assert re.findall(shown, client.get(link.path).content.decode()) == [code]

    def test_retake_stays_with_the_counselor(self, client, link, ann):
        start(client, link)
        finish(client)
        client.post("/quiz/")
        assert Attempt.objects.latest("pk").client == ann


class TestLinksThatDoNotWork:
    def test_every_link_that_does_not_work_gets_the_same_response(
        self, client, client_class, link, ann, class_link
    ):
        spent = ClientInvitation.objects.make(client=ann, expires_at=in_days(1))
        start(client_class(), spent)
        expired = ClientInvitation.objects.make(client=ann, expires_at=in_days(-1))
        taken_back = ClientInvitation.objects.make(client=ann, expires_at=in_days(1))
        path = taken_back.path
        taken_back.delete()
        invitations = [
            *(spent.path, expired.path, path),
            *("/invitation/%00/", "/group/%00/"),
            *("/invitation/x/", "/invitation/%22%3E/", f"/invitation/{'A' * 43}/"),
            f"/invitation/{token_from(ShareLink.purpose, link.nonce)}/",
            class_link.path.replace("/group/", "/invitation/"),
            link.path.replace("/invitation/", "/group/"),
        ]
        others = [
            *("/shared/x%00/", "/counselor/join/%00/"),
            link.path.replace("/invitation/", "/shared/"),
        ]
        for paths in (invitations, others):
            answers = [client.get(path) for path in paths]
            assert {answer.status_code for answer in answers} == {HTTPStatus.NOT_FOUND}
            assert len({answer.content for answer in answers}) == 1

    @pytest.mark.parametrize("kind", ["link", "class_link"])
    def test_person_who_used_the_link_elsewhere_is_sent_to_their_code(
        self, client, client_class, request, kind
    ):
        link = request.getfixturevalue(kind)
        for number in range(3):
            start(client_class(), link, name=f"Number {number}")
            if kind == "link":
                break
        page = main_of(client.get(link.path))
        assert 'href="/quiz/resume/"' in page

    @pytest.mark.parametrize("kind", ["link", "class_link"])
    def test_link_that_still_works_also_offers_the_code(self, client, request, kind):
        assert 'href="/quiz/resume/"' in main_of(client.get(request.getfixturevalue(kind).path))

    @pytest.mark.parametrize("days", [-1])
    def test_form_of_an_expired_link_starts_nothing(self, client, link, days):
        code = form_on(client, link)
        ClientInvitation.objects.update(expires_at=in_days(days))
        assert client.post(link.path, {"code": code}).status_code == HTTPStatus.NOT_FOUND
        assert not Attempt.objects.exists()


@pytest.mark.parametrize("kind", ["link", "class_link"])
def test_without_a_published_quiz_the_link_is_not_used_up(client, request, kind):
    link = request.getfixturevalue(kind)
    sent = {"code": form_on(client, link), "name": "Bo"}
    QuestionnaireVersion.objects.published().get().retire()
    response = client.post(link.path, sent)
    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    link.refresh_from_db()
    assert not Attempt.objects.exists()
    assert not getattr(link, "used", None)
    assert not getattr(link, "spent_at", None)


class TestInACounselorsBrowser:
    @pytest.fixture
    def browser(self, counselor):
        return signed_in(counselor)

    def test_page_explains_and_offers_no_start(self, browser, link):
        html = browser.get(link.path).content.decode()
        assert 'class="note"' in html
        assert 'name="code"' not in html

    def test_post_starts_nothing(self, browser, client, link):
        response = browser.post(link.path, {"code": form_on(client, link)})
        assert response.status_code == HTTPStatus.CONFLICT
        assert not Attempt.objects.exists()
        link.refresh_from_db()
        assert link.spent_at is None

    def test_session_of_the_counselor_stays_the_same(self, browser, client, link):
        before = browser.cookies["session"].value
        browser.get(link.path)
        assert browser.cookies["session"].value == before
        assert browser.get("/counselor/").status_code == HTTPStatus.OK
        start(client, link)
        assert "session" not in client.cookies

    def test_post_to_a_group_link_starts_nothing(self, browser, client, class_link):
        sent = {"code": form_on(client, class_link), "name": "Bo"}
        assert browser.post(class_link.path, sent).status_code == HTTPStatus.CONFLICT
        assert not Client.objects.exists()


class TestGroups:
    def test_everyone_gets_a_client_record_of_their_own(self, client, client_class, class_link):
        start(client, class_link, name="Bo")
        start(client_class(), class_link, name="Cy")
        assert set(Client.objects.values_list("name", "group__name")) == {
            ("Bo", "Class 9b"),
            ("Cy", "Class 9b"),
        }
        assert Attempt.objects.filter(client__isnull=False).count() == 2

    def test_form_without_a_name_is_refused(self, client, class_link):
        response = start(client, class_link, name=" ")
        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert fields_with_errors(response) == {"name"}

    def test_double_click_adds_one_client(self, client, client_class, class_link):
        sent = {"code": form_on(client, class_link), "name": "Bo"}
        client_class().post(class_link.path, sent)
        assert client.post(class_link.path, sent).url == "/quiz/1/"
        assert Client.objects.count() == 1

    def test_simultaneous_clicks_add_one_client(
        self, client, client_class, class_link, monkeypatch
    ):
        sent = {"code": form_on(client, class_link), "name": "Bo"}
        overtake(monkeypatch, lambda: client_class().post(class_link.path, sent))
        assert client.post(class_link.path, sent).url == "/quiz/1/"
        assert Client.objects.count() == 1

    def test_places_of_a_group_do_not_count_as_starts_of_its_network(
        self, client_class, class_link, settings
    ):
        settings.STARTS_PER_NETWORK = 1
        for place in range(3):
            assert start(client_class(), class_link, name=f"Number {place}").url == "/quiz/1/"
        assert client_class().post("/quiz/").url == "/quiz/1/"

    def test_no_more_clients_start_than_there_are_places(self, client_class, class_link):
        for place in range(3):
            start(client_class(), class_link, name=f"Number {place}")
        assert client_class().get(class_link.path).status_code == HTTPStatus.NOT_FOUND

    def test_double_click_on_the_last_place_locks_no_one_out(
        self, client, client_class, class_link
    ):
        for place in range(2):
            start(client_class(), class_link, name=f"Number {place}")
        sent = {"code": form_on(client, class_link), "name": "Bo"}
        client_class().post(class_link.path, sent)
        assert client.post(class_link.path, sent).url == "/quiz/1/"
        assert Client.objects.count() == 3

    @pytest.mark.parametrize("sent", [{}, {"code": "forged", "name": "Bo"}, {"name": "Bo"}])
    def test_full_group_link_looks_like_one_that_does_not_exist(
        self, client, client_class, class_link, sent
    ):
        for place in range(3):
            start(client_class(), class_link, name=f"Number {place}")
        full = client.post(class_link.path, sent)
        none = client.post("/group/none/", sent)
        assert full.status_code == none.status_code == HTTPStatus.NOT_FOUND
        assert main_of(full) == main_of(none)

    def test_second_person_in_the_same_browser_gets_a_new_client_and_series(
        self, client, class_link
    ):
        start(client, class_link, name="Bo")
        finish(client)
        start(client, class_link, name="Cy")
        assert len(people()) == 2
