"""Deletion is complete: what a person typed is in no table, file, log, session or cookie."""

import io
import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from quiz.attempts.codes import hash_of
from quiz.attempts.models import Attempt, ShareLink
from quiz.counseling.mailing import ask_to_mail
from quiz.counseling.models import Client, CounselorInvitation
from quizsite.backups import on_postgresql
from quizsite.backups.writing import write_backup
from tests.answers import page_answers, towards
from tests.factories import make_counselor, sign_in, signed_in

FIRST, LAST = "Zebulon", "Quillfeather"
NAME, EMAIL = f"{FIRST} {LAST}", "zebulon.quillfeather@example.org"


@pytest.fixture
def mail_in_files(own_site, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"


@pytest.fixture
def desk(own_site):
    return signed_in(make_counselor("Dana Reed"))


def texts_in_tables() -> dict[str, str]:
    """Return each table's rows as text; sessions decoded."""
    found = {}
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{name}"')
            found[name] = repr(cursor.fetchall())
    sessions = [each.get_decoded() for each in Session.objects.all()]
    return found | {"sessions": json.dumps(sessions, default=str)}


def bytes_in_files(folder) -> dict[str, bytes]:
    """Return everything in the site's folder, with the database, its WAL and a new backup."""
    backup = folder / f"{uuid4().hex}.backup"
    write_backup(backup)
    files = {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    if connection.vendor == "postgresql":
        rows = [row for _table, rows in on_postgresql._tables(backup) for row in rows]
        files[str(backup)] = "\n".join(rows).encode()
    backup.unlink()
    return files


def traces(folder, *words: str) -> list[tuple[str, str]]:
    """Return where any of the words still is, without regard to capitals."""
    texts = texts_in_tables() | {
        name: content.decode("latin-1") for name, content in bytes_in_files(folder).items()
    }
    return [
        (where, word)
        for where, text in texts.items()
        for word in words
        if word.lower() in text.lower()
    ]


def text_in_cookies(*browsers) -> str:
    """Return all cookies, with what messages say."""
    storage = CookieStorage(RequestFactory().get("/"))
    cookies = [cookie for browser in browsers for cookie in browser.cookies.items()]
    return " ".join(
        str(storage._decode(cookie.value)) if name == "messages" else cookie.value
        for name, cookie in cookies
    )


def take_everything(browser, link: str) -> None:
    """Take the quiz from an invitation, and type the name wherever one can."""
    page = browser.get(link)
    code = re.search('name="code" value="([^"]+)"', page.content.decode())[1]
    browser.post(link, {"code": code})
    for page in range(1, 5):
        browser.post(f"/quiz/{page}/", page_answers(page, towards("sales", 1)))
    browser.post("/quiz/5/", {"B1": "6"})
    browser.post("/quiz/next-step/", {"next_step": f"{NAME} calls Ms. Lee"})
    sent = {"id": uuid4(), "scope": "answers", "until": "30", "passphrase": f"{LAST} is my name"}
    browser.post("/quiz/shares/", sent | {"shown_name": NAME, "shows_next_step": "on"})
    browser.post("/quiz/disclose/", {"scope": "answers", "shows_next_step": "on"})
    assert ShareLink.objects.get().shown_name == NAME


@pytest.mark.slow
@pytest.mark.both_databases
def test_nothing_typed_stays_after_deleting_everything(own_site, mail_in_files, desk, client_class):
    person = {"name": NAME, "email": EMAIL, "new_group": f"{LAST} class", "tags": f"{FIRST}, b"}
    desk.post("/counselor/clients/new/", {"id": uuid4(), **person})
    client = Client.objects.get()
    group, link = client.group, client.invitations.get()
    ask_to_mail(link)
    visitor = client_class()
    take_everything(visitor, link.path)
    attempt = Attempt.objects.get()
    page = visitor.get("/quiz/result/").content.decode()
    code = re.search('class="code">([^<]+)<', page)[1]
    note = {"id": uuid4(), "text": f"Met {NAME}", "is_for_client": ""}
    desk.get(f"/counselor/clients/{client.pk}/")
    desk.post(f"/counselor/clients/{client.pk}/notes/", note)
    meeting = {"id": uuid4(), "agreement": f"{NAME} visits a shop", "next_step": f"Ask {LAST}"}
    desk.post(f"/counselor/clients/{client.pk}/meet/{client.disclosures.get().pk}/", meeting)
    desk.post(f"/counselor/groups/{group.pk}/link/", {"id": uuid4(), "places": "5"})
    desk.post(f"/counselor/clients/{client.pk}/edit/", person | {"new_group": ""})
    words = (FIRST, LAST, code, code.replace("-", ""), attempt.code_hash, link.code)
    # The search finds what is there: in tables, the database file, the mail folder.
    before = dict(traces(own_site, FIRST))
    tables = {"quiz_attempt", "quiz_client", "quiz_note", "quiz_sharelink", "quiz_tag"}
    assert tables | {"quiz_meeting"} < set(before)
    assert any("mail" in where for where in before)
    assert hash_of(code.replace("-", "")) == attempt.code_hash

    visitor.post("/quiz/data/delete/", {"is_sure": "on"})
    desk.post(f"/counselor/clients/{client.pk}/delete/")
    desk.post(f"/counselor/groups/{group.pk}/delete/")

    assert not re.search(f"{FIRST}|{LAST}", text_in_cookies(visitor, desk), re.I)
    assert "Zebulon" not in desk.get("/counselor/log/").content.decode()
    assert traces(own_site, *words) == []


@pytest.mark.both_databases
def test_expired_invitations_and_deleted_accounts_leave_no_address(
    own_site, mail_in_files, client_class
):
    admin = client_class()
    sign_in(admin, User.objects.create_superuser("owner"))
    tomorrow = timezone.localtime() + timedelta(days=1)
    sent = {
        "email": EMAIL,
        "expires_at_0": f"{tomorrow:%Y-%m-%d}",
        "expires_at_1": f"{tomorrow:%H:%M:%S}",
    }
    add = reverse("admin:quiz_counselorinvitation_add")
    admin.post(add, sent)
    admin.post(add, sent)
    expired, canceled = CounselorInvitation.objects.order_by("pk")
    assert [where for where, _word in traces(own_site, EMAIL) if "mail" in where]
    admin.get(reverse("admin:quiz_counselorinvitation_changelist"))
    admin.post(
        reverse("admin:quiz_counselorinvitation_delete", args=[canceled.pk]), {"post": "yes"}
    )
    CounselorInvitation.objects.update(expires_at=timezone.now())
    user = User.objects.create(username=EMAIL, first_name=FIRST, last_name=LAST, email=EMAIL)
    admin.post(reverse("admin:auth_user_delete", args=[user.pk]), {"post": "yes"})
    admin.get(reverse("admin:auth_user_changelist"))
    call_command("delete_expired", stdout=io.StringIO())
    assert not CounselorInvitation.objects.filter(pk=expired.pk).exists()
    assert traces(own_site, FIRST, LAST) == []
