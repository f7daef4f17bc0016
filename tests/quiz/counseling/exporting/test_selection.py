"""Whose results an export holds, and how they are read."""

from datetime import timedelta

import pytest

from quiz.core.scopes import ANSWERS
from quiz.counseling.exporting import Selection, csv_file, selection
from quiz.counseling.models import ClientGroup, Disclosure
from tests.factories import NOON, disclose, make_client, make_clients, make_counselor
from tests.quiz.counseling.exporting.files import results, whole

pytestmark = pytest.mark.both_databases


class TestWhoseResults:
    def test_a_row_is_a_result_that_a_client_shares(self, counselor):
        shared = disclose(make_client(counselor, "Kim", email="kim@example.org"))
        (row,) = results(whole(counselor))
        assert row["client_id"] == str(shared.client.pk)
        assert (row["client_name"], row["email"]) == ("Kim", "kim@example.org")

    def test_a_colleagues_clients_are_not_there(self, counselor):
        disclose(make_client(make_counselor("Sam Poe"), "Theirs"))
        disclose(make_client(counselor, "Own"))
        assert [row["client_name"] for row in results(whole(counselor))] == ["Own"]

    def test_what_was_withdrawn_is_gone(self, counselor):
        disclose(make_client(counselor)).delete()
        assert results(whole(counselor)) == []

    def test_what_is_withdrawn_after_the_export_began_is_left_out(self, counselor):
        gone, _stays = (disclose(client) for client in make_clients(counselor, ["Gone", "Stays"]))
        chosen = Selection.of(counselor)
        gone.delete()
        rows = results(b"".join(csv_file(chosen)))
        assert [row["client_name"] for row in rows] == ["Stays"]

    def test_a_client_handed_over_after_the_export_began_is_left_out(self, counselor):
        shared = disclose(make_client(counselor))
        chosen = Selection.of(counselor)
        shared.client.counselor = make_counselor("Sam Poe")
        shared.client.save()
        assert results(b"".join(csv_file(chosen))) == []

    def test_a_result_shared_anew_meanwhile_comes_once(self, counselor, monkeypatch):
        monkeypatch.setattr(selection, "BATCH", 1)
        first, _second = (disclose(client) for client in make_clients(counselor, ["A", "B"]))
        parts = csv_file(Selection.of(counselor))
        read = [next(parts), next(parts)]
        attempt, client = first.attempt, first.client
        first.delete()
        Disclosure.objects.create(attempt=attempt, client=client, scope=ANSWERS, at=NOON)
        rows = results(b"".join([*read, *parts]))
        assert [row["client_name"] for row in rows] == ["A", "B"]

    def test_each_result_of_a_client_is_a_row(self, counselor):
        client = make_client(counselor)
        for days in range(3):
            disclose(client, at=NOON + timedelta(days=days))
        finished = [row["finished_at"] for row in results(whole(counselor))]
        assert finished == [f"2026-11-{day}T12:00:00Z" for day in (24, 25, 26)]

    def test_a_group_is_taken_out_alone(self, counselor):
        group = ClientGroup.objects.create(counselor=counselor, name="Class")
        disclose(make_client(counselor, "In", group=group))
        disclose(make_client(counselor, "Out"))
        assert [row["client_name"] for row in results(whole(counselor, group=group))] == ["In"]

    def test_a_tag_is_taken_out_alone(self, counselor):
        tag, other = (counselor.tags.create(name=name) for name in ("autumn", "other"))
        tagged = disclose(make_client(counselor, "In"))
        tagged.client.tags.add(tag, other)
        disclose(make_client(counselor, "Out")).client.tags.add(other)
        assert [row["client_name"] for row in results(whole(counselor, tag=tag))] == ["In"]
