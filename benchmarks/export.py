"""What it costs to export the shared results of a counselor as CSV and as XLSX.

    .venv/bin/python -m benchmarks.export [-n 100000] [--runs 3]

Makes its own database (SQLite, in a temporary folder; DATABASE_URL for another one, which must be empty).
Every result is shared with its answers, which is the most there is to read. CPU is that of the whole
process, its start and Django's included; "nothing" is the start alone.
"""

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time

SCORED = 2_000  # as many different results, over and over: scoring is not what is measured


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=100_000, help="results shared")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--once", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.once:
        fill(wanted.n) if wanted.once == "fill" else measure_once(wanted.once)
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DATA_DIR": folder,
            "PLAIN_HTTP": "1",
            "DJANGO_SETTINGS_MODULE": "quizsite.settings",
        }
        # In processes of their own, so that memory is their own too: a child's peak begins with its parent's.
        subprocess.run(
            [sys.executable, "-m", "benchmarks.export", "--once", "fill", "-n", str(wanted.n)],
            check=True,
        )
        for what in ("nothing", "csv", "xlsx"):
            runs = [run_once(what) for _ in range(wanted.runs)]
            print(f"{what:8}", ", ".join(f"{name} {spread(runs, name)}" for name in runs[0]))


def spread(runs, name):
    values = [run[name] for run in runs]
    digits = 0 if name == "rows/s" else 2
    middle, least, most = (
        f"{each:,.{digits}f}" for each in (statistics.median(values), min(values), max(values))
    )
    return f"{middle} ({least}-{most})"


def run_once(what):
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.export", "--once", what],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    names = ("CPU s", "wall s", "peak MB", "rows/s", "MB written")
    return dict(zip(names, map(float, done.stdout.split()), strict=True))


def measure_once(what):
    import django

    django.setup()
    wall = time.perf_counter()
    rows, size = {"nothing": nothing, "csv": csv_out, "xlsx": xlsx_out}[what]()
    wall = time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(time.process_time(), wall, peak, rows / wall, size / 1e6)


def nothing():
    import quiz.views.counseling.export  # noqa: F401

    return 0, 0


def csv_out():
    from quiz.exporting import csv_file

    selection = everything()
    return len(selection), sum(len(part) for part in csv_file(selection))


def xlsx_out():
    from quiz.exporting import write_xlsx

    selection = everything()
    with tempfile.TemporaryFile() as file:
        write_xlsx(file, selection, "en")
        return len(selection), file.seek(0, os.SEEK_END)


def everything():
    from quiz.exporting import Selection
    from quiz.models import Counselor

    return Selection.of(Counselor.objects.get())


def fill(count):
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.utils import timezone

    from quiz.models import (
        Attempt,
        Client,
        ClientGroup,
        Counselor,
        Disclosure,
        QuestionnaireVersion,
        Tag,
    )
    from quiz.scopes import ANSWERS
    from quiz.scoring import score

    call_command("migrate", verbosity=0)
    call_command("load_content", verbosity=0)
    version = QuestionnaireVersion.objects.published().get()
    questionnaire = version.questionnaire()
    rng = random.Random(1)
    now = timezone.now()
    user = get_user_model().objects.create_user("counselor")
    counselor = Counselor.objects.create(user=user, name="Counselor")
    groups = [ClientGroup.objects.create(counselor=counselor, name=f"Class {n}") for n in range(30)]
    tags = [Tag.objects.create(counselor=counselor, name=f"tag {n}") for n in range(10)]

    scored = []
    for _ in range(SCORED):
        side = rng.gauss(0, 0.8)
        values = {
            item.key: min(5, max(1, round(3 + item.keying * side + rng.gauss(0, 1.1))))
            for item in questionnaire.items
        }
        answers = {
            key: {"value": value, "position": place, "ms": rng.randint(2000, 9000)}
            for place, (key, value) in enumerate(values.items(), start=1)
        }
        seconds = {key: answer["ms"] / 1000 for key, answer in answers.items()}
        scored.append((answers, score(questionnaire, values, seconds=seconds).to_data()))

    step = 5_000
    for begin in range(0, count, step):
        numbers = range(begin, min(begin + step, count))
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
                Attempt(
                    code_hash=f"{n:064}", client=client, version=version, language="en", is_first=True, shows_sales_first=True,
                    answers=scored[n % SCORED][0], result=scored[n % SCORED][1],
                    started_at=now, saved_at=now, finished_at=now,
                )
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
