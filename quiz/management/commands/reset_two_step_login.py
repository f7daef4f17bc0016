from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from quiz.counseling.accounts import reset_two_steps


class Command(BaseCommand):
    help = (
        "Remove the authenticator app and the recovery codes of one account, for someone who has "
        "lost their phone and their codes. They set up a new app at their next login."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="for example admin, or a counselor's e-mail address")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["username"]
        users = User.objects.filter(username__iexact=name)
        if not users:
            raise CommandError(f"No account has the user name {name!r}.")
        if reset_two_steps(users):
            self.stdout.write(f"“{name}” sets up a new app at the next login.")
        else:
            self.stdout.write(f"“{name}” has no app. The next login asks for one.")
