"""Forms of the admin that add something: sent again, they add nothing."""

from dataclasses import replace

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django_tasks_db.models import DBTaskResult

from organization.models import Organization
from quiz.counseling.models import AuditEntry, Counselor, CounselorInvitation
from quiz.counseling.monthly.months import ReportOpening
from quiz.questionnaires.file import write
from quiz.questionnaires.models import BackgroundQuestion, Item, QuestionnaireVersion, Trait
from roles.admin.adding import AddsOnce
from roles.models import Difference, Figure, Passage, Role, SharedSkill, Source
from tests.answers import SHIPPED
from tests.factories import PASSWORD
from tests.pages import form_values, list_of, page_of
from tests.quiz.admin.pages import EVERY_MODEL, VERSIONS, client_who_may, messages_of
from tests.tasks import run_tasks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

TOKEN = "csrfmiddlewaretoken"
# Created elsewhere: by an invitation, by what is done, and on the pages for a new draft. The only
# organization is added once: tests/organization/test_admin.py.
WITHOUT_ADD_FORM = {
    Counselor,
    AuditEntry,
    ReportOpening,
    DBTaskResult,
    QuestionnaireVersion,
    Organization,
}
WITH_ADD_FORM = [model for model in EVERY_MODEL if model not in WITHOUT_ADD_FORM]
OF_DRAFTS = {Item, Trait, BackgroundQuestion}
# What differs from the row whose values the form repeats.
TYPED = {
    Item: {"key": "P99"},
    Trait: {"key": "patience"},
    BackgroundQuestion: {"key": "B9", "order": "9"},
    Role: {"slug": "spare"},
    Passage: {"key": "spare"},
    Source: {"key": "spare"},
    Figure: {"category": "spare", "order": "99"},
    Difference: {"order": "99"},
    SharedSkill: {"order": "99"},
    User: {
        "username": "robin",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    },
    Group: {"name": "Translators"},
    CounselorInvitation: {
        "email": "kim@counselors.example",
        "expires_at_0": "2099-01-01",
        "expires_at_1": "12:00",
    },
}
each_model = pytest.mark.parametrize("model", WITH_ADD_FORM, ids=lambda model: model.__name__)


def add_page(model):
    return f"{list_of(model)}add/"


def opened(client, address):
    """Return what an untouched form sends, with the token that it alone has."""
    response = client.get(address, follow=True)
    return form_values(response) | {TOKEN: str(response.context["csrf_token"])}


def filled_in(client, model, draft):
    values = opened(client, add_page(model))
    rows = model.objects.filter(version=draft) if model in OF_DRAFTS else model.objects
    if model not in (User, Group, CounselorInvitation):
        form = client.get(page_of(rows.first())).context["adminform"].form
        values |= {
            field.html_name: field.value() for field in form if field.value() not in (None, False)
        }
    return values | ({"version": draft.pk} if model in OF_DRAFTS else {}) | TYPED[model]


@pytest.fixture
def skills(admin_client):
    """Values of a form whose rows may be alike: only the token tells two forms apart."""
    row = SharedSkill.objects.last()
    form = admin_client.get(page_of(row)).context["adminform"].form
    same = {field.html_name: field.value() for field in form}
    return lambda: opened(admin_client, add_page(SharedSkill)) | same


class TestEveryForm:
    def test_only_these_models_have_no_form_that_adds(self, rf):
        request = rf.get("/admin/")
        request.user = User.objects.create_superuser("root")
        adding = {m for m, a in admin.site._registry.items() if a.has_add_permission(request)}
        assert {*WITH_ADD_FORM, QuestionnaireVersion} == adding
        assert all(isinstance(admin.site._registry[model], AddsOnce) for model in adding)

    @pytest.mark.slow
    @each_model
    def test_form_that_is_sent_again_leads_to_the_row_and_adds_nothing(
        self, admin_client, small_draft, model
    ):
        values, before = filled_in(admin_client, model, small_draft), set(model.objects.all())
        first = admin_client.post(add_page(model), values)
        assert first.status_code == 302, first.context["adminform"].form.errors
        (added,) = set(model.objects.all()) - before
        again = admin_client.post(add_page(model), values, follow=True)
        assert again.redirect_chain == [(page_of(added), 302)]
        assert f"“{added}” was added already." in messages_of(again)
        assert set(model.objects.all()) - before == {added}

    def test_invitation_is_mailed_once(self, admin_client, django_capture_on_commit_callbacks):
        values = filled_in(admin_client, CounselorInvitation, None)
        with django_capture_on_commit_callbacks(execute=True):
            for _ in range(2):
                admin_client.post(add_page(CounselorInvitation), values)
        run_tasks()
        assert len(mail.outbox) == 1


@pytest.mark.both_databases
class TestOneForm:
    def send(self, client, values):
        return client.post(add_page(SharedSkill), values)

    def test_new_form_adds_another_row(self, admin_client, skills):
        before = SharedSkill.objects.count()
        self.send(admin_client, skills())
        self.send(admin_client, skills())
        assert SharedSkill.objects.count() == before + 2

    def test_form_that_is_edited_after_going_back_adds_another_row(self, admin_client, skills):
        values = skills()
        self.send(admin_client, values)
        self.send(admin_client, values | {"name_en": "Patience"})
        assert SharedSkill.objects.filter(name_en="Patience").exists()

    def test_form_that_is_corrected_after_an_error_adds_its_row(self, admin_client, skills):
        values, before = skills(), SharedSkill.objects.count()
        refused = self.send(admin_client, values | {"order": "third"})
        assert refused.context["errors"]
        for token in (values[TOKEN], str(refused.context["csrf_token"])):
            self.send(admin_client, values | {TOKEN: token})
        assert SharedSkill.objects.count() == before + 2

    def test_two_buttons_of_one_form_add_one_row(self, admin_client, skills):
        values, before = skills(), SharedSkill.objects.count()
        for button in ("_save", "_continue", "_addanother"):
            self.send(admin_client, values | {button: "Save"})
        assert SharedSkill.objects.count() == before + 1

    def test_small_window_gets_the_same_row_again(self, admin_client, skills):
        values = skills() | {"_popup": "1"}
        first, again = (self.send(admin_client, values) for _ in range(2))
        assert first.context["popup_response_data"] == again.context["popup_response_data"]

    def test_row_that_was_deleted_since_is_not_added_again(self, admin_client, skills):
        values, before = skills(), SharedSkill.objects.count()
        self.send(admin_client, values)
        SharedSkill.objects.order_by("pk").last().delete()
        again = admin_client.post(add_page(SharedSkill), values, follow=True)
        assert again.redirect_chain == [(list_of(SharedSkill), 302)]
        assert "was deleted since then" in messages_of(again)
        assert SharedSkill.objects.count() == before

    def test_someone_who_may_only_add_is_sent_to_the_start_page(self, client, skills):
        editor = client_who_may(client, "add_sharedskill")
        values, before = skills(), SharedSkill.objects.count()
        for _ in range(2):
            response = self.send(editor, values)
        assert response.url == "/admin/"
        assert SharedSkill.objects.count() == before + 1

    def test_history_of_the_row_reads_as_usual(self, admin_client, skills):
        self.send(admin_client, skills())
        assert LogEntry.objects.get().get_change_message() == "Added."


@pytest.mark.both_databases
class TestNewDrafts:
    def test_copy_of_a_version_is_made_once(self, admin_client, live):
        before, page = QuestionnaireVersion.objects.count(), page_of(live, "new-draft")
        values = opened_page(admin_client, page)
        first, again = (admin_client.post(page, values) for _ in range(2))
        assert first.url == again.url
        assert QuestionnaireVersion.objects.count() == before + 1
        admin_client.post(page, opened_page(admin_client, page))
        assert QuestionnaireVersion.objects.count() == before + 2

    def test_file_is_imported_once(self, admin_client, live):
        before, page = QuestionnaireVersion.objects.count(), f"{VERSIONS}import/"
        token = str(admin_client.get(page).context["csrf_token"])

        def send(questionnaire):
            file = SimpleUploadedFile("spring.json", write(questionnaire).encode())
            return admin_client.post(page, {"file": file, TOKEN: token})

        first, again = send(SHIPPED), send(SHIPPED)
        assert first.url == again.url
        assert QuestionnaireVersion.objects.count() == before + 1
        assert send(replace(SHIPPED, background=())).url != first.url


def opened_page(client, page):
    response = client.get(page)
    form = response.context["adminform"].form
    return {f.html_name: f.value() for f in form} | {TOKEN: str(response.context["csrf_token"])}
