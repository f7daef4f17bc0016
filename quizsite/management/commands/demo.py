import os
import shlex
from datetime import timedelta
from typing import Any

from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from quiz.attempts.models import Attempt
from quiz.counseling.models import Counselor
from quiz.management.demo.accounts import (
    ADMINISTRATOR,
    account_of,
    add_administrator,
    unused_codes,
)
from quiz.management.demo.cast import DANA, MARCUS
from quiz.management.demo.filling import Filled, fill
from quiz.management.demo.taking import DAYS, clock_at
from quiz.questionnaires.models import QuestionnaireVersion
from quizsite.management.commands.serve import (
    end_on_signals,
    listening_address,
    lock_data,
    refuse_a_taken_port,
)

CODES_SHOWN = 3  # of an account's ten recovery codes


class Command(BaseCommand):
    help = (
        "Fill an empty database with example data: four months of attempts, two counselors with "
        "clients, a class, shared results and a draft. Prints how to log in. Refuses a database "
        "that has attempts or counselors. With --serve, everything happens in a folder of its own, "
        "apart from any real site."
    )
    # As for `serve`, which would wait for them.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--serve",
            action="store_true",
            help="fill a site of its own, unless it is there already, and serve it on PORT",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["serve"]:
            self.serve()
        else:
            self.stdout.write("\n".join(lines(self.fill())))

    def serve(self) -> None:
        if not settings.DEMO:
            raise CommandError("Write it as `demo --serve`; nothing of it may be shortened.")
        # Other users of this machine must not read the key, from which the passwords come.
        os.umask(0o077)
        end_on_signals()
        host, port = listening_address()
        refuse_a_taken_port(host, port)
        with lock_data():
            if not is_filled():
                self.stdout.write("Making the demo, which can take a minute …")
                self.stdout.flush()
                call_command("migrate", interactive=False, verbosity=0)
                with transaction.atomic():
                    self.fill()
                    add_administrator()
        self.stdout.write("\n".join(["", *how_to_log_in(), ""]))
        # The processes that it starts must not share a connection.
        connection.close()
        call_command("serve", stdout=self.stdout)

    def fill(self) -> Filled:
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
            return fill(live, now)


def is_filled() -> bool:
    is_migrated = Attempt._meta.db_table in connection.introspection.table_names()
    return is_migrated and Attempt.objects.exists()


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
            f"  {account.name}",
            f"    password     {account.password}",
            f"    TOTP secret  {account.totp_secret} (code now: {code_of(account.totp_secret)})",
        ]
    return said


def how_to_log_in() -> list[str]:
    """Return what to print each time that the demo is served."""
    folder = shlex.quote(str(settings.DATA_DIR))
    said = [
        f"This demo has invented people and its own folder, {folder}. Real sites stay as they are.",
        "",
        f"  Take the quiz at {settings.SITE_URL}{reverse('quiz:home')}",
        f"  Log in at {settings.SITE_URL}{reverse('account_login')}",
        "",
    ]
    names = {"administrator": ADMINISTRATOR, "counselor": DANA[1], "another counselor": MARCUS[1]}
    for who, name in names.items():
        account, codes = account_of(name), unused_codes(name)
        said += [
            f"  {name}  ({who})",
            f"    password     {account.password}",
            f"    codes        {' '.join(codes[:CODES_SHOWN])}  (each works once)",
            f"    TOTP secret  {account.totp_secret}  (for an app, instead of the codes)",
        ]
    return [
        *said,
        "",
        "Ctrl-C ends it, and the same command serves it again, with what you changed.",
        f"To remove it: rm -r {folder}",
        "",
    ]


def code_of(totp_secret: str) -> str:
    """Return the six digits that an authenticator app shows now; they change every 30 seconds."""
    code: str = format_hotp_value(hotp_value(totp_secret, next(yield_hotp_counters_from_time())))
    return code
