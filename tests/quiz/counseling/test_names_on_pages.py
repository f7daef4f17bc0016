"""Names from right to left, and names that hide something, on pages and in e-mails."""

import importlib
import re

import pytest
from django.apps import apps
from django.contrib.messages.storage.cookie import CookieStorage
from django.core import mail
from django.db.models import TextField, Value
from django.test import RequestFactory

from quiz.attempts.models import ShareLink
from quiz.core.scopes import TRAITS
from quiz.counseling.models import Client, ClientGroup, Counselor, CounselorInvitation, GroupLink
from tests.factories import disclose, make_client, make_counselor
from tests.pages import text_of
from tests.quiz.counseling.pages import url_of
from tests.tasks import run_tasks

pytestmark = pytest.mark.both_databases

HEBREW = "דנה כהן"
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069]")


@pytest.fixture
def dana(counselor):
    client = make_client(counselor, HEBREW, email="dana@example.org")
    client.group = counselor.groups.create(name=f"{HEBREW} 9")
    client.save()
    client.tags.add(counselor.tags.create(name=HEBREW))
    return client


def apart_from_isolates(html: str) -> str:
    """Return a page without what isolates a name: `<bdi>`, form fields and options, titles."""
    html = re.sub("<bdi[^>]*>.*?</bdi>", "", html, flags=re.S)
    html = re.sub("<option.*?</option>|<input[^>]*>", "", html, flags=re.S)
    return re.sub("\u2068[^\u2069]*\u2069", "", html)


@pytest.mark.parametrize(
    "part",
    ["", "edit/", "delete/", "handover/", "result", "preparation", "group", "report", "compare"],
)
def test_name_is_isolated_everywhere_on_a_counselors_pages(desk, counselor, dana, part):
    disclosure = disclose(dana)
    other = make_client(counselor, "Kim")
    url = {
        "result": f"/counselor/results/{disclosure.pk}/",
        "preparation": f"/counselor/results/{disclosure.pk}/preparation/",
        "group": f"/counselor/groups/{dana.group.pk}/",
        "report": f"/counselor/groups/{dana.group.pk}/report/",
        "compare": f"/counselor/compare/?client={dana.pk}&client={other.pk}",
    }.get(part, url_of(dana, part))
    html = text_of(desk.get(url))
    assert HEBREW in html
    assert HEBREW not in apart_from_isolates(html)


@pytest.mark.parametrize("url", ["/counselor/", "/counselor/groups/", "/counselor/log/"])
def test_name_is_isolated_in_lists(desk, dana, url):
    disclose(dana)
    desk.get(url_of(dana))
    html = text_of(desk.get(url))
    assert HEBREW in html
    assert HEBREW not in apart_from_isolates(html)


def test_message_isolates_the_name(desk, dana):
    sent = {"email": make_counselor("Ana Diaz").user.email, "is_sure": "on"}
    html = text_of(desk.post(url_of(dana, "handover/"), sent, follow=True))
    assert f"\u2068{HEBREW}\u2069 is now with" in html


def test_message_after_deleting_names_no_one(desk, dana):
    response = desk.post(url_of(dana, "delete/"))
    assert HEBREW not in str(
        CookieStorage(RequestFactory().get("/"))._decode(response.cookies["messages"].value)
    )
    assert HEBREW not in text_of(desk.get(response.url))


def test_mail_isolates_the_names(desk, counselor, dana):
    Counselor.objects.filter(pk=counselor.pk).update(name=HEBREW)
    desk.post(url_of(dana, "invite/"), {"id": "", "email": "1"})
    run_tasks()
    body = mail.outbox[0].body
    assert body.count(HEBREW) == body.count(f"\u2068{HEBREW}\u2069") == 3


class TestNamesStoredBefore:
    """Rows from before names were cleaned."""

    def clean(self):
        module = importlib.import_module("quiz.migrations.0015_clean_and_fold_names")
        module.clean_and_fold(apps, None)

    def raw(self, rows, **names):
        rows.update(**{key: Value(name, output_field=TextField()) for key, name in names.items()})

    def test_they_are_cleaned(self, counselor):
        client = make_client(counselor)
        link = ShareLink.objects.make(
            attempt=disclose(client, TRAITS).attempt, scope=TRAITS, expires_at=client.created_at
        )
        self.raw(Client.objects, name="\u202eÉva\u200b", folded="")
        self.raw(Counselor.objects, name="\u3164", folded="")
        self.raw(ShareLink.objects, shown_name="\u202eÉva")
        self.clean()
        client.refresh_from_db()
        counselor.refresh_from_db()
        link.refresh_from_db()
        assert (client.name, client.folded) == ("Éva", "eva")
        assert (counselor.name, link.shown_name) == ("Unnamed", "Éva")

    def test_groups_and_tags_that_now_have_one_name_get_numbers(self, counselor):
        names = ["Müller", "muller", "MÜLLER\u200b", "Kim"]
        for rows in (counselor.groups, counselor.tags):
            made = [rows.create(name=f"row {number}") for number in range(4)]
            for row, name in zip(made, names, strict=True):
                self.raw(rows.filter(pk=row.pk), name=name)
        other = make_counselor().groups.create(name="Müller")
        self.clean()
        expected = ["Kim", "Müller", "muller (2)", "MÜLLER (3)"]
        assert [group.name for group in counselor.groups.all()] == expected
        assert [tag.name for tag in counselor.tags.all()] == expected
        other.refresh_from_db()
        assert other.name == "Müller"


@pytest.mark.parametrize(
    "name", ["\u3164", "\u2800\u2800", "\u0301\u0302", "\u202e\u202c", "\u200d"]
)
def test_invisible_name_is_refused_by_every_form(desk, client, counselor, name):
    group = counselor.groups.create(name="9b")
    link = GroupLink.objects.make(group=group, expires_at="2999-01-01T00:00Z")
    joining = CounselorInvitation.objects.make(
        email="x@example.org", expires_at="2999-01-01T00:00Z"
    )
    password = "a level and a bubble"
    code = re.search('name="code" value="([^"]+)"', text_of(client.get(link.path)))[1]
    answers = [
        desk.post("/counselor/clients/new/", {"name": name}),
        desk.post("/counselor/groups/", {"name": name}),
        desk.post(f"/counselor/groups/{group.pk}/edit/", {"name": name}),
        client.post(link.path, {"code": code, "name": name}),
        client.post(joining.path, {"name": name, "password1": password, "password2": password}),
    ]
    assert [answer.status_code for answer in answers] == [400] * 4 + [200]
    assert all("at least one letter or digit" in text_of(answer) for answer in answers)
    assert not Client.objects.exists()
    assert Counselor.objects.get() == counselor
    assert ClientGroup.objects.get().name == "9b"


def test_note_keeps_its_lines_and_loses_direction_overrides(desk, counselor):
    client = make_client(counselor)
    desk.post(url_of(client, "notes/"), {"id": "", "text": "One\u202e\r\n\r\nTwo\x07 \u2066Three"})
    assert client.notes.get().text == "One\n\nTwo Three"
    assert not INVISIBLE.search(text_of(desk.get(url_of(client))))
