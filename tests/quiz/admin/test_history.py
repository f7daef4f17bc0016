"""Who changed what and when, and the way back."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.utils import timezone

from quiz.questionnaires.models import BackgroundQuestion, Item, QuestionnaireVersion, Trait
from roles.models import Duty, Figure, Role
from tests.pages import list_of, page_of, text_of
from tests.quiz.admin.pages import (
    BEYOND_64_BIT,
    all_errors,
    client_who_may,
    messages_of,
    publish,
    row_of,
    stored,
    values_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def editor(client, content):
    user = User.objects.create_user("petra", is_staff=True)
    user.groups.add(Group.objects.get(name="Editors"))
    client.force_login(user)
    return client


def entries(client, row):
    return list(client.get(page_of(row, "history")).context["entries"])


def state(row, number=-1):
    """Where an earlier state of a row is shown: the oldest is the last."""
    entry = list(row.history.all())[number]
    return f"{page_of(row, 'history')}{entry.pk}/"


def edit(client, row, **typed):
    response = client.post(page_of(row), values_of(client, row) | typed)
    assert response.status_code == 302, response.context["errors"]


class TestOfADraft:
    def test_it_begins_with_one_entry_and_not_with_one_for_each_part(self, editor, draft):
        [entry] = entries(editor, draft)
        assert (entry.kind, entry.deltas) == ("added", [])

    def test_a_change_says_who_where_and_what(self, editor, small_draft):
        edit(editor, small_draft, **{"items-0-text_en": "I like new words."})
        entry = entries(editor, small_draft)[0]
        item = small_draft.items.first()
        assert (entry.who, entry.kind) == ("petra", "changed")
        assert item.key in entry.what
        [delta] = entry.deltas
        assert (delta.label, delta.new) == ("Statement", "I like new words.")

    def test_a_trait_is_named_by_its_key_and_a_choice_by_its_words(self, editor, draft):
        item = draft.items.get(key="P1")
        other = draft.traits.get(key="targets")
        edit(editor, item, trait=other.pk, keying="-1")
        [entry] = [e for e in entries(editor, draft) if e.kind == "changed"]
        assert {(d.old, d.new) for d in entry.deltas} == {
            ("proactive", "targets"),
            ("+1: the high end", "-1: the low end"),
        }

    def test_moving_a_row_is_one_entry_however_many_rows_make_room(self, editor, small_draft):
        edit(editor, small_draft, **{"items-4-order": 1})
        moved, *others = entries(editor, small_draft)
        assert len(moved.deltas) == 5
        assert all(delta.row for delta in moved.deltas)
        assert len(others) == 1

    def test_a_deleted_part_is_told_and_leads_to_its_last_state(self, editor, small_draft):
        item = small_draft.items.first()
        edit(editor, small_draft, **{"items-0-DELETE": "on"})
        entry = next(e for e in entries(editor, small_draft) if e.kind == "deleted")
        assert item.key in entry.what
        assert editor.get(entry.url).status_code == 200

    def test_publishing_and_retiring_are_told_with_who_did_it(self, admin_client, live, draft):
        publish(admin_client, draft, follow=False)
        for version in (draft, live):
            newest = entries(admin_client, version)[0]
            assert newest.who == "admin"
            assert "Status" in {delta.label for delta in newest.deltas}

    def test_it_takes_a_few_statements(self, editor, draft, django_assert_max_num_queries):
        for place, item in enumerate(draft.items.all()[:6]):
            edit(editor, item, text_en=f"Words number {place}.")
        with django_assert_max_num_queries(20):
            assert len(entries(editor, draft)) == 7

    def test_many_entries_stand_on_several_pages(self, editor, draft):
        item = draft.items.first()
        for number in range(60):
            item.rationale = f"Reason {number}"
            item.save()
        assert len(entries(editor, draft)) == 50
        second = editor.get(f"{page_of(draft, 'history')}?p=2")
        assert len(second.context["entries"]) == 11

    def test_what_was_typed_is_escaped(self, editor, small_draft):
        edit(editor, small_draft, **{"items-0-text_en": "<script>alert(1)</script>"})
        assert "<script>alert" not in text_of(editor.get(page_of(small_draft, "history")))

    def test_one_that_was_deleted_still_tells_its_history(self, editor, small_draft):
        edit(editor, small_draft, title="Spring")
        pk = small_draft.pk
        small_draft.delete()
        response = editor.get(f"{list_of(QuestionnaireVersion)}{pk}/history/")
        assert response.status_code == 200
        assert "Spring" in text_of(response)


class TestBringingBack:
    def test_an_earlier_state_of_a_statement_can_be_brought_back(self, editor, draft):
        item = row_of(draft, Item)
        before = item.text_en
        edit(editor, item, text_en="A mistake.")
        shown = editor.get(state(item))
        assert shown.context["adminform"].form["text_en"].value() == before
        response = editor.post(state(item), form_of(shown))
        assert response.status_code == 302
        item.refresh_from_db()
        assert item.text_en == before
        assert item.history.first().history_user.username == "petra"

    def test_nothing_of_the_history_is_lost_by_it(self, editor, draft):
        item = row_of(draft, Item)
        edit(editor, item, text_en="A mistake.")
        editor.post(state(item), form_of(editor.get(state(item))))
        assert [entry.text_en == "A mistake." for entry in item.history.all()] == [
            False,
            True,
            False,
        ]

    def test_a_deleted_statement_can_be_brought_back(self, editor, draft):
        item = row_of(draft, Item)
        before, address = stored(draft), state(item)
        editor.post(page_of(item, "delete"), {"post": "yes"})
        assert len(stored(draft).items) == 23
        editor.post(address, form_of(editor.get(address)))
        assert stored(draft) == before

    def test_a_background_question_comes_back_with_its_answers(self, editor, draft):
        question = draft.background_questions.get(key="B2")
        before, address = stored(draft), state(question)
        editor.post(page_of(question, "delete"), {"post": "yes"})
        editor.post(address, form_of(editor.get(address)))
        assert stored(draft) == before

    def test_a_trait_comes_back_with_its_statements(self, editor, draft):
        trait = draft.traits.get(key="targets")
        before, address = stored(draft), state(trait)
        editor.post(page_of(trait, "delete"), {"post": "yes"})
        editor.post(address, form_of(editor.get(address)))
        assert stored(draft) == before

    def test_a_draft_comes_back_whole(self, editor, draft):
        before, address = stored(draft), state(draft)
        editor.post(page_of(draft, "delete"), {"post": "yes"})
        editor.post(address, form_of(editor.get(address)))
        assert stored(draft) == before

    def test_what_was_deleted_earlier_stays_away(self, editor, draft):
        with time_machine.travel(timezone.now() - timedelta(hours=1)):
            draft.items.get(key="T1").delete()
        trait = draft.traits.get(key="targets")
        address = state(trait)
        editor.post(page_of(trait, "delete"), {"post": "yes"})
        editor.post(address, form_of(editor.get(address)))
        assert draft.items.filter(trait=trait).count() == 7

    def test_one_of_a_published_version_is_shown_but_not_brought_back(self, editor, draft):
        item = row_of(draft, Item)
        edit(editor, item, text_en="Another.")
        QuestionnaireVersion.objects.get(pk=draft.pk).publish()
        shown = editor.get(state(item))
        assert 'name="_save"' not in text_of(shown)
        assert editor.post(state(item), {"text_en": "Forged."}).status_code == 403
        item.refresh_from_db()
        assert item.text_en == "Another."

    def test_the_time_as_a_draft_is_no_way_back_for_a_published_version(self, admin_client, draft):
        address = state(draft)
        QuestionnaireVersion.objects.get(pk=draft.pk).publish()
        shown = admin_client.get(address)
        assert 'name="_save"' not in text_of(shown)
        assert admin_client.post(address, {"title": "Forged"}).status_code == 403
        draft.refresh_from_db()
        assert (draft.title, draft.status) == ("Draft", "published")

    def test_whoever_may_only_look_brings_nothing_back(self, client, draft):
        item = row_of(draft, Item)
        client_who_may(client, "view_item")
        assert 'name="_save"' not in text_of(client.get(state(item)))
        assert client.post(state(item), {"text_en": "Forged."}).status_code == 403

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_one_whose_version_was_deleted_says_so(self, editor, draft, method):
        parts = [row_of(draft, model) for model in (Item, Trait, BackgroundQuestion)]
        addresses = [state(part) for part in parts]
        draft.delete()
        for part, address in zip(parts, addresses, strict=True):
            response = getattr(editor, method)(address, follow=True)
            assert "Its version was deleted" in messages_of(response)
            assert editor.get(page_of(part, "history")).status_code == 200

    def test_one_whose_trait_was_deleted_can_be_brought_back_with_another(self, editor, draft):
        item = draft.items.get(key="T1")
        address = state(item)
        item.trait.delete()
        values = form_of(editor.get(address))
        assert "valid choice" in all_errors(editor.post(address, values))
        values["trait"] = draft.traits.get(key="proactive").pk
        assert editor.post(address, values).status_code == 302
        assert draft.items.get(key="T1").trait.key == "proactive"

    def test_a_key_that_is_taken_by_now_is_an_error_and_no_crash(self, editor, draft):
        item = row_of(draft, Item)
        key = item.key
        edit(editor, item, key="OLD1")
        Item.objects.create(
            version=draft, order=30, key=key, trait=item.trait, keying=1, text_en="Another."
        )
        response = editor.post(state(item), form_of(editor.get(state(item))))
        assert "already exists" in str(response.context["errors"])
        item.refresh_from_db()
        assert item.key == "OLD1"

    @pytest.mark.parametrize("pk", ["0", "abc", BEYOND_64_BIT])
    def test_an_entry_that_does_not_exist_is_not_found(self, editor, draft, pk):
        item = row_of(draft, Item)
        assert editor.get(f"{page_of(item, 'history')}{pk}/").status_code == 404
        assert editor.get(f"{list_of(Item)}{pk}/history/{pk}/").status_code == 404

    def test_an_entry_of_another_row_is_not_found(self, editor, draft):
        first, second = draft.items.all()[:2]
        entry = second.history.first()
        assert editor.get(f"{page_of(first, 'history')}{entry.pk}/").status_code == 404


class TestWhoSees:
    def test_parts_that_one_may_not_see_are_left_out(self, client, draft):
        draft.items.get(key="P1").delete()
        client_who_may(client, "view_questionnaireversion")
        assert [entry.kind for entry in entries(client, draft)] == ["added"]


class TestOfRolesAndFigures:
    def test_a_role_tells_of_its_duties_too(self, editor):
        role = Role.objects.get(slug="sales-manager")
        edit(editor, role, summary_en="Edited.", **{"duties-0-text_en": "A new duty."})
        told = {delta.new for entry in entries(editor, role) for delta in entry.deltas}
        assert {"Edited.", "A new duty."} <= told

    def test_a_figure_can_be_brought_back(self, editor):
        figure = Figure.objects.filter(value__isnull=False).first()
        before = figure.value
        edit(editor, figure, value="1")
        editor.post(state(figure), form_of(editor.get(state(figure))))
        figure.refresh_from_db()
        assert figure.value == before


class TestKeeping:
    @pytest.mark.parametrize("model", [Item, Trait, Role, Duty, Figure])
    def test_every_row_has_a_beginning(self, content, model):
        for row in model.objects.all()[:5]:
            assert row.history.last().history_type == "+"

    def test_history_stays_when_a_person_goes(self, editor, small_draft):
        edit(editor, small_draft, title="Spring")
        User.objects.filter(username="petra").delete()
        assert small_draft.history.first().title == "Spring"


def form_of(response):
    form = response.context["adminform"].form
    return {
        field.html_name: field.value() for field in form if field.value() not in (None, False, "")
    }
