"""Addresses, form data and text of the counselors' pages."""

import re
from uuid import uuid4

from quiz.counseling.models import Client, ClientInvitation
from tests.pages import text_of

ADD = "/counselor/clients/new/"


def url_of(client: Client, part: str = "") -> str:
    return f"/counselor/clients/{client.pk}/{part}"


def main_of(response) -> str:
    """Return the text of a page without its frame."""
    return text_of(response).split("<main")[1].split("</main>")[0]


def verdicts_on(page: str) -> list[tuple[str, str]]:
    """Return the band and field of each verdict on a page, in order."""
    return re.findall('data-band="([^"]*)" data-field="([^"]*)"', page)


def new_client(**values):
    return {"id": str(uuid4()), "name": "Kim", "email": "", "new_group": "", "tags": ""} | values


def invitation(client: Client) -> ClientInvitation:
    return client.invitations.get()
