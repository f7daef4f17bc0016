"""Links that show a result to others: what they show, until when, and revoking them."""

import re
import uuid
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from io import BytesIO

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from quiz.attempts.models import Opening, ShareLink
from quiz.attempts.models.link import token_from
from quiz.core.scopes import SCOPES
from quiz.core.scoring import score
from quiz.counseling.models import ClientInvitation
from quiz.visitor import sharing
from quiz.web.limits import TRIES
from quiz.web.qr_code import qr_code
from quiz.web.scarce import HASHES
from tests.answers import SHIPPED, leaning, page_answers
from tests.factories import NOON
from tests.pages import fields_with_errors, take_quiz
from tests.roles.pages import words_of
from tests.turns import all_places_taken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

ANSWERS = leaning("sales", 7)
SOON = NOON + timedelta(hours=1)
ASKS_PASSPHRASE = 'name="passphrase"'


@pytest.fixture(autouse=True)
def _an_hour_after_the_quiz():
    with time_machine.travel(SOON, tick=False) as clock:
        yield clock


@pytest.fixture
def clock(_an_hour_after_the_quiz):
    return _an_hour_after_the_quiz


@pytest.fixture
def owner(client):
    """The browser of a person with a result."""
    take_quiz(client, ANSWERS, {"B1": "6", "B2": "now", "B3": "none"})
    return client


@pytest.fixture
def stranger(client_class):
    return client_class()


def make(owner, **changes):
    """Create a link through the form; return its row."""
    sent = {"id": uuid.uuid4(), "scope": "traits", "until": "30", "shown_name": "", **changes}
    response = owner.post("/quiz/shares/", sent)
    assert response.status_code == HTTPStatus.FOUND, response.content.decode()
    return ShareLink.objects.get(pk=sent["id"])


def page(browser, link):
    response = browser.get(link.path)
    assert response.status_code == HTTPStatus.OK
    return response.content.decode()


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


class TestWhatItShows:
    @pytest.mark.parametrize("scope", SCOPES)
    def test_every_scope_shows_the_verdict_and_its_numbers(self, owner, stranger, scope):
        html = page(stranger, make(owner, scope=scope))
        result = score(SHIPPED, ANSWERS)
        assert SHIPPED.texts["leaning_sales"]["en"] not in html  # it speaks to the owner
        assert f'data-band="{result.band}" data-field="sales"' in html

    @pytest.mark.parametrize(("scope", "shown"), [("verdict", 0), ("traits", 3), ("answers", 3)])
    def test_scores_appear_with_the_traits_scope(self, owner, stranger, scope, shown):
        html = page(stranger, make(owner, scope=scope))
        assert len(re.findall("data-trait=", html)) == shown
        assert ('data-part="tips"' in html) == bool(shown)
        assert ('data-part="numbers"' in html) == bool(shown)

    @pytest.mark.parametrize(("scope", "shown"), [("verdict", 0), ("traits", 0), ("answers", 24)])
    def test_answers_appear_only_with_the_answers_scope(self, owner, stranger, scope, shown):
        html = page(stranger, make(owner, scope=scope))
        quoted = set(re.findall("<q>(.*?)</q>", html))
        assert len(quoted) == shown
        assert ('class="pulls"' in html) == bool(shown)

    @pytest.mark.parametrize("scope", SCOPES)
    def test_no_scope_shows_background_answers(self, owner, stranger, scope):
        html = page(stranger, make(owner, scope=scope))
        assert "schooling" not in html
        assert re.findall('data-role="(.*?)"', html) == ["sales-representative"]

    def test_shared_page_offers_no_action_of_the_owner(self, owner, stranger):
        html = page(stranger, make(owner, scope="answers"))
        for name in ("/quiz/code/", "/quiz/shares/", "/quiz/data/delete/", "/quiz/results/"):
            assert name not in html

    def test_name_appears_only_if_the_owner_typed_one(self, owner, stranger):
        named = page(stranger, make(owner, shown_name="Ann Lee"))
        assert 'data-shown-name="Ann Lee"' in named
        assert "Ann Lee" in words_of(named.split('data-shown-name="Ann Lee">')[1].split("</p>")[0])
        assert 'data-shown-name=""' in page(stranger, make(owner))

    def test_name_is_escaped(self, owner, stranger):
        assert "<b>" not in page(stranger, make(owner, shown_name="<b>Ann</b>"))

    def test_social_preview_reveals_nothing_of_the_result(self, owner, stranger):
        html = page(stranger, make(owner, shown_name="Ann Lee"))
        head = html[: html.index("</head>")]
        assert "/preview.png" in head
        for word in ("lean", "Ann", "towards"):
            assert word not in head

    def test_shared_page_is_neither_stored_nor_indexed(self, owner, stranger):
        response = stranger.get(make(owner).path)
        assert response["Cache-Control"] == "no-store"
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert 'name="robots" content="noindex' in response.content.decode()

    def test_url_is_not_sent_to_other_sites(self, owner, stranger):
        assert stranger.get(make(owner).path)["Referrer-Policy"] == "same-origin"

    def test_shared_page_has_a_qr_code_of_its_url(self, owner, stranger):
        link = make(owner)
        html = page(stranger, link)
        assert qr_code(link.url) in html
        assert qr_code("") not in html
        assert "style=" not in html


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


class TestWrittenAboutTheOwner:
    ALL = (ANSWERS, leaning("service", 20), leaning("sales", 1), dict.fromkeys(ANSWERS, 3))

    def about(self, browser, link):
        """The page's words about the owner: not the statements, names of traits, and the way on."""
        main = re.search(r"<main.*</main>", page(browser, link), re.S)[0]
        about = main[main.index('class="verdict"') : main.index('class="qr"')]
        said = words_of(re.sub(r"<q>.*?</q>", "", about))
        for trait in SHIPPED.traits:
            said = said.replace(trait.name["en"], "")
        return said

    @pytest.mark.parametrize("answers", ALL, ids=["leaning", "clear", "close", "insufficient"])
    @pytest.mark.parametrize("name", ["Sam", ""])
    def test_nothing_speaks_to_the_reader_as_the_owner(self, client, stranger, answers, name):
        take_quiz(client, answers, {"B1": "6", "B2": "now", "B3": "none"})
        said = self.about(stranger, make(client, scope="answers", shown_name=name))
        assert not re.search(r"\byou(r|rs|rself)?\b", said, re.IGNORECASE)

    @pytest.mark.parametrize(
        ("name", "verdict"),
        [("Sam", "Sam's answers lean towards sales"), ("", "Their answers lean towards sales")],
    )
    def test_verdict_names_the_owner(self, owner, stranger, name, verdict):
        html = page(stranger, make(owner, shown_name=name))
        heading = re.search(r"<h1>(.*?)</h1>", html, re.S)[1]
        assert re.sub(r"<[^>]+>", "", heading).strip() == verdict


class TestPicture:
    def picture_of(self, browser, link):
        head = page(browser, link).split("</head>")[0]
        return re.search(r'property="og:image" content="https?://[^/]+([^"]+)"', head)[1]

    def test_link_has_the_picture_of_the_site_unless_the_owner_ticked_theirs(self, owner, stranger):
        plain, ticked = make(owner), make(owner, shows_picture="on")
        assert self.picture_of(stranger, plain) == "/preview.png"
        assert stranger.get(f"{plain.path}picture.png").status_code == HTTPStatus.NOT_FOUND
        assert self.picture_of(stranger, ticked) == f"{ticked.path}picture.png"
        response = stranger.get(f"{ticked.path}picture.png")
        drawn = Image.open(BytesIO(response.content))
        assert (drawn.format, drawn.size) == ("PNG", (1200, 630))
        assert response["Cache-Control"] == "no-store"

    def test_picture_shows_the_level_of_the_result(self, client, client_class):
        drawn = set()
        for answers in (leaning("sales", 20), ANSWERS, leaning("service", 7)):
            browser = client_class()
            take_quiz(browser, answers)
            link = make(browser, shows_picture="on")
            drawn.add(browser.get(f"{link.path}picture.png").content)
        assert len(drawn) == 3

    def test_fetching_the_picture_counts_as_no_opening(self, owner, stranger):
        link = make(owner, shows_picture="on")
        stranger.get(f"{link.path}picture.png")
        assert not Opening.objects.exists()

    def test_picture_ends_with_its_link(self, owner, stranger, clock):
        link = make(owner, until="7", shows_picture="on")
        clock.shift(timedelta(days=7))
        assert stranger.get(f"{link.path}picture.png").status_code == HTTPStatus.NOT_FOUND

    def test_picture_and_passphrase_exclude_each_other(self, owner, stranger):
        sent = {"id": uuid.uuid4(), "scope": "traits", "until": "30", "shows_picture": "on"}
        response = owner.post("/quiz/shares/", {**sent, "passphrase": "blue kettle"})
        assert fields_with_errors(response) == {"shows_picture"}
        assert not ShareLink.objects.exists()
        link = make(owner, passphrase="blue kettle")
        ShareLink.objects.update(shows_picture=True)
        assert stranger.get(f"{link.path}picture.png").status_code == HTTPStatus.NOT_FOUND

    def test_result_without_a_suggestion_offers_no_picture(self, owner, client_class):
        assert 'name="shows_picture"' in owner.get("/quiz/shares/").content.decode()
        other = client_class()
        take_quiz(other, dict.fromkeys(ANSWERS, 3))
        assert 'name="shows_picture"' not in other.get("/quiz/shares/").content.decode()


class TestWayOn:
    """The last button of a shared page depends on who opens it."""

    def way_on(self, browser, link):
        return re.findall('class="btn btn-quiet" href="([^"]*)"', page(browser, link))[-1]

    def test_stranger_is_offered_the_quiz(self, owner, stranger):
        link = make(owner)
        assert self.way_on(stranger, link) == "/quiz/"
        stranger.post("/quiz/")
        assert self.way_on(stranger, link) == "/quiz/"

    def test_someone_with_an_unfinished_quiz_is_offered_to_continue(self, owner, stranger):
        stranger.post("/quiz/")
        stranger.post("/quiz/1/", page_answers(1, ANSWERS))
        assert self.way_on(stranger, make(owner)) == "/quiz/2/"

    def test_someone_with_a_result_is_offered_their_own(self, owner, stranger):
        take_quiz(stranger, leaning("service", 7))
        assert self.way_on(stranger, make(owner)) == "/quiz/result/"

    def test_owner_goes_back_to_the_links(self, owner):
        link = make(owner, shown_name="Ann Lee")
        assert self.way_on(owner, link) == "/quiz/shares/"
        assert "lets you see this" not in page(owner, link)


class TestCopiedLinks:
    @pytest.mark.parametrize("copied", ["<{}", "{}.", "{}).", "\u200b{}", "{}\u200b", "“{}”"])
    def test_link_works_with_what_was_copied_around_it(self, owner, stranger, copied):
        link = make(owner, passphrase="blue kettle")
        path = link.path.replace(token := link.path.split("/")[2], copied.format(token))
        assert stranger.get(path).status_code == HTTPStatus.OK
        assert stranger.post(path, {"passphrase": "blue kettle"}).url == link.path
        assert "data-band" in page(stranger, link)


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


class TestOpenings:
    def test_openings_are_listed_for_the_owner(self, owner, stranger, clock):
        link = make(owner)
        assert 'data-opened="0"' in owner.get("/quiz/shares/").content.decode()
        page(stranger, link)
        clock.shift(60)
        page(stranger, link)
        html = owner.get("/quiz/shares/").content.decode()
        assert 'data-opened="2"' in html
        assert html.count("<li>November 24, 2026") == 2

    def test_many_links_cost_as_many_queries_as_one(self, owner, stranger):
        counts = []
        for _ in range(2):
            stranger.get(make(owner).path)
            with CaptureQueriesContext(connection) as queries:
                owner.get("/quiz/shares/")
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_owner_s_own_visit_does_not_count(self, owner):
        page(owner, make(owner))
        assert not Opening.objects.exists()

    def test_head_request_does_not_count(self, owner, stranger):
        stranger.head(make(owner).path)
        assert not Opening.objects.exists()

    @pytest.mark.parametrize(
        "headers",
        [
            {"user-agent": "WhatsApp/2.23.20.0 A"},
            {"user-agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
            {"sec-purpose": "prefetch;prerender"},
            {"purpose": "prefetch"},
        ],
        ids=str,
    )
    def test_previews_do_not_count(self, owner, stranger, headers):
        link = make(owner)
        assert stranger.get(link.path, headers=headers).status_code == HTTPStatus.OK
        assert 'data-opened="0"' in owner.get("/quiz/shares/").content.decode()

    def test_openings_do_not_say_who(self, owner, stranger):
        page(stranger, make(owner))
        assert set(Opening.objects.values().get()) == {"id", "link_id", "at"}


class TestPassphrase:
    @pytest.fixture
    def link(self, owner):
        return make(owner, passphrase="blue kettle")

    def test_nothing_is_shown_without_the_passphrase(self, link, stranger):
        html = page(stranger, link)
        assert ASKS_PASSPHRASE in html
        assert "towards" not in html
        assert "data-band" not in html
        assert not Opening.objects.exists()

    def test_passphrase_opens_the_result_and_is_remembered(self, link, stranger):
        assert stranger.post(link.path, {"passphrase": "blue kettle"}).url == link.path
        for _look in range(2):
            assert "data-band" in page(stranger, link)
        assert Opening.objects.count() == 2

    def test_wrong_passphrase_is_refused_and_stays_in_the_form(self, link, stranger):
        response = stranger.post(link.path, {"passphrase": "red kettle"})
        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert 'value="red kettle"' in response.content.decode()
        assert ASKS_PASSPHRASE in page(stranger, link)

    def test_passphrase_tries_are_rate_limited(self, link, stranger):
        for _try in range(10):
            stranger.post(link.path, {"passphrase": "red kettle"})
        response = stranger.post(link.path, {"passphrase": "blue kettle"})
        assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS

    def test_after_too_many_tries_the_page_keeps_what_was_typed(self, link, stranger):
        for _try in range(11):
            response = stranger.post(link.path, {"passphrase": "red kettle"})
        assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS
        assert 'value="red kettle"' in response.content.decode()
        assert int(response["Retry-After"]) > 0

    def test_a_whole_class_behind_one_address_can_open_a_link(self, link, client_class):
        for _pupil in range(40):
            response = client_class().post(link.path, {"passphrase": "blue kettle"})
            assert response.status_code == HTTPStatus.FOUND

    def test_tries_for_one_link_lock_no_other(self, link, owner, stranger):
        other = make(owner, passphrase="green kettle")
        for _try in range(11):
            stranger.post(link.path, {"passphrase": "red kettle"})
        assert stranger.post(other.path, {"passphrase": "green kettle"}).url == other.path

    @pytest.mark.slow
    def test_one_network_cannot_lock_a_link_for_everyone(self, link, client_class):
        for _try in range(120):
            client_class().post(link.path, {"passphrase": "red kettle"})
        elsewhere = client_class(REMOTE_ADDR="198.51.100.1")
        assert elsewhere.post(link.path, {"passphrase": "blue kettle"}).url == link.path

    @pytest.mark.parametrize(
        ("chosen", "typed"),
        [
            ("grüner Tee", "gru\u0308ner Tee"),
            ("gru\u0308ner Tee", "grüner Tee"),
            ("blue kettle", "\ufeffblue\u00a0kettle\u200b"),
            ("it's blue", "it’s blue"),
        ],
    )
    def test_passphrase_that_looks_the_same_opens_the_link(self, owner, stranger, chosen, typed):
        link = make(owner, passphrase=chosen)
        assert stranger.post(link.path, {"passphrase": typed}).url == link.path

    def test_passphrase_hashed_as_it_was_typed_still_opens_the_link(self, link, stranger):
        link.passphrase_hash = make_password("gru\u0308ner  Tee")
        link.save()
        assert stranger.post(link.path, {"passphrase": "gru\u0308ner  Tee"}).url == link.path

    def test_try_refused_because_others_are_checked_is_not_counted(self, link, stranger):
        with all_places_taken(HASHES):
            for _each in range(TRIES):
                response = stranger.post(link.path, {"passphrase": "blue kettle"})
                assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert int(response["Retry-After"]) > 0
        assert stranger.post(link.path, {"passphrase": "blue kettle"}).url == link.path

    @pytest.mark.parametrize("upper", ["Blue kettle", "BLUE KETTLE"])
    def test_case_of_a_passphrase_counts(self, link, stranger, upper):
        response = stranger.post(link.path, {"passphrase": upper})
        assert response.status_code == HTTPStatus.BAD_REQUEST

    def test_phones_change_nothing_in_a_passphrase(self, link, owner, stranger):
        for html in (page(stranger, link), owner.get("/quiz/shares/").content.decode()):
            field = re.search('<input[^>]*name="passphrase"[^>]*>', html)[0]
            assert 'autocapitalize="none"' in field
            assert 'autocorrect="off"' in field

    def test_passphrase_opens_no_other_link(self, link, owner, stranger):
        other = make(owner, passphrase="red kettle")
        stranger.post(link.path, {"passphrase": "blue kettle"})
        stranger.cookies["opened"]["path"] = "/"
        assert ASKS_PASSPHRASE in page(stranger, other)

    def test_spaces_around_the_passphrase_are_ignored(self, owner, stranger):
        link = make(owner, passphrase="blue kettle ")
        assert stranger.post(link.path, {"passphrase": " blue kettle"}).url == link.path

    @pytest.mark.parametrize("blank", ["   ", "\u200b", "\u00a0\ufeff"])
    def test_spaces_alone_are_no_passphrase(self, owner, blank):
        sent = {"id": uuid.uuid4(), "scope": "traits", "until": "30", "passphrase": blank}
        assert fields_with_errors(owner.post("/quiz/shares/", sent)) == {"passphrase"}
        assert not ShareLink.objects.exists()

    def test_passphrase_still_works_after_a_new_secret_key(self, link, stranger, settings):
        path = link.path
        settings.SECRET_KEY = "another one"
        assert stranger.post(path, {"passphrase": "blue kettle"}).url == path
        assert "data-band" in stranger.get(path).content.decode()

    @pytest.mark.slow
    def test_tries_from_many_addresses_count_together(self, link, client_class):
        for number in range(100):
            browser = client_class(REMOTE_ADDR=f"192.0.2.{number}")
            browser.post(link.path, {"passphrase": "red kettle"})
        response = client_class(REMOTE_ADDR="198.51.100.1").post(
            link.path, {"passphrase": "blue kettle"}
        )
        assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS

    def test_ipv6_addresses_of_one_network_count_as_one(self, link, client_class):
        for number in range(10):
            browser = client_class(REMOTE_ADDR=f"2001:db8::{number}")
            browser.post(link.path, {"passphrase": "red kettle"})
        response = client_class(REMOTE_ADDR="2001:db8::ff").post(
            link.path, {"passphrase": "blue kettle"}
        )
        assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS

    def test_passphrase_is_hashed_before_the_transaction(self, owner, monkeypatch):
        """Each test runs in a transaction, so one inside it would be a savepoint."""
        savepoints = []

        def hashed(passphrase):
            savepoints.append(list(connection.savepoint_ids))
            return "hash"

        monkeypatch.setattr(sharing, "make_password", hashed)
        make(owner, passphrase="blue kettle")
        assert savepoints == [[]]
        assert ShareLink.objects.get().passphrase_hash == "hash"

    def test_passphrase_is_stored_as_a_hash(self, link):
        assert "blue kettle" not in str(ShareLink.objects.values().get())

    def test_passphrase_does_not_open_a_revoked_link(self, link, owner, stranger):
        stranger.post(link.path, {"passphrase": "blue kettle"})
        owner.post(f"/quiz/shares/{link.pk}/revoke/")
        assert stranger.get(link.path).status_code == HTTPStatus.NOT_FOUND
