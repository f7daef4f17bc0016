"""The admin's lists and forms for every model, and requests that no page would send."""

import pytest
from django.contrib.auth.models import Group, User

from quiz.attempts.models import Attempt
from quiz.questionnaires.models import Item, QuestionnaireVersion
from tests.answers import SHIPPED
from tests.pages import list_of, page_of, text_of, values_at
from tests.quiz.admin.pages import (
    BEYOND_64_BIT,
    EVERY_MODEL,
    LABEL_SAYS_ALL,
    MODELS,
    PARTS,
    each_form,
    each_model,
    each_with_forms,
    every_model,
    fields_without_help,
    messages_of,
    row_of,
    stored,
    values_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]


class TestListsAndForms:
    def test_users_and_groups_are_registered(self):
        assert {User, Group} <= set(EVERY_MODEL)

    def test_attempts_are_not_registered(self):
        assert Attempt not in EVERY_MODEL

    @each_model
    def test_list_can_be_searched_and_filtered(self, admin_client, draft, model):
        response = admin_client.get(f"{list_of(model)}?q=a")
        assert response.status_code == 200
        assert response.context["cl"].has_filters

    @each_form
    def test_every_field_has_a_help_text(self, admin_client, draft, model, page):
        row = row_of(draft, model) if model in MODELS else model.objects.first()
        address = page_of(row) if page == "change" else f"{list_of(model)}add/"
        unexplained = fields_without_help(admin_client.get(address))
        assert unexplained - LABEL_SAYS_ALL.get(model, set()) == set()

    @every_model
    def test_list_takes_few_queries(
        self, admin_client, draft, model, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(9):
            admin_client.get(list_of(model))

    @pytest.mark.slow
    def test_page_of_a_draft_takes_few_queries(
        self, admin_client, draft, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(22):
            admin_client.get(page_of(draft))

    def test_page_of_a_frozen_version_takes_few_queries(
        self, admin_client, live, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(16):
            admin_client.get(page_of(live))

    def test_statements_are_listed_in_the_order_of_the_quiz(self, admin_client, live):
        listed = admin_client.get(list_of(Item)).context["cl"].result_list
        assert [item.key for item in listed] == [item.key for item in SHIPPED.items]

    def test_statements_can_be_filtered_by_trait(self, admin_client):
        response = admin_client.get(f"{list_of(Item)}?trait__key=targets")
        listed = response.context["cl"].result_list
        assert {item.key for item in listed} == {i.key for i in SHIPPED.items_by_trait["targets"]}


class TestForgedRequests:
    """A forged request to any page, also of users and groups, never ends in a 500."""

    @pytest.fixture
    def draft(self, small_draft):
        return small_draft

    @each_with_forms
    @pytest.mark.parametrize("page", ["change", "delete", "history"])
    @pytest.mark.parametrize("pk", [BEYOND_64_BIT, "abc"], ids=["beyond", "words"])
    def test_unknown_row_redirects_to_the_index(self, admin_client, model, page, pk):
        response = admin_client.get(f"{list_of(model)}{pk}/{page}/", follow=True)
        assert response.redirect_chain[-1] == ("/admin/", 302)
        assert "Perhaps it was deleted?" in messages_of(response)

    @every_model
    @pytest.mark.parametrize("lookup", [f"id__in={BEYOND_64_BIT}", "pk__regex=("])
    def test_filter_that_no_list_offers_is_a_bad_request(self, admin_client, model, lookup):
        response = admin_client.get(f"{list_of(model)}?{lookup}")
        assert response.status_code == 400
        assert 'class="lede"' in text_of(response)

    @pytest.mark.parametrize(
        "query",
        ["version__id__exact={}", "keying__exact={}", "trait__key={}", "q={}", "p={}", "o={}"],
    )
    @pytest.mark.both_databases
    @pytest.mark.parametrize("value", [BEYOND_64_BIT, "abc", "-1", ""])
    def test_filter_with_an_impossible_value_is_harmless(self, admin_client, query, value):
        response = admin_client.get(f"{list_of(Item)}?{query.format(value)}", follow=True)
        assert response.status_code == 200

    @pytest.mark.both_databases
    @every_model
    def test_nul_in_the_query_is_a_bad_request(self, admin_client, model):
        assert admin_client.get(f"{list_of(model)}?q=a%00b").status_code == 400

    @every_model
    @pytest.mark.parametrize("chosen", [BEYOND_64_BIT, "abc", ""])
    def test_selection_that_no_list_offers_is_a_bad_request(self, admin_client, model, chosen):
        values = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
        assert admin_client.post(list_of(model), values).status_code == 400

    @pytest.mark.both_databases
    @each_form
    @pytest.mark.parametrize("value", [BEYOND_64_BIT, "a\0b"])
    def test_impossible_values_are_form_errors(self, admin_client, draft, model, value, page):
        address = f"{list_of(model)}add/"
        if page == "change":
            has_version = model in PARTS
            address = page_of(row_of(draft, model) if has_version else model.objects.first())
            address = page_of(draft) if model is QuestionnaireVersion else address
        values = values_at(admin_client, address, empty=value)
        kept = ("_FORMS", "-id")
        forged = {k: v if k.endswith(kept) else value for k, v in values.items()}
        response = admin_client.post(address, forged)
        assert response.status_code in (200, 302)
        if "\0" in value:
            assert response.context["errors"]

    @pytest.mark.both_databases
    @pytest.mark.parametrize("field", ["groups", "user_permissions"])
    @pytest.mark.parametrize("value", [BEYOND_64_BIT, "abc", "1\0"])
    def test_unknown_permissions_are_form_errors(self, admin_client, admin_user, field, value):
        values = values_at(admin_client, page_of(admin_user))
        response = admin_client.post(page_of(admin_user), values | {field: [value]})
        assert field in response.context["adminform"].form.errors

    @pytest.mark.slow
    @pytest.mark.both_databases
    @pytest.mark.parametrize("part", ["items-0-id", "items-0-trait", "items-TOTAL_FORMS"])
    def test_forged_row_is_a_form_error(self, admin_client, draft, part):
        before = stored(draft)
        values = values_of(admin_client, draft) | {part: BEYOND_64_BIT}
        assert admin_client.post(page_of(draft), values).status_code == 200
        assert stored(draft) == before

    @pytest.mark.slow
    def test_row_of_another_version_cannot_be_taken_over(self, admin_client, live, draft):
        values = values_of(admin_client, draft)
        values |= {"items-0-id": row_of(live, Item).pk, "items-0-text_en": "Taken over."}
        admin_client.post(page_of(draft), values)
        assert stored(live) == SHIPPED
