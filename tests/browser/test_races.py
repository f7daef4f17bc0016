"""Several people at the same moment, against a real server on either database."""

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import Cookie, CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, build_opener
from uuid import uuid4

import pytest

from quiz.core.questionnaire import TRAITS
from tests.browser.conftest import fresh_site
from tests.browser.site import ROOT, environment_of
from tests.browser.staff_site import admin_session

pytestmark = [pytest.mark.both_databases, pytest.mark.server]

LIVE = re.compile(r"Version \d+ is live now\.")
VERSIONS = "/admin/quiz/questionnaireversion/"
EDITORS = 4


class Editor:
    """An HTTP client that keeps cookies and sends forms."""

    def __init__(self, site, session):
        self.address = site.address
        cookies = CookieJar()
        cookies.set_cookie(cookie("session", session, host_of(site)))
        self.opener = build_opener(HTTPCookieProcessor(cookies))

    def open(self, path, data=None):
        body = None if data is None else urlencode(data).encode()
        try:
            with self.opener.open(f"{self.address}{path}", body, timeout=60) as response:
                return response.status, response.url, response.read().decode()
        except HTTPError as error:
            return error.code, error.url, error.read().decode()

    def form(self, path):
        """Return what the form of a page sends when nothing was edited."""
        _status, _url, html = self.open(path)
        values = {}
        for tag in re.findall(r"<input[^>]*>", html):
            attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
            is_on = attributes.get("type") not in ("checkbox", "submit") or " checked" in tag
            if "name" in attributes and is_on:
                values[attributes["name"]] = attributes.get("value", "on")
        for name, words in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\n?([^<]*)', html):
            values[name] = words
        for name, options in re.findall(
            r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', html, re.S
        ):
            chosen = re.search(r'value="([^"]*)" selected', options)
            values[name] = chosen[1] if chosen else ""
        return {name: value for name, value in values.items() if "__prefix__" not in name}

    def send(self, path, changes, form=None):
        return self.open(path, {**(form or self.form(path)), **changes})


def cookie(name, value, domain):
    nothing = dict.fromkeys(("port", "expires", "comment", "comment_url"))
    claims = {"port_specified": False, "domain_specified": False, "domain_initial_dot": False}
    return Cookie(
        version=0,
        name=name,
        value=value,
        domain=domain,
        path="/",
        path_specified=True,
        secure=False,
        discard=True,
        rest={},
        **nothing,
        **claims,
    )


def host_of(site):
    return urlsplit(site.address).hostname


@pytest.fixture(scope="module")
def races(prepared, tmp_path_factory):
    """A site for this module alone, and the session of an editor who has logged in."""
    with fresh_site(prepared, tmp_path_factory.mktemp("races")) as site:
        yield site, admin_session(site)


@pytest.fixture
def site(races):
    return races[0]


@pytest.fixture
def editors(races):
    return [Editor(*races) for _ in range(EDITORS)]


@pytest.fixture
def draft(site, editors):
    _status, url, _html = editors[0].send(f"{VERSIONS}1/new-draft/", {"title": uuid4().hex})
    return url.removeprefix(site.address).removesuffix("change/")


def id_of(draft):
    return draft.rstrip("/").split("/")[-1]


def together(actions):
    with ThreadPoolExecutor(len(actions)) as pool:
        return [future.result() for future in [pool.submit(action) for action in actions]]


def test_one_of_many_simultaneous_saves_of_a_draft_wins_and_the_others_are_warned(
    site, editors, draft
):
    forms = [editor.form(f"{draft}change/") for editor in editors]
    answers = together(
        [
            lambda editor=editor, form=form, n=n: editor.send(
                f"{draft}change/", {"items-0-text_en": f"Words of editor {n}."}, form
            )
            for n, (editor, form) in enumerate(zip(editors, forms, strict=True))
        ]
    )
    assert {status for status, _url, _html in answers} == {200}
    conflicts = [
        html
        for _status, _url, html in answers
        if "What others changed since you opened this" in html
    ]
    assert len(conflicts) == EDITORS - 1
    [[words]] = site.query(
        f"SELECT text_en FROM quiz_item WHERE version_id = {id_of(draft)}"
        " AND text_en LIKE 'Words of editor%'"
    )
    assert all(words in html for html in conflicts)


def test_draft_is_published_as_reviewed_or_not_at_all(site, editors, draft):
    """One editor publishes while others save: only the reviewed draft may be published."""
    publisher, *editors = editors
    asked = publisher.form(f"{draft}publish/")
    forms = [editor.form(f"{draft}change/") for editor in editors]
    publishing, *saving = together(
        [
            lambda: publisher.send(f"{draft}publish/", {}, asked),
            *(
                lambda editor=editor, form=form: editor.send(
                    f"{draft}change/", {"items-0-text_en": "Written at the last moment."}, form
                )
                for editor, form in zip(editors, forms, strict=True)
            ),
        ]
    )
    assert publishing[0] == 200
    assert {status for status, _url, _html in saving} <= {200, 409}
    rows = site.query(
        "SELECT v.status, i.text_en FROM quiz_item i"
        " JOIN quiz_questionnaireversion v ON v.id = i.version_id"
        f" WHERE v.id = {id_of(draft)} AND i.text_en = 'Written at the last moment.'"
    )
    assert ("published", "Written at the last moment.") not in rows
    is_live = LIVE.search(publishing[2])
    assert is_live or '<li class="error">' in publishing[2]


def test_one_of_many_simultaneous_publishers_succeeds(site, editors, draft):
    forms = [editor.form(f"{draft}publish/") for editor in editors]
    answers = together(
        [
            lambda editor=editor, form=form: editor.send(f"{draft}publish/", {}, form)
            for editor, form in zip(editors, forms, strict=True)
        ]
    )
    assert {status for status, _url, _html in answers} == {200}
    live = [html for _status, _url, html in answers if LIVE.search(html)]
    assert len(live) == 1
    published = "SELECT id FROM quiz_questionnaireversion WHERE status = 'published'"
    assert site.query(published) == [(id_of(draft),)]


def test_one_of_many_who_add_the_same_key_succeeds_and_no_one_sees_a_crash(site, editors, draft):
    path = "/admin/quiz/trait/add/"
    texts = {f"{text.name}_en": "x" for text in TRAITS.texts}
    values = {"version": id_of(draft), "key": "new", "weight": "0.1", **texts}
    forms = [editor.form(path) | values for editor in editors]
    answers = together(
        [
            lambda editor=editor, form=form: editor.send(path, {}, form)
            for editor, form in zip(editors, forms, strict=True)
        ]
    )
    assert {status for status, _url, _html in answers} <= {200, 409}
    [[count]] = site.query(
        f"SELECT count(*) FROM quiz_trait WHERE key = 'new' AND version_id = {id_of(draft)}"
    )
    assert count == "1"


# Four processes fold while results are deleted and visitors continue deleted attempts. Then the
# tally must equal a fresh count of what is left.
FOLD_AT_ONCE = """
import django, json, threading
django.setup()
from datetime import datetime, timedelta, UTC
from django.db import connection
from quiz.attempts.models import Attempt
from quiz.evidence.folding import delete_attempts, fold, refold
from quiz.evidence.models import Tally
from quiz.questionnaires.models import QuestionnaireVersion
from tests.answers import VERSION_2
from tests.factories import many_finished

now = datetime.now(UTC)
attempts = many_finished(120)
version = QuestionnaireVersion.objects.live_id()
ago = now - timedelta(days=3)
left = [
    Attempt.objects.start(version, language="en", is_first=True, now=ago)[0] for _ in range(40)
]
fold(now, most=50, batch=25)
start = threading.Barrier(7)
counts = []

def work(action):
    start.wait()
    action()
    connection.close()

def go_on(attempts):
    for attempt in attempts:
        try:
            attempt.save_answers({item.key: 3 for item in VERSION_2.items[:6]}, page=1, now=now)
        except Attempt.DoesNotExist:
            pass

def delete(attempts):
    for attempt in attempts:
        delete_attempts(Attempt.objects.filter(pk=attempt.pk))

folding = [lambda: counts.append(fold(now, batch=7))] * 4
others = [lambda: delete(attempts[::12]), lambda: delete(left[::2]), lambda: go_on(left)]
threads = [threading.Thread(target=work, args=[action]) for action in [*folding, *others]]
for thread in threads: thread.start()
for thread in threads: thread.join()
then = now + timedelta(days=2)
fold(then)
data = Tally.objects.get().data
refold()
fold(then)
print(json.dumps([len(counts), data["n"], data == Tally.objects.get().data]))
"""


def test_attempts_folded_by_many_processes_during_deletions_count_once(site):
    done = subprocess.run(
        [sys.executable, "-c", FOLD_AT_ONCE],
        cwd=ROOT,
        env=environment_of(site),
        check=True,
        capture_output=True,
        text=True,
    )
    assert json.loads(done.stdout) == [4, 110, True]
