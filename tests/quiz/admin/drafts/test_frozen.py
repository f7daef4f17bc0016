"""Editing a draft in the admin, and the protection of frozen versions."""

import pytest
from django.db.models import TextField
from django.utils import timezone
from django.utils.html import escape

from quiz.admin.drafts.parts import ItemAdmin
from quiz.attempts.models import Attempt
from quiz.questionnaires.models import BackgroundQuestion, Item, QuestionnaireVersion, Trait
from roles.admin.screens import PlainLines
from tests.answers import SHIPPED
from tests.pages import list_of, page_of, text_of
from tests.quiz.admin.pages import (
    VERSIONS,
    all_errors,
    each_model,
    each_part,
    levels_of,
    row_of,
    stored,
    values_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]


@pytest.fixture
def draft(small_draft):
    return small_draft


class TestDraft:
    @pytest.mark.slow
    def test_saving_an_unchanged_draft_changes_nothing(self, admin_client, whole_draft):
        before = stored(whole_draft)
        response = admin_client.post(page_of(whole_draft), values_of(admin_client, whole_draft))
        assert response.status_code == 302, all_errors(response)
        assert stored(whole_draft) == before

    @pytest.mark.slow
    def test_statement_can_be_edited_on_the_page_of_the_version(self, admin_client, draft):
        values = values_of(admin_client, draft) | {"items-0-text_en": "I like new words."}
        admin_client.post(page_of(draft), values)
        assert stored(draft).items[0].text == {"en": "I like new words."}

    @pytest.mark.parametrize(
        ("model", "field", "value"),
        [
            (Item, "rationale", "Because."),
            (Trait, "high_gloss_en", "You go for it."),
            (BackgroundQuestion, "options-0-label_en", "Not a single year"),
        ],
    )
    def test_part_can_be_edited_on_its_own_page(self, admin_client, draft, model, field, value):
        row = row_of(draft, model)
        values = values_of(admin_client, row) | {field: value}
        assert admin_client.post(page_of(row), values).status_code == 302
        assert value in str(stored(draft))

    @each_part
    def test_part_can_be_added_and_deleted(self, admin_client, draft, model):
        values = values_of(admin_client, row_of(draft, model))
        values = {k: v for k, v in values.items() if not k.startswith("options-")}
        values |= {"key": "NEW", "version": draft.pk}
        values |= {"options-TOTAL_FORMS": 0, "options-INITIAL_FORMS": 0}
        response = admin_client.post(f"{list_of(model)}add/", values)
        assert response.status_code == 302, all_errors(response)
        added = model.objects.get(version=draft, key="NEW")
        admin_client.post(page_of(added, "delete"), {"post": "yes"})
        assert not model.objects.filter(key="NEW").exists()

    def test_page_of_a_draft_shows_what_the_check_finds(self, admin_client, draft):
        draft.items.filter(key="P1").update(keying=-1)
        page = text_of(admin_client.get(page_of(draft)))
        assert draft.errors()
        assert all(escape(error.message) in page for error in draft.errors())

    def test_empty_draft_says_what_is_missing(self, admin_client):
        empty = QuestionnaireVersion.objects.create(title="From nothing")
        response = admin_client.get(page_of(empty))
        errors = empty.errors()
        assert errors
        assert all(escape(error.message) in text_of(response) for error in errors)

    @pytest.mark.slow
    @pytest.mark.parametrize(
        ("prefix", "field"),
        [
            ("wordings", "key"),
            ("scale_answers", "value"),
            ("traits", "key"),
            ("items", "key"),
            ("background_questions", "key"),
        ],
    )
    def test_duplicate_key_among_rows_is_a_form_error(self, admin_client, draft, prefix, field):
        before = stored(draft)
        values = values_of(admin_client, draft)
        values[f"{prefix}-1-{field}"] = values[f"{prefix}-0-{field}"]
        response = admin_client.post(page_of(draft), values)
        assert response.status_code == 200
        assert response.context["errors"]
        assert stored(draft) == before

    @each_part
    def test_new_part_with_a_taken_key_is_a_form_error(self, admin_client, draft, model):
        values = values_of(admin_client, row_of(draft, model))
        values = {k: v for k, v in values.items() if not k.startswith("options-")}
        values |= {"version": draft.pk, "options-TOTAL_FORMS": 0, "options-INITIAL_FORMS": 0}
        response = admin_client.post(f"{list_of(model)}add/", values)
        assert "has the same" in all_errors(response)

    @pytest.mark.both_databases
    @each_part
    def test_changing_a_key_to_a_taken_one_is_a_form_error(self, admin_client, draft, model):
        first, second = model.objects.filter(version=draft)[:2]
        values = values_of(admin_client, second) | {"key": first.key}
        assert "has the same" in all_errors(admin_client.post(page_of(second), values))

    def test_rows_offer_only_the_traits_of_their_version(self, admin_client, draft):
        response = admin_client.get(page_of(draft))
        items = next(
            inline.formset
            for inline in response.context["inline_admin_formsets"]
            if inline.formset.model is Item
        )
        offered = [key for key, _words in items.forms[0].fields["trait"].choices if key]
        assert offered == list(draft.traits.values_list("pk", flat=True))

    def test_statement_cannot_take_a_trait_of_another_version(self, admin_client, draft):
        other = QuestionnaireVersion.objects.add(SHIPPED, title="Other")
        item = row_of(draft, Item)
        values = values_of(admin_client, item) | {"trait": row_of(other, Trait).pk}
        assert "on the list" in all_errors(admin_client.post(page_of(item), values))

    def test_new_statement_cannot_mix_two_versions(self, admin_client, draft):
        other = QuestionnaireVersion.objects.add(SHIPPED, title="Other")
        values = values_of(admin_client, row_of(draft, Item))
        values |= {"key": "NEW", "version": draft.pk, "trait": row_of(other, Trait).pk}
        response = admin_client.post(f"{list_of(Item)}add/", values)
        assert set(response.context["adminform"].form.errors) == {"trait"}

    @each_part
    def test_part_cannot_move_to_another_version(self, admin_client, draft, model):
        other = QuestionnaireVersion.objects.add(SHIPPED, title="Other")
        row = row_of(draft, model)
        values = values_of(admin_client, row) | {"version": other.pk, "key": "MOVED"}
        admin_client.post(page_of(row), values)
        row.refresh_from_db()
        assert (row.version, row.key) == (draft, "MOVED")

    def test_statement_added_on_its_own_page_comes_last(self, admin_client, draft):
        values = values_of(admin_client, row_of(draft, Item))
        values |= {"key": "NEW", "version": draft.pk, "text_en": "Something new."}
        response = admin_client.post(f"{list_of(Item)}add/", values)
        assert response.status_code == 302, all_errors(response)
        assert stored(draft).items[-1].key == "NEW"

    @pytest.mark.both_databases
    def test_deleting_a_part_that_was_just_published_is_a_conflict(
        self, admin_client, whole_draft, monkeypatch
    ):
        item = row_of(whole_draft, Item)
        QuestionnaireVersion.objects.get(pk=whole_draft.pk).publish()
        monkeypatch.setattr("quiz.admin.drafts.screens.is_frozen", lambda part: False)
        response = admin_client.post(page_of(item, "delete"), {"post": "yes"})
        assert response.status_code == 409

    def test_deleting_a_trait_lists_the_statements_that_go_with_it(self, admin_client, draft):
        trait = draft.traits.get(key="targets")
        html = text_of(admin_client.get(page_of(trait, "delete")))
        assert all(page_of(item) in html for item in trait.items.all())

    def test_trait_cannot_be_deleted_on_the_page_of_the_version(self, admin_client, draft):
        values = values_of(admin_client, draft) | {"traits-0-DELETE": "on"}
        admin_client.post(page_of(draft), values)
        assert stored(draft).traits == SHIPPED.traits

    @pytest.mark.both_databases
    def test_draft_can_be_deleted(self, admin_client, draft):
        admin_client.post(page_of(draft, "delete"), {"post": "yes"})
        assert not QuestionnaireVersion.objects.filter(pk=draft.pk).exists()

    @pytest.mark.both_databases
    def test_drafts_can_be_deleted_from_the_list(self, admin_client, draft):
        chosen = {"action": "delete_selected", "_selected_action": draft.pk}
        assert 'name="post" value="yes"' in text_of(admin_client.post(VERSIONS, chosen))
        admin_client.post(VERSIONS, chosen | {"post": "yes"})
        assert not QuestionnaireVersion.objects.filter(pk=draft.pk).exists()

    @pytest.mark.both_databases
    def test_version_with_attempts_cannot_be_deleted(self, admin_client, draft):
        now = timezone.now()
        Attempt.objects.create(
            version=draft, is_first=True, shows_sales_first=True, started_at=now, saved_at=now
        )
        response = admin_client.post(page_of(draft, "delete"), {"post": "yes"})
        assert response.context["protected"]
        assert QuestionnaireVersion.objects.filter(pk=draft.pk).exists()


@each_model
def test_every_text_of_several_lines_keeps_its_line_ends(admin_client, draft, model):
    context = admin_client.get(page_of(row_of(draft, model))).context
    forms = [context["adminform"].form]
    forms += [inline.formset.empty_form for inline in context["inline_admin_formsets"]]
    fields = [
        form.fields[each.name]
        for form in forms
        for each in form._meta.model._meta.fields
        if isinstance(each, TextField) and each.name in form.fields
    ]
    assert all(isinstance(field, PlainLines) for field in fields)


@pytest.mark.both_databases
class TestFrozen:
    @each_model
    def test_frozen_row_is_read_only_and_offers_a_new_draft(self, admin_client, live, model):
        response = admin_client.get(page_of(row_of(live, model)))
        html = text_of(response)
        assert response.context["frozen_version"] == live
        assert f"{VERSIONS}{live.pk}/new-draft/" in html
        assert 'name="_save"' not in html

    @each_model
    def test_draft_is_not_shown_as_frozen(self, admin_client, draft, model):
        context = admin_client.get(page_of(row_of(draft, model))).context
        assert context["frozen_version"] is None

    @each_model
    def test_forged_edit_of_a_frozen_row_is_refused(self, admin_client, live, draft, model):
        values = values_of(admin_client, row_of(draft, model)) | {"order": 77, "title": "Forged"}
        assert admin_client.post(page_of(row_of(live, model)), values).status_code == 409
        response = admin_client.post(page_of(row_of(live, model)), values | {"seen": ""})
        assert response.status_code == 403
        assert 'class="lede"' in text_of(response)
        live.refresh_from_db()
        assert (stored(live), live.title != "Forged") == (SHIPPED, True)

    @each_model
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_deleting_a_frozen_row_is_refused(self, admin_client, live, model, method):
        address = page_of(row_of(live, model), "delete")
        assert getattr(admin_client, method)(address, {"post": "yes"}).status_code == 403
        assert stored(live) == SHIPPED

    @each_model
    def test_history_of_a_frozen_row_can_be_viewed(self, admin_client, live, model):
        assert admin_client.get(page_of(row_of(live, model), "history")).status_code == 200

    @each_part
    def test_forged_new_part_of_a_frozen_version_is_a_form_error(
        self, admin_client, live, draft, model
    ):
        values = values_of(admin_client, row_of(draft, model)) | {"version": live.pk, "key": "NEW"}
        values |= {"options-TOTAL_FORMS": 0, "options-INITIAL_FORMS": 0}
        response = admin_client.post(f"{list_of(model)}add/", values)
        assert "on the list" in all_errors(response)
        assert stored(live) == SHIPPED

    @each_model
    @pytest.mark.parametrize("confirmed", [{}, {"post": "yes"}])
    def test_deleting_a_selection_with_frozen_rows_deletes_nothing(
        self, admin_client, live, draft, model, confirmed
    ):
        both = [row_of(draft, model).pk, row_of(live, model).pk]
        chosen = {"action": "delete_selected", "_selected_action": both}
        response = admin_client.post(list_of(model), chosen | confirmed, follow=True)
        assert levels_of(response) == ["error"]
        assert model.objects.filter(pk__in=both).count() == 2

    def test_publishing_during_a_save_keeps_the_part_unchanged(
        self, admin_client, whole_draft, monkeypatch
    ):
        def save_too_late(self, request, item, form, change):
            QuestionnaireVersion.objects.get(pk=whole_draft.pk).publish()
            item.save()

        item = row_of(whole_draft, Item)
        values = values_of(admin_client, item) | {"rationale": "Too late."}
        monkeypatch.setattr(ItemAdmin, "save_model", save_too_late)
        response = admin_client.post(page_of(item), values)
        assert response.status_code == 409
        item.refresh_from_db()
        assert item.rationale != "Too late."
