"""Who changed what and when."""

import pytest
from django.contrib.auth.models import User

from quiz.questionnaires.models import Item, QuestionnaireVersion, Trait
from roles.models import Duty, Figure, Role
from tests.pages import list_of, page_of, text_of
from tests.quiz.admin.history_pages import edit, entries
from tests.quiz.admin.pages import client_who_may, publish

pytestmark = pytest.mark.django_db


@pytest.mark.both_databases
class TestHistoryOfDraft:
    def test_new_draft_has_one_entry_for_all_its_parts(self, editor, draft):
        [entry] = entries(editor, draft)
        assert (entry.kind, entry.deltas) == ("added", [])

    @pytest.mark.slow
    def test_entry_says_who_changed_what_and_where(self, editor, small_draft):
        edit(editor, small_draft, **{"items-0-text_en": "I like new words."})
        entry = entries(editor, small_draft)[0]
        item = small_draft.items.first()
        assert (entry.who, entry.kind) == ("petra", "changed")
        assert item.key in entry.what
        [delta] = entry.deltas
        assert (delta.label, delta.new) == ("Statement", "I like new words.")

    def test_entry_shows_the_key_of_a_trait_and_the_label_of_a_choice(self, editor, draft):
        item = draft.items.get(key="P1")
        other = draft.traits.get(key="targets")
        edit(editor, item, trait=other.pk, keying="-1")
        [entry] = [e for e in entries(editor, draft) if e.kind == "changed"]
        assert {(d.old, d.new) for d in entry.deltas} == {
            ("proactive", "targets"),
            (Item.Keying(1).label, Item.Keying(-1).label),
        }

    @pytest.mark.slow
    def test_moving_a_row_is_one_entry(self, editor, small_draft):
        edit(editor, small_draft, **{"items-4-order": 1})
        moved, *others = entries(editor, small_draft)
        assert len(moved.deltas) == 5
        assert all(delta.row for delta in moved.deltas)
        assert len(others) == 1

    @pytest.mark.slow
    def test_entry_of_a_deleted_part_links_to_its_last_state(self, editor, small_draft):
        item = small_draft.items.first()
        edit(editor, small_draft, **{"items-0-DELETE": "on"})
        entry = next(e for e in entries(editor, small_draft) if e.kind == "deleted")
        assert item.key in entry.what
        assert editor.get(entry.url).status_code == 200

    def test_publishing_and_retiring_record_who_did_it(self, admin_client, live, draft):
        publish(admin_client, draft, follow=False)
        for version in (draft, live):
            newest = entries(admin_client, version)[0]
            assert newest.who == "admin"
            assert "Status" in {delta.label for delta in newest.deltas}

    @pytest.mark.slow
    def test_history_takes_few_queries(self, editor, draft, django_assert_max_num_queries):
        for place, item in enumerate(draft.items.all()[:6]):
            edit(editor, item, text_en=f"Words number {place}.")
        with django_assert_max_num_queries(20):
            assert len(entries(editor, draft)) == 7

    def test_long_history_is_paginated(self, editor, draft):
        item = draft.items.first()
        for number in range(60):
            item.rationale = f"Reason {number}"
            item.save()
        assert len(entries(editor, draft)) == 50
        second = editor.get(f"{page_of(draft, 'history')}?p=2")
        assert len(second.context["entries"]) == 11

    @pytest.mark.slow
    def test_recorded_texts_are_escaped(self, editor, small_draft):
        edit(editor, small_draft, **{"items-0-text_en": "<script>alert(1)</script>"})
        assert "<script>alert" not in text_of(editor.get(page_of(small_draft, "history")))

    @pytest.mark.slow
    def test_history_of_a_deleted_draft_can_be_viewed(self, editor, small_draft):
        edit(editor, small_draft, title="Spring")
        pk = small_draft.pk
        small_draft.delete()
        response = editor.get(f"{list_of(QuestionnaireVersion)}{pk}/history/")
        assert response.status_code == 200
        assert "Spring" in text_of(response)


class TestPermissions:
    def test_history_leaves_out_parts_the_user_may_not_view(self, client, draft):
        draft.items.get(key="P1").delete()
        client_who_may(client, "view_questionnaireversion")
        assert [entry.kind for entry in entries(client, draft)] == ["added"]


@pytest.mark.both_databases
class TestKeeping:
    @pytest.mark.parametrize("model", [Item, Trait, Role, Duty, Figure])
    def test_history_of_every_row_starts_with_its_creation(self, content, model):
        for row in model.objects.all()[:5]:
            assert row.history.last().history_type == "+"

    def test_history_stays_when_a_user_is_deleted(self, editor, small_draft):
        edit(editor, small_draft, title="Spring")
        User.objects.filter(username="petra").delete()
        assert small_draft.history.first().title == "Spring"
