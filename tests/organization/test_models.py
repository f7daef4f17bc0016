"""The row: one of it, with history, and what it refuses."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from organization.models import Organization

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.mark.parametrize("pk", [1, 2])
def test_second_row_is_impossible(pk):
    Organization.objects.create(name="Northside")
    with pytest.raises(IntegrityError), transaction.atomic():
        Organization(id=pk, name="Southside").save(force_insert=True)


def test_each_change_is_in_the_history():
    row = Organization.objects.create(name="Northside")
    row.name = "Southside"
    row.save()
    assert [each.name for each in row.history.all()] == ["Southside", "Northside"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "North\u202eside"),
        ("name", "North\nside"),
        ("privacy_url", "http://northside.example/"),
        ("imprint_url", "javascript:alert(1)"),
        ("contact_link", "javascript:alert(1)"),
        ("contact_link", "https://a.example/ b"),
        ("contact_phone", "call me"),
        ("light_act", "red"),
        ("light_act", "#fff;}"),
        ("country", "XX"),
        ("most_finished_days", 0),
        ("most_finished_days", 101),
        ("most_unfinished_days", 31),
    ],
)
def test_wrong_value_is_refused_at_its_field(settings, field, value):
    settings.KEEP_FINISHED, settings.KEEP_UNFINISHED = timedelta(days=100), timedelta(days=30)
    with pytest.raises(ValidationError) as refused:
        Organization(**{"contact_name": "Kim", field: value}).full_clean()
    assert set(refused.value.message_dict) == {field}


def test_too_many_days_are_refused_with_those_of_the_settings(settings):
    settings.KEEP_FINISHED = timedelta(days=100)
    with pytest.raises(ValidationError, match="keep them for 100 days"):
        Organization(most_finished_days=101).full_clean()


def test_contact_without_a_name_is_refused():
    with pytest.raises(ValidationError) as refused:
        Organization(contact_phone="+1 555 0100").full_clean()
    assert set(refused.value.message_dict) == {"contact_name"}


def test_empty_row_is_as_no_row():
    Organization().full_clean()
    assert Organization().current().revision == ""
