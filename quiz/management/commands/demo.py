from datetime import timedelta
from typing import Any

from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from quiz.attempts.models import Attempt
from quiz.counseling.models import Counselor
from quiz.management.demo.filling import Filled, fill
from quiz.management.demo.taking import DAYS, clock_at
from quiz.questionnaires.models import QuestionnaireVersion


class Command(BaseCommand):
    help = (
        "Fill an empty database with example data: four months of attempts, two counselors with "
        "clients, a class, shared results and a draft. Prints how to log in. Refuses a database "
        "that has attempts or counselors."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if Attempt._meta.db_table not in connection.introspection.table_names():
            call_command("migrate", interactive=False, verbosity=0)
        refuse_what_people_use()
        now = timezone.now()
        with transaction.atomic():
            # Published before the first visitor came, unless the site has a version already.
            with clock_at(now - timedelta(days=DAYS + 10)):
                call_command("load_content", stdout=self.stdout)
            live = QuestionnaireVersion.objects.published().with_parts().first()
            if live is None:
                raise CommandError(
                    "No questionnaire version is published, so no one can take the quiz. Publish "
                    "one in the admin, then run this again."
                )
            filled = fill(live, now)
        self.stdout.write("\n".join(lines(filled)))


def refuse_what_people_use() -> None:
    attempts, counselors = Attempt.objects.count(), Counselor.objects.count()
    if attempts or counselors:
        raise CommandError(
            f"This database has {attempts} attempts and {counselors} counselors. The demo needs an "
            "empty one. Set DATA_DIR to a new folder, or DATABASE_URL to a new database."
        )


def lines(filled: Filled) -> list[str]:
    """Return what to print; this is the only time that passwords and secrets are shown."""
    draft = reverse("admin:quiz_questionnaireversion_change", args=[filled.draft_id])
    said = [
        f"The demo has {Attempt.objects.count()} attempts. Open these paths on the site that "
        "`make run` or `make dev` serves:",
        f"  {reverse('quiz:method')}  how the quiz works, with figures from these attempts",
        f"  {draft}  a draft with one error",
        *(f"  {path}  {name}" for name, path in filled.links.items()),
        "",
        f"Log in at {reverse('quiz:caseload')} as a counselor. Passwords and TOTP secrets are "
        "shown only now:",
    ]
    for account in filled.accounts:
        said += [
            f"  {account.email}",
            f"    password     {account.password}",
            f"    TOTP secret  {account.totp_secret} (code now: {code_of(account.totp_secret)})",
        ]
    return said


def code_of(totp_secret: str) -> str:
    """Return the six digits that an authenticator app shows now; they change every 30 seconds."""
    code: str = format_hotp_value(hotp_value(totp_secret, next(yield_hotp_counters_from_time())))
    return code
