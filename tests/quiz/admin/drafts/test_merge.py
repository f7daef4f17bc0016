"""Two people edit one draft: the second save shows what changed and keeps what was typed."""

import pytest
from django.contrib.auth.models import User

from quiz.questionnaires.models import Item, QuestionnaireVersion, Wording
from tests.factories import sign_in
from tests.pages import form_values, list_of, page_of, text_of
from tests.quiz.admin.pages import levels_of, messages_of, row_of, stored, values_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(small_draft):
    return small_draft


@pytest.fixture
def other(client_class, content):
    """The browser of another editor."""
    browser = client_class()
    sign_in(browser, User.objects.create_superuser("petra"))
    return browser


def save(client, row, opened, **typed):
    return client.post(page_of(row), opened | typed)


def others_changes(response):
    return response.context["others_changes"]


@pytest.mark.slow
@pytest.mark.both_databases
class TestSecondSave:
    def test_form_without_conflicts_is_saved(self, admin_client, draft):
        opened = values_of(admin_client, draft)
        assert save(admin_client, draft, opened, title="Mine").status_code == 302
        draft.refresh_from_db()
        assert draft.title == "Mine"

    def test_second_save_is_held_back_and_names_who_changed_what(self, admin_client, other, draft):
        opened = values_of(admin_client, draft)
        theirs = values_of(other, draft) | {"items-0-text_en": "I like other words."}
        assert other.post(page_of(draft), theirs).status_code == 302
        response = save(admin_client, draft, opened, title="Mine")
        assert response.status_code == 200
        [change] = others_changes(response)
        assert (change.who, change.typed) == ("petra", None)
        assert "Statement" in change.what
        assert "I like other words." in "".join(
            p.text for p in change.pieces if p.kind != "removed"
        )
        draft.refresh_from_db()
        assert draft.title == "Draft"
        assert response.context["adminform"].form.non_field_errors()

    def test_saving_again_keeps_both_edits(self, admin_client, other, draft):
        opened = values_of(admin_client, draft)
        save(other, draft, opened, **{"items-0-text_en": "Theirs."})
        shown = save(admin_client, draft, opened, **{"items-1-text_en": "Mine.", "title": "Mine"})
        again = form_values(shown)
        assert admin_client.post(page_of(draft), again).status_code == 302
        texts = [item.text["en"] for item in stored(draft).items]
        assert texts[:2] == ["Theirs.", "Mine."]
        draft.refresh_from_db()
        assert draft.title == "Mine"

    def test_conflict_in_one_field_keeps_the_typed_text_in_the_form(
        self, admin_client, other, draft
    ):
        opened = values_of(admin_client, draft)
        save(other, draft, opened, **{"items-0-text_en": "Theirs."})
        shown = save(admin_client, draft, opened, **{"items-0-text_en": "Mine."})
        [change] = others_changes(shown)
        assert change.typed == "Mine."
        assert "“Mine.”" in text_of(shown)
        again = form_values(shown)
        assert again["items-0-text_en"] == "Mine."
        admin_client.post(page_of(draft), again)
        assert stored(draft).items[0].text == {"en": "Mine."}

    def test_same_edit_by_two_people_is_not_a_conflict(self, admin_client, other, draft):
        opened = values_of(admin_client, draft)
        save(other, draft, opened, **{"items-0-text_en": "Alike."})
        [change] = others_changes(
            save(admin_client, draft, opened, **{"items-0-text_en": "Alike."})
        )
        assert change.typed is None

    def test_row_added_by_others_is_shown_and_listed(self, admin_client, other, draft):
        opened = values_of(admin_client, draft)
        trait = draft.traits.get(key="targets")
        Item.objects.create(
            version=draft, order=99, key="NEW", trait=trait, keying=1, text_en="Added."
        )
        shown = save(admin_client, draft, opened, title="Mine")
        assert [change.event for change in others_changes(shown)] == ["was added"]
        admin_client.post(page_of(draft), form_values(shown))
        assert stored(draft).items[-1].key == "NEW"

    def test_text_typed_into_a_deleted_row_moves_to_a_new_row(self, admin_client, other, draft):
        opened = values_of(admin_client, draft)
        first = draft.items.first()
        key = first.key
        first.delete()
        shown = save(admin_client, draft, opened, **{"items-0-text_en": "Typed all the same."})
        [change] = others_changes(shown)
        assert "deleted" in change.event
        assert key in change.what
        admin_client.post(page_of(draft), form_values(shown))
        assert "Typed all the same." in str(stored(draft).items)

    def test_untouched_row_that_others_deleted_stays_deleted(self, admin_client, draft):
        opened = values_of(admin_client, draft)
        draft.items.first().delete()
        shown = save(admin_client, draft, opened, title="Mine")
        assert [change.event for change in others_changes(shown)] == ["was deleted"]
        admin_client.post(page_of(draft), form_values(shown))
        assert len(stored(draft).items) == 5

    def test_dragging_does_not_restore_a_deleted_row(self, admin_client, draft):
        opened = values_of(admin_client, draft)
        gone = draft.items.all()[4]
        gone.delete()
        dragged = {f"items-{n}-order": 6 - n for n in range(6)}
        shown = save(admin_client, draft, opened, **dragged)
        assert "was deleted" in {change.event for change in others_changes(shown)}
        assert admin_client.post(page_of(draft), form_values(shown)).status_code == 302
        assert gone.key not in {item.key for item in stored(draft).all_items}

    @pytest.mark.parametrize(
        ("prefix", "name"), [("items", "key"), ("scale_answers", "value"), ("wordings", "key")]
    )
    def test_two_rows_can_exchange_their_keys(self, admin_client, draft, prefix, name):
        opened = values_of(admin_client, draft)
        first, second = f"{prefix}-0-{name}", f"{prefix}-1-{name}"
        exchanged = {first: opened[second], second: opened[first]}
        assert save(admin_client, draft, opened, **exchanged).status_code == 302
        again = values_of(admin_client, draft)
        if prefix == "items":
            assert (again[first], again[second]) == (opened[second], opened[first])

    def test_row_can_take_the_key_of_a_row_deleted_in_the_same_save(self, admin_client, draft):
        opened = values_of(admin_client, draft)
        taken = {"items-0-key": opened["items-5-key"], "items-5-DELETE": "on"}
        assert save(admin_client, draft, opened, **taken).status_code == 302
        assert stored(draft).items[0].key == opened["items-5-key"]

    def test_merge_keeps_new_rows_and_deletion_ticks(self, admin_client, other, draft):
        opened = values_of(admin_client, draft)
        save(other, draft, opened, title="Theirs")
        typed = {
            "items-6-key": "NEW",
            "items-6-trait": row_of(draft, Item).trait_id,
            "items-6-keying": "1",
            "items-6-text_en": "Something new.",
            "items-TOTAL_FORMS": 7,
            "items-3-DELETE": "on",
        }
        gone = draft.items.all()[3].key
        shown = save(admin_client, draft, opened, **typed)
        again = form_values(shown)
        assert admin_client.post(page_of(draft), again).status_code == 302
        keys = [item.key for item in stored(draft).all_items]
        assert gone not in keys
        assert "NEW" in keys

    def test_second_save_on_the_page_of_a_part_is_held_back(self, admin_client, other, draft):
        item = row_of(draft, Item)
        opened = values_of(admin_client, item)
        other.post(page_of(draft), values_of(other, draft) | {"items-0-text_en": "Theirs."})
        shown = save(admin_client, item, opened, rationale="Mine")
        assert len(others_changes(shown)) == 1
        admin_client.post(page_of(item), form_values(shown))
        item.refresh_from_db()
        assert (item.text_en, item.rationale) == ("Theirs.", "Mine")

    def test_line_ends_and_number_formats_are_not_edits(self, admin_client, draft):
        draft.wordings.filter(key="instructions").update(text_en="One\nTwo")
        opened = values_of(admin_client, draft)
        sent = {
            name: value.replace("\n", "\r\n") if isinstance(value, str) else value
            for name, value in opened.items()
        }
        draft.items.filter(key="P1").update(rationale="Changed behind the form.")
        before = Wording.history.count()
        response = save(admin_client, draft, sent, clear_from="0.90")
        assert response.status_code == 302
        assert draft.wordings.get(key="instructions").text_en == "One\nTwo"
        assert Wording.history.count() == before

    def test_rows_moved_by_others_share_one_entry_and_keep_their_places(
        self, admin_client, other, draft
    ):
        opened = values_of(admin_client, draft)
        save(other, draft, opened, **{"items-4-order": 1})
        order = [item.key for item in stored(draft).items]
        shown = save(admin_client, draft, opened, **{"items-3-text_en": "Mine."})
        [change] = others_changes(shown)
        assert (change.what, change.event) == ("Statements", "were moved")
        admin_client.post(page_of(draft), form_values(shown))
        assert [item.key for item in stored(draft).items] == order
        assert "Mine." in str(stored(draft).items)


class TestTooLate:
    @pytest.mark.slow
    def test_text_typed_into_a_published_draft_is_given_back(self, admin_client, whole_draft):
        opened = values_of(admin_client, whole_draft)
        QuestionnaireVersion.objects.get(pk=whole_draft.pk).publish()
        typed = {"items-0-text_en": "Typed too late.", "title": "Mine"}
        response = save(admin_client, whole_draft, opened, **typed)
        assert response.status_code == 409
        assert dict(response.context["typed"]) == {
            "items P1 text en": "Typed too late.",
            "title": "Mine",
        }
        assert "Typed too late." not in str(stored(whole_draft))

    @pytest.mark.parametrize("is_part", [False, True])
    def test_text_typed_into_a_deleted_row_is_given_back(self, admin_client, draft, is_part):
        row = row_of(draft, Item) if is_part else draft
        opened, address = values_of(admin_client, row), page_of(row)
        row.delete()
        typed = {"rationale": "Typed too late."} if is_part else {"title": "Typed too late."}
        response = admin_client.post(address, opened | typed)
        assert response.status_code == 409
        assert "Typed too late." in text_of(response)

    def test_text_typed_into_new_rows_is_given_back(self, admin_client, draft):
        opened, address = values_of(admin_client, draft), page_of(draft)
        draft.delete()
        new = {"items-6-key": "NEW", "items-6-text_en": "Something new.", "items-6-id": ""}
        html = text_of(admin_client.post(address, opened | new))
        assert "Something new." in html


class TestForgedForms:
    @pytest.mark.slow
    @pytest.mark.parametrize("seen", ["", "x", "a:b:c"])
    def test_form_without_a_valid_signature_is_shown_again(self, admin_client, draft, seen):
        opened = values_of(admin_client, draft) | {"seen": seen, "title": "Mine"}
        response = admin_client.post(page_of(draft), opened)
        assert response.status_code == 200
        assert form_values(response)["title"] == "Mine"
        assert admin_client.post(page_of(draft), form_values(response)).status_code == 302

    @pytest.mark.slow
    def test_absurd_number_of_rows_is_ignored(self, admin_client, draft):
        values = values_of(admin_client, draft) | {"seen": "", "items-TOTAL_FORMS": "9" * 30}
        assert admin_client.post(page_of(draft), values).status_code == 200

    def test_post_to_a_frozen_version_is_refused(self, admin_client, live, draft):
        values = values_of(admin_client, draft)
        assert admin_client.post(page_of(live), values).status_code == 409
        assert admin_client.post(page_of(live), values | {"seen": ""}).status_code == 403


@pytest.mark.both_databases
class TestOrder:
    def keys(self, version):
        return [item.key for item in stored(version).items]

    def test_row_moves_up_to_the_typed_place(self, admin_client, draft):
        before = self.keys(draft)
        values = values_of(admin_client, draft) | {"items-4-order": 2}
        admin_client.post(page_of(draft), values)
        moved = [before[0], before[4], *before[1:4], before[5]]
        assert self.keys(draft) == moved

    def test_row_moves_down_to_the_typed_place(self, admin_client, draft):
        before = self.keys(draft)
        values = values_of(admin_client, draft) | {"items-1-order": 5}
        admin_client.post(page_of(draft), values)
        assert self.keys(draft) == [before[0], *before[2:5], before[1], before[5]]

    def test_places_are_numbered_without_gaps(self, admin_client, draft):
        draft.items.filter(key="P1").update(order=400)
        values = values_of(admin_client, draft)
        admin_client.post(page_of(draft), values)
        assert list(draft.items.values_list("order", flat=True)) == list(range(1, 7))

    def test_dragged_rows_are_saved_in_their_new_order(self, admin_client, draft):
        before = self.keys(draft)
        values = values_of(admin_client, draft)
        dragged = {f"items-{n}-order": 6 - n for n in range(6)}
        admin_client.post(page_of(draft), values | dragged)
        assert self.keys(draft) == before[::-1]

    def test_new_row_without_a_place_comes_last(self, admin_client, draft):
        values = values_of(admin_client, draft) | {
            "items-6-key": "NEW",
            "items-6-trait": row_of(draft, Item).trait_id,
            "items-6-keying": "1",
            "items-6-is_asked": "on",
            "items-6-text_en": "Something new.",
            "items-TOTAL_FORMS": 7,
        }
        assert admin_client.post(page_of(draft), values).status_code == 302
        assert self.keys(draft)[-1] == "NEW"

    @pytest.mark.slow
    def test_saving_without_moves_writes_no_history(self, admin_client, draft):
        before = Item.history.count()
        admin_client.post(page_of(draft), values_of(admin_client, draft))
        assert Item.history.count() == before

    @pytest.mark.slow
    @pytest.mark.parametrize("place", ["-1", "x"])
    def test_impossible_place_is_a_form_error(self, admin_client, draft, place):
        values = values_of(admin_client, draft) | {"items-3-order": place}
        assert admin_client.post(page_of(draft), values).status_code == 200


class TestSpare:
    @pytest.mark.slow
    def test_statement_that_is_not_asked_stays_in_the_draft(self, admin_client, draft):
        values = values_of(admin_client, draft)
        del values["items-2-is_asked"]
        assert admin_client.post(page_of(draft), values).status_code == 302
        questionnaire = stored(draft)
        assert len(questionnaire.items) == 5
        assert [item.key for item in questionnaire.spare] == [draft.items.all()[2].key]

    def test_list_counts_only_statements_that_are_asked(self, admin_client, draft):
        draft.items.filter(key="P1").update(is_asked=False)
        listed = admin_client.get(list_of(QuestionnaireVersion)).context["cl"].result_list
        assert {version.title: version.items_count for version in listed}["Draft"] == 5


class TestCheckOnSave:
    def test_deleting_a_part_reports_the_check(self, admin_client, whole_draft):
        item = whole_draft.items.get(key="P1")
        response = admin_client.post(page_of(item, "delete"), {"post": "yes"}, follow=True)
        assert "error" in levels_of(response)
        assert whole_draft.errors()[0].message in messages_of(response)

    @pytest.mark.slow
    def test_saving_a_draft_reports_the_check(self, admin_client, whole_draft):
        typed = values_of(admin_client, whole_draft) | {"title": "Edited"}
        response = admin_client.post(page_of(whole_draft), typed, follow=True)
        assert levels_of(response) == ["info", "success"]

    @pytest.mark.slow
    def test_saving_an_unchanged_draft_says_so(self, admin_client, whole_draft):
        opened = values_of(admin_client, whole_draft)
        response = admin_client.post(page_of(whole_draft), opened, follow=True)
        assert levels_of(response) == ["info", "info"]
        assert whole_draft.history.count() == 1

    def test_saving_a_part_reports_the_check_of_its_draft(self, admin_client, whole_draft):
        item = whole_draft.items.get(key="P1")
        values = values_of(admin_client, item) | {"keying": "-1"}
        response = admin_client.post(page_of(item), values, follow=True)
        assert levels_of(response) == ["error", "success"]
        assert whole_draft.errors()[0].message in messages_of(response)
