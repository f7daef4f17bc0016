"""Links from a job page to other sites, by the operator's patterns."""

from roles.links import links_of
from roles.models import Role

ROLE = Role(slug="x", occupation_code="41-4012", title_en="Sales & more")


def urls(settings, **patterns):
    settings.JOB_LINKS = patterns
    return [link.url for link in links_of(ROLE)]


def test_code_and_title_are_filled_in_and_quoted(settings):
    found = urls(settings, vacancies="https://jobs.example/?q={title}&soc={code}")
    assert found == ["https://jobs.example/?q=Sales%20%26%20more&soc=41-4012"]


def test_empty_pattern_gives_no_link(settings):
    assert urls(settings, vacancies="", training="https://learn.example/") == [
        "https://learn.example/"
    ]


def test_other_braces_in_a_pattern_stay(settings):
    assert urls(settings, description="https://x.example/{other}/{code}") == [
        "https://x.example/{other}/41-4012"
    ]
