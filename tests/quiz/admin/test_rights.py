"""Who may open what in the admin: every address, every kind of user, GET and POST.

A test compares the matrix with the admin's own addresses, so that none can be forgotten.
"""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from organization.models import Organization
from quiz.attempts.models import Attempt
from quiz.counseling.models import AuditEntry, Counselor, CounselorInvitation
from quiz.counseling.monthly.months import ReportOpening
from quiz.questionnaires.models import BackgroundQuestion, Item, QuestionnaireVersion, Trait
from quizsite.admin_site import FIRST_DAY
from roles.models import Difference, Figure, Passage, Role, SharedSkill, Source
from tests.factories import make_counselor, sign_in
from tests.pages import undrawn
from tests.tasks import add

pytestmark = pytest.mark.django_db

USERS = ("editor", "publisher", "both", "staff", "admin", "visitor")
EDITOR, PUBLISHER, BOTH, STAFF, ADMIN, VISITOR = USERS
READ, SEND = "get", "post"

EVERYONE = {EDITOR, PUBLISHER, BOTH, STAFF, ADMIN}
WRITES = {EDITOR, BOTH, ADMIN}
READS = {EDITOR, PUBLISHER, BOTH, ADMIN}
RELEASES = {PUBLISHER, BOTH, ADMIN}
ALONE = {ADMIN}

# For each page of a model: who may read it, and who may post to it.
PAGES_OF_DRAFTS = {
    "changelist": (READS, READS),
    "add": (WRITES, WRITES),
    "change": (READS, WRITES),
    "delete": (WRITES, WRITES),
    "history": (READS, READS),
    "simple_history": (READS, WRITES),
}
HISTORY_OF_A_PART = {"part_history": (READS, WRITES)}
PAGES_OF_ROLES = {
    page: (read & WRITES, send & WRITES) for page, (read, send) in PAGES_OF_DRAFTS.items()
}
PAGES_OF_ACCOUNTS = dict.fromkeys(
    ["changelist", "add", "change", "delete", "history"], (ALONE, ALONE)
)
PAGES_OF_INVITATIONS = PAGES_OF_ACCOUNTS | {"change": (ALONE, set())}
NEVER_ADDED = PAGES_OF_ACCOUNTS | dict.fromkeys(["add", "delete"], (set(), set()))
PAGES_OF_COUNSELORS = NEVER_ADDED | {"reassign": (ALONE, ALONE)}
PAGES_OF_THE_AUDIT_LOG = NEVER_ADDED | {"change": (ALONE, set())}
PAGES_OF_THE_ORGANIZATION = {
    **dict.fromkeys(["changelist", "change", "history", "simple_history"], (ALONE, ALONE)),
    "preview": (ALONE, ALONE),
    "style": (ALONE, set()),
    # There is one already, and it stays.
    **dict.fromkeys(["add", "delete"], (set(), set())),
}
PAGES_OF_A_VERSION = {
    "preview": (READS, READS),
    "preview_page": (READS, READS),
    "preview_result": (READS, set()),
    "preview_answers": (READS, READS),
    "outcomes": (READS, set()),
    "evidence": (READS, READS),
    "differences": (READS, set()),
    "export": (READS, set()),
    "import": (WRITES, WRITES),
    "new_draft": (WRITES, WRITES),
    "publish": (RELEASES, RELEASES),
    "retire": (RELEASES, RELEASES),
}
OF_THE_SITE = {
    "index": (EVERYONE, EVERYONE),
    "app_list": (READS, READS),
    "password_change": (EVERYONE, EVERYONE),
    "password_change_done": (EVERYONE, set()),
    "logout": (set(), EVERYONE),
    "jsi18n": (EVERYONE, set()),
    **dict.fromkeys([f"first_day_{name}" for name in FIRST_DAY], (set(), ALONE)),
    **dict.fromkeys(["papers", "paper"], (EVERYONE, set())),
    "autocomplete": (set(), set()),
    "view_on_site": (set(), set()),
}
# Open to anyone.
PUBLIC = {"login"}


def matrix():
    """Map the name of each address to who may read it and who may post to it."""
    screens = {
        QuestionnaireVersion: PAGES_OF_DRAFTS | PAGES_OF_A_VERSION | HISTORY_OF_A_PART,
        **dict.fromkeys([Item, Trait], PAGES_OF_DRAFTS),
        BackgroundQuestion: PAGES_OF_DRAFTS | HISTORY_OF_A_PART,
        **dict.fromkeys([Source, Figure, Difference, SharedSkill, Passage], PAGES_OF_ROLES),
        Role: PAGES_OF_ROLES | {"part_history": (WRITES, WRITES)},
        Organization: PAGES_OF_THE_ORGANIZATION,
        **dict.fromkeys([User, Group], PAGES_OF_ACCOUNTS),
        CounselorInvitation: PAGES_OF_INVITATIONS,
        Counselor: PAGES_OF_COUNSELORS,
        **dict.fromkeys([AuditEntry, ReportOpening, DBTaskResult], PAGES_OF_THE_AUDIT_LOG),
    }
    rows = dict(OF_THE_SITE)
    for model, pages in screens.items():
        prefix = f"{model._meta.app_label}_{model._meta.model_name}"
        rows |= {f"{prefix}_{page}": who for page, who in pages.items()}
    rows["auth_user_password_change"] = (ALONE, ALONE)
    return rows


MATRIX = matrix()


def names_of_the_admin():
    """Collect the names of all admin addresses, and count those without a name."""
    patterns = admin.site.get_urls()
    found, nameless = set(), 0
    while patterns:
        pattern = patterns.pop()
        if hasattr(pattern, "url_patterns"):
            patterns += pattern.url_patterns
        elif pattern.name:
            found.add(pattern.name)
        else:
            nameless += 1
    return found, nameless


@pytest.fixture
def rows(content, draft):
    """One row of each model. The role has few parts, because its pages are opened often."""
    counselor = make_counselor()
    role = Role.objects.create(slug="spare", field=Role.Field.SALES, level=Role.Level.MANAGER)
    role.duties.create(text_en="Answer calls")
    return {
        QuestionnaireVersion: draft,
        **{
            model: model.objects.filter(version=draft)[0]
            for model in (Item, Trait, BackgroundQuestion)
        },
        **{
            model: model.objects.first()
            for model in (Source, Figure, Difference, SharedSkill, Passage, Group)
        },
        Role: role,
        Organization: Organization.objects.create(name="Northside"),
        User: User.objects.create_user("someone-else"),
        Counselor: counselor,
        CounselorInvitation: CounselorInvitation.objects.make(
            email="invited@counselors.example", expires_at=timezone.now() + timedelta(days=1)
        ),
        AuditEntry: AuditEntry.objects.create(counselor=counselor, action=AuditEntry.EXPORTED),
        ReportOpening: ReportOpening.objects.create(how=ReportOpening.PAGE),
        DBTaskResult: add.enqueue(1, 2).db_result,
    }


def address(name, rows):
    if name == "paper":
        return reverse("admin:paper", args=["minors"])
    for model, row in rows.items():
        prefix = f"{model._meta.app_label}_{model._meta.model_name}_"
        if not name.startswith(prefix):
            continue
        if name.endswith("_part_history"):
            parts = {Role: "duties", QuestionnaireVersion: "wordings"}
            part = getattr(row, parts.get(model, "options")).first()
            args = [row.pk, part._meta.model_name, part.history.latest().pk]
            return reverse(f"admin:{name}", args=args)
        if name.endswith("_simple_history"):
            return reverse(f"admin:{name}", args=[row.pk, row.history.latest().pk])
        for args in ([], [row.pk], [row.pk, 1]):
            try:
                return reverse(f"admin:{name}", args=args)
            except NoReverseMatch:
                continue
    return reverse(f"admin:{name}", args=["quiz"] if name == "app_list" else [])


def log_in(client, kind):
    if kind == VISITOR:
        return client
    user = User.objects.create_user(kind, is_staff=True, is_superuser=kind == ADMIN)
    groups = {EDITOR: ["Editors"], PUBLISHER: ["Publishers"], BOTH: ["Editors", "Publishers"]}
    user.groups.set(Group.objects.filter(name__in=groups.get(kind, [])))
    sign_in(client, user)
    return client


def test_every_admin_address_has_a_row_in_the_matrix():
    names, nameless = names_of_the_admin()
    # Django redirects the old address of each model's form, and answers unknown addresses.
    assert nameless == len(admin.site._registry) + 1
    assert names - PUBLIC == set(MATRIX)


def test_no_admin_page_shows_attempts():
    assert Attempt not in admin.site._registry
    assert not any("attempt" in name for name in names_of_the_admin()[0])


@pytest.mark.parametrize("group", ["Editors", "Publishers"])
def test_no_group_may_view_attempts_or_accounts(group):
    permissions = Group.objects.get(name=group).permissions
    hidden = ["attempt", "historicalattempt", "counselor", "counselorinvitation", "auditentry"]
    assert not permissions.filter(content_type__model__in=hidden).exists()
    assert not permissions.filter(
        content_type__app_label__in=["auth", "sessions", "admin", "account", "mfa"]
    ).exists()


@pytest.mark.slow
@pytest.mark.parametrize("method", [READ, SEND])
@pytest.mark.parametrize("kind", USERS)
def test_user_may_open_exactly_what_the_matrix_says(client, rows, kind, method):
    browser = log_in(client, kind)
    wrong = {}
    for name, who in MATRIX.items():
        if name in ("logout", "autocomplete", "view_on_site"):
            continue
        with undrawn():
            response = getattr(browser, method)(address(name, rows))
        may = kind in who[method == SEND]
        if kind == VISITOR:
            is_right = response.status_code == 302 and "/admin/login/" in response["Location"]
        elif may:
            is_right = response.status_code in (200, 302)
        else:
            is_right = response.status_code in (403, 404, 405)
        if not is_right:
            wrong[name] = response.status_code
    assert wrong == {}


@pytest.mark.parametrize("kind", USERS)
def test_everyone_can_log_out(client, rows, kind):
    assert log_in(client, kind).post(reverse("admin:logout")).status_code in (200, 302)


@pytest.mark.parametrize("kind", USERS)
@pytest.mark.parametrize("name", ["autocomplete", "view_on_site"])
def test_unused_django_addresses_reveal_nothing(client, rows, kind, name):
    args = [1, 1] if name == "view_on_site" else []
    response = log_in(client, kind).get(reverse(f"admin:{name}", args=args))
    assert response.status_code in (302, 403, 404)
    if response.status_code == 302:
        assert kind == VISITOR
