"""Which results an export contains."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quiz.attempts.models import Attempt
from quiz.core.scopes import ANSWERS
from quiz.counseling.exporting import Selection, csv_file, selection
from quiz.counseling.models import ClientGroup, Disclosure
from tests.factories import NOON, disclose, make_client, make_clients, make_counselor
from tests.plans import large_table_of_attempts, reading_all_attempts
from tests.quiz.counseling.exporting.files import results, whole

pytestmark = pytest.mark.both_databases


class TestSelection:
    def test_each_shared_result_is_a_row(self, counselor):
        shared = disclose(make_client(counselor, "Kim", email="kim@example.org"))
        (row,) = results(whole(counselor))
        assert row["client_id"] == str(shared.client.pk)
        assert (row["client_name"], row["email"]) == ("Kim", "kim@example.org")

    def test_clients_of_colleagues_are_left_out(self, counselor):
        disclose(make_client(make_counselor("Sam Poe"), "Theirs"))
        disclose(make_client(counselor, "Own"))
        assert [row["client_name"] for row in results(whole(counselor))] == ["Own"]

    def test_withdrawn_result_is_left_out(self, counselor):
        disclose(make_client(counselor)).delete()
        assert results(whole(counselor)) == []

    def test_result_withdrawn_during_the_export_is_left_out(self, counselor):
        gone, _stays = (disclose(client) for client in make_clients(counselor, ["Gone", "Stays"]))
        chosen = Selection.of(counselor)
        gone.delete()
        rows = results(b"".join(csv_file(chosen)))
        assert [row["client_name"] for row in rows] == ["Stays"]

    def test_client_handed_over_during_the_export_is_left_out(self, counselor):
        shared = disclose(make_client(counselor))
        chosen = Selection.of(counselor)
        shared.client.counselor = make_counselor("Sam Poe")
        shared.client.save()
        assert results(b"".join(csv_file(chosen))) == []

    def test_result_shared_again_during_the_export_appears_once(self, counselor, monkeypatch):
        monkeypatch.setattr(selection, "BATCH", 1)
        first, _second = (disclose(client) for client in make_clients(counselor, ["A", "B"]))
        parts = csv_file(Selection.of(counselor))
        read = [next(parts), next(parts)]
        attempt, client = first.attempt, first.client
        first.delete()
        Disclosure.objects.create(attempt=attempt, client=client, scope=ANSWERS, at=NOON)
        rows = results(b"".join([*read, *parts]))
        assert [row["client_name"] for row in rows] == ["A", "B"]

    def test_several_results_of_a_client_are_separate_rows(self, counselor):
        client = make_client(counselor)
        for days in range(3):
            disclose(client, at=NOON + timedelta(days=days))
        finished = [row["finished_at"] for row in results(whole(counselor))]
        assert finished == [f"2026-11-{day}T12:00:00Z" for day in (24, 25, 26)]

    def test_group_filters_the_selection(self, counselor):
        group = ClientGroup.objects.create(counselor=counselor, name="Class")
        disclose(make_client(counselor, "In", group=group))
        disclose(make_client(counselor, "Out"))
        assert [row["client_name"] for row in results(whole(counselor, group=group))] == ["In"]

    def test_tag_filters_the_selection(self, counselor):
        tag, other = (counselor.tags.create(name=name) for name in ("autumn", "other"))
        tagged = disclose(make_client(counselor, "In"))
        tagged.client.tags.add(tag, other)
        disclose(make_client(counselor, "Out")).client.tags.add(other)
        assert [row["client_name"] for row in results(whole(counselor, tag=tag))] == ["In"]

    def test_only_columns_of_own_versions_are_there(self, counselor, draft):
        """A colleague's client answered another version in between."""
        for owner in (counselor, make_counselor("Sam Poe"), counselor):
            disclose(make_client(owner))
        draft.items.filter(key="P1").update(key="P9")
        draft.publish()
        theirs = Attempt.objects.exclude(client__counselor=counselor)
        theirs.update(version=draft)
        assert "item_P9" not in Selection.of(counselor).columns.names
        theirs.update(client=make_client(counselor))
        Disclosure.objects.update(client=make_client(counselor))
        assert "item_P9" in Selection.of(counselor).columns.names

    def test_no_statement_reads_all_attempts_of_the_site(self, counselor):
        oldest, newest = make_clients(counselor, ["A", "B"])
        disclose(oldest)
        large_table_of_attempts(NOON)
        disclose(newest)
        with CaptureQueriesContext(connection) as captured:
            assert len(results(whole(counselor))) == 2
        assert reading_all_attempts(captured) == []
