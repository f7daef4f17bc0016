"""The cost of exporting a counselor's shared results as CSV and as XLSX.

    .venv/bin/python -m benchmarks.export [-n 100000] [--runs 3]

Creates its own database: SQLite in a temporary folder, or the empty one that DATABASE_URL names.
Every result is shared with its answers, which is the most work. CPU time is that of the whole
process, including its start; "nothing" measures only the start.
"""

import os
import random
import tempfile

from benchmarks.apart import measure, print_usage
from benchmarks.takers import finished_attempt, new_site, scored_answers

SCORED = 2_000  # this many different results, repeated: we don't measure scoring


def main():
    kinds = ("nothing", "csv", "xlsx")
    measure("benchmarks.export", __doc__, once, kinds, count=100_000, of="results shared")


def once(what, count):
    import django

    django.setup()
    if what == "fill":
        fill(count)
    else:
        print_usage({"nothing": nothing, "csv": csv_out, "xlsx": xlsx_out}[what])


def nothing():
    import quiz.counseling.views.export  # noqa: F401


def csv_out():
    from quiz.counseling.exporting import csv_file

    selection = everything()
    print_size(selection, sum(len(part) for part in csv_file(selection)))


def xlsx_out():
    from quiz.counseling.exporting import write_xlsx

    selection = everything()
    with tempfile.TemporaryFile() as file:
        write_xlsx(file, selection, "en")
        print_size(selection, file.seek(0, os.SEEK_END))


def everything():
    from quiz.counseling.exporting import Selection
    from quiz.counseling.models import Counselor

    return Selection.of(Counselor.objects.get())


def print_size(selection, size):
    print(f"{len(selection):,} rows, {size / 1e6:.1f} MB written")


def fill(count):
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from quiz.attempts.models import Attempt
    from quiz.core.scopes import ANSWERS
    from quiz.counseling.models import Client, ClientGroup, Counselor, Disclosure, Tag

    version = new_site()
    questionnaire = version.questionnaire()
    rng = random.Random(1)
    now = timezone.now()
    user = get_user_model().objects.create_user("counselor")
    counselor = Counselor.objects.create(user=user, name="Counselor")
    groups = [ClientGroup.objects.create(counselor=counselor, name=f"Class {n}") for n in range(30)]
    tags = [Tag.objects.create(counselor=counselor, name=f"tag {n}") for n in range(10)]
    scored = [scored_answers(questionnaire, rng) for _ in range(SCORED)]

    step = 5_000
    for start in range(0, count, step):
        numbers = range(start, min(start + step, count))
        clients = Client.objects.bulk_create(
            [
                Client(counselor=counselor, name=f"Client, number {n}", email=f"c{n}@example.org", group=groups[n % 30])
                for n in numbers
            ],
            batch_size=500,
        )  # fmt: skip
        Client.tags.through.objects.bulk_create(
            [Client.tags.through(client=c, tag=tags[n % 10]) for c, n in zip(clients, numbers, strict=True) if n % 2],
            batch_size=500,
        )  # fmt: skip
        attempts = Attempt.objects.bulk_create(
            [
                finished_attempt(version, n, *scored[n % SCORED], now, client=client)
                for client, n in zip(clients, numbers, strict=True)
            ],
            batch_size=500,
        )  # fmt: skip
        Disclosure.objects.bulk_create(
            [
                Disclosure(attempt=attempt, client=client, scope=ANSWERS, at=now)
                for client, attempt in zip(clients, attempts, strict=True)
            ],
            batch_size=500,
        )


if __name__ == "__main__":
    main()
