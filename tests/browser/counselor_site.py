"""A counselor with clients, written straight into the database of a served site.

Run as a program with the settings of a site, it writes the rows and prints their links as JSON.
"""

import json
import os
import subprocess
import sys
from datetime import timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

from playwright.sync_api import Page

from tests.browser.site import ROOT, Site, environment_of


def as_counselor(page: Page, site: Site) -> dict[str, str]:
    """Log the browser in as the counselor; return the addresses of their rows."""
    known = clients_on(site)
    page.context.add_cookies([{"name": "session", "value": known["session"], "url": site.address}])
    return known


def sign_in_another(page: Page, site: Site) -> None:
    """Log the browser in as a colleague without clients."""
    session = clients_on(site)["colleague"]
    page.context.add_cookies([{"name": "session", "value": session, "url": site.address}])


@cache
def clients_on(site: Site) -> dict[str, str]:
    """Run the program below, once per site; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.browser.counselor_site"],
        cwd=ROOT,
        env=environment_of(site),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    import django

    django.setup()
    print(json.dumps(put_there()))


def put_there() -> dict[str, str]:
    """Write a counselor with clients in every state; return the links to them."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from django.contrib.auth.hashers import make_password
    from django.urls import reverse
    from django.utils import timezone

    from quiz.attempts.models import ShareLink
    from quiz.counseling.models import (
        ClientGroup,
        ClientInvitation,
        CounselorInvitation,
        GroupLink,
        Note,
        Tag,
    )
    from tests.answers import leaning, towards
    from tests.factories import (
        disclose,
        finished_attempt,
        make_client,
        make_counselor,
        set_up_second_factor,
        signed_in,
        started_attempt,
    )

    now = timezone.now()
    ends = now + timedelta(days=30)
    dana = make_counselor("Dana Reed", "dana@counselors.example")
    set_up_second_factor(dana)
    RecoveryCodes.activate(dana.user)
    newcomer = make_counselor("Ned Coe")
    group = ClientGroup.objects.create(counselor=dana, name="Class 9b")
    tag = Tag.objects.create(counselor=dana, name="returning to work")

    ann = make_client(dana, "Ann Lee", email="ann@example.org")
    ann.tags.add(tag)
    disclose(ann, "answers", leaning("service", 6), now - timedelta(days=90))
    newest = disclose(ann, "answers", leaning("sales", 11), now - timedelta(days=2))
    for is_for_client, text in (
        (False, "Wants to leave the phone, likes the people."),
        (True, "Before we meet: which of the two pages sounded more like a good day?"),
    ):
        Note.objects.create(client=ann, author=dana, is_for_client=is_for_client, text=text)
    classmates = [
        ("Bo Kim", leaning("sales", 14)),
        ("Cy Ortiz", leaning("service", 9)),
        ("Di Novak", leaning("service", 16)),
        ("Eli Brandt", leaning("sales", 3)),
        ("Fay Osei", leaning("service", 6)),
        ("Gus Weber", towards("sales", 1)),
    ]
    for name, answers in classmates:
        disclose(make_client(dana, name, group=group), "traits", answers, now - timedelta(days=5))
    finished_attempt(make_client(dana, "Hal Lund", group=group), at=now - timedelta(days=1))
    started_attempt(make_client(dana, "Ida Moss", group=group), now - timedelta(days=1))
    jon = make_client(dana, "Jon Park", email="jon@example.org")
    invitation = ClientInvitation.objects.make(client=jon, expires_at=ends)
    alone = ShareLink.objects.make(
        attempt=finished_attempt(at=now), scope="traits", expires_at=ends, shown_name="Kim"
    )
    locked = ShareLink.objects.make(
        attempt=finished_attempt(at=now),
        scope="verdict",
        expires_at=ends,
        passphrase_hash=make_password("blue kettle"),
    )
    return {
        "session": with_password(signed_in(dana), dana),
        "newcomer": by_password_alone(newcomer),
        "colleague": signed_in(make_counselor("Cole Park")).cookies["session"].value,
        "client": reverse("quiz:client", args=[ann.pk]),
        "invited": reverse("quiz:client", args=[jon.pk]),
        "result": reverse("quiz:client_result", args=[newest.pk]),
        "preparation": reverse("quiz:preparation", args=[newest.pk]),
        "handover": reverse("quiz:client_handover", args=[ann.pk]),
        "comparison": "{}?{}".format(
            reverse("quiz:client_comparison"),
            "&".join(f"client={c.pk}" for c in (ann, *group.clients.order_by("name")[:2])),
        ),
        "group": reverse("quiz:client_group", args=[group.pk]),
        "poster": reverse("quiz:group_poster", args=[group.pk]),
        "report": reverse("quiz:group_report", args=[group.pk]),
        "invitation": invitation.path,
        "class": GroupLink.objects.make(group=group, expires_at=ends).path,
        "join": CounselorInvitation.objects.make(
            email="new@counselors.example", expires_at=ends
        ).path,
        "shared": alone.path,
        "locked": locked.path,
    }


def by_password_alone(counselor: Any) -> str:
    """Return the session of an account without two-step login."""
    from django.test import Client

    browser = Client()
    browser.force_login(counselor.user)
    return with_password(browser, counselor)


def with_password(browser: Any, counselor: Any) -> str:
    """Return a session that gave the password recently enough for the whole test run."""
    from allauth.account.internal.flows.login import record_authentication

    session = browser.session
    record_authentication(SimpleNamespace(session=session), counselor.user, "password")
    session["account_authentication_methods"][-1]["at"] += 3600
    session.save()
    return browser.cookies["session"].value


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quizsite.settings")
    main()
