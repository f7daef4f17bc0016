"""Every address x role x method x (own, foreign, missing): who gets in, and what a request changes.

The addresses are read from the URL configuration; one without a row here fails. The admin's are
held by a matrix of their own (tests/quiz/test_admin_rights.py).
"""

import re
import uuid
from copy import copy, deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import transaction
from django.test import Client as Browser
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from quiz.models import (
    AuditEntry,
    ClientGroup,
    ClientInvitation,
    CounselorInvitation,
    Disclosure,
    GroupLink,
    Note,
    Opening,
    ShareLink,
)
from quiz.views.own_attempt import _signer
from tests.quiz.counseling_rows import finished_attempt, make_client, started_attempt
from tests.quiz.counselors import make_counselor, set_up_second_factor, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

GET, POST, BOTH = {"GET", "HEAD"}, {"POST"}, {"GET", "HEAD", "POST"}
# As django-ninja has it for what it lists, and for its own two pages.
GET_ALONE, ANY = {"GET"}, {"GET", "HEAD", "POST", "OPTIONS"}
METHODS = ["GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"]

# Who opens a page: no quiz yet; a quiz that is not finished; a result; an account of a counselor by
# both factors; a colleague's; a counselor's by the password alone; an administrator's.
NOBODY, TAKER, OWNER = "nobody", "taker", "owner"
COUNSELOR, COLLEAGUE, HALF_IN, ADMIN = "counselor", "colleague", "half in", "admin"
ROLES = [NOBODY, TAKER, OWNER, COUNSELOR, COLLEAGUE, HALF_IN, ADMIN]

OWN, FOREIGN, MISSING = "own", "foreign", "missing"
WORKS = {200, 302, 400, 409}


@dataclass(frozen=True)
class Row:
    """What an address takes, who gets in, and which object it names (a key of `World.objects`)."""

    methods: set[str]
    who: set[str]
    about: str = ""
    # What somebody gets who is not let in.
    refusal: dict[str, int] = field(default_factory=dict)
    more: dict[str, object] = field(default_factory=dict)


EVERYBODY = set(ROLES)
WITH_QUIZ = {TAKER, OWNER}
NO_QUIZ = dict.fromkeys(EVERYBODY - WITH_QUIZ, 403)
SIGNED_OUT = dict.fromkeys((NOBODY, TAKER, OWNER, HALF_IN), 302) | {ADMIN: 403}


def public(methods=GET, about="", **more):
    return Row(methods, EVERYBODY, about, more=more)


def own_quiz(methods=GET, about="", **more):
    """A page about one's own answers: whoever has none is told so."""
    return Row(methods, WITH_QUIZ, about, NO_QUIZ, more)


def work(methods=GET, about=""):
    """A page of counselors; a colleague may open it too, but for what is about a client."""
    who = {COUNSELOR} if about else {COUNSELOR, COLLEAGUE}
    return Row(methods, who, about, SIGNED_OUT | ({COLLEAGUE: 404} if about else {}))


def account(methods=GET, who=(COUNSELOR, COLLEAGUE)):
    """A page of one's own account: whoever is not signed in by all factors is led to that."""
    return Row(methods, set(who), refusal=dict.fromkeys(EVERYBODY - set(who), 302))


def second_factor(methods=GET, refusal=None):
    """A page about a second factor: an account without one has no such page."""
    row = account(methods)
    return Row(row.methods, row.who, "", row.refusal | {ADMIN: 404} | (refusal or {}))


ANY_ACCOUNT = (COUNSELOR, COLLEAGUE, HALF_IN, ADMIN)
BOTH_FACTORS_OR_NONE = (COUNSELOR, COLLEAGUE, ADMIN)  # the administrator has set up no second one

ROWS = {
    "home": public(),
    "introduction": public(BOTH),
    "answer_page": own_quiz(BOTH, page=1),
    "result": own_quiz(),
    "result_pdf": own_quiz(),
    "result_json": own_quiz(),
    "own_results": own_quiz(),
    "own_result": Row(GET, {OWNER}, "", NO_QUIZ | {TAKER: 404}, {"place": 1}),
    "code": own_quiz(BOTH),
    "resume": public(BOTH),
    "leave": public(POST),
    "left": public(),
    "shares": own_quiz(BOTH),
    "revoke": own_quiz(POST, "link"),
    "own_data": public(),
    "own_data_json": own_quiz(),
    "background": own_quiz(BOTH),
    "delete": own_quiz(BOTH),
    "deleted": public(),
    "disclose": own_quiz(POST),
    "withdraw": own_quiz(POST),
    "shared": public(BOTH, "share"),
    "invitation": public(BOTH, "invitation"),
    "group_invitation": public(BOTH, "class"),
    "schema": public(),
    "theme": public(POST),
    "join": public(BOTH, "join"),
    "caseload": work(),
    "audit_log": work(),
    "client_comparison": work(about="compared"),
    "client_add": work(BOTH),
    "client": work(GET, "client"),
    "client_edit": work(BOTH, "client"),
    "client_delete": work(BOTH, "client"),
    "client_handover": work(BOTH, "client"),
    "client_invite": work(POST, "client"),
    "client_uninvite": work(POST, "client"),
    "note_add": work(POST, "client"),
    "note_delete": work(POST, "note"),
    "client_result": work(GET, "disclosure"),
    "client_result_pdf": work(GET, "disclosure"),
    "preparation": work(GET, "disclosure"),
    "preparation_pdf": work(GET, "disclosure"),
    "client_groups": work(BOTH),
    "client_group": work(GET, "group"),
    "client_group_edit": work(BOTH, "group"),
    "client_group_delete": work(BOTH, "group"),
    "group_link": work(POST, "group"),
    "group_unlink": work(POST, "group"),
    "group_poster": work(GET, "group"),
    "group_report": work(GET, "group"),
    "export": work(),
    "export_csv": work(),
    "export_xlsx": work(),
    "export_codebook": work(),
    "account_login": public(BOTH),
    "account_logout": account(BOTH, ANY_ACCOUNT),
    "account_inactive": public(),
    "account_reauthenticate": account(BOTH, ANY_ACCOUNT),
    "account_change_password": account(BOTH, BOTH_FACTORS_OR_NONE),
    "mfa_index": account(GET, BOTH_FACTORS_OR_NONE),
    "mfa_authenticate": Row(BOTH, set(), refusal=dict.fromkeys(ROLES, 302)),
    "mfa_reauthenticate": account(BOTH, ANY_ACCOUNT),
    "mfa_activate_totp": account(BOTH, ANY_ACCOUNT),
    "mfa_deactivate_totp": second_factor(BOTH),
    "mfa_view_recovery_codes": second_factor(),
    "mfa_generate_recovery_codes": second_factor(BOTH, {ADMIN: 302}),
    "mfa_download_recovery_codes": second_factor(),
    "role_list": public(),
    "role_choice": public(),
    "role_detail": public(slug="sales-manager"),
    "role_preview": public(slug="sales-manager"),
    "role_comparison": public(
        first="sales-manager",
        second="customer-service-manager",
        third="sales-representative",
        fourth="customer-service-representative",
    ),
    "openapi-json": public(ANY),
    "roles": public(GET_ALONE),
    "role": public(GET_ALONE, slug="sales-manager"),
    "api-root": Row(ANY, set(), "", dict.fromkeys(ROLES, 404)),
    "preview": public(),
    "accessibility": public(),
    "manifest": public(),
    "robots": public(),
    "sitemap": public(),
    "style": Row(GET, set(), "", dict.fromkeys(ROLES, 404)),
    "healthz": public(),
    "readyz": public(),
}


def addresses():
    """Return every address of the site but the admin's, by its name."""
    return dict(_walk(get_resolver()))


def _walk(resolver, within=""):
    for each in resolver.url_patterns:
        if getattr(each, "app_name", None) == "admin":
            continue
        if isinstance(each, URLPattern):
            yield each.name, f"/{within}{each.pattern}"
        else:
            yield from _walk(each, f"{within}{each.pattern}")


class World:
    """Dana's client with a result that is shared, the same with Cole's, and a browser per role."""

    def __init__(self):
        now = timezone.now()
        ends = now + timedelta(days=5)
        self.counselor, self.colleague = make_counselor("Dana Reed"), make_counselor("Cole Park")
        mine, theirs = self._objects(self.counselor, ends), self._objects(self.colleague, ends)
        none = {name: uuid.uuid4() for name in ("client", "note", "disclosure", "group", "link")}
        self.kwargs = {
            OWN: self._kwargs(mine),
            FOREIGN: self._kwargs(theirs),
            MISSING: self._kwargs(SimpleNamespace(**none, token="A" * 43)),
        }
        self.owner_code = mine.code
        self.browsers = {role: self._browser(role) for role in ROLES}

    def sent(self):
        """Return what would do something to many a form, if it were let in."""
        return {
            **{"id": uuid.uuid4(), "name": "Taken over", "text": "Taken over", "is_sure": "on"},
            **{"email": self.colleague.user.email, "confirm": "on", "scope": "answers"},
            "go": "light",
        }

    def entitled_browsers(self, row):
        return [browser for role, browser in self.browsers.items() if role in row.who]

    def _objects(self, counselor, ends):
        client = make_client(counselor, f"A client of {counselor.name}")
        group = ClientGroup.objects.create(counselor=counselor, name="Class 9b")
        attempt = finished_attempt(client)
        note = Note.objects.create(client=client, author=counselor, text="Brave")
        set_up_second_factor(counselor)
        RecoveryCodes.activate(counselor.user)
        return SimpleNamespace(
            client=client.pk,
            group=group.pk,
            note=note.pk,
            disclosure=Disclosure.objects.create(
                attempt=attempt, client=client, scope="answers", at=timezone.now()
            ).pk,
            link=ShareLink.objects.make(attempt=attempt, scope="answers", expires_at=ends).pk,
            code=attempt.code,
            tokens={
                "share": ShareLink.objects.make(attempt=attempt, scope="traits", expires_at=ends),
                "invitation": ClientInvitation.objects.make(
                    client=make_client(counselor, "Another"), expires_at=ends
                ),
                "class": GroupLink.objects.make(group=group, expires_at=ends),
                "join": CounselorInvitation.objects.make(
                    email=f"new-{counselor.pk}@example.org", expires_at=ends
                ),
            },
        )

    def _kwargs(self, objects):
        tokens = getattr(objects, "tokens", {})
        return {
            "": {},
            "compared": {"client": objects.client},
            "client": {"client_id": objects.client},
            "note": {"client_id": objects.client, "note_id": objects.note},
            "disclosure": {"disclosure_id": objects.disclosure},
            "group": {"group_id": objects.group},
            "link": {"link_id": objects.link},
            **{
                name: {"token": tokens[name].path.split("/")[-2] if tokens else objects.token}
                for name in ("share", "invitation", "class", "join")
            },
        }

    def _browser(self, role):
        if role in (COUNSELOR, COLLEAGUE):
            return signed_in(self.counselor if role == COUNSELOR else self.colleague)
        browser = Browser()
        if role == HALF_IN:
            browser.force_login(self.counselor.user)
        elif role == ADMIN:
            browser.force_login(User.objects.create_superuser("root", password="x"))
        elif role in WITH_QUIZ:
            code = started_attempt().code if role == TAKER else self.owner_code
            browser.cookies[settings.ATTEMPT_COOKIE_NAME] = _signer().sign(code)
        return browser


@pytest.fixture(scope="module")
def made_world(django_db_setup, django_db_blocker):
    """The world, made once; each test works in a savepoint of its own."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@pytest.fixture
def world(made_world, db):
    """The world with browsers that know no more than at the beginning."""
    cache.clear()
    fresh = copy(made_world)
    fresh.browsers = {}
    for role, browser in made_world.browsers.items():
        fresh.browsers[role] = Browser()
        fresh.browsers[role].cookies = deepcopy(browser.cookies)
    return fresh


# What a look may write: that it happened.
LOGS = {AuditEntry, Opening}


def everything_stored():
    """Return all rows that are anybody's, but the logs of looks."""
    models = [m for m in apps.get_app_config("quiz").get_models() if m not in LOGS]
    return {model: sorted(map(str, model.objects.values_list())) for model in [*models, User]}


def url_of(name, world, which):
    row = ROWS[name]
    kwargs = {**row.more, **world.kwargs[which][row.about]}
    url = addresses()[name]
    if row.about == "compared":
        return f"{url}?client={kwargs['client']}&client={kwargs['client']}"
    for key, value in kwargs.items():
        url = re.sub(rf"<(\w+:)?{key}>", str(value), url)
    return url


def statuses(world, url, method, roles, **data):
    return {role: status_of(world.browsers[role], method, url, data) for role in roles}


def status_of(browser, method, url, data):
    response = getattr(browser, method)(url, data)
    if response.streaming:
        list(response)  # a file that is sent stays open until then
    return response.status_code


def entitled(statuses, row):
    return {role: status for role, status in statuses.items() if role in row.who}


def refused(statuses, row):
    return {role: status for role, status in statuses.items() if role not in row.who}


def test_every_address_has_a_row_and_every_row_an_address():
    assert addresses().keys() == ROWS.keys()


@pytest.mark.parametrize("name", ROWS)
def test_methods_that_an_address_does_not_take_are_refused_and_change_nothing(world, name):
    url, row = url_of(name, world, OWN), ROWS[name]
    others = [method for method in METHODS if method not in row.methods]
    before = everything_stored()
    found = {
        (role, method): browser.generic(method, url).status_code
        for role, browser in world.browsers.items()
        for method in others
    }
    assert {key: status for key, status in found.items() if status != 405} == {}
    assert everything_stored() == before


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if "GET" in row.methods])
def test_looking_changes_nothing_and_shows_only_what_is_for_one_s_eyes(world, name):
    url, row = url_of(name, world, OWN), ROWS[name]
    before = everything_stored()
    for method in row.methods - POST:
        found = statuses(world, url, method.lower(), ROLES)
        assert refused(found, row) == row.refusal
        assert set(entitled(found, row).values()) <= WORKS
    if row.about:
        missing = [b.get(url_of(name, world, MISSING)) for b in world.entitled_browsers(row)]
        assert {response.status_code for response in missing} == {404}
        if row.who == {COUNSELOR}:
            foreign = world.browsers[COUNSELOR].get(url_of(name, world, FOREIGN))
            assert (foreign.status_code, foreign.content) == (404, missing[0].content)
    assert everything_stored() == before


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if "POST" in row.methods])
def test_sending_changes_nothing_for_others_and_works_for_whom_it_is_for(world, name):
    url, row = url_of(name, world, OWN), ROWS[name]
    before = everything_stored()
    roles = [role for role in ROLES if role not in row.who]
    assert statuses(world, url, "post", roles, **world.sent()) == row.refusal
    for which in (FOREIGN, MISSING):
        if row.who == {COUNSELOR}:
            response = world.browsers[COUNSELOR].post(url_of(name, world, which), world.sent())
            assert response.status_code == 404
        elif row.about == "link":
            response = world.browsers[OWNER].post(url_of(name, world, which), world.sent())
            assert response.status_code == 302
    assert everything_stored() == before
    if row.who:
        some = next(role for role in (OWNER, COUNSELOR, *ROLES) if role in row.who)
        assert set(statuses(world, url, "post", [some], **world.sent()).values()) <= WORKS
