"""Every address x role x method x (own, foreign, missing): who may open it, and what it changes.

The addresses come from the URL configuration, and each needs a row in matrix_rows.py. The admin has
its own matrix (tests/quiz/admin/test_rights.py).
"""

from copy import copy, deepcopy

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client as Browser

from quiz.attempts.models import Opening
from quiz.counseling.models import AuditEntry
from quiz.counseling.monthly.months import ReportOpening
from quiz.web.models import CacheEntry
from tests.matrix_rows import COUNSELOR, OWNER, POST, ROLES, ROWS
from tests.matrix_world import FOREIGN, MISSING, OWN, World, addresses, url_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

METHODS = ["GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"]
EVERYONES = {"GET", "HEAD", "POST", "OPTIONS"}
# 204 is OPTIONS of the API, 415 a form that its POST doesn't take.
WORKS = {200, 204, 302, 400, 409, 415}


@pytest.fixture(scope="module")
def made_world(django_db_setup, django_db_blocker):
    """The world and what it stores, made once; each test runs in its own savepoint."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = World()
        world.stored = everything_stored()
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def world(made_world, db):
    """The world, with the cookies that its browsers had at the start."""
    fresh = copy(made_world)
    fresh.browsers = {}
    for role, browser in made_world.browsers.items():
        fresh.browsers[role] = Browser()
        fresh.browsers[role].cookies = deepcopy(browser.cookies)
    return fresh


# A GET may record that it happened.
LOGS = {AuditEntry, CacheEntry, Opening, ReportOpening}


def everything_stored():
    """Return all rows about people, except logs and counters of requests."""
    models = [m for m in apps.get_app_config("quiz").get_models() if m not in LOGS]
    return {model: sorted(map(str, model.objects.values_list())) for model in [*models, User]}


def statuses(world, url, method, roles, **data):
    return {role: status_of(world.browsers[role], method, url, data) for role in roles}


def status_of(browser, method, url, data):
    response = getattr(browser, method)(url, data)
    if response.streaming:
        list(response)  # a file response stays open until it is read
    return response.status_code


def entitled(statuses, row):
    return {role: status for role, status in statuses.items() if role in row.who}


def refused(statuses, row):
    return {role: status for role, status in statuses.items() if role not in row.who}


def test_every_address_has_a_row_in_the_matrix():
    assert addresses().keys() == ROWS.keys()


@pytest.mark.parametrize("name", ROWS)
def test_other_methods_are_refused_and_change_nothing(world, name):
    url, row = url_of(name, world, OWN), ROWS[name]
    others = [method for method in METHODS if method not in row.methods]
    # What no page has is refused before anyone asks who sends it.
    found = {
        (role, method): browser.generic(method, url).status_code
        for role, browser in world.browsers.items()
        for method in others
        if method in EVERYONES or role == COUNSELOR
    }
    assert {key: status for key, status in found.items() if status != 405} == {}
    assert everything_stored() == world.stored


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if "GET" in row.methods])
def test_get_changes_nothing_and_shows_only_what_the_role_may_see(world, name):
    url, row = url_of(name, world, OWN), ROWS[name]
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
    assert everything_stored() == world.stored


@pytest.mark.both_databases
@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if "POST" in row.methods])
def test_post_works_for_the_right_roles_and_changes_nothing_for_others(world, name):
    url, row = url_of(name, world, OWN), ROWS[name]
    roles = [role for role in ROLES if role not in row.who]
    assert statuses(world, url, "post", roles, **world.sent()) == row.refusal
    for which in (FOREIGN, MISSING):
        if row.who == {COUNSELOR}:
            response = world.browsers[COUNSELOR].post(url_of(name, world, which), world.sent())
            assert response.status_code == 404
        elif row.about in ("link", "own meeting"):
            response = world.browsers[OWNER].post(url_of(name, world, which), world.sent())
            assert response.status_code == 302
    assert everything_stored() == world.stored
    if row.who:
        some = next(role for role in (OWNER, COUNSELOR, *ROLES) if role in row.who)
        assert set(statuses(world, url, "post", [some], **world.sent()).values()) <= WORKS
