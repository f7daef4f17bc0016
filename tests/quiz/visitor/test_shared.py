"""What a link shows to others, and how it is protected: pages, pictures, openings, passphrases."""

import re
import uuid
from datetime import timedelta
from http import HTTPStatus
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from quiz.attempts.models import Opening, ShareLink
from quiz.core.scopes import SCOPES
from quiz.core.scoring import score
from quiz.web.qr_code import qr_code
from tests.answers import SHIPPED, leaning, page_answers
from tests.pages import fields_with_errors, take_quiz
from tests.quiz.visitor.shared import ANSWERS, make, page
from tests.roles.pages import words_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("content", "an_hour_later"),
    pytest.mark.both_databases,
]


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
