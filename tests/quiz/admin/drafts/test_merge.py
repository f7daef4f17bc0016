"""Two people edit one draft: the second save is told what changed, and loses nothing typed."""

import pytest
from django.contrib.auth.models import User

from quiz.questionnaires.models import Item, QuestionnaireVersion, Wording
from tests.pages import form_values, list_of, page_of, text_of
from tests.quiz.admin.pages import messages_of, row_of, stored, values_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def draft(small_draft):
    return small_draft


@pytest.fixture
def other(client_class, content):
    """Somebody else's browser."""
    browser = client_class()
    browser.force_login(User.objects.create_superuser("petra"))
    return browser


def save(client, row, opened, **typed):
    return client.post(page_of(row), opened | typed)


def meanwhile(response):
    return response.context["others_changes"]


class TestSecondSave:
    def test_what_nobody_else_touched_is_saved(self, admin_client, draft):
        opened = values_of(admin_client, draft)
        assert save(admin_client, draft, opened, title="Mine").status_code == 302
        draft.refresh_from_db()
        assert draft.title == "Mine"

    def test_it_is_not_saved_and_says_who_changed_what(self, admin_client, other, draft):
        opened = values_of(admin_client, draft)
        theirs = values_of(other, draft) | {"items-0-text_en": "I like other words."}
        assert other.post(page_of(draft), theirs).status_code == 302
        response = save(admin_client, draft, opened, title="Mine")
        assert response.status_code == 200
        [change] = meanwhile(response)
        assert (change.who, change.typed) == ("petra", None)
        assert "Statement" in change.what
        assert "I like other words." in "".join(
            p.text for p in change.pieces if p.kind != "removed"
        )
        draft.refresh_from_db()
        assert draft.title == "Draft"
        assert "Nothing is saved yet" in text_of(response)

    def test_saving_again_keeps_what_both_typed(self, admin_client, other, draft):
        opened = values_of(admin_client, draft)
        save(other, draft, opened, **{"items-0-text_en": "Theirs."})
        shown = save(admin_client, draft, opened, **{"items-1-text_en": "Mine.", "title": "Mine"})
        again = form_values(shown)
        assert admin_client.post(page_of(draft), again).status_code == 302
        texts = [item.text["en"] for item in stored(draft).items]
        assert texts[:2] == ["Theirs.", "Mine."]
        draft.refresh_from_db()
        assert draft.title == "Mine"

    def test_both_in_one_place_is_told_and_what_was_typed_stands_in_the_form(
        self, admin_client, other, draft
    ):
        opened = values_of(admin_client, draft)
        save(other, draft, opened, **{"items-0-text_en": "Theirs."})
        shown = save(admin_client, draft, opened, **{"items-0-text_en": "Mine."})
        [change] = meanwhile(shown)
        assert change.typed == "Mine."
        assert "You typed “Mine.” in the same place" in text_of(shown)
        again = form_values(shown)
        assert again["items-0-text_en"] == "Mine."
        admin_client.post(page_of(draft), again)
        assert stored(draft).items[0].text == {"en": "Mine."}

    def test_the_same_change_twice_is_no_conflict(self, admin_client, other, draft):
        opened = values_of(admin_client, draft)
        save(other, draft, opened, **{"items-0-text_en": "Alike."})
        [change] = meanwhile(save(admin_client, draft, opened, **{"items-0-text_en": "Alike."}))
        assert change.typed is None

    def test_a_row_that_others_added_is_there_and_told(self, admin_client, other, draft):
        opened = values_of(admin_client, draft)
        trait = draft.traits.get(key="targets")
        Item.objects.create(
            version=draft, order=99, key="NEW", trait=trait, keying=1, text_en="Added."
        )
        shown = save(admin_client, draft, opened, title="Mine")
        assert [change.event for change in meanwhile(shown)] == ["was added"]
        admin_client.post(page_of(draft), form_values(shown))
        assert stored(draft).items[-1].key == "NEW"

    def test_typing_in_a_row_that_others_deleted_stands_in_a_new_row(
        self, admin_client, other, draft
    ):
        opened = values_of(admin_client, draft)
        first = draft.items.first()
        key = first.key
        first.delete()
        shown = save(admin_client, draft, opened, **{"items-0-text_en": "Typed all the same."})
        [change] = meanwhile(shown)
        assert "deleted" in change.event
        assert key in change.what
        admin_client.post(page_of(draft), form_values(shown))
        assert "Typed all the same." in str(stored(draft).items)

    def test_a_row_that_others_deleted_stays_away_if_nothing_was_typed_in_it(
        self, admin_client, draft
    ):
        opened = values_of(admin_client, draft)
        draft.items.first().delete()
        shown = save(admin_client, draft, opened, title="Mine")
        assert [change.event for change in meanwhile(shown)] == ["was deleted"]
        admin_client.post(page_of(draft), form_values(shown))
        assert len(stored(draft).items) == 5

    def test_dragging_past_a_row_that_others_deleted_does_not_bring_it_back(
        self, admin_client, draft
    ):
        opened = values_of(admin_client, draft)
        gone = draft.items.all()[4]
        gone.delete()
        dragged = {f"items-{n}-order": 6 - n for n in range(6)}
        shown = save(admin_client, draft, opened, **dragged)
        assert "was deleted" in {change.event for change in meanwhile(shown)}
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

    def test_a_row_can_take_the_key_of_one_that_is_deleted_with_it(self, admin_client, draft):
        opened = values_of(admin_client, draft)
        taken = {"items-0-key": opened["items-5-key"], "items-5-DELETE": "on"}
        assert save(admin_client, draft, opened, **taken).status_code == 302
        assert stored(draft).items[0].key == opened["items-5-key"]

    def test_new_rows_and_ticks_to_delete_are_kept(self, admin_client, other, draft):
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

    def test_a_part_on_its_own_page_is_told_too(self, admin_client, other, draft):
        item = row_of(draft, Item)
        opened = values_of(admin_client, item)
        other.post(page_of(draft), values_of(other, draft) | {"items-0-text_en": "Theirs."})
        shown = save(admin_client, item, opened, rationale="Mine")
        assert len(meanwhile(shown)) == 1
        admin_client.post(page_of(item), form_values(shown))
        item.refresh_from_db()
        assert (item.text_en, item.rationale) == ("Theirs.", "Mine")

    def test_line_ends_and_ways_to_write_a_number_are_no_change(self, admin_client, draft):
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

    def test_rows_that_others_moved_are_told_in_one_line_and_stand_where_they_were_put(
        self, admin_client, other, draft
    ):
        opened = values_of(admin_client, draft)
        save(other, draft, opened, **{"items-4-order": 1})
        order = [item.key for item in stored(draft).items]
        shown = save(admin_client, draft, opened, **{"items-3-text_en": "Mine."})
        [change] = meanwhile(shown)
        assert (change.what, change.event) == ("Statements", "were put in other places")
        admin_client.post(page_of(draft), form_values(shown))
        assert [item.key for item in stored(draft).items] == order
        assert "Mine." in str(stored(draft).items)


class TestTooLate:
    def test_what_was_typed_into_a_draft_that_went_live_is_there_to_copy(
        self, admin_client, whole_draft
    ):
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
    def test_what_was_typed_into_something_deleted_is_there_to_copy(
        self, admin_client, draft, is_part
    ):
        row = row_of(draft, Item) if is_part else draft
        opened, address = values_of(admin_client, row), page_of(row)
        row.delete()
        typed = {"rationale": "Typed too late."} if is_part else {"title": "Typed too late."}
        response = admin_client.post(address, opened | typed)
        assert response.status_code == 409
        assert "Typed too late." in text_of(response)

    def test_new_rows_are_there_too(self, admin_client, draft):
        opened, address = values_of(admin_client, draft), page_of(draft)
        draft.delete()
        new = {"items-6-key": "NEW", "items-6-text_en": "Something new.", "items-6-id": ""}
        html = text_of(admin_client.post(address, opened | new))
        assert "Something new." in html


class TestForgedForms:
    @pytest.mark.parametrize("seen", ["", "x", "a:b:c"])
    def test_a_form_that_says_nothing_is_shown_again(self, admin_client, draft, seen):
        opened = values_of(admin_client, draft) | {"seen": seen, "title": "Mine"}
        response = admin_client.post(page_of(draft), opened)
        assert response.status_code == 200
        assert form_values(response)["title"] == "Mine"
        assert admin_client.post(page_of(draft), form_values(response)).status_code == 302

    def test_rows_without_numbers_break_nothing(self, admin_client, draft):
        values = values_of(admin_client, draft) | {"seen": "", "items-TOTAL_FORMS": "9" * 30}
        assert admin_client.post(page_of(draft), values).status_code == 200

    def test_a_frozen_version_is_refused(self, admin_client, live, draft):
        values = values_of(admin_client, draft)
        assert admin_client.post(page_of(live), values).status_code == 409
        assert admin_client.post(page_of(live), values | {"seen": ""}).status_code == 403


class TestOrder:
    def keys(self, version):
        return [item.key for item in stored(version).items]

    def test_a_place_that_is_typed_is_the_place_it_gets(self, admin_client, draft):
        before = self.keys(draft)
        values = values_of(admin_client, draft) | {"items-4-order": 2}
        admin_client.post(page_of(draft), values)
        moved = [before[0], before[4], *before[1:4], before[5]]
        assert self.keys(draft) == moved

    def test_so_is_one_further_down(self, admin_client, draft):
        before = self.keys(draft)
        values = values_of(admin_client, draft) | {"items-1-order": 5}
        admin_client.post(page_of(draft), values)
        assert self.keys(draft) == [before[0], *before[2:5], before[1], before[5]]

    def test_places_are_numbered_without_gaps(self, admin_client, draft):
        draft.items.filter(key="P1").update(order=400)
        values = values_of(admin_client, draft)
        admin_client.post(page_of(draft), values)
        assert list(draft.items.values_list("order", flat=True)) == list(range(1, 7))

    def test_dragged_rows_are_saved_as_they_stand(self, admin_client, draft):
        before = self.keys(draft)
        values = values_of(admin_client, draft)
        dragged = {f"items-{n}-order": 6 - n for n in range(6)}
        admin_client.post(page_of(draft), values | dragged)
        assert self.keys(draft) == before[::-1]

    def test_a_new_row_without_a_place_comes_last(self, admin_client, draft):
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

    def test_nothing_moved_writes_no_history(self, admin_client, draft):
        before = Item.history.count()
        admin_client.post(page_of(draft), values_of(admin_client, draft))
        assert Item.history.count() == before

    @pytest.mark.parametrize("place", ["-1", "x"])
    def test_a_place_that_can_not_be_is_an_error_of_the_form(self, admin_client, draft, place):
        values = values_of(admin_client, draft) | {"items-3-order": place}
        assert admin_client.post(page_of(draft), values).status_code == 200


class TestSpare:
    def test_a_statement_that_is_not_asked_stays_with_the_draft(self, admin_client, draft):
        values = values_of(admin_client, draft)
        del values["items-2-is_asked"]
        assert admin_client.post(page_of(draft), values).status_code == 302
        questionnaire = stored(draft)
        assert len(questionnaire.items) == 5
        assert [item.key for item in questionnaire.spare] == [draft.items.all()[2].key]

    def test_the_list_counts_what_is_asked(self, admin_client, draft):
        draft.items.filter(key="P1").update(is_asked=False)
        listed = admin_client.get(list_of(QuestionnaireVersion)).context["cl"].result_list
        assert {version.title: version.items_count for version in listed}["Draft"] == 5


class TestCheckOnSave:
    def test_deleting_a_part_says_so_too(self, admin_client, whole_draft):
        item = whole_draft.items.get(key="P1")
        response = admin_client.post(page_of(item, "delete"), {"post": "yes"}, follow=True)
        assert "Trait proactive" in messages_of(response)

    def test_every_save_says_how_the_draft_stands(self, admin_client, whole_draft):
        opened = values_of(admin_client, whole_draft)
        response = admin_client.post(page_of(whole_draft), opened, follow=True)
        assert "finds no errors" in messages_of(response)

    def test_errors_are_named_even_when_one_saved_a_part(self, admin_client, whole_draft):
        item = whole_draft.items.get(key="P1")
        values = values_of(admin_client, item) | {"keying": "-1"}
        assert "Trait proactive" in messages_of(
            admin_client.post(page_of(item), values, follow=True)
        )
