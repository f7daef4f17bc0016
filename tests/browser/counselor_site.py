"""The counselors and clients of the demo, for pages that show them.

Run as a program with a site's own settings, it prints as JSON what leads to them: addresses and
sessions.
"""

import json
import os
from datetime import timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

from playwright.sync_api import Page

from tests.browser.site import Site, printed_on


def as_counselor(page: Page, site: Site) -> dict[str, str]:
    """Log a browser in as Dana; return the addresses of what she has."""
    known = clients_on(site)
    page.context.add_cookies([{"name": "session", "value": known["session"], "url": site.address}])
    return known


def sign_in_another(page: Page, site: Site) -> None:
    """Log a browser in as Marcus, who has none of Dana's clients."""
    session = clients_on(site)["colleague"]
    page.context.add_cookies([{"name": "session", "value": session, "url": site.address}])


@cache
def clients_on(site: Site) -> dict[str, str]:
    """Run the program below, once per site; return what it printed."""
    return json.loads(printed_on(site, "tests.browser.counselor_site"))


def main() -> None:
    import django

    django.setup()
    print(json.dumps(what_leads_there()))


def what_leads_there() -> dict[str, str]:
    from django.urls import reverse
    from django.utils import timezone

    from quiz.attempts.models import ShareLink
    from quiz.counseling.models import (
        ClientInvitation,
        Counselor,
        CounselorInvitation,
        GroupLink,
    )
    from quiz.counseling.reminders import Reminder
    from quiz.management.demo.cast import CLASS_NAME, INVITED_COUNSELOR
    from tests.factories import make_counselor, signed_in

    dana = Counselor.objects.get(name="Dana Reed")
    marcus = Counselor.objects.get(name="Marcus Bell")
    newcomer = make_counselor("Ned Coe")
    group = dana.groups.get(name=CLASS_NAME)
    ann = dana.clients.get(name="Ann Lee")
    invitation = ClientInvitation.objects.get(client__name="Jon Park")
    fail_to_mail(invitation)
    newest = ann.disclosures.latest("at")
    # Other tests share results, too, but only the demo has done so before today.
    shared = ShareLink.objects.filter(created_at__lt=timezone.now() - timedelta(days=1))
    compared = [ann, *group.clients.exclude(disclosures=None).order_by("name")[:2]]
    session = with_password(signed_in(dana), dana)
    list_session(dana, session, "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/144.0")
    other = signed_in(dana).cookies["session"].value
    list_session(dana, other, "Mozilla/5.0 (iPhone; like Mac OS X) Version/26.0 Safari/604.1")
    return {
        "session": session,
        "newcomer": by_password_alone(newcomer),
        "colleague": signed_in(marcus).cookies["session"].value,
        "client": reverse("quiz:client", args=[ann.pk]),
        "invited": reverse("quiz:client", args=[invitation.client_id]),
        "result": reverse("quiz:client_result", args=[newest.pk]),
        "preparation": reverse("quiz:preparation", args=[newest.pk]),
        "meet": reverse("quiz:meeting_hold", args=[ann.pk, ann.disclosures.earliest("at").pk]),
        "meeting": reverse("quiz:meeting", args=[ann.pk, ann.meetings.get().pk]),
        "handover": reverse("quiz:client_handover", args=[ann.pk]),
        "archive": f"{reverse('quiz:clients_archive')}?client={ann.pk}",
        "stop": Reminder.objects.make(
            client=invitation.client, by_email=False, expires_at=invitation.expires_at
        ).path,
        "comparison": "{}?{}".format(
            reverse("quiz:client_comparison"),
            "&".join(f"client={client.pk}" for client in compared),
        ),
        "group": reverse("quiz:client_group", args=[group.pk]),
        "poster": reverse("quiz:group_poster", args=[group.pk]),
        "report": reverse("quiz:group_report", args=[group.pk]),
        "wall": reverse("quiz:group_wall", args=[group.pk]),
        "file": reverse("quiz:export_file", args=[make_file(dana)]),
        "invitation": invitation.path,
        "class": GroupLink.objects.get(group=group).path,
        "join": CounselorInvitation.objects.get(email=INVITED_COUNSELOR).path,
        "shared": shared.get(shown_name="Kim").path,
        "locked": shared.exclude(passphrase_hash="").get().path,
    }


def make_file(counselor: Any) -> Any:
    """Make an export file that is ready; return its key."""
    from django.utils import timezone

    from quiz.counseling.exporting.kept import ExportFile

    now = timezone.now()
    return ExportFile.objects.create(counselor=counselor, form="csv", query={}, made_at=now).pk


def fail_to_mail(invitation: Any) -> None:
    """Let the last try to e-mail an invitation have failed."""
    from django.db import transaction
    from django_tasks_db.models import DBTaskResult

    from quiz.counseling.mailing import mail_client_invitation

    reason = {"exception_class_path": "quiz.web.mail.AddressRefused"}
    with transaction.atomic():  # before a worker takes it
        invitation.mail_by(mail_client_invitation)
        waiting = DBTaskResult.objects.filter(status="READY", queue_name="mail")
        waiting.update(status="FAILED", worker_ids=["a worker"], **reason)
    type(invitation.client).objects.filter(pk=invitation.client_id).update(
        email="jon.park@example.org"
    )


def list_session(counselor: Any, session: str, user_agent: str) -> None:
    """Let the account page list a session, as the login does."""
    from allauth.usersessions.models import UserSession

    UserSession.objects.create(
        user=counselor.user, session_key=session, ip="192.0.2.7", user_agent=user_agent
    )


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
