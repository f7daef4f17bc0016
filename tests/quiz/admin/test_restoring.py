"""Restoring an earlier state of a draft or its parts."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from quiz.questionnaires.models import BackgroundQuestion, Item, QuestionnaireVersion, Trait
from tests.pages import list_of, page_of, text_of
from tests.quiz.admin.history_pages import edit, entries, form_of, state
from tests.quiz.admin.pages import (
    BEYOND_64_BIT,
    all_errors,
    client_who_may,
    levels_of,
    row_of,
    stored,
)

pytestmark = pytest.mark.django_db


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
