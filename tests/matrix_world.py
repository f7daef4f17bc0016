"""The objects that the matrix of rights is tested on, and a browser for each role."""

import re
import uuid
from datetime import timedelta
from types import SimpleNamespace

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from quiz.attempts.models import ShareLink
from quiz.counseling.exporting.kept import ExportFile
from quiz.counseling.meetings import Meeting
from quiz.counseling.models import (
    ClientGroup,
    ClientInvitation,
    CounselorInvitation,
    Disclosure,
    GroupLink,
    Note,
)
from quiz.counseling.reminders import Reminder
from quiz.visitor.own_attempt import _signer
from tests.factories import (
    finished_attempt,
    make_client,
    make_counselor,
    set_up_second_factor,
    sign_in,
    signed_in,
    started_attempt,
)
from tests.matrix_rows import ADMIN, COLLEAGUE, COUNSELOR, HALF_IN, ROLES, ROWS, TAKER, WITH_QUIZ

OWN, FOREIGN, MISSING = "own", "foreign", "missing"


class World:
    """One client with a shared result for each of two counselors, and a browser for each role."""

    def __init__(self):
        now = timezone.now()
        ends = now + timedelta(days=5)
        self.counselor, self.colleague = make_counselor("Dana Reed"), make_counselor("Cole Park")
        mine, theirs = self._objects(self.counselor, ends), self._objects(self.colleague, ends)
        none = {
            name: uuid.uuid4()
            for name in ("client", "note", "disclosure", "group", "link", "file", "meeting")
        }
        self.kwargs = {
            OWN: self._kwargs(mine),
            FOREIGN: self._kwargs(theirs),
            MISSING: self._kwargs(SimpleNamespace(**none, token="A" * 43)),
        }
        self.owner_code = mine.code
        self.browsers = {role: self._browser(role) for role in ROLES}

    def sent(self):
        """Return form values that would change something on most pages."""
        return {
            **{"id": uuid.uuid4(), "name": "Taken over", "text": "Taken over", "is_sure": "on"},
            **{"email": self.colleague.user.email, "confirm": "on", "scope": "answers"},
            **{"go": "light", "form": "csv"},
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
            file=ExportFile.objects.create(counselor=counselor, form="csv", query={}).pk,
            meeting=Meeting.objects.create(
                attempt=attempt,
                client=client,
                counselor=counselor,
                agreement="An open day",
                held_at=timezone.now(),
            ).pk,
            code=attempt.code,
            tokens={
                "share": ShareLink.objects.make(
                    attempt=attempt, scope="traits", expires_at=ends, shows_picture=True
                ),
                "invitation": ClientInvitation.objects.make(
                    client=make_client(counselor, "Another"), expires_at=ends
                ),
                "class": GroupLink.objects.make(group=group, expires_at=ends),
                "reminder": Reminder.objects.make(client=client, by_email=False, expires_at=ends),
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
            "shared client": {"client_id": objects.client, "disclosure_id": objects.disclosure},
            "meeting": {"client_id": objects.client, "meeting_id": objects.meeting},
            "own meeting": {"meeting_id": objects.meeting},
            "group": {"group_id": objects.group},
            "link": {"link_id": objects.link},
            "file": {"file_id": objects.file},
            **{
                name: {"token": tokens[name].path.split("/")[-2] if tokens else objects.token}
                for name in ("share", "invitation", "class", "join", "reminder")
            },
        }

    def _browser(self, role):
        if role in (COUNSELOR, COLLEAGUE):
            return signed_in(self.counselor if role == COUNSELOR else self.colleague)
        browser = Browser()
        if role == HALF_IN:
            browser.force_login(self.counselor.user)
        elif role == ADMIN:
            root = User.objects.create_superuser("root", password="x")
            sign_in(browser, root)
            RecoveryCodes.activate(root)
        elif role in WITH_QUIZ:
            code = started_attempt().code if role == TAKER else self.owner_code
            browser.cookies[settings.ATTEMPT_COOKIE_NAME] = _signer().sign(code)
        return browser


def addresses():
    """Return every address outside the admin, by name."""
    return dict(_walk(get_resolver()))


def _walk(resolver, within=""):
    for each in resolver.url_patterns:
        if getattr(each, "app_name", None) == "admin":
            continue
        if isinstance(each, URLPattern):
            yield each.name, f"/{within}{each.pattern}"
        else:
            yield from _walk(each, f"{within}{each.pattern}")


def url_of(name, world, which=OWN):
    """Return the address of a row of the matrix, about one of this world's objects."""
    row = ROWS[name]
    kwargs = {**row.more, **world.kwargs[which][row.about]}
    url = addresses()[name]
    if row.about == "compared":
        return f"{url}?client={kwargs['client']}&client={kwargs['client']}"
    for key, value in kwargs.items():
        url = re.sub(rf"<(\w+:)?{key}>", str(value), url)
    return url
