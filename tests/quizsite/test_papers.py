"""The papers for institutions, as pages of the admin."""

import re

import pytest
from django.urls import reverse

from quizsite import papers
from tests.pages import text_of

pytestmark = pytest.mark.django_db

INDEX = "/admin/papers/"
NAMES = sorted(papers.names())
INTERNAL = re.compile(r'href="(/admin/papers/[^"#]*)(#[^"]*)?"')


def paper_of(page):
    return page.content.decode().split('<div class="paper">')[1].split("</main>")[0]


def test_first_page_of_the_admin_links_to_the_papers(admin_client):
    assert f'href="{INDEX}"' in text_of(admin_client.get("/admin/"))


@pytest.mark.parametrize("name", NAMES)
def test_paper_has_one_title_and_only_links_that_work(admin_client, name):
    address = INDEX if name == papers.FIRST else f"{INDEX}{name}/"
    page = admin_client.get(address)
    assert page.content.decode().count("<h1") == 1
    html = paper_of(page)
    assert "](" not in html
    links = re.findall(r'href="([^"]*)"', html)
    assert all(link.startswith(("https://", "#", INDEX)) for link in links)
    for linked, heading in INTERNAL.findall(html):
        other = admin_client.get(linked)
        assert other.status_code == 200
        assert not heading or f'id="{heading[1:]}"' in paper_of(other)
    for link in links:
        assert not link.startswith("#") or f'id="{link[1:]}"' in html


def test_start_leads_to_every_other_paper(admin_client):
    html = paper_of(admin_client.get(INDEX))
    for name in set(NAMES) - {papers.FIRST, "your-name-on-it"}:
        assert reverse("admin:paper", args=[name]) in html


def test_link_to_a_file_of_the_project_becomes_words(admin_client):
    html = paper_of(admin_client.get(f"{INDEX}ai-act-and-hiring/"))
    assert "test_order_of_answers_does_not_matter" in html
    assert "test_scoring.py" not in html


def test_tables_are_tables(admin_client):
    html = paper_of(admin_client.get(f"{INDEX}accessibility/"))
    assert "<table>" in html
    assert "| criterion" not in html


@pytest.mark.parametrize("name", ["nothing", "readme", "README-", "settings"])
def test_unknown_paper_is_not_found(admin_client, name):
    assert admin_client.get(f"{INDEX}{name}/").status_code == 404
