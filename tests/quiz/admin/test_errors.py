"""A form with a fault lists it at its top, with a link to the field."""

import re

import pytest
from django.contrib.auth.models import Group

from quiz.questionnaires.models import BackgroundQuestion, Item, Trait
from tests.pages import page_of, text_of
from tests.quiz.admin.pages import VERSIONS, row_of, values_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]


def summary_of(response) -> str:
    found = re.findall('<div class="error-summary".*?</div>', text_of(response), re.DOTALL)
    return found[0] if found else ""


def links_of(response) -> list[str]:
    return re.findall('href="#([^"]*)"', summary_of(response))


class TestSummary:
    @pytest.fixture
    def draft(self, small_draft):
        return small_draft

    def send(self, admin_client, draft, **faulty):
        return admin_client.post(page_of(draft), values_of(admin_client, draft) | faulty)

    @pytest.mark.slow
    @pytest.mark.parametrize(
        "fault",
        [
            {"title": ""},
            {"items_per_page": "0"},
            {"items-3-keying": "7"},
            {"items-3-text_en": "x" * 301},
            {"traits-1-weight": "much"},
            {"scale_answers-0-value": ""},
            {"background_questions-0-key": "a b"},
            {"wordings-0-key": "none"},
        ],
        ids=lambda fault: next(iter(fault)),
    )
    def test_single_fault_is_linked_to_its_field(self, admin_client, draft, fault):
        response = self.send(admin_client, draft, **fault)
        (name,) = fault
        assert links_of(response) == [f"id_{name}"]
        assert f'id="id_{name}"' in text_of(response)

    @pytest.mark.slow
    def test_every_fault_is_listed_with_its_row(self, admin_client, draft):
        response = self.send(
            admin_client, draft, **{"title": "", "items-1-key": "", "items-3-keying": "7"}
        )
        assert links_of(response) == ["id_title", "id_items-1-key", "id_items-3-keying"]
        (first, *_rest) = draft.items.all()
        assert f"Statement {first.key}" not in summary_of(response)
        assert f"Statement {draft.items.all()[3].key}: " in summary_of(response)

    @pytest.mark.slow
    def test_faults_of_whole_rows_are_linked_to_heading_and_row(self, admin_client, draft):
        key = draft.items.all()[0].key
        response = self.send(admin_client, draft, **{"items-1-key": key})
        assert links_of(response) == ["items-heading", "items-1"]
        assert all(f'id="{place}"' in text_of(response) for place in links_of(response))

    @pytest.mark.slow
    def test_summary_takes_the_focus(self, admin_client, draft):
        page = text_of(self.send(admin_client, draft, title=""))
        assert page.count(" autofocus") == 1
        assert "admin/js/change_form.js" not in page
        assert 'class="error-summary" role="alert" tabindex="-1" autofocus' in page

    def test_sound_form_has_no_summary(self, admin_client, draft):
        response = admin_client.get(page_of(draft))
        assert summary_of(response) == ""
        assert "admin/js/change_form.js" in text_of(response)

    @pytest.mark.slow
    def test_names_are_escaped(self, admin_client, draft):
        draft.items.filter(key="P1").update(text_en="<b>bold</b>")
        response = self.send(admin_client, draft, **{"items-0-keying": "7"})
        assert "<b>bold" not in summary_of(response)
        assert "&lt;b&gt;bold" in summary_of(response)


class TestOtherForms:
    @pytest.mark.parametrize("model", [Item, Trait, BackgroundQuestion])
    def test_change_form_of_a_part_has_a_summary(self, admin_client, draft, model):
        row = row_of(draft, model)
        response = admin_client.post(page_of(row), values_of(admin_client, row) | {"key": "a b"})
        assert links_of(response) == ["id_key"]

    def test_group_has_a_summary(self, admin_client):
        response = admin_client.post(page_of(Group.objects.first()), {"name": ""})
        assert links_of(response) == ["id_name"]

    def test_typed_answers_list_what_is_missing(self, admin_client, live):
        response = admin_client.post(page_of(live, "preview/answers"), {"P1": "3"})
        places = links_of(response)
        assert len(places) == 23
        assert "id_P2" in places

    def test_new_draft_without_a_title_says_so(self, admin_client, live):
        response = admin_client.post(page_of(live, "new-draft"), {"title": "x" * 81})
        assert links_of(response) == ["id_title"]

    def test_import_without_a_file_says_so(self, admin_client):
        assert links_of(admin_client.post(f"{VERSIONS}import/", {})) == ["id_file"]
