"""Links that ask for a passphrase: who gets in, and what guessing costs."""

import re
import uuid
from http import HTTPStatus

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection

from quiz.attempts.models import Opening, ShareLink
from quiz.visitor import sharing
from quiz.web.limits import TRIES
from quiz.web.scarce import HASHES
from tests.pages import fields_with_errors
from tests.quiz.visitor.shared import ASKS_PASSPHRASE, make, page
from tests.turns import all_places_taken

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("content", "an_hour_later"),
    pytest.mark.both_databases,
]


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

    @pytest.mark.parametrize(
        ("tries", "addresses", "another"),
        [
            pytest.param(100, "192.0.2.{}", "198.51.100.1", id="many", marks=pytest.mark.slow),
            pytest.param(10, "2001:db8::{}", "2001:db8::ff", id="one network of ipv6"),
        ],
    )
    def test_tries_from_other_addresses_count_together(
        self, link, client_class, tries, addresses, another
    ):
        for number in range(tries):
            browser = client_class(REMOTE_ADDR=addresses.format(number))
            browser.post(link.path, {"passphrase": "red kettle"})
        response = client_class(REMOTE_ADDR=another).post(link.path, {"passphrase": "blue kettle"})
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
