"""Whose site it is, as the process keeps it."""

from datetime import timedelta

import pytest
from django.db import DatabaseError

from organization import current
from organization.current import UNNAMED, Contact, CurrentOrganization, current_organization
from organization.models import Organization

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def clock(monkeypatch):
    """The clock of the process, which stands still until a test sets it."""

    class Clock:
        now = 1000.0

    monkeypatch.setattr(current, "monotonic", lambda: Clock.now)
    return Clock


class TestReading:
    def test_without_a_row_everything_is_the_default(self):
        current.forget()
        assert current_organization() == UNNAMED
        assert current_organization().name == "Sales or service?"
        assert current_organization().revision == ""

    def test_saving_shows_at_once_in_this_process(self):
        assert current_organization().name == "Sales or service?"
        Organization.objects.create(name="Northside")
        assert current_organization().name == "Northside"

    def test_change_of_another_process_shows_after_some_seconds(self, clock):
        Organization.objects.create(name="Northside")
        assert current_organization().name == "Northside"
        Organization.objects.update(name="Southside")
        clock.now += current.SECONDS_KEPT - 0.1
        assert current_organization().name == "Northside"
        clock.now += 0.2
        assert current_organization().name == "Southside"

    def test_many_pages_cost_one_query(self, clock, django_assert_num_queries):
        current.forget()
        with django_assert_num_queries(1):
            for _page in range(50):
                current_organization()

    def test_without_the_database_it_is_as_read_last(self, clock, monkeypatch):
        Organization.objects.create(name="Northside")
        current_organization()

        def fail(*_args):
            raise DatabaseError

        monkeypatch.setattr(type(Organization.objects), "with_logo", fail)
        clock.now += 60
        assert current_organization().name == "Northside"
        current.forget()
        assert current_organization() == UNNAMED

    def test_who_asks_while_another_thread_reads_does_not_wait(self, clock):
        current.keep(CurrentOrganization(own_name="Northside"), 5)
        clock.now += 60
        with current._reading:
            assert current_organization().name == "Northside"


class TestRevision:
    def test_same_content_has_the_same_revision(self):
        one, same = (CurrentOrganization(own_name="A") for _copy in range(2))
        assert one.revision == same.revision != ""

    @pytest.mark.parametrize(
        "change",
        [
            {"own_name": "B"},
            {"own_contact": Contact("Kim")},
            {"country": "GB"},
            {"most_finished_days": 3},
        ],
    )
    def test_each_change_has_another(self, change):
        values = {"own_name": "A", **change}
        assert CurrentOrganization(**values).revision != CurrentOrganization(own_name="A").revision


class TestDefaults:
    def test_short_name_is_the_name(self):
        assert CurrentOrganization(own_name="Northside").short_name == "Northside"

    @pytest.mark.parametrize(
        ("link", "address"),
        [
            ("mailto:a@b.example", "a@b.example"),
            ("mailto:a@b.example?subject=x", "a@b.example"),
            ("https://b.example/", ""),
        ],
    )
    def test_own_contact_wins_over_the_address_of_the_settings(self, settings, link, address):
        settings.CONTACT_EMAIL = "old@example.org"
        assert UNNAMED.contact_email == "old@example.org"
        own = CurrentOrganization(own_contact=Contact("Kim", link=link))
        assert own.contact_email == address

    def test_retention_is_the_shorter_of_settings_and_own(self, settings):
        settings.KEEP_FINISHED = timedelta(days=100)
        assert CurrentOrganization(most_finished_days=20).keep_finished.days == 20
        assert CurrentOrganization(most_finished_days=200).keep_finished.days == 100
        assert UNNAMED.keep_finished.days == 100

    @pytest.mark.parametrize(
        ("default", "sender"),
        [
            ("quiz@example.org", "Northside <quiz@example.org>"),
            ("Help <quiz@example.org>", "Help <quiz@example.org>"),
        ],
    )
    def test_sender_has_the_name_unless_the_settings_have_one(self, settings, default, sender):
        settings.DEFAULT_FROM_EMAIL = default
        assert CurrentOrganization(own_name="Northside").sender == sender
        assert UNNAMED.sender == default
