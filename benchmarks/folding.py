"""The cost of folding finished attempts into the tallies.

    .venv/bin/python -m benchmarks.folding [-n 100000] [--runs 3]

Creates its own database: SQLite in a temporary folder, or the empty one that DATABASE_URL names.
CPU time is that of the whole process, including its start; "nothing" measures only the start.
"""

import random
from datetime import timedelta

from benchmarks.apart import measure, print_usage
from benchmarks.takers import finished_attempt, new_site, scored_answers

BATCH = 500
# Time between two attempts: 100,000 of them span about a year.
APART = timedelta(minutes=5)


def main():
    kinds = ("nothing", "fold", "figures")
    measure("benchmarks.folding", __doc__, once, kinds, count=100_000, of="finished attempts")


def once(what, count):
    import django

    django.setup()
    if what == "fill":
        fill(count)
        return
    if what == "fold":
        from quiz.evidence.folding import refold

        refold()
    print_usage({"nothing": lambda: None, "fold": folded, "figures": read}[what])


def folded():
    from django.utils import timezone

    from quiz.evidence.folding import fold

    print(f"{fold(timezone.now())} attempts")


def read():
    """Compute the figures of a version, as its admin page does."""
    from quiz.core.precision import default_norms
    from quiz.evidence.figures import figures
    from quiz.evidence.models import Tally
    from quiz.evidence.tally import TallyCounts
    from quiz.questionnaires.models.version import frozen_questionnaire

    row = Tally.objects.get()
    questionnaire = frozen_questionnaire(row.version_id)
    found = figures(TallyCounts.from_data(row.data), questionnaire, default_norms(questionnaire))
    print(f"figures of {found.people} people")


def fill(count):
    from django.utils import timezone

    from quiz.attempts.models import Attempt

    version = new_site()
    questionnaire = version.questionnaire()
    rng = random.Random(1)
    now = timezone.now()
    for start in range(0, count, BATCH):
        Attempt.objects.bulk_create(
            finished_attempt(
                version, number, *scored_answers(questionnaire, rng), now - number * APART
            )
            for number in range(start, min(start + BATCH, count))
        )


if __name__ == "__main__":
    main()
