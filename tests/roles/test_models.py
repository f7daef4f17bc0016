from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from roles.models import Figure, Role, Source

pytestmark = pytest.mark.both_databases


@pytest.fixture
def role(content):
    return Role.objects.get(slug="sales-manager")


def figure(role=None, **changed):
    values = {
        "role": role,
        "measure": "median_pay",
        "value": Decimal(1),
        "unit": "year",
        "currency": "USD",
        "region": "Here",
        "source": Source.objects.first(),
    }
    return Figure(**values | changed)


def is_refused(*figures):
    try:
        with transaction.atomic():
            for each in figures:
                each.save()
    except IntegrityError:
        return True
    return False


def test_figure_needs_a_number_or_words(content):
    assert is_refused(figure(value=None))
    assert not is_refused(figure(value=None, text_en="Bachelor's degree"))
    assert not is_refused(figure(value=Decimal(0), period="2024"))


def test_duplicate_figure_of_a_role_is_refused(role):
    assert is_refused(figure(role), figure(role, value=Decimal(2)))
    assert not is_refused(figure(role), figure(role, period="2024"))


def test_duplicate_figure_without_a_role_is_refused(content):
    assert is_refused(figure(), figure(value=Decimal(2)))


def test_range_must_end_above_its_start(role):
    assert is_refused(figure(role, value=Decimal(6), value_high=Decimal(4)))
    assert not is_refused(figure(role, value=Decimal(4), value_high=Decimal(6)))


@pytest.mark.parametrize(
    ("percentile", "count", "refused"),
    [
        (Decimal(97), 879, False),
        (Decimal(97), None, True),
        (None, 879, True),
        (Decimal(101), 9, True),
    ],
)
def test_percentile_needs_the_number_of_occupations(role, percentile, count, refused):
    assert is_refused(figure(role, percentile=percentile, percentile_of=count)) == refused


@pytest.mark.parametrize(
    ("changed", "exact", "in_words"),
    [
        ({"value": 44770}, "$44,770 a year", "about $44,800 a year"),
        ({"value": 69500}, "$69,500 a year", "$69,500 a year"),
        (
            {"value": 40594, "currency": "CAD"},
            "C$40,594 a year",
            "about C$40,600 a year",
        ),
        (
            {"value": "24.51", "unit": "hour"},
            "$24.51 an hour",
            "about $25 an hour",
        ),
        ({"value": 4, "value_high": Decimal(6), "unit": "years"}, "4 to 6 years", "4 to 6 years"),
        ({"measure": "outlook", "value": -5, "unit": "percent"}, "−5%", "−5%"),
        ({"measure": "outlook", "value": 5, "unit": "percent"}, "+5%", "+5%"),
        ({"value": "0.33", "unit": "percent"}, "0.33%", "about 0.3%"),
        ({"value": "47.98", "unit": "percent"}, "47.98%", "about 48%"),
        ({"value": None, "text_en": "None", "unit": ""}, "None", "None"),
        (
            {"value": "3.75", "unit": "importance 1..5"},
            "3.75 on a scale from 1 to 5",
            "3.75 on a scale from 1 to 5",
        ),
        (
            {"value": 5, "unit": "not stated"},
            "5 (the scale is not stated)",
            "5 (the scale is not stated)",
        ),
        ({"value": 7, "unit": "furlongs", "currency": ""}, "7 furlongs", "7 furlongs"),
    ],
)
def test_figure_is_formatted_exactly_and_rounded(changed, exact, in_words):
    value = changed["value"]
    changed = changed | {"value": None if value is None else Decimal(value)}
    changed = {"measure": "x", "unit": "year", "currency": "USD"} | changed
    each = Figure(**changed)
    assert (each.exact, each.in_words) == (exact, in_words)


def test_text_with_semicolons_is_split_into_parts_and_shares():
    each = Figure(measure="top_skills", text_en="Strong customer service 15; ISO 5", unit="percent")
    assert each.parts == ["Strong customer service 15", "ISO 5"]
    assert each.shares == [("Strong customer service", "15%"), ("ISO", "5%")]


@pytest.mark.parametrize(
    ("changed", "bar"),
    [
        ({"percentile": Decimal("97.1"), "unit": "importance 1..5"}, "97.1"),
        ({"unit": "percent"}, "40"),
        ({"unit": "percent", "measure": "outlook"}, None),
        ({"unit": "year"}, None),
    ],
    ids=["percentile", "share", "change", "pay"],
)
def test_only_percentiles_and_shares_have_a_bar(changed, bar):
    assert Figure(**{"measure": "x", "value": Decimal(40)} | changed).bar == bar


def test_role_finds_its_other_level_and_other_field(content):
    roles = list(Role.objects.all())
    by_slug = {role.slug: role for role in roles}
    start = by_slug["customer-service-representative"]
    assert start.at_level("manager", roles) == by_slug["customer-service-manager"]
    assert start.in_other_field(roles) == by_slug["sales-representative"]
    assert start.at_level("manager", [start]) is None
    assert start.in_other_field([start]) is None


def test_text_without_a_translation_falls_back_to_english():
    role = Role(title_en="Sales manager")
    assert role.title == "Sales manager"


class TestStale:
    TODAY = date(2026, 11, 25)

    @pytest.mark.parametrize(
        ("days_ago", "limit", "is_stale"),
        [(400, 400, False), (401, 400, True), (None, 400, True), (9999, None, False)],
    )
    def test_figure_is_stale_when_checked_longer_ago_than_its_source_allows(
        self, role, days_ago, limit, is_stale
    ):
        source = Source.objects.create(key="own", name_en="Own", stale_after_days=limit)
        checked_on = None if days_ago is None else self.TODAY - timedelta(days=days_ago)
        own = figure(role, source=source, checked_on=checked_on)
        own.save()
        stale = Figure.objects.filter(source=source).stale(self.TODAY)
        assert list(stale) == ([own] if is_stale else [])

    def test_each_source_has_its_own_limit(self, role):
        sources = [
            Source.objects.create(key=key, name_en=key, stale_after_days=days)
            for key, days in (("monthly", 30), ("yearly", 365))
        ]
        checked_on = self.TODAY - timedelta(days=100)
        for source in sources:
            figure(role, source=source, checked_on=checked_on).save()
        stale = Figure.objects.filter(source__in=sources).stale(self.TODAY)
        assert [each.source.key for each in stale] == ["monthly"]

    def test_nothing_is_stale_without_a_limit(self, role):
        Source.objects.update(stale_after_days=None)
        assert not Figure.objects.stale(self.TODAY).exists()
