"""Versions as files, in the admin."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from quiz.questionnaires.file import MOST_BYTES, write
from quiz.questionnaires.models import QuestionnaireVersion
from tests.answers import SHIPPED
from tests.factories import all_rows
from tests.pages import page_of, text_of
from tests.quiz.admin.pages import VERSIONS, client_who_may, messages_of, stored

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
    def test_a_version_is_a_file_to_keep(self, admin_client, live, draft, which):
        version = {"live": live, "draft": draft}[which]
        response = admin_client.get(page_of(version, "export"))
        assert response.content.decode() == write(SHIPPED)
        name = {"live": "version-1-as-shipped", "draft": f"draft-{draft.pk}-draft"}[which]
        disposition = f'attachment; filename="questionnaire-{name}.json"'
        assert response["Content-Disposition"] == disposition

    def test_a_title_in_other_letters_gives_a_plain_name(self, admin_client, content):
        version = QuestionnaireVersion.objects.add(SHIPPED, title='Frühling "2" \u4e2d')
        disposition = admin_client.get(page_of(version, "export"))["Content-Disposition"]
        assert disposition.isascii()
        assert disposition.count('"') == 2


class TestImport:
    def test_it_is_offered_where_versions_are_listed(self, admin_client, content):
        assert IMPORT in text_of(admin_client.get(VERSIONS))

    def test_a_file_becomes_a_draft(self, admin_client, content):
        response = send(admin_client, write(SHIPPED))
        draft = QuestionnaireVersion.objects.drafts().get(title="spring")
        assert response.redirect_chain[-1][0] == page_of(draft)
        assert stored(draft).items == SHIPPED.items
        assert "finds no errors" in messages_of(response)

    def test_export_and_import_give_the_same_bytes(self, admin_client, draft):
        words = admin_client.get(page_of(draft, "export")).content
        send(admin_client, words, title="Again")
        again = QuestionnaireVersion.objects.get(title="Again")
        assert admin_client.get(page_of(again, "export")).content == words

    def test_a_bad_file_is_refused_whole_and_every_fault_is_named(self, admin_client, content):
        before = all_rows()
        response = send(admin_client, spoiled(), title="Kept")
        html = text_of(response)
        assert ".items[3].keying: 2 is not one of 1, -1" in html
        assert ".items[4].text.en" in html
        assert "<script>alert" not in html
        assert 'value="Kept"' in html
        assert all_rows() == before

    def test_values_of_a_file_are_escaped_wherever_they_are_shown(self, admin_client, content):
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
    def test_what_is_no_questionnaire_is_refused_in_words(self, admin_client, content, words):
        response = send(admin_client, words)
        assert response.status_code == 200
        assert response.context["faults"]
        assert QuestionnaireVersion.objects.count() == 1

    def test_no_file_is_an_error_of_the_form(self, admin_client, content):
        response = admin_client.post(IMPORT, {"title": "Without"})
        assert "file" in response.context["errors"]

    @pytest.mark.parametrize("title", ["x" * 81, "a\0b"])
    def test_a_title_that_can_not_be_is_an_error_of_the_form(self, admin_client, content, title):
        response = send(admin_client, write(SHIPPED), title=title)
        assert response.status_code == 200
        assert QuestionnaireVersion.objects.count() == 1

    @pytest.mark.parametrize("name", ["a\u202eb.json", ".json", "x" * 200 + ".json", "a\x01b.json"])
    def test_any_name_of_a_file_gives_a_title(self, admin_client, content, name):
        send(admin_client, write(SHIPPED), name=name)
        title = QuestionnaireVersion.objects.drafts().get().title
        assert title.isprintable()
        assert 0 < len(title) <= 80

    def test_it_takes_the_right_to_add_versions(self, client, content):
        client_who_may(client, "view_questionnaireversion")
        assert client.get(IMPORT).status_code == 403
        assert IMPORT not in text_of(client.get(VERSIONS))
