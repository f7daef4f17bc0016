"""What it costs to score finished attempts anew under a draft, and to simulate takers.

    .venv/bin/python -m benchmarks.impact [-n 20000] [--runs 3]

Makes its own database (SQLite, in a temporary folder; DATABASE_URL for another one, which must be empty).
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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=20_000, help="finished attempts")
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
            [sys.executable, "-m", "benchmarks.impact", "--once", "fill", "-n", str(wanted.n)],
            check=True,
        )
        for what in ("nothing", "impact", "simulation"):
            runs = [run_once(what) for _ in range(wanted.runs)]
            print(what, ", ".join(f"{name} {spread(runs, name)}" for name in runs[0]))


def spread(runs, name):
    values = [run[name] for run in runs]
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def run_once(what):
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.impact", "--once", what],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    *told, numbers = done.stdout.splitlines()
    if told and what == "impact":
        print(*told, sep="\n")
    return dict(zip(("CPU s", "wall s", "peak MB"), map(float, numbers.split()), strict=True))


def measure_once(what):
    import django

    django.setup()
    import dataclasses

    from quiz.models.impact import measure_impact
    from quiz.questionnaire_file import shipped_questionnaire
    from quiz.simulation import simulate

    shipped = shipped_questionnaire()
    weights = (0.45, 0.3, 0.25)
    draft = dataclasses.replace(
        shipped,
        number=None,
        clear_from=0.92,
        items=tuple(
            dataclasses.replace(item, keying=-item.keying) if place in (3, 11) else item
            for place, item in enumerate(shipped.items)
            if place not in (0, 1)
        ),
        traits=tuple(
            dataclasses.replace(t, weight=w) for t, w in zip(shipped.traits, weights, strict=True)
        ),
    )
    wall, cpu = time.perf_counter(), time.process_time()
    if what == "impact":
        impact = measure_impact(draft)
        print(
            f"{impact.rescored} of {impact.looked_at} scored anew, {impact.changed} verdicts changed, {len(impact.causes)} causes"
        )
    elif what == "simulation":
        simulate(draft)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(cpu, wall, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def fill(count):
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from quiz.models import Attempt, QuestionnaireVersion
    from quiz.scoring import score

    call_command("migrate", verbosity=0)
    call_command("load_content", verbosity=0)
    version = QuestionnaireVersion.objects.published().get()
    questionnaire = version.questionnaire()
    rng = random.Random(1)
    now = timezone.now()
    attempts = []
    for number in range(count):
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
        attempts.append(
            Attempt(
                code_hash=f"{number:064}", version=version, language="en", is_first=True, shows_sales_first=True,
                answers=answers, result=score(questionnaire, values, seconds=seconds).to_data(),
                started_at=now, saved_at=now, finished_at=now,
            )
        )  # fmt: skip
    Attempt.objects.bulk_create(attempts, batch_size=500)


if __name__ == "__main__":
    main()
