"""Dates and times as pages show them."""

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime

MOMENT = datetime(2026, 11, 29, 15, 5, tzinfo=UTC)


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
@pytest.mark.parametrize("form", ["DATETIME_FORMAT", "SHORT_DATETIME_FORMAT"])
def test_time_is_shown_with_its_zone_in_every_language(language, form):
    with translation.override(language):
        assert date_format(MOMENT, form).endswith(" UTC")


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("UTC", "November 29, 2026, 3:05 p.m. UTC"),
        ("America/New_York", "November 29, 2026, 10:05 a.m. EST"),
        ("Asia/Kolkata", "November 29, 2026, 8:35 p.m. IST"),
        ("America/Sao_Paulo", "November 29, 2026, 12:05 p.m. -03"),
    ],
)
def test_zone_is_that_of_the_site(settings, zone, shown):
    settings.TIME_ZONE = zone
    assert date_format(localtime(MOMENT), "DATETIME_FORMAT") == shown


def test_date_shows_the_month_in_full():
    assert date_format(MOMENT.date(), "DATE_FORMAT") == "November 29, 2026"
