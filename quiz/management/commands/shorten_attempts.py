from typing import Any

from django.core.management.base import BaseCommand

from quiz.attempts.shortening import shorten

PAUSE = 0.05  # seconds
MOST_NAMED = 20


class Command(BaseCommand):
    help = (
        "Store answers and results from before December 2026 in the short form that new ones "
        "have. Each attempt is read again and compared; one that would differ stays as it is. Run "
        "it once after the update, while the site runs. If it stops, run it again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = shorten(pause=PAUSE)
        self.stdout.write(f"Shortened {done.shortened} of {done.attempts} attempts.")
        if done.long:
            named = ", ".join(map(str, done.long[:MOST_NAMED]))
            more = ", …" if len(done.long) > MOST_NAMED else ""
            self.stdout.write(
                f"{len(done.long)} keep the long form, because they would not read back the same: "
                f"{named}{more}."
            )
