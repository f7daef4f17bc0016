"""Links from a job page to other sites, by the operator's patterns."""

import pytest

from organization import current
from organization.current import CurrentOrganization
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


class TestCountry:
    """Where links lead that the settings leave as shipped."""

    @pytest.fixture(params=["CA", "GB"])
    def abroad(self, request):
        current.keep(CurrentOrganization(country=request.param))
        return {"CA": "jobbank.gc.ca", "GB": ".gov.uk"}[request.param]

    def test_openings_and_training_are_in_the_country(self, abroad):
        openings, training, description = (link.url for link in links_of(ROLE))
        assert abroad in openings
        assert "Sales%20%26%20more" in openings
        assert abroad in training
        # The code is one of the United States.
        assert "onetonline.org/link/summary/41-4012" in description

    def test_address_of_the_settings_wins(self, abroad, settings):
        settings.JOB_LINKS_AS_SHIPPED = {"training"}
        found = urls(settings, vacancies="https://jobs.example/", training="https://x.example/")
        assert found[0] == "https://jobs.example/"
        assert abroad in found[1]

    @pytest.mark.parametrize("country", ["", "US"])
    def test_links_of_the_united_states_are_the_shipped_ones(self, country):
        before = links_of(ROLE)
        current.keep(CurrentOrganization(country=country))
        assert links_of(ROLE) == before
