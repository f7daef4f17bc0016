"""The questionnaire in the admin, as an editor meets it: drafts are written, the rest is read."""

import dataclasses

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.db import IntegrityError
from django.utils import timezone

from quiz.admin.questionnaire import ItemAdmin
from quiz.models import Attempt, BackgroundQuestion, Item, QuestionnaireVersion, Trait
from tests.quiz.answer_sets import SHIPPED
from tests.roles.test_admin import form_values, list_of, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

VERSIONS = "/admin/quiz/questionnaireversion/"
PARTS = [Item, Trait, BackgroundQuestion]
MODELS = [QuestionnaireVersion, *PARTS]
EVERY_MODEL = list(admin.site._registry)
LABEL_SAYS_ALL = {
    User: {"first_name", "last_name", "email", "last_login", "date_joined"},
    Group: {"name"},
}
BEYOND_64_BIT = "9" * 30

each_part = pytest.mark.parametrize("model", PARTS, ids=lambda model: model.__name__)
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
every_model = pytest.mark.parametrize("model", EVERY_MODEL, ids=lambda model: model.__name__)


@pytest.fixture
def live():
    return QuestionnaireVersion.objects.published().get()


@pytest.fixture
def draft():
    return QuestionnaireVersion.objects.add(SHIPPED, title="Draft")


def row_of(version, model):
    """The version itself, or its first part of this kind."""
    return version if model is QuestionnaireVersion else model.objects.filter(version=version)[0]


def stored(version):
    """What the database holds of a version."""
    return QuestionnaireVersion.objects.with_parts().get(pk=version.pk).questionnaire()


def values_of(client, row):
    return form_values(client.get(page_of(row)))


def fields_without_help(response):
    """The fields of a form and its inlines, with one row of each, that explain nothing."""
    forms = [response.context["adminform"].form]
    forms += [inline.formset.empty_form for inline in response.context["inline_admin_formsets"]]
    return {
        field.html_name
        for form in forms
        for field in form
        if not field.is_hidden and not field.help_text and field.name != "DELETE"
    }


def text_of(response):
    return response.content.decode()


def messages_of(response):
    return " ".join(str(message) for message in response.context["messages"])


def all_errors(response):
    return " ".join(str(error) for error in response.context["errors"])


def client_who_may(client, *codenames):
    user = User.objects.create_user("somebody", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return client


class TestScreens:
    def test_users_and_groups_are_there(self):
        assert {User, Group} <= set(EVERY_MODEL)

    def test_what_people_answered_is_not(self):
        assert Attempt not in EVERY_MODEL

    @each_model
    def test_every_list_can_be_searched_and_filtered(self, admin_client, draft, model):
        response = admin_client.get(f"{list_of(model)}?q=a")
        assert response.status_code == 200
        assert response.context["cl"].has_filters

    @every_model
    @pytest.mark.parametrize("screen", ["add", "change"])
    def test_every_field_an_editor_fills_in_is_explained(self, admin_client, draft, model, screen):
        row = row_of(draft, model) if model in MODELS else model.objects.first()
        address = page_of(row) if screen == "change" else f"{list_of(model)}add/"
        unexplained = fields_without_help(admin_client.get(address))
        assert unexplained - LABEL_SAYS_ALL.get(model, set()) == set()

    @every_model
    def test_every_list_takes_a_few_statements(
        self, admin_client, draft, model, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(9):
            admin_client.get(list_of(model))

    def test_a_draft_with_all_its_parts_takes_a_few_statements(
        self, admin_client, draft, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(22):
            admin_client.get(page_of(draft))

    def test_a_frozen_version_with_all_its_parts_takes_a_few_statements(
        self, admin_client, live, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(16):
            admin_client.get(page_of(live))

    def test_statements_stand_in_the_order_of_the_quiz(self, admin_client, live):
        listed = admin_client.get(list_of(Item)).context["cl"].result_list
        assert [item.key for item in listed] == [item.key for item in SHIPPED.items]

    def test_statements_are_found_by_trait(self, admin_client):
        response = admin_client.get(f"{list_of(Item)}?trait__key=targets")
        listed = response.context["cl"].result_list
        assert {item.key for item in listed} == {i.key for i in SHIPPED.items_by_trait["targets"]}


class TestDraft:
    def test_saved_as_it_is_it_stays_the_same(self, admin_client, draft):
        before = stored(draft)
        response = admin_client.post(page_of(draft), values_of(admin_client, draft))
        assert response.status_code == 302, all_errors(response)
        assert stored(draft) == before

    def test_its_wording_can_be_changed_with_the_version(self, admin_client, draft):
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
    def test_a_part_can_be_changed_on_its_own_page(self, admin_client, draft, model, field, value):
        row = row_of(draft, model)
        values = values_of(admin_client, row) | {field: value}
        assert admin_client.post(page_of(row), values).status_code == 302
        assert value in str(stored(draft))

    @each_part
    def test_a_part_can_be_added_and_deleted(self, admin_client, draft, model):
        values = values_of(admin_client, row_of(draft, model))
        values = {k: v for k, v in values.items() if not k.startswith("options-")}
        values |= {"key": "NEW", "version": draft.pk}
        values |= {"options-TOTAL_FORMS": 0, "options-INITIAL_FORMS": 0}
        response = admin_client.post(f"{list_of(model)}add/", values)
        assert response.status_code == 302, all_errors(response)
        added = model.objects.get(version=draft, key="NEW")
        admin_client.post(page_of(added, "delete"), {"post": "yes"})
        assert not model.objects.filter(key="NEW").exists()

    def test_it_shows_what_the_check_finds(self, admin_client, draft):
        draft.items.filter(key="P1").update(keying=-1)
        assert "so agreeing with everything moves its score" in text_of(
            admin_client.get(page_of(draft))
        )

    def test_an_empty_one_says_what_is_missing(self, admin_client):
        address = f"{VERSIONS}add/"
        values = form_values(admin_client.get(address)) | {"title": "From nothing"}
        response = admin_client.post(address, values | {"_continue": ""}, follow=True)
        assert "There is none; add at least one." in text_of(response)

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
    def test_a_key_that_stands_there_twice_is_an_error_of_the_form(
        self, admin_client, draft, prefix, field
    ):
        before = stored(draft)
        values = values_of(admin_client, draft)
        values[f"{prefix}-1-{field}"] = values[f"{prefix}-0-{field}"]
        response = admin_client.post(page_of(draft), values)
        assert response.status_code == 200
        assert "duplicate" in all_errors(response)
        assert stored(draft) == before

    @each_part
    def test_a_new_part_with_a_key_that_is_there_is_an_error_of_the_form(
        self, admin_client, draft, model
    ):
        values = values_of(admin_client, row_of(draft, model))
        values = {k: v for k, v in values.items() if not k.startswith("options-")}
        values |= {"version": draft.pk, "options-TOTAL_FORMS": 0, "options-INITIAL_FORMS": 0}
        response = admin_client.post(f"{list_of(model)}add/", values)
        assert "already exists" in all_errors(response)

    def test_its_statements_choose_among_its_own_traits(self, admin_client, draft):
        response = admin_client.get(page_of(draft))
        items = next(
            inline.formset
            for inline in response.context["inline_admin_formsets"]
            if inline.formset.model is Item
        )
        offered = [key for key, _words in items.forms[0].fields["trait"].choices if key]
        assert offered == list(draft.traits.values_list("pk", flat=True))

    def test_a_statement_can_not_take_a_trait_of_another_version(self, admin_client, draft):
        other = QuestionnaireVersion.objects.add(SHIPPED, title="Other")
        item = row_of(draft, Item)
        values = values_of(admin_client, item) | {"trait": row_of(other, Trait).pk}
        assert "valid choice" in all_errors(admin_client.post(page_of(item), values))

    def test_a_new_statement_can_not_mix_two_versions(self, admin_client, draft):
        other = QuestionnaireVersion.objects.add(SHIPPED, title="Other")
        values = values_of(admin_client, row_of(draft, Item))
        values |= {"key": "NEW", "version": draft.pk, "trait": row_of(other, Trait).pk}
        response = admin_client.post(f"{list_of(Item)}add/", values)
        assert "belongs to another version" in all_errors(response)

    @each_part
    def test_a_part_stays_in_its_version(self, admin_client, draft, model):
        other = QuestionnaireVersion.objects.add(SHIPPED, title="Other")
        row = row_of(draft, model)
        values = values_of(admin_client, row) | {"version": other.pk, "order": 77}
        admin_client.post(page_of(row), values)
        row.refresh_from_db()
        assert (row.version, row.order) == (draft, 77)

    def test_deleting_a_trait_names_the_statements_that_go_with_it(self, admin_client, draft):
        trait = draft.traits.get(key="targets")
        html = text_of(admin_client.get(page_of(trait, "delete")))
        assert all(page_of(item) in html for item in trait.items.all())

    def test_a_trait_is_not_deleted_in_passing(self, admin_client, draft):
        values = values_of(admin_client, draft) | {"traits-0-DELETE": "on"}
        admin_client.post(page_of(draft), values)
        assert stored(draft).traits == SHIPPED.traits

    def test_it_can_be_deleted(self, admin_client, draft):
        admin_client.post(page_of(draft, "delete"), {"post": "yes"})
        assert not QuestionnaireVersion.objects.filter(pk=draft.pk).exists()

    def test_several_can_be_deleted_from_the_list(self, admin_client, draft):
        chosen = {"action": "delete_selected", "_selected_action": draft.pk}
        assert "Are you sure" in text_of(admin_client.post(VERSIONS, chosen))
        admin_client.post(VERSIONS, chosen | {"post": "yes"})
        assert not QuestionnaireVersion.objects.filter(pk=draft.pk).exists()

    def test_one_that_somebody_answered_is_kept_and_says_why(self, admin_client, draft):
        now = timezone.now()
        Attempt.objects.create(
            version=draft, is_first=True, shows_sales_first=True, started_at=now, saved_at=now
        )
        response = admin_client.post(page_of(draft, "delete"), {"post": "yes"})
        assert "protected related objects" in text_of(response)
        assert QuestionnaireVersion.objects.filter(pk=draft.pk).exists()


class TestFrozen:
    @each_model
    def test_it_can_be_read_and_says_why_it_can_not_be_changed(self, admin_client, live, model):
        html = text_of(admin_client.get(page_of(row_of(live, model))))
        assert "it can’t be changed any more" in html
        assert f"{VERSIONS}{live.pk}/new-draft/" in html
        assert 'name="_save"' not in html

    @each_model
    def test_a_draft_does_not_say_so(self, admin_client, draft, model):
        assert "any more" not in text_of(admin_client.get(page_of(row_of(draft, model))))

    @each_model
    def test_a_forged_change_is_refused(self, admin_client, live, draft, model):
        values = values_of(admin_client, row_of(draft, model)) | {"order": 77, "title": "Forged"}
        response = admin_client.post(page_of(row_of(live, model)), values)
        assert response.status_code == 403
        assert "You may not open this page" in text_of(response)
        live.refresh_from_db()
        assert (stored(live), live.title != "Forged") == (SHIPPED, True)

    @each_model
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_deleting_is_refused(self, admin_client, live, model, method):
        address = page_of(row_of(live, model), "delete")
        assert getattr(admin_client, method)(address, {"post": "yes"}).status_code == 403
        assert stored(live) == SHIPPED

    @each_model
    def test_its_history_can_be_read(self, admin_client, live, model):
        assert admin_client.get(page_of(row_of(live, model), "history")).status_code == 200

    @each_part
    def test_a_forged_new_part_is_an_error_of_the_form(self, admin_client, live, draft, model):
        values = values_of(admin_client, row_of(draft, model)) | {"version": live.pk, "key": "NEW"}
        values |= {"options-TOTAL_FORMS": 0, "options-INITIAL_FORMS": 0}
        response = admin_client.post(f"{list_of(model)}add/", values)
        assert "valid choice" in all_errors(response)
        assert stored(live) == SHIPPED

    @each_model
    @pytest.mark.parametrize("confirmed", [{}, {"post": "yes"}])
    def test_deleting_several_says_that_frozen_ones_are_among_them(
        self, admin_client, live, draft, model, confirmed
    ):
        both = [row_of(draft, model).pk, row_of(live, model).pk]
        chosen = {"action": "delete_selected", "_selected_action": both}
        response = admin_client.post(list_of(model), chosen | confirmed, follow=True)
        assert "Nothing was deleted" in messages_of(response)
        assert model.objects.filter(pk__in=both).count() == 2

    def test_one_that_goes_live_while_a_part_is_saved_is_not_changed(
        self, admin_client, draft, monkeypatch
    ):
        def save_too_late(self, request, item, form, change):
            QuestionnaireVersion.objects.get(pk=draft.pk).publish()
            item.save()

        item = row_of(draft, Item)
        values = values_of(admin_client, item) | {"rationale": "Too late."}
        monkeypatch.setattr(ItemAdmin, "save_model", save_too_late)
        response = admin_client.post(page_of(item), values)
        assert response.status_code == 409
        assert "Nothing was saved" in text_of(response)
        item.refresh_from_db()
        assert item.rationale != "Too late."


class TestNewDraft:
    def address(self, version):
        return page_of(version, "new-draft")

    def start(self, client, version, title="Spring"):
        response = client.post(self.address(version), {"title": title})
        assert response.status_code == 302, text_of(response)
        draft = QuestionnaireVersion.objects.drafts().get(title=title)
        assert response["Location"] == page_of(draft)
        return draft

    def test_it_is_offered_on_the_page_of_every_version(self, admin_client, live, draft):
        for version in (live, draft):
            assert self.address(version) in text_of(admin_client.get(page_of(version)))

    def test_the_form_for_an_empty_draft_speaks_of_it(self, admin_client):
        assert "New draft from this version" in text_of(admin_client.get(f"{VERSIONS}add/"))

    def test_asking_starts_nothing(self, admin_client, live):
        response = admin_client.get(self.address(live))
        assert f"Copy of {live.title}" in text_of(response)
        assert QuestionnaireVersion.objects.count() == 1

    def test_everything_is_copied(self, admin_client, live):
        draft = self.start(admin_client, live)
        assert stored(draft) == dataclasses.replace(SHIPPED, number=None)

    def test_the_version_itself_stays_as_it_is(self, admin_client, live):
        self.start(admin_client, live)
        assert stored(live) == SHIPPED

    def test_a_draft_and_a_retired_version_can_be_copied_too(self, admin_client, live, draft):
        draft.items.filter(key="P1").update(rationale="Edited.")
        assert "Edited." in str(stored(self.start(admin_client, draft, "From a draft")))
        QuestionnaireVersion.objects.add(SHIPPED, title="Next").publish()
        assert stored(self.start(admin_client, live, "From a retired one")).items == SHIPPED.items

    def test_a_copy_can_be_edited_and_published(self, admin_client, live):
        draft = self.start(admin_client, live)
        values = values_of(admin_client, draft) | {"items-0-text_en": "I like new words."}
        admin_client.post(page_of(draft), values)
        admin_client.post(page_of(draft, "publish"))
        assert QuestionnaireVersion.objects.published().get() == draft

    @pytest.mark.parametrize("title", ["", " ", "x" * 81, "a\0b"])
    def test_a_title_that_can_not_be_is_an_error_of_the_form(self, admin_client, live, title):
        response = admin_client.post(self.address(live), {"title": title})
        assert 'class="errorlist"' in text_of(response)
        assert QuestionnaireVersion.objects.count() == 1

    def test_the_longest_title_can_be_copied(self, admin_client):
        version = QuestionnaireVersion.objects.add(SHIPPED, title="x" * 80)
        offered = admin_client.get(self.address(version)).context["adminform"].form["title"]
        self.start(admin_client, version, offered.value())

    def test_its_history_says_who_started_it(self, admin_client, admin_user, live):
        draft = self.start(admin_client, live)
        assert LogEntry.objects.get(object_id=str(draft.pk)).user == admin_user

    @pytest.mark.parametrize("pk", ["0", "abc", BEYOND_64_BIT])
    def test_a_version_that_does_not_exist_is_not_found(self, admin_client, pk):
        assert admin_client.post(f"{VERSIONS}{pk}/new-draft/").status_code == 404

    @pytest.mark.parametrize("lacking", ["add", "view"])
    def test_it_takes_the_right_to_see_and_to_add_versions(self, client, live, lacking):
        given = {"add", "view"} - {lacking}
        client_who_may(client, *(f"{right}_questionnaireversion" for right in given))
        assert client.post(self.address(live), {"title": "x"}).status_code == 403


class TestPublishing:
    def address(self, version):
        return page_of(version, "publish")

    def test_it_is_offered_for_drafts_only(self, admin_client, live, draft):
        for version in (draft, live):
            html = text_of(admin_client.get(page_of(version)))
            assert (self.address(version) in html) == version.is_draft

    def test_asking_changes_nothing_and_says_what_will(self, admin_client, live, draft):
        assert f"“{live}” retires" in text_of(admin_client.get(self.address(draft)))
        draft.refresh_from_db()
        assert draft.is_draft

    def test_the_draft_goes_live(self, admin_client, live, draft):
        response = admin_client.post(self.address(draft), follow=True)
        assert "Version 2 is live now." in messages_of(response)
        assert QuestionnaireVersion.objects.published().get() == draft
        live.refresh_from_db()
        assert live.status == "retired"

    def test_its_history_says_who_published_it(self, admin_client, admin_user, draft):
        admin_client.post(self.address(draft))
        entry = LogEntry.objects.get(object_id=str(draft.pk))
        assert (entry.user, entry.change_message) == (admin_user, "Published as version 2.")

    def test_errors_are_shown_and_keep_it_a_draft(self, admin_client, live, draft):
        draft.items.filter(key="P1").update(keying=-1)
        response = admin_client.post(self.address(draft), follow=True)
        assert "traits proactive" in messages_of(response)
        assert QuestionnaireVersion.objects.published().get() == live
        assert not LogEntry.objects.exists()

    def test_errors_are_shown_before_it_is_tried(self, admin_client, draft):
        draft.items.filter(key="P1").update(keying=-1)
        assert "so agreeing with everything" in text_of(admin_client.get(self.address(draft)))

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_a_second_time_says_that_it_is_no_draft(self, admin_client, draft, method):
        admin_client.post(self.address(draft))
        response = getattr(admin_client, method)(self.address(draft), follow=True)
        assert "Only a draft can be published." in messages_of(response)
        draft.refresh_from_db()
        assert (draft.number, draft.status) == (2, "published")

    def test_two_drafts_at_the_same_moment_do_not_both_go_live(
        self, admin_client, live, draft, monkeypatch
    ):
        def lose_the_race(self):
            raise IntegrityError("one_version_is_live")

        monkeypatch.setattr(QuestionnaireVersion, "publish", lose_the_race)
        response = admin_client.post(self.address(draft), follow=True)
        assert "at the same moment" in messages_of(response)

    @pytest.mark.parametrize("pk", ["0", "abc", BEYOND_64_BIT])
    def test_a_version_that_does_not_exist_is_not_found(self, admin_client, pk):
        assert admin_client.post(f"{VERSIONS}{pk}/publish/").status_code == 404

    def test_it_takes_the_right_to_change_versions(self, client, draft):
        client_who_may(client, "view_questionnaireversion", "add_questionnaireversion")
        assert client.post(self.address(draft)).status_code == 403
        draft.refresh_from_db()
        assert draft.is_draft

    def test_whoever_is_not_logged_in_is_asked_to(self, client, draft):
        assert client.post(self.address(draft))["Location"].startswith("/admin/login/")


class TestForgedRequests:
    """On every screen, users and groups too: never a 500."""

    @every_model
    @pytest.mark.parametrize("screen", ["change", "delete", "history"])
    @pytest.mark.parametrize("pk", [BEYOND_64_BIT, "abc"], ids=["beyond", "words"])
    def test_a_row_that_does_not_exist_leads_to_the_index(self, admin_client, model, screen, pk):
        response = admin_client.get(f"{list_of(model)}{pk}/{screen}/", follow=True)
        assert response.redirect_chain[-1] == ("/admin/", 302)
        assert "Perhaps it was deleted?" in messages_of(response)

    @every_model
    @pytest.mark.parametrize("lookup", [f"id__in={BEYOND_64_BIT}", "pk__regex=("])
    def test_a_filter_that_no_list_offers_is_refused(self, admin_client, model, lookup):
        response = admin_client.get(f"{list_of(model)}?{lookup}")
        assert response.status_code == 400
        assert "We can’t read that request" in text_of(response).replace("&#x27;", "’")

    @pytest.mark.parametrize(
        "query",
        ["version__id__exact={}", "keying__exact={}", "trait__key={}", "q={}", "p={}", "o={}"],
    )
    @pytest.mark.parametrize("value", [BEYOND_64_BIT, "abc", "-1", ""])
    def test_a_filter_with_a_value_that_can_not_be_finds_nothing_or_is_dropped(
        self, admin_client, query, value
    ):
        response = admin_client.get(f"{list_of(Item)}?{query.format(value)}", follow=True)
        assert response.status_code == 200

    @every_model
    def test_a_nul_in_the_query_is_refused(self, admin_client, model):
        assert admin_client.get(f"{list_of(model)}?q=a%00b").status_code == 400

    @every_model
    @pytest.mark.parametrize("chosen", [BEYOND_64_BIT, "abc", ""])
    def test_a_selection_that_no_list_offers_is_refused(self, admin_client, model, chosen):
        values = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
        assert admin_client.post(list_of(model), values).status_code == 400

    @every_model
    @pytest.mark.parametrize("value", [BEYOND_64_BIT, "a\0b"])
    @pytest.mark.parametrize("screen", ["add", "change"])
    def test_values_that_can_not_be_are_errors_of_the_form(
        self, admin_client, draft, model, value, screen
    ):
        address = f"{list_of(model)}add/"
        if screen == "change":
            has_version = model in PARTS
            address = page_of(row_of(draft, model) if has_version else model.objects.first())
            address = page_of(draft) if model is QuestionnaireVersion else address
        values = form_values(admin_client.get(address), empty=value)
        kept = ("_FORMS", "-id")
        forged = {k: v if k.endswith(kept) else value for k, v in values.items()}
        response = admin_client.post(address, forged)
        assert response.status_code in (200, 302)
        if "\0" in value:
            assert response.context["errors"]

    @pytest.mark.parametrize("field", ["groups", "user_permissions"])
    @pytest.mark.parametrize("value", [BEYOND_64_BIT, "abc", "1\0"])
    def test_rights_that_do_not_exist_are_errors_of_the_form(
        self, admin_client, admin_user, field, value
    ):
        values = form_values(admin_client.get(page_of(admin_user)))
        response = admin_client.post(page_of(admin_user), values | {field: [value]})
        assert field in response.context["adminform"].form.errors

    @pytest.mark.parametrize("part", ["items-0-id", "items-0-trait", "items-TOTAL_FORMS"])
    def test_a_forged_row_of_an_inline_is_an_error_of_the_form(self, admin_client, draft, part):
        values = values_of(admin_client, draft) | {part: BEYOND_64_BIT}
        assert admin_client.post(page_of(draft), values).status_code == 200
        assert stored(draft).items == SHIPPED.items

    def test_a_row_of_another_version_can_not_be_taken_over(self, admin_client, live, draft):
        values = values_of(admin_client, draft)
        values |= {"items-0-id": row_of(live, Item).pk, "items-0-text_en": "Taken over."}
        admin_client.post(page_of(draft), values)
        assert stored(live) == SHIPPED
