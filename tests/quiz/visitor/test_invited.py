"""Clients of counselors: starting from an invitation, and choosing what the counselor sees."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quiz.attempts.models import Attempt, ShareLink
from quiz.attempts.models.link import token_from
from quiz.counseling.models import (
    Client,
    ClientGroup,
    ClientInvitation,
    Disclosure,
    GroupLink,
    Note,
    Tag,
)
from quiz.questionnaires.models import QuestionnaireVersion
from tests.answers import leaning, page_answers
from tests.factories import make_counselor, people, signed_in
from tests.pages import fields_with_errors, take_quiz
from tests.roles.pages import words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

ANSWERS = leaning("sales", 7)


@pytest.fixture
def counselor():
    return make_counselor("Dana Reed")


@pytest.fixture
def ann(counselor):
    """A client with an invitation that is not used yet."""
    return Client.objects.create(counselor=counselor, name="Ann Lee")


@pytest.fixture
def link(ann):
    return ClientInvitation.objects.make(client=ann, expires_at=in_days(30))


@pytest.fixture
def class_link(counselor):
    group = ClientGroup.objects.create(counselor=counselor, name="Class 9b")
    return GroupLink.objects.make(group=group, expires_at=in_days(30), places=3)


def in_days(days):
    return timezone.now() + timedelta(days=days)


def form_on(browser, link):
    """Read the hidden code from the page that a link opens."""
    html = browser.get(link.path).content.decode()
    return re.search('name="code" value="([^"]+)"', html)[1]


def start(browser, link, **typed):
    return browser.post(link.path, {"code": form_on(browser, link), **typed})


def finish(browser):
    """Answer everything after starting from an invitation."""
    for page in range(1, 5):
        browser.post(f"/quiz/{page}/", page_answers(page, ANSWERS))
    return browser.post("/quiz/5/", {})


def overtake(monkeypatch, faster):
    """Let another click win the race just after this one finds no attempt."""

    def by_code(manager, code):
        monkeypatch.undo()
        faster()

    monkeypatch.setattr(type(Attempt.objects), "by_code", by_code)


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


def main_of(response):
    return response.content.decode().split("<main")[1].split("</main>")[0]


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


class TestSharingWithACounselor:
    @pytest.fixture
    def invited(self, client, link):
        start(client, link)
        finish(client)
        return client

    def test_result_asks_with_one_button_for_each_scope_right_after_the_main_buttons(self, invited):
        html = invited.get("/quiz/result/").content.decode()
        heading = re.search(r'<h2 id="with-counselor">(.*?)</h2>', html, re.S)[1]
        assert re.search("Share this with .*Dana Reed.*\\?", heading)
        form = re.search(r'<form[^>]*action="/quiz/disclose/".*?</form>', html, re.S)[0]
        buttons = re.findall(r'<button[^>]*type="submit" name="scope" value="(\w+)"', form)
        assert buttons == ["verdict", "traits", "answers"]
        between = html[html.index('class="verdict"') : html.index('id="counselor"')]
        assert "<h2" not in between
        assert html.index('id="counselor"') < html.index('class="plain next-steps"')

    def test_finished_result_can_be_shared_during_a_retake(self, invited):
        finished = Attempt.objects.get()
        invited.post("/quiz/")
        assert 'action="/quiz/disclose/"' in invited.get("/quiz/result/").content.decode()
        assert invited.post("/quiz/disclose/", {"scope": "traits"}).url == "/quiz/result/#counselor"
        assert Disclosure.objects.get().attempt == finished

    def test_nothing_is_shared_before_the_client_chooses(self, invited):
        html = invited.get("/quiz/result/").content.decode()
        assert 'data-disclosed=""' in html
        assert not Disclosure.objects.exists()

    @pytest.mark.parametrize("scope", ["verdict", "traits", "answers"])
    def test_client_chooses_the_scope(self, invited, ann, scope):
        response = invited.post("/quiz/disclose/", {"scope": scope})
        assert response.url == "/quiz/result/#counselor"
        assert Disclosure.objects.get().scope == scope
        assert Disclosure.objects.get().client == ann
        assert f'data-disclosed="{scope}"' in invited.get(response.url).content.decode()

    def test_scope_can_be_changed(self, invited):
        for scope in ("answers", "verdict"):
            invited.post("/quiz/disclose/", {"scope": scope})
        assert Disclosure.objects.get().scope == "verdict"

    def test_unknown_scope_changes_nothing(self, invited):
        invited.post("/quiz/disclose/", {"scope": "everything"})
        assert not Disclosure.objects.exists()

    def test_withdrawing_takes_effect_immediately(self, invited):
        invited.post("/quiz/disclose/", {"scope": "answers"})
        invited.post("/quiz/withdraw/")
        assert not Disclosure.objects.exists()

    def test_withdrawing_covers_earlier_results(self, invited):
        invited.post("/quiz/disclose/", {"scope": "answers"})
        invited.post("/quiz/")
        finish(invited)
        assert 'action="/quiz/withdraw/"' in invited.get("/quiz/result/").content.decode()
        invited.post("/quiz/withdraw/")
        assert not Disclosure.objects.exists()

    def test_withdrawing_works_during_a_retake(self, invited):
        invited.post("/quiz/disclose/", {"scope": "answers"})
        invited.post("/quiz/")
        assert 'action="/quiz/withdraw/"' in invited.get("/quiz/data/").content.decode()
        invited.post("/quiz/withdraw/")
        assert not Disclosure.objects.exists()

    @pytest.mark.parametrize("ends", ["/quiz/withdraw/", "/quiz/data/delete/"])
    def test_withdrawing_covers_results_shared_from_another_browser(
        self, invited, client_class, ann, ends
    ):
        invited.post("/quiz/disclose/", {"scope": "answers"})
        other = client_class()
        start(other, ClientInvitation.objects.make(client=ann, expires_at=in_days(1)))
        finish(other)
        assert 'action="/quiz/withdraw/"' in other.get("/quiz/result/").content.decode()
        other.post(ends, {"is_sure": "on"})
        assert not Disclosure.objects.exists()

    def test_unfinished_attempt_cannot_be_shared(self, client, link):
        start(client, link)
        client.post("/quiz/disclose/", {"scope": "verdict"})
        assert not Disclosure.objects.exists()

    def test_without_a_counselor_nothing_can_be_shared(self, client):
        take_quiz(client, ANSWERS)
        assert 'id="counselor"' not in client.get("/quiz/result/").content.decode()
        client.post("/quiz/disclose/", {"scope": "verdict"})
        assert not Disclosure.objects.exists()

    def test_withdrawing_does_not_reach_other_clients(self, invited, client_class, class_link):
        invited.post("/quiz/disclose/", {"scope": "verdict"})
        other = client_class()
        start(other, class_link, name="Bo")
        other.post("/quiz/withdraw/")
        assert Disclosure.objects.count() == 1

    @pytest.mark.parametrize("path", ["/quiz/disclose/", "/quiz/withdraw/"])
    def test_get_is_not_allowed(self, invited, path):
        assert invited.get(path).status_code == HTTPStatus.METHOD_NOT_ALLOWED

    def test_result_page_shows_notes_for_the_client_but_no_private_ones(self, invited, ann):
        for is_for_client, text in ((True, "See you on Monday"), (False, "Seems in doubt")):
            Note.objects.create(
                client=ann, author=ann.counselor, is_for_client=is_for_client, text=text
            )
        html = invited.get("/quiz/result/").content.decode()
        assert "See you on Monday" in html
        assert "Seems in doubt" not in html

    def test_many_notes_cost_as_many_queries_as_one(self, invited, ann):
        counts = []
        invited.get("/quiz/result/")
        for text in ("One", "Two"):
            Note.objects.create(client=ann, author=ann.counselor, is_for_client=True, text=text)
            with CaptureQueriesContext(connection) as queries:
                invited.get("/quiz/result/")
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def kept(self, browser):
        """Return what the data page says that the counselor keeps: label to value."""
        html = browser.get("/quiz/data/").content.decode()
        section = re.search(r"<section data-kept-by-counselor>.*?</section>", html, re.S)[0]
        pairs = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", section, re.S)
        return {label: words_of(value).replace(" ,", ",").strip() for label, value in pairs}

    def test_data_page_shows_what_the_counselor_keeps_about_the_client(self, invited, ann):
        empty = {"E-mail address": "none", "Group": "none", "Tags": "none"}
        assert self.kept(invited) == {"Name": "Ann Lee", **empty}
        ann.email = "ann@example.org"
        ann.group = ClientGroup.objects.create(counselor=ann.counselor, name="Class <9b>")
        ann.save()
        for name in ("Likes maths", "Moves in June"):
            ann.tags.add(Tag.objects.create(counselor=ann.counselor, name=name))
        assert self.kept(invited) == {
            "Name": "Ann Lee",
            "E-mail address": "ann@example.org",
            "Group": "Class <9b>",
            "Tags": "Likes maths, Moves in June",
        }
        (data,) = invited.get("/quiz/data.json").json()["counselors"]
        assert (data["group"], data["tags"]) == ("Class <9b>", ["Likes maths", "Moves in June"])

    def test_tags_cost_as_many_queries_as_one(self, invited, ann):
        counts = []
        for name in ("One", "Two"):
            ann.tags.add(Tag.objects.create(counselor=ann.counselor, name=name))
            with CaptureQueriesContext(connection) as queries:
                invited.get("/quiz/data/")
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_deleting_everything_removes_what_the_counselor_saw(self, invited, ann):
        invited.post("/quiz/disclose/", {"scope": "answers"})
        invited.post("/quiz/data/delete/", {"is_sure": "on"})
        assert not Disclosure.objects.exists()
        assert Client.objects.filter(pk=ann.pk).exists()


class TestClosedAccounts:
    """No one can log in to a closed account, so nothing leads to it and no page says otherwise."""

    def close(self, counselor, *, is_open=False):
        counselor.user.is_active = is_open
        counselor.user.save()

    @pytest.fixture
    def invited(self, client, link):
        start(client, link)
        finish(client)
        return client

    @pytest.mark.parametrize("kind", ["link", "class_link"])
    def test_links_stop_working_like_any_other_and_start_nothing(
        self, client, counselor, request, kind
    ):
        link = request.getfixturevalue(kind)
        sent = {"code": form_on(client, link), "name": "Bo"}
        self.close(counselor)
        opened, none = client.get(link.path), client.get("/group/none/")
        assert opened.status_code == HTTPStatus.NOT_FOUND
        assert main_of(opened) == main_of(none)
        assert client.post(link.path, sent).status_code == HTTPStatus.NOT_FOUND
        assert not Attempt.objects.exists()

    @pytest.mark.parametrize("kind", ["link", "class_link"])
    def test_account_that_closes_while_the_form_is_sent_uses_no_link_up(
        self, client, counselor, request, monkeypatch, kind
    ):
        link = request.getfixturevalue(kind)
        sent = {"code": form_on(client, link), "name": "Bo"}
        overtake(monkeypatch, lambda: self.close(counselor))
        assert client.post(link.path, sent).status_code == HTTPStatus.NOT_FOUND
        link.refresh_from_db()
        assert not getattr(link, "used", None)
        assert not getattr(link, "spent_at", None)

    @pytest.mark.parametrize("kind", ["link", "class_link"])
    def test_links_work_again_when_the_account_opens_again(self, client, counselor, request, kind):
        link = request.getfixturevalue(kind)
        self.close(counselor)
        self.close(counselor, is_open=True)
        assert start(client, link, name="Bo").url == "/quiz/1/"

    @pytest.mark.parametrize("scope", ["", "verdict", "traits", "answers"])
    def test_result_page_says_that_no_one_sees_the_result(self, invited, counselor, scope):
        invited.post("/quiz/disclose/", {"scope": scope})
        self.close(counselor)
        html = invited.get("/quiz/result/").content.decode()
        assert 'data-disclosed="" data-counselor="closed"' in html
        assert 'action="/quiz/disclose/"' not in html
        assert ('action="/quiz/withdraw/"' in html) == bool(scope)

    def test_nothing_new_is_shared_with_a_closed_account(self, invited, counselor):
        self.close(counselor)
        invited.post("/quiz/disclose/", {"scope": "answers"})
        assert not Disclosure.objects.exists()

    def test_sharing_can_be_stopped_while_the_account_is_closed(self, invited, counselor):
        invited.post("/quiz/disclose/", {"scope": "answers"})
        self.close(counselor)
        invited.post("/quiz/withdraw/")
        assert not Disclosure.objects.exists()

    def test_data_page_and_file_say_that_the_account_is_closed(self, invited, counselor):
        def said():
            page = invited.get("/quiz/data/").content.decode()
            (data,) = invited.get("/quiz/data.json").json()["counselors"]
            return 'data-counselor="closed"' in page, data["counselor_can_log_in"]

        assert said() == (False, True)
        self.close(counselor)
        assert said() == (True, False)

    def test_quiz_that_was_started_can_be_continued(self, client, counselor, link):
        start(client, link)
        self.close(counselor)
        finish(client)
        assert Attempt.objects.get().is_finished
