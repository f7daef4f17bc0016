"""Every address that writes: sent once or many times, the same is stored."""

import re

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import models

from quiz.attempts.models import Attempt, Opening
from quiz.counseling.models import AuditEntry
from quiz.web.models import CacheEntry
from tests.matrix_rows import COUNSELOR, OWNER, ROLES, ROWS, TAKER
from tests.matrix_world import World, url_of
from tests.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

COPIES = 16
# Looking at a page is logged each time; so is a login. Counters of tries grow.
LOGS = {AuditEntry, CacheEntry, Opening}
# Where the fields that `World.sent` fills in are not those of a complete form.
SENT = {
    "answer_page": {"P1": "4", "go": "next"},
    "background": {"B1": "6", "B2": "now", "B3": "none"},
    "research": {"research": "yes"},
    "next_step": {"next_step": "Ask my aunt about her work"},
    "delete": {"is_sure": "on"},
    "shares": {"scope": "traits", "until": "30"},
    "interest": {"sales-manager": "yes", "customer-service-manager": "no"},
    "group_link": {"places": "30"},
    "note_add": {"text": "Brave"},
    "client_groups": {"name": "Class 10a"},
    "client_add": {"name": "Robin Vale"},
    "client_edit": {"name": "Robin Vale"},
    "group_invitation": {"name": "Robin Vale"},
}
STARTS = {"introduction", "invitation", "group_invitation"}
WRITES = [name for name, row in ROWS.items() if "POST" in row.methods and row.who]


def stored():
    """Return all rows, without the times and counters that say when and how often."""
    found = {}
    for model in [*apps.get_app_config("quiz").get_models(), User]:
        if model not in LOGS:
            names = [
                field.attname
                for field in model._meta.concrete_fields
                if not isinstance(field, models.DateTimeField) and field.name != "revision"
            ]
            found[model] = sorted(map(repr, model.objects.values_list(*names)))
    return found


def fields_of(browser, url, name, world):
    """Return what one form of the page sends: its hidden fields, and what a person fills in."""
    page = text_of(browser.get(url)) if "GET" in ROWS[name].methods else ""
    hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page)
    return {**world.sent(), **dict(hidden), **SENT.get(name, {})}


@pytest.fixture
def world(db):
    cache.clear()
    return World()


def browser_for(world, name):
    roles = (TAKER,) if name == "answer_page" else (OWNER, COUNSELOR, *ROLES)
    return world.browsers[next(role for role in roles if role in ROWS[name].who)]


@pytest.mark.long
@pytest.mark.parametrize("name", WRITES)
def test_sent_many_times_stores_what_sending_once_stores(world, name):
    browser, url = browser_for(world, name), url_of(name, world)
    fields = fields_of(browser, url, name, world)
    cookies = browser.cookies.output()
    assert browser.post(url, fields).status_code < 500
    once = stored()
    for _ in range(COPIES):
        browser.cookies.clear()
        browser.cookies.load(re.sub("^Set-Cookie: ", "", cookies, flags=re.MULTILINE))
        assert browser.post(url, fields).status_code < 500
    assert stored() == once


@pytest.mark.long
@pytest.mark.parametrize("name", sorted({n for n in WRITES if OWNER in ROWS[n].who} - STARTS))
def test_sent_again_after_deleting_everything_stores_nothing(world, name):
    browser, url = browser_for(world, name), url_of(name, world)
    fields = fields_of(browser, url, name, world)
    browser.post(url, fields)
    browser.post("/quiz/data/delete/", {"is_sure": "on"})
    after = Attempt.objects.count()
    browser.post(url, fields)
    assert Attempt.objects.count() == after
