"""What clients read, and can stop, once another counselor has taken over."""

import re

import pytest

from quiz.counseling.handover import Part, hand_over
from quiz.counseling.models import Disclosure
from tests.factories import make_counselor
from tests.quiz.visitor.invited import finish, main_of, start
from tests.roles.pages import words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

PAGES = ["/quiz/result/", "/quiz/data/"]


@pytest.fixture
def invited(client, link):
    start(client, link)
    finish(client)
    return client


@pytest.fixture
def ana(content):
    return make_counselor("Ana Diaz")


def taken_over(client, receiver):
    assert hand_over(client.counselor, receiver, Part({client.pk})).clients == 1


def note_on(browser, page):
    found = re.search("<p [^>]*data-counselor-changed>.*?</p>", main_of(browser.get(page)), re.S)
    return " ".join(words_of(found[0]).split()) if found else ""


@pytest.mark.parametrize("page", PAGES)
def test_page_says_who_took_over_from_whom_and_when(invited, ann, ana, page):
    assert note_on(invited, page) == ""
    taken_over(ann, ana)
    said = note_on(invited, page)
    words = r"Ana Diaz is your counselor now\. They took over from Dana Reed on \w+ \d+, \d{4}\."
    assert re.fullmatch(words, said)


def test_page_names_the_last_of_several_changes(invited, ann, ana):
    taken_over(ann, ana)
    ann.refresh_from_db()
    taken_over(ann, make_counselor("Cole Park"))
    assert "Cole Park is your counselor now. They took over from Ana Diaz" in note_on(
        invited, PAGES[0]
    )


def test_what_was_shared_before_is_still_shared_and_can_be_stopped(invited, ann, ana):
    invited.post("/quiz/disclose/", {"scope": "traits"})
    taken_over(ann, ana)
    html = main_of(invited.get("/quiz/result/"))
    assert 'data-disclosed="traits"' in html
    assert "What you shared before is still shared" in html
    assert Disclosure.objects.of(ana).exists()
    invited.post("/quiz/withdraw/")
    assert not Disclosure.objects.exists()


def test_choice_made_since_then_is_not_called_an_earlier_one(invited, ann, ana):
    taken_over(ann, ana)
    invited.post("/quiz/disclose/", {"scope": "traits", "counselor": ana.pk})
    assert "What you shared before" not in main_of(invited.get("/quiz/result/"))


def test_page_opened_before_the_change_shares_nothing_with_someone_it_did_not_name(
    invited, ann, ana
):
    html = main_of(invited.get("/quiz/result/"))
    seen = re.search('name="counselor" value="([0-9]+)"', html)[1]
    taken_over(ann, ana)
    response = invited.post("/quiz/disclose/", {"scope": "answers", "counselor": seen})
    assert not Disclosure.objects.exists()
    html = main_of(invited.get(response.url))
    assert "Share this with" in html
    assert "Ana Diaz" in html


def test_page_from_before_an_update_still_shares(invited, counselor):
    invited.post("/quiz/disclose/", {"scope": "answers"})
    assert Disclosure.objects.of(counselor).exists()


def test_file_says_who_took_over_and_when(invited, ann, ana):
    (data,) = invited.get("/quiz/data.json").json()["counselors"]
    assert (data["counselor_since"], data["counselor_before"]) == (None, "")
    taken_over(ann, ana)
    (data,) = invited.get("/quiz/data.json").json()["counselors"]
    assert (data["counselor"], data["counselor_before"]) == ("Ana Diaz", "Dana Reed")
    assert data["counselor_since"]


def test_new_counselor_whose_account_is_closed_sees_nothing_either(invited, ann, ana):
    invited.post("/quiz/disclose/", {"scope": "traits"})
    taken_over(ann, ana)
    ana.user.is_active = False
    ana.user.save()
    html = main_of(invited.get("/quiz/result/"))
    assert 'data-disclosed="" data-counselor="closed"' in html
    assert "What you shared before is still shared" not in html
