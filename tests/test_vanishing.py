"""Every page of visitors and counselors while what it is about is deleted: never a 500."""

import pytest

from quiz.attempts.models import Attempt, ShareLink
from quiz.counseling.meetings import Meeting
from quiz.counseling.models import (
    Client,
    ClientGroup,
    ClientInvitation,
    CounselorInvitation,
    Disclosure,
    GroupLink,
    Note,
)
from quiz.evidence.folding import delete_attempts
from tests.matrix_rows import COUNSELOR, OWNER, ROLES, ROWS, TAKER
from tests.matrix_world import World, url_of
from tests.vanishing import server_errors

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

# What the addresses are about, and what visitors and counselors can delete, or others for them.
ALL = {
    "attempts": lambda: delete_attempts(Attempt.objects.all()),
    "clients": lambda: Client.objects.all().delete(),
    "groups": lambda: ClientGroup.objects.all().delete(),
    "notes": lambda: Note.objects.all().delete(),
    "meetings": lambda: Meeting.objects.all().delete(),
    "disclosures": lambda: Disclosure.objects.all().delete(),
    "links": lambda: [
        model.objects.all().delete()
        for model in (ShareLink, ClientInvitation, CounselorInvitation, GroupLink)
    ],
}
WITH_OBJECTS = [
    name for name, row in ROWS.items() if row.about or row.who & {OWNER, TAKER, COUNSELOR}
]


@pytest.fixture
def world(db):
    return World()


@pytest.mark.long
@pytest.mark.sqlite_only  # it takes minutes, and pages are the same
@pytest.mark.parametrize("name", WITH_OBJECTS)
def test_no_page_ends_in_a_500(world, name):
    assert errors_at(world, name) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["result", "invitation", "disclose"])
def test_page_of_a_client_that_is_deleted_still_answers(world, name):
    assert errors_at(world, name, "clients") == []


def errors_at(world, name, *deleted):
    row, url = ROWS[name], url_of(name, world)
    role = next(role for role in (OWNER, COUNSELOR, *ROLES) if role in row.who)
    methods = [method for method in ("get", "post") if method.upper() in row.methods]
    return [
        (what, *error)
        for what in deleted or ALL
        for method in methods
        for error in server_errors(
            world.browsers[role], method, url, world.sent() if method == "post" else {}, ALL[what]
        )
    ]
