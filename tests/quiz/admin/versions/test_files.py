"""Exporting and importing versions in the admin."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from quiz.questionnaires.file import MOST_BYTES, write
from quiz.questionnaires.models import QuestionnaireVersion
from tests.answers import SHIPPED
from tests.factories import all_rows
from tests.pages import page_of, text_of
from tests.quiz.admin.pages import VERSIONS, client_who_may, levels_of, stored

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

IMPORT = f"{VERSIONS}import/"


def send(client, words, name="spring.json", **values):
    data = words if isinstance(words, bytes) else words.encode()
    file = SimpleUploadedFile(name, data, content_type="application/json")
    return client.post(IMPORT, {"file": file, **values}, follow=True)


def spoiled():
    data = json.loads(write(SHIPPED))
    data["items"][3]["keying"] = 2
    data["items"][4]["text"]["en"] = ["<script>alert(1)</script>"]
    return json.dumps(data)


class TestExport:
    @pytest.mark.parametrize("which", ["live", "draft"])
    def test_export_downloads_a_named_file(self, admin_client, live, draft, which):
        version = {"live": live, "draft": draft}[which]
        response = admin_client.get(page_of(version, "export"))
        assert response.content.decode() == write(SHIPPED)
        name = {"live": "version-1-as-shipped", "draft": f"draft-{draft.pk}-draft"}[which]
        disposition = f'attachment; filename="questionnaire-{name}.json"'
        assert response["Content-Disposition"] == disposition

    def test_file_name_is_ascii_for_any_title(self, admin_client, content):
        version = QuestionnaireVersion.objects.add(SHIPPED, title='Frühling "2" \u4e2d')
        disposition = admin_client.get(page_of(version, "export"))["Content-Disposition"]
        assert disposition.isascii()
        assert disposition.count('"') == 2


class TestImport:
    def test_page_for_a_new_draft_offers_the_import(self, admin_client, content):
        assert IMPORT in text_of(admin_client.get(f"{VERSIONS}add/", follow=True))

    @pytest.mark.slow
    def test_imported_file_becomes_a_draft(self, admin_client, content):
        response = send(admin_client, write(SHIPPED))
        draft = QuestionnaireVersion.objects.drafts().get(title="spring")
        assert response.redirect_chain[-1][0] == page_of(draft)
        assert stored(draft).items == SHIPPED.items
        assert levels_of(response) == ["success", "info"]

    @pytest.mark.slow
    def test_export_of_an_import_gives_the_same_bytes(self, admin_client, draft):
        words = admin_client.get(page_of(draft, "export")).content
        send(admin_client, words, title="Again")
        again = QuestionnaireVersion.objects.get(title="Again")
        assert admin_client.get(page_of(again, "export")).content == words

    def test_faulty_file_changes_nothing_and_lists_every_fault(self, admin_client, content):
        before = all_rows()
        response = send(admin_client, spoiled(), title="Kept")
        html = text_of(response)
        assert (
            ".items[3].keying (statement 4): 2 isn&#x27;t allowed here. Use one of 1, -1." in html
        )
        assert ".items[4].text.en" in html
        assert "<script>alert" not in html
        assert 'value="Kept"' in html
        assert all_rows() == before

    @pytest.mark.slow
    def test_values_from_a_file_are_escaped_on_every_page(self, admin_client, content):
        evil = write(SHIPPED).replace(SHIPPED.items[0].text["en"], "<img src=x onerror=alert(1)>")
        response = send(admin_client, evil, name="<b>evil<b>.json")
        draft = QuestionnaireVersion.objects.drafts().get()
        pages = ["change", "preview/answers", "differences", "history", "publish", "delete"]
        htmls = [text_of(response), *(text_of(admin_client.get(page_of(draft, p))) for p in pages)]
        admin_client.post(page_of(draft, "preview"))
        htmls.append(text_of(admin_client.get(page_of(draft, "preview/1"))))
        assert all("<img src=x" not in html and "<b>evil" not in html for html in htmls)
        assert "&lt;img src=x" in htmls[-1]

    @pytest.mark.parametrize(
        "words", ["", "[]", "{", b"\xff\xfe", " " * (MOST_BYTES + 1), "[" * 90_000, '{"a": 1e999}']
    )
    def test_file_that_is_not_a_questionnaire_is_refused(self, admin_client, content, words):
        response = send(admin_client, words)
        assert response.status_code == 200
        assert response.context["faults"]
        assert QuestionnaireVersion.objects.count() == 1

    def test_missing_file_is_a_form_error(self, admin_client, content):
        response = admin_client.post(IMPORT, {"title": "Without"})
        assert "file" in response.context["errors"]

    @pytest.mark.parametrize("title", ["x" * 81, "a\0b"])
    def test_impossible_title_is_a_form_error(self, admin_client, content, title):
        response = send(admin_client, write(SHIPPED), title=title)
        assert response.status_code == 200
        assert QuestionnaireVersion.objects.count() == 1

    @pytest.mark.slow
    @pytest.mark.parametrize("name", ["a\u202eb.json", ".json", "x" * 200 + ".json", "a\x01b.json"])
    def test_any_file_name_gives_a_printable_title(self, admin_client, content, name):
        send(admin_client, write(SHIPPED), name=name)
        title = QuestionnaireVersion.objects.drafts().get().title
        assert title.isprintable()
        assert 0 < len(title) <= 80

    def test_import_requires_permission_to_add_versions(self, client, content):
        client_who_may(client, "view_questionnaireversion")
        assert client.get(IMPORT).status_code == 403
        assert IMPORT not in text_of(client.get(VERSIONS))
