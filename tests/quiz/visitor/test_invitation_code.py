"""Typing the code of an invitation instead of opening its link."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from quiz.attempts.models import Attempt
from quiz.counseling.coded_links import ALPHABET
from quiz.counseling.models import Client, ClientGroup, ClientInvitation, GroupLink
from quiz.visitor.invitation_code import TRIES_OF_ONE_NETWORK
from quiz.web.limits import WINDOW_SECONDS
from tests.factories import make_client, make_counselor
from tests.pages import fields_with_errors, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

URL = "/join/"
WRONG = "CCCC-CCCC"


@pytest.fixture
def counselor():
    return make_counselor("Dana Reed")


@pytest.fixture
def link(counselor):
    return ClientInvitation.objects.make(
        client=make_client(counselor, "Ann Lee"), expires_at=timezone.now() + timedelta(days=30)
    )


@pytest.fixture
def class_link(counselor):
    group = ClientGroup.objects.create(counselor=counselor, name="Class 9b")
    ends = timezone.now() + timedelta(days=30)
    return GroupLink.objects.make(group=group, expires_at=ends, places=1)


def enter(browser, code):
    return browser.post(URL, {"code": code})


def typed_on(response) -> str:
    """Return what the field for the code holds."""
    return re.search(r'name="code" value="([^"]*)"', text_of(response))[1]


def start(browser, link, **typed):
    hidden = re.search('name="code" value="([^"]+)"', text_of(browser.get(link.path)))[1]
    return browser.post(link.path, {"code": hidden, **typed})


class TestOpening:
    def test_code_leads_to_the_invitation_of_one_client(self, client, link):
        response = enter(client, link.code)
        assert response.url == link.path
        assert "Dana Reed" in text_of(client.get(response.url))

    def test_code_leads_to_the_invitation_of_a_group(self, client, class_link):
        assert enter(client, class_link.code).url == class_link.path

    @pytest.mark.parametrize(
        "change",
        [str.lower, lambda code: code.replace("-", ""), lambda code: f"  {code[:2]} {code[2:]}. "],
        ids=["lower case", "no hyphen", "spaces"],
    )
    def test_code_is_read_as_people_type_it(self, client, link, change):
        assert enter(client, change(link.code)).url == link.path

    def test_code_takes_no_place_and_starts_nothing(self, client, class_link, link):
        for code in (class_link.code, link.code):
            enter(client, code)
        class_link.refresh_from_db()
        link.refresh_from_db()
        assert (class_link.used, link.spent_at) == (0, None)
        assert not Attempt.objects.exists()

    def test_address_holds_no_code(self, client, link):
        page = text_of(client.get(URL))
        assert re.search(rf'<form method="post" action="{URL}"', page)
        assert client.get(URL, {"code": link.code}).status_code == 200
        assert link.code not in enter(client, link.code).url

    def test_used_code_still_takes_its_client_back(self, client, client_class, link):
        start(client, link)
        response = client.get(enter(client, link.code).url)
        assert response.url == "/quiz/1/"
        assert fields_with_errors(enter(client_class(), link.code)) == {"code"}


class TestRefusals:
    def ended(self, link, how):
        if how == "expired":
            type(link).objects.update(expires_at=timezone.now())
        elif how == "canceled":
            link.delete()
        elif how == "used up" and isinstance(link, GroupLink):
            GroupLink.objects.update(used=1)
        elif how == "used up":
            ClientInvitation.objects.update(spent_at=timezone.now())
        return link.code

    @pytest.mark.parametrize("how", ["expired", "canceled", "used up"])
    @pytest.mark.parametrize("kind", ["link", "class_link"])
    def test_code_ends_with_its_invitation(self, client, request, how, kind):
        code = self.ended(request.getfixturevalue(kind), how)
        response = enter(client, code)
        assert response.status_code == 400
        assert fields_with_errors(response) == {"code"}
        assert typed_on(response) == code

    def test_every_code_that_opens_nothing_gets_the_same_page(self, client, link, class_link):
        pages = {
            re.sub(r'value="[^"]*"', "", text_of(enter(client, code)))
            for code in (WRONG, self.ended(link, "expired"), self.ended(class_link, "used up"))
        }
        assert len(pages) == 1

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("", "Type the code"),
            ("CDFG-HJK", "You typed 7"),
            ("CDFG-HJKM-NPQR", "You typed 12"),
            ("cdfg-hjk0", "No code contains 0"),
            ("CDFG-HJKI", "No code contains I"),
            ("---- ----", "You typed 0"),
            ("CDFG-HJK\u041c", "letters from A to Z"),
        ],
    )
    def test_what_is_no_code_is_explained_and_kept(self, client, typed, said):
        response = enter(client, typed)
        assert response.status_code == 400
        assert said in text_of(response)
        assert typed in text_of(response)

    @pytest.mark.parametrize("typed", ["a\0b", "x" * 100_000, "<b>"], ids=repr)
    def test_strange_text_is_not_an_error_of_the_site(self, client, typed):
        assert enter(client, typed).status_code == 400

    def test_look_alikes_are_named(self, client):
        for sign in "0O1IL5S2Z8B":
            assert sign not in ALPHABET
            assert f"No code contains {sign}." in text_of(enter(client, f"CDFG-HJK{sign}"))


class TestLimits:
    @pytest.mark.slow
    def test_after_ten_wrong_codes_a_network_waits(self, client, client_class, link):
        for _try in range(TRIES_OF_ONE_NETWORK):
            assert enter(client, WRONG).status_code == 400
        response = enter(client_class(), link.code)
        assert response.status_code == 429
        assert response["Retry-After"] == str(WINDOW_SECONDS)
        assert typed_on(response) == link.code

    @pytest.mark.slow
    def test_other_networks_and_links_keep_working(self, client, client_class, link):
        for _try in range(TRIES_OF_ONE_NETWORK + 1):
            enter(client, WRONG)
        elsewhere = client_class(REMOTE_ADDR="192.0.2.7")
        assert enter(elsewhere, link.code).url == link.path
        assert client.get(link.path).status_code == 200

    @pytest.mark.slow
    def test_right_codes_and_typing_errors_do_not_count(self, client, class_link):
        for _try in range(TRIES_OF_ONE_NETWORK * 2):
            assert enter(client, class_link.code).status_code == 302
            assert enter(client, "CDFG").status_code == 400
        assert enter(client, WRONG).status_code == 400

    def test_many_networks_together_are_limited(self, client_class, link, monkeypatch):
        monkeypatch.setattr("quiz.visitor.invitation_code.TRIES_OF_ALL_NETWORKS", 3)
        for number in range(3):
            enter(client_class(REMOTE_ADDR=f"192.0.2.{number}"), WRONG)
        assert enter(client_class(REMOTE_ADDR="192.0.2.9"), link.code).status_code == 429

    def test_code_of_a_group_works_until_its_places_are_taken(
        self, client, client_class, class_link
    ):
        assert start(client, class_link, name="Ann").url == "/quiz/1/"
        assert Client.objects.get().name == "Ann"
        assert fields_with_errors(enter(client_class(), class_link.code)) == {"code"}


class TestPage:
    def test_field_has_a_label(self, client):
        page = text_of(client.get(URL))
        assert re.search(r'<label[^>]* for="id_code"', page)
        assert page.count("<h1>") == 1

    def test_introduction_leads_to_it_after_the_start(self, client):
        page = text_of(client.get("/quiz/"))
        assert page.index('action="/quiz/"') < page.index(f'href="{URL}"')

    def test_page_is_kept_out_of_caches_and_search_engines(self, client):
        response = client.get(URL)
        assert response["Cache-Control"] == "no-store"
        assert '<meta name="robots" content="noindex">' in text_of(response)
