"""How a counselor and a client fill in the screen for two."""

import re
from uuid import uuid4

from quiz.counseling.meetings import Meeting
from tests.pages import text_of
from tests.quiz.counseling.pages import url_of

AGREED = {"agreement": "We visit a call center.\nKim asks about shifts.", "next_step": "Kim calls"}


def hold_url(disclosure):
    return url_of(disclosure.client, f"meet/{disclosure.pk}/")


def meeting_url(meeting, part=""):
    return url_of(meeting.client, f"meetings/{meeting.pk}{part or '/'}")


def hold(desk, disclosure, **sent):
    """Save a meeting; return the response to the form."""
    return desk.post(hold_url(disclosure), {"id": str(uuid4())} | AGREED | sent)


def held(desk, disclosure, **sent) -> Meeting:
    assert hold(desk, disclosure, **sent).status_code == 302
    return Meeting.objects.select_related("client").get()


def reasons_on(response) -> dict[str, str]:
    """Return the sentences that can be marked by the names of their fields."""
    found = re.findall(r'id="item-(mark-[^"]+)".*?<legend>(.*?)</legend>', text_of(response), re.S)
    return dict(found)


def marks_on(response) -> dict[str, str]:
    """Return the chosen marks by the names of their fields."""
    inputs = re.findall(r'<input type="radio"[^>]*>', text_of(response))
    checked = [each for each in inputs if re.search(r"\schecked\b", each)]
    return {
        re.search('name="([^"]*)"', each)[1]: re.search('value="([^"]*)"', each)[1]
        for each in checked
    }


def revision_on(response) -> str:
    return re.search('name="revision" value="([^"]*)"', text_of(response))[1]
