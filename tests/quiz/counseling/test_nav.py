"""The navigation of the counselors' pages marks the one that is open."""

import re

import pytest
from django.urls import reverse

from tests.factories import disclose
from tests.quiz.counseling.pages import url_of

pytestmark = pytest.mark.django_db

SECTIONS = {
    "Clients": "/counselor/",
    "Groups": "/counselor/groups/",
    "Export": "/counselor/export/",
    "Log": "/counselor/log/",
    "Account": "/counselor/account/",
}


def marked_on(response) -> list[tuple[str, str]]:
    """Return `aria-current` and words of each marked link in the navigation."""
    nav = response.content.decode().split('aria-label="Counselor pages"')[1].split("</nav>")[0]
    return re.findall(r'aria-current="(\w+)">([^<]*)<', nav)


@pytest.mark.parametrize("words", SECTIONS)
def test_present_page_is_marked(desk, content, words):
    response = desk.get(SECTIONS[words])
    assert response.status_code == 200
    assert marked_on(response) == [("page", words)]


def test_page_inside_a_section_marks_the_section(desk, counselor, kim):
    group = counselor.groups.create(name="9b")
    result = disclose(kim)
    for url, words in (
        (url_of(kim), "Clients"),
        (f"/counselor/results/{result.pk}/", "Clients"),
        (f"/counselor/groups/{group.pk}/", "Groups"),
        (reverse("account_change_password"), "Account"),
    ):
        assert marked_on(desk.get(url)) == [("true", words)], url
