"""What a client lets their counselor see: choosing it, stopping it, and a counselor who is gone."""

import re
from http import HTTPStatus
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quiz.attempts.models import Attempt
from quiz.counseling.models import (
    Client,
    ClientGroup,
    ClientInvitation,
    Disclosure,
    Note,
    Tag,
)
from quiz.counseling.wall import Dot
from tests.answers import leaning
from tests.pages import take_quiz
from tests.quiz.visitor.invited import finish, form_on, in_days, main_of, overtake, start
from tests.roles.pages import words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

ANSWERS = leaning("sales", 7)


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

    def test_page_says_before_what_a_class_may_see(self, invited, ann):
        # A counselor may put someone into a group later.
        assert ann.group is None
        assert "as a dot without a name" in main_of(invited.get("/quiz/result/"))

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

    def test_data_file_says_whether_a_result_was_shown_in_class(self, invited, ann):
        def shown():
            return [
                each["shown_in_class"] for each in invited.get("/quiz/data.json").json()["attempts"]
            ]

        assert shown() == [False]
        Dot.objects.create(attempt=Attempt.objects.get(client=ann), batch=uuid4(), batch_size=5)
        assert shown() == [True]

    def test_data_page_says_that_months_are_counted(self, invited):
        assert "rounded to steps of five" in main_of(invited.get("/quiz/data/"))

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
