"""Links that show a result to others: what they show, until when, and revoking them."""

import re
import uuid
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus

import pytest

from quiz.attempts.models import ShareLink
from quiz.attempts.models.link import token_from
from quiz.counseling.models import ClientInvitation
from quiz.web.qr_code import qr_code
from tests.answers import leaning
from tests.pages import fields_with_errors, take_quiz
from tests.quiz.visitor.shared import SOON, make, page

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("content", "an_hour_later"),
    pytest.mark.both_databases,
]


class TestCreating:
    def test_list_shows_the_full_url(self, owner, settings):
        settings.SITE_URL = "https://quiz.example"
        link = make(owner)
        html = owner.get("/quiz/shares/").content.decode()
        assert f'value="https://quiz.example{link.path}"' in html

    def test_url_ignores_the_host_header(self, owner, settings):
        settings.ALLOWED_HOSTS = ["*"]
        make(owner)
        html = owner.get("/quiz/shares/", headers={"host": "evil.example"}).content.decode()
        assert "evil.example" not in html

    def test_submitting_the_form_twice_adds_one_link(self, owner):
        same = uuid.uuid4()
        make(owner, id=same)
        make(owner, id=same)
        assert ShareLink.objects.count() == 1

    def test_form_with_the_id_of_another_person_s_link_changes_nothing(self, owner, client_class):
        theirs = make(owner)
        other = client_class()
        take_quiz(other, leaning("service", 7))
        other.post("/quiz/shares/", {"id": theirs.pk, "scope": "answers", "until": "7"})
        theirs.refresh_from_db()
        assert (ShareLink.objects.count(), theirs.scope) == (1, "traits")

    @pytest.mark.parametrize("days", [7, 30, 90])
    def test_link_expires_after_the_chosen_days(self, owner, days):
        assert make(owner, until=str(days)).expires_at == SOON + timedelta(days=days)

    def test_chosen_day_lasts_while_it_lasts_anywhere(self, owner, stranger, clock):
        """At UTC-12, a day ends at noon of the next day in UTC."""
        link = make(owner, until="date", date="2026-12-24")
        assert link.expires_at == datetime(2026, 12, 25, 12, tzinfo=UTC)
        clock.move_to(datetime(2026, 12, 25, 11, 59, tzinfo=UTC))
        page(stranger, link)
        clock.move_to(datetime(2026, 12, 25, 12, tzinfo=UTC))
        assert stranger.get(link.path).status_code == HTTPStatus.NOT_FOUND

    @pytest.mark.parametrize(
        ("now", "first_day"),
        [
            # It is the evening of November 24 in the Americas.
            (datetime(2026, 11, 25, 3, tzinfo=UTC), "2026-11-24"),
            (datetime(2026, 11, 25, 11, 59, 59, tzinfo=UTC), "2026-11-24"),
            (datetime(2026, 11, 25, 12, tzinfo=UTC), "2026-11-25"),
            (datetime(2026, 11, 25, 23, 59, tzinfo=UTC), "2026-11-25"),
        ],
    )
    def test_day_can_be_chosen_until_it_has_ended_everywhere(self, owner, clock, now, first_day):
        clock.move_to(now)
        assert f'min="{first_day}" max="2027-11-24"' in owner.get("/quiz/shares/").content.decode()
        assert make(owner, until="date", date=first_day).expires_at > now
        too_early = date.fromisoformat(first_day) - timedelta(days=1)
        sent = {"id": uuid.uuid4(), "scope": "traits", "until": "date", "date": too_early}
        assert fields_with_errors(owner.post("/quiz/shares/", sent)) == {"date"}

    @pytest.mark.parametrize(
        ("zone", "shown"),
        [
            ("UTC", "December 25, 2026, noon UTC"),
            ("America/New_York", "December 25, 2026, 7 a.m. EST"),
        ],
    )
    def test_every_page_shows_the_end_in_the_zone_of_the_site(
        self, owner, stranger, settings, zone, shown
    ):
        settings.TIME_ZONE = zone
        link = make(owner, until="date", date="2026-12-24")
        assert shown in page(stranger, link)
        assert shown in owner.get("/quiz/shares/").content.decode()

    @pytest.mark.parametrize(
        ("date", "words"),
        [
            ("", "Choose the last day"),
            ("2026-11-22", "This day is over"),
            ("0001-01-01", "This day is over"),
            ("9999-12-31", "Your result is kept until"),
            ("2028-01-01", "Your result is kept until"),
            ("soon", "Type a date such as"),
        ],
    )
    def test_impossible_day_gets_an_error_and_the_rest_of_the_form_stays(self, owner, date, words):
        sent = {"id": uuid.uuid4(), "scope": "answers", "until": "date", "date": date}
        response = owner.post("/quiz/shares/", sent | {"shown_name": "Ann"})
        assert response.status_code == HTTPStatus.BAD_REQUEST
        html = response.content.decode()
        assert words in html
        assert 'value="Ann"' in html
        assert not ShareLink.objects.exists()

    def test_link_never_outlives_the_result(self, owner, clock):
        clock.shift(timedelta(days=300))
        assert make(owner, until="90").expires_at < SOON + timedelta(days=366)

    def test_database_holds_no_token(self, owner):
        link = make(owner)
        token = link.path.split("/")[2]
        assert len(token) == 43  # 256 bits
        assert token not in str(ShareLink.objects.values().get())

    def test_link_works_after_a_new_secret_key_but_is_not_shown(self, owner, stranger, settings):
        path, before = make(owner).path, settings.SECRET_KEY
        settings.SECRET_KEY = "another one"
        link = ShareLink.objects.get()
        assert link.url == ""
        assert qr_code(f"{settings.SITE_URL}{path}") in stranger.get(path).content.decode()
        settings.SECRET_KEY_FALLBACKS = [before]
        assert link.path == path

    def test_unfinished_attempt_cannot_be_shared(self, client):
        client.post("/quiz/")
        html = client.get("/quiz/shares/").content.decode()
        assert 'action="/quiz/shares/"' not in html
        assert 'href="/quiz/1/"' in html
        sent = {"id": uuid.uuid4(), "scope": "traits", "until": "30"}
        client.post("/quiz/shares/", sent)
        assert not ShareLink.objects.exists()

    def test_links_to_an_earlier_result_can_be_revoked_while_taking_the_quiz_again(
        self, owner, stranger
    ):
        link = make(owner)
        owner.post("/quiz/")
        assert link.path in owner.get("/quiz/shares/").content.decode()
        owner.post(f"/quiz/shares/{link.pk}/revoke/")
        assert stranger.get(link.path).status_code == HTTPStatus.NOT_FOUND


class TestOneTap:
    """The button on the result makes a link for 30 days with one tap."""

    def tap(self, owner):
        html = owner.get("/quiz/result/").content.decode()
        form = re.search(r'<form[^>]*action="/quiz/shares/">(.*?)</form>', html, re.S)[1]
        sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
        response = owner.post("/quiz/shares/", sent)
        assert response.url == "/quiz/shares/"

    def test_link_shows_the_preferences_for_30_days(self, owner, stranger):
        self.tap(owner)
        link = ShareLink.objects.get()
        assert (link.scope, link.expires_at) == ("traits", SOON + timedelta(days=30))
        assert "data-trait" in page(stranger, link)

    def test_second_tap_uses_the_same_link(self, owner):
        self.tap(owner)
        self.tap(owner)
        assert ShareLink.objects.count() == 1

    def test_tap_makes_a_new_link_next_to_others_or_after_the_end(self, owner, clock):
        make(owner, shown_name="Ann")
        make(owner, scope="answers")
        self.tap(owner)
        assert ShareLink.objects.count() == 3
        clock.shift(timedelta(days=31))
        self.tap(owner)
        assert ShareLink.objects.count() == 4

    def test_tap_works_during_a_retake(self, owner, stranger):
        owner.post("/quiz/")
        self.tap(owner)
        page(stranger, ShareLink.objects.get())

    def test_options_are_folded_unless_one_is_wrong(self, owner):
        folded = '<details class="fold">'
        assert folded in owner.get("/quiz/shares/").content.decode()
        sent = {"id": uuid.uuid4(), "scope": "traits", "until": "date", "date": "soon"}
        assert folded not in owner.post("/quiz/shares/", sent).content.decode()


class TestEnding:
    def test_share_link_stops_working_when_revoked(self, owner, stranger):
        link = make(owner)
        page(stranger, link)
        assert owner.post(f"/quiz/shares/{link.pk}/revoke/").url == "/quiz/shares/"
        assert stranger.get(link.path).status_code == HTTPStatus.NOT_FOUND

    def test_share_link_stops_working_when_it_expires(self, owner, stranger, clock):
        link = make(owner, until="7")
        clock.shift(timedelta(days=7))
        assert stranger.get(link.path).status_code == HTTPStatus.NOT_FOUND

    def test_only_the_owner_can_revoke_a_link(self, owner, client_class):
        link = make(owner)
        other = client_class()
        take_quiz(other, leaning("service", 7))
        other.post(f"/quiz/shares/{link.pk}/revoke/")
        assert ShareLink.objects.filter(pk=link.pk).exists()

    def test_link_can_be_revoked_twice(self, owner):
        link = make(owner)
        for _click in range(2):
            assert owner.post(f"/quiz/shares/{link.pk}/revoke/").status_code == HTTPStatus.FOUND

    def test_every_link_that_does_not_work_gets_the_same_response(self, owner, stranger, clock):
        revoked, expired, other_purpose = make(owner), make(owner, until="7"), make(owner)
        owner.post(f"/quiz/shares/{revoked.pk}/revoke/")
        clock.shift(timedelta(days=8))
        tokens = {
            "revoked": revoked.path.split("/")[2],
            "expired": expired.path.split("/")[2],
            "of another purpose": token_from(ClientInvitation.purpose, other_purpose.nonce),
            "malformed": "%F0%9F%99%82%22%3E",
            "unknown": "A" * 43,
            "one letter longer": f"{make(owner).path.split('/')[2]}A",
            "long": "A" * 4000,
            "of several parts": "A/B",
            "with a NUL": "A%00",
        }
        answers = {
            name: stranger.get(f"/shared/{token}/").content for name, token in tokens.items()
        }
        assert len(set(answers.values())) == 1, answers
        assert b'<p class="lede">' in answers["unknown"]
