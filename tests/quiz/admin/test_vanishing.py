"""Every page of the admin while its row, or one it belongs to, is deleted: never a 500."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from quiz.counseling.models import AuditEntry, Counselor, CounselorInvitation
from quiz.questionnaires.models import BackgroundQuestion, Item, QuestionnaireVersion, Trait
from roles.models import Difference, Figure, Passage, Role, SharedSkill, Source
from tests.factories import make_counselor, sign_in
from tests.pages import form_values
from tests.vanishing import deletions, server_errors

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

OF_DRAFTS = (QuestionnaireVersion, Item, Trait, BackgroundQuestion)
OF_ROLES = (Role, Source, Figure, Difference, SharedSkill, Passage)
OF_ACCOUNTS = (User, Group, Counselor, CounselorInvitation, AuditEntry)


@pytest.fixture
def row_of(content, small_draft):
    """Return a row of a model, with few parts."""
    counselor = make_counselor()
    role = Role.objects.create(slug="spare", field=Role.Field.SALES, level=Role.Level.MANAGER)
    role.duties.create(text_en="Answer calls")
    now = timezone.now()
    new = {
        QuestionnaireVersion: lambda: small_draft,
        Role: lambda: role,
        User: lambda: User.objects.create_user("someone-else"),
        Counselor: lambda: counselor,
        AuditEntry: lambda: AuditEntry.objects.create(counselor=counselor, action="exported"),
        CounselorInvitation: lambda: CounselorInvitation.objects.make(
            email="invited@counselors.example", expires_at=now + timedelta(days=1)
        ),
    }

    def row(model):
        if model in new:
            return new[model]()
        is_part = model in OF_DRAFTS
        return (model.objects.filter(version=small_draft) if is_part else model.objects).first()

    return row


@pytest.fixture
def administrator(client, db):
    sign_in(client, User.objects.create_superuser("root"))
    return client


def addresses(row):
    """Return the addresses of all pages of a row, by name."""
    todo, found = list(admin.site._registry[type(row)].get_urls()), {}
    while todo:
        pattern = todo.pop()
        todo += getattr(pattern, "url_patterns", [])
        for arguments in arguments_of(row, getattr(pattern, "name", None) or ""):
            try:
                found[pattern.name] = reverse(f"admin:{pattern.name}", args=arguments)
                break
            except NoReverseMatch:
                continue
    return found


def arguments_of(row, name):
    """Yield what an address may take, the likelier first."""
    if name.endswith("_simple_history"):
        return [[row.pk, row.history.latest().pk]]
    if name.endswith("_part_history"):
        parts = {Role: "duties", QuestionnaireVersion: "wordings"}
        part = getattr(row, parts.get(type(row), "options")).first()
        return [[row.pk, part._meta.model_name, part.history.latest().pk]]
    return [[row.pk], [row.pk, 1]]  # without a row, a page has nothing to lose


def sent(browser, name, url, row):
    """Return what a browser would send from a page."""
    response = browser.get(url) if name.endswith("_change") else None
    form = getattr(((response and response.context) or {}).get("adminform"), "form", None)
    if hasattr(form, "instance"):
        return form_values(response)
    return {"post": "yes", "title": "Copy", "start": row.pk, "go": "next"}


@pytest.mark.long
@pytest.mark.sqlite_only  # it takes minutes, and pages are the same
@pytest.mark.parametrize("model", [*OF_DRAFTS, *OF_ROLES, *OF_ACCOUNTS])
def test_no_page_of_a_row_ends_in_a_500(administrator, row_of, model):
    row, found = row_of(model), []
    for name, url in addresses(row).items():
        data = sent(administrator, name, url, row)
        for delete in deletions(row).values():
            for method, values in (("get", {}), ("post", data)):
                found += server_errors(administrator, method, url, values, delete)
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "screen", "method"),
    [(Trait, "change", "get"), (QuestionnaireVersion, "publish", "post")],
)
def test_page_of_a_draft_that_is_deleted_says_so(administrator, row_of, model, screen, method):
    row = row_of(model)
    url = addresses(row)[f"quiz_{model._meta.model_name}_{screen}"]
    delete = deletions(row)["questionnaireversion"]
    assert server_errors(administrator, method, url, {}, delete) == []
