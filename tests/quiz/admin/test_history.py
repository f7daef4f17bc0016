"""Who changed what and when, and restoring an earlier state."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.utils import timezone

from quiz.questionnaires.models import BackgroundQuestion, Item, QuestionnaireVersion, Trait
from roles.content import load_roles
from roles.models import Difference, Duty, Figure, Passage, Role, SharedSkill, Source
from tests.factories import sign_in
from tests.pages import list_of, page_of, text_of
from tests.quiz.admin.pages import (
    BEYOND_64_BIT,
    all_errors,
    client_who_may,
    levels_of,
    publish,
    row_of,
    stored,
    values_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client, content):
    user = User.objects.create_user("petra", is_staff=True)
    user.groups.add(Group.objects.get(name="Editors"))
    sign_in(client, user)
    return client


def entries(client, row):
    return list(client.get(page_of(row, "history")).context["entries"])


def state(row, number=-1):
    """The address of an earlier state; the last entry is the oldest."""
    entry = list(row.history.all())[number]
    return f"{page_of(row, 'history')}{entry.pk}/"


def edit(client, row, **typed):
    response = client.post(page_of(row), values_of(client, row) | typed)
    assert response.status_code == 302, response.context["errors"]


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


@pytest.mark.both_databases
class TestRestoring:
    def test_earlier_state_of_a_statement_can_be_restored(self, editor, draft):
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

    def test_restoring_keeps_the_whole_history(self, editor, draft):
        item = row_of(draft, Item)
        edit(editor, item, text_en="A mistake.")
        editor.post(state(item), form_of(editor.get(state(item))))
        assert [entry.text_en == "A mistake." for entry in item.history.all()] == [
            False,
            True,
            False,
        ]

    def test_deleted_statement_can_be_restored(self, editor, draft):
        item = row_of(draft, Item)
        before, address = stored(draft), state(item)
        editor.post(page_of(item, "delete"), {"post": "yes"})
        assert len(stored(draft).items) == 23
        editor.post(address, form_of(editor.get(address)))
        assert stored(draft) == before

    def test_background_question_is_restored_with_its_answers(self, editor, draft):
        question = draft.background_questions.get(key="B2")
        before, address = stored(draft), state(question)
        editor.post(page_of(question, "delete"), {"post": "yes"})
        editor.post(address, form_of(editor.get(address)))
        assert stored(draft) == before

    def test_trait_is_restored_with_its_statements(self, editor, draft):
        trait = draft.traits.get(key="targets")
        before, address = stored(draft), state(trait)
        editor.post(page_of(trait, "delete"), {"post": "yes"})
        editor.post(address, form_of(editor.get(address)))
        assert stored(draft) == before

    def test_draft_is_restored_with_all_its_parts(self, editor, draft):
        before, address = stored(draft), state(draft)
        editor.post(page_of(draft, "delete"), {"post": "yes"})
        editor.post(address, form_of(editor.get(address)))
        assert stored(draft) == before

    def test_parts_deleted_earlier_are_not_restored(self, editor, draft):
        with time_machine.travel(timezone.now() - timedelta(hours=1)):
            draft.items.get(key="T1").delete()
        trait = draft.traits.get(key="targets")
        address = state(trait)
        editor.post(page_of(trait, "delete"), {"post": "yes"})
        editor.post(address, form_of(editor.get(address)))
        assert draft.items.filter(trait=trait).count() == 7

    def test_part_of_a_published_version_cannot_be_restored(self, editor, draft):
        item = row_of(draft, Item)
        edit(editor, item, text_en="Another.")
        QuestionnaireVersion.objects.get(pk=draft.pk).publish()
        shown = editor.get(state(item))
        assert 'name="_save"' not in text_of(shown)
        assert editor.post(state(item), {"text_en": "Forged."}).status_code == 403
        item.refresh_from_db()
        assert item.text_en == "Another."

    def test_published_version_cannot_be_restored_as_a_draft(self, admin_client, draft):
        address = state(draft)
        QuestionnaireVersion.objects.get(pk=draft.pk).publish()
        shown = admin_client.get(address)
        assert 'name="_save"' not in text_of(shown)
        assert admin_client.post(address, {"title": "Forged"}).status_code == 403
        draft.refresh_from_db()
        assert (draft.title, draft.status) == ("Draft", "published")

    def test_viewer_cannot_restore(self, client, draft):
        item = row_of(draft, Item)
        client_who_may(client, "view_item")
        assert 'name="_save"' not in text_of(client.get(state(item)))
        assert client.post(state(item), {"text_en": "Forged."}).status_code == 403

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_part_of_a_deleted_version_cannot_be_restored(self, editor, draft, method):
        parts = [row_of(draft, model) for model in (Item, Trait, BackgroundQuestion)]
        addresses = [state(part) for part in parts]
        draft.delete()
        for part, address in zip(parts, addresses, strict=True):
            response = getattr(editor, method)(address, follow=True)
            assert levels_of(response) == ["error"]
            assert editor.get(page_of(part, "history")).status_code == 200

    def test_statement_of_a_deleted_trait_is_restored_with_another_trait(self, editor, draft):
        item = draft.items.get(key="T1")
        address = state(item)
        item.trait.delete()
        values = form_of(editor.get(address))
        assert "on the list" in all_errors(editor.post(address, values))
        values["trait"] = draft.traits.get(key="proactive").pk
        assert editor.post(address, values).status_code == 302
        assert draft.items.get(key="T1").trait.key == "proactive"

    @pytest.mark.slow
    def test_restoring_a_taken_key_is_a_form_error(self, editor, draft):
        item = row_of(draft, Item)
        key = item.key
        edit(editor, item, key="OLD1")
        Item.objects.create(
            version=draft, order=30, key=key, trait=item.trait, keying=1, text_en="Another."
        )
        response = editor.post(state(item), form_of(editor.get(state(item))))
        assert "has the same" in str(response.context["errors"])
        item.refresh_from_db()
        assert item.key == "OLD1"

    @pytest.mark.parametrize("pk", ["0", "abc", BEYOND_64_BIT])
    def test_unknown_entry_is_404(self, editor, draft, pk):
        item = row_of(draft, Item)
        assert editor.get(f"{page_of(item, 'history')}{pk}/").status_code == 404
        assert editor.get(f"{list_of(Item)}{pk}/history/{pk}/").status_code == 404

    def test_entry_of_another_row_is_404(self, editor, draft):
        first, second = draft.items.all()[:2]
        entry = second.history.first()
        assert editor.get(f"{page_of(first, 'history')}{entry.pk}/").status_code == 404


class TestPermissions:
    def test_history_leaves_out_parts_the_user_may_not_view(self, client, draft):
        draft.items.get(key="P1").delete()
        client_who_may(client, "view_questionnaireversion")
        assert [entry.kind for entry in entries(client, draft)] == ["added"]


class TestHistoryOfRolesAndFigures:
    def test_history_of_a_role_includes_its_duties(self, editor):
        role = Role.objects.get(slug="sales-manager")
        edit(editor, role, summary_en="Edited.", **{"duties-0-text_en": "A new duty."})
        new = {delta.new for entry in entries(editor, role) for delta in entry.deltas}
        assert {"Edited.", "A new duty."} <= new

    @pytest.mark.parametrize(
        ("model", "typed"),
        [
            (Role, {"summary_en": "Edited."}),
            (Figure, {"note_en": "Edited."}),
            (Source, {"about_en": "Edited."}),
            (Difference, {"topic_en": "Edited."}),
            (SharedSkill, {"meaning_en": "Edited."}),
            (Passage, {"text_en": "Edited."}),
        ],
        ids=lambda value: getattr(value, "__name__", ""),
    )
    def test_shipped_state_is_restored_from_its_history_after_an_edit(self, editor, model, typed):
        row = model.objects.first()
        before = model.objects.filter(pk=row.pk).values()[0]
        edit(editor, row, **typed)
        edited, shipped = entries(editor, row)
        assert (edited.url, edited.is_present) == ("", True)
        editor.post(shipped.url, form_of(editor.get(shipped.url)))
        assert model.objects.filter(pk=row.pk).values()[0] == before
        assert load_roles().kept == 0

    @pytest.mark.parametrize("text_field", ["duties-0-text_en", "skills-0-meaning_en"])
    def test_shipped_duty_or_skill_is_restored_from_the_history_of_its_role(
        self, editor, text_field
    ):
        role = Role.objects.get(slug="sales-manager")
        edit(editor, role, **{text_field: "Edited."})
        shipped = next(entry for entry in entries(editor, role) if entry.url)
        assert 'name="_save"' in text_of(editor.get(shipped.url))
        response = editor.post(shipped.url, follow=True)
        assert levels_of(response) == ["success"]
        assert load_roles().kept == 0

    def test_deleted_duty_is_restored_from_the_history_of_its_role(self, editor):
        role = Role.objects.get(slug="sales-manager")
        before = list(role.duties.values())
        edit(editor, role, **{"duties-0-DELETE": "on"})
        [deleted] = [entry for entry in entries(editor, role) if entry.kind == "deleted"]
        editor.post(deleted.url)
        assert list(role.duties.values()) == before

    def test_current_state_is_not_offered(self, editor):
        figure = Figure.objects.first()
        [entry] = entries(editor, figure)
        assert (entry.url, entry.is_present) == ("", True)
        assert 'data-earlier="no"' in text_of(editor.get(page_of(figure, "history")))
        assert 'name="_save"' not in text_of(editor.get(state(figure)))

    def test_restoring_the_current_state_says_that_nothing_changed(self, editor):
        figure = Figure.objects.first()
        response = editor.post(state(figure), form_of(editor.get(state(figure))), follow=True)
        assert levels_of(response) == ["info"]
        assert figure.history.count() == 1

    def test_part_like_its_earlier_state_is_not_saved_again(self, editor):
        role = Role.objects.get(slug="sales-manager")
        duty = role.duties.first()
        address = f"{page_of(role, 'history')}duty/{duty.history.first().pk}/"
        assert 'name="_save"' not in text_of(editor.get(address))
        assert levels_of(editor.post(address, follow=True)) == ["info"]
        assert duty.history.count() == 1

    @pytest.mark.parametrize("name", ["figure", "source", "nothing"])
    def test_part_of_another_kind_or_row_is_404(self, editor, name):
        role, other = Role.objects.all()[:2]
        number = other.duties.first().history.first().pk
        assert editor.get(f"{page_of(role, 'history')}{name}/{number}/").status_code == 404
        assert editor.get(f"{page_of(role, 'history')}duty/{number}/").status_code == 404
        assert editor.get(f"{page_of(role, 'history')}duty/{BEYOND_64_BIT}/").status_code == 404

    def test_viewer_cannot_restore_a_part(self, client, content):
        client_who_may(client, "view_role", "view_duty")
        role = Role.objects.first()
        duty = role.duties.first()
        before = duty.history.first().pk
        duty.text_en = "Edited."
        duty.save()
        address = f"{page_of(role, 'history')}duty/{before}/"
        assert 'name="_save"' not in text_of(client.get(address))
        assert client.post(address).status_code == 403
        duty.refresh_from_db()
        assert duty.text_en == "Edited."

    def test_part_is_not_shown_without_a_right_to_it(self, client, content):
        client_who_may(client, "view_role")
        role = Role.objects.first()
        number = role.duties.first().history.first().pk
        address = f"{page_of(role, 'history')}duty/{number}/"
        assert client.get(address).status_code == 403

    def test_figure_can_be_restored(self, editor):
        figure = Figure.objects.filter(value__isnull=False).first()
        before = figure.value
        edit(editor, figure, value="1", is_right="on")
        editor.post(state(figure), form_of(editor.get(state(figure))))
        figure.refresh_from_db()
        assert figure.value == before


class TestPartsOfDrafts:
    def test_wording_is_restored_from_the_history_of_its_draft(self, editor, draft):
        before = stored(draft)
        wording = draft.wordings.first()
        first = wording.history.first().pk
        wording.text_en = "Edited."
        wording.save()
        address = f"{page_of(draft, 'history')}wording/{first}/"
        assert address in [entry.url for entry in entries(editor, draft)]
        editor.post(address)
        assert stored(draft) == before

    def test_wording_of_a_published_version_cannot_be_restored(self, editor, draft):
        wording = draft.wordings.first()
        first = wording.history.first().pk
        wording.text_en = "Edited."
        wording.save()
        QuestionnaireVersion.objects.get(pk=draft.pk).publish()
        address = f"{page_of(draft, 'history')}wording/{first}/"
        assert 'name="_save"' not in text_of(editor.get(address))
        assert editor.post(address).status_code == 403

    def test_answer_of_a_deleted_question_is_refused_with_a_reason(self, editor, draft):
        question = draft.background_questions.first()
        number = question.options.first().history.first().pk
        question.delete()
        address = f"{page_of(draft, 'history')}backgroundoption/{number}/"
        assert levels_of(editor.post(address, follow=True)) in (["error"], [])


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


def form_of(response):
    form = response.context["adminform"].form
    return {
        field.html_name: field.value() for field in form if field.value() not in (None, False, "")
    }
