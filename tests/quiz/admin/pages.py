"""Helpers of the admin's tests: its models and addresses, and reading its pages."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django_tasks_db.models import DBTaskResult

from organization.models import Organization
from quiz.counseling.models import AuditEntry, Counselor, CounselorInvitation
from quiz.counseling.monthly.months import ReportOpening
from quiz.questionnaires.models import BackgroundQuestion, Item, QuestionnaireVersion, Trait
from tests.factories import sign_in
from tests.pages import page_of, values_at

VERSIONS = "/admin/quiz/questionnaireversion/"
PARTS = [Item, Trait, BackgroundQuestion]
MODELS = [QuestionnaireVersion, *PARTS]
EVERY_MODEL = list(admin.site._registry)
# Their pages lack an add or change form, because they are created elsewhere or never change. The
# only organization can't be deleted or added twice: tests/organization/test_admin.py.
FORMLESS = {Counselor, CounselorInvitation, AuditEntry, ReportOpening, DBTaskResult, Organization}
LABEL_SAYS_ALL = {
    User: {"first_name", "last_name", "email", "last_login", "date_joined"},
    Group: {"name"},
}
BEYOND_64_BIT = "9" * 30

each_part = pytest.mark.parametrize("model", PARTS, ids=lambda model: model.__name__)
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
each_with_forms = pytest.mark.parametrize(
    "model",
    [model for model in EVERY_MODEL if model not in FORMLESS],
    ids=lambda model: model.__name__,
)
# A version is added by its page for a new draft.
each_form = pytest.mark.parametrize(
    ("model", "page"),
    [
        (model, page)
        for model in EVERY_MODEL
        if model not in FORMLESS
        for page in ("add", "change")
        if (model, page) != (QuestionnaireVersion, "add")
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
every_model = pytest.mark.parametrize("model", EVERY_MODEL, ids=lambda model: model.__name__)


def row_of(version, model):
    """The version itself, or its first part of this model."""
    return version if model is QuestionnaireVersion else model.objects.filter(version=version)[0]


def stored(version):
    """The questionnaire that the database stores for a version."""
    return QuestionnaireVersion.objects.with_parts().get(pk=version.pk).questionnaire()


def values_of(client, row):
    return values_at(client, page_of(row))


def fields_without_help(response):
    """Find fields without a help text, in the form and in one row of each inline."""
    forms = [response.context["adminform"].form]
    forms += [inline.formset.empty_form for inline in response.context["inline_admin_formsets"]]
    return {
        field.html_name
        for form in forms
        for field in form
        if not field.is_hidden and not field.help_text and field.name != "DELETE"
    }


def messages_of(response):
    return " ".join(str(message) for message in response.context["messages"])


def levels_of(response):
    """Return the level of each message: "success", "warning" or "error"."""
    return [message.level_tag for message in response.context["messages"]]


def all_errors(response):
    return " ".join(str(error) for error in response.context["errors"])


def client_who_may(client, *codenames):
    user = User.objects.create_user("someone", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    sign_in(client, user)
    return client


def publish(client, version, follow=True):
    """Look at the page that asks, then press its button; `follow` draws the page it leads to."""
    state = client.get(page_of(version, "publish")).context["state"]
    return client.post(page_of(version, "publish"), {"state": state}, follow=follow)


def at(version, place=""):
    return page_of(version, f"preview{place and '/'}{place}")
