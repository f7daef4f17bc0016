"""The cost of rescoring finished attempts under a draft, and of simulating takers.

    .venv/bin/python -m benchmarks.impact [-n 20000] [--runs 3]

Creates its own database: SQLite in a temporary folder, or the empty one that DATABASE_URL names.
CPU time is that of the whole process, including its start; "nothing" measures only the start.
"""

import dataclasses
import random

from benchmarks.apart import measure, print_usage
from benchmarks.takers import finished_attempt, new_site, scored_answers


def main():
    kinds = ("nothing", "impact", "simulation")
    measure("benchmarks.impact", __doc__, once, kinds, count=20_000, of="finished attempts")


def once(what, count):
    import django

    django.setup()
    if what == "fill":
        fill(count)
        return
    from quiz.evidence.impact_rows import measure_impact
    from quiz.evidence.simulation import simulate

    draft = changed_draft()

    def impact():
        found = measure_impact(draft)
        print(f"{found.rescored} of {found.looked_at} rescored, {found.changed} verdicts changed, {len(found.causes)} causes")  # fmt: skip

    kinds = {"nothing": lambda: None, "impact": impact, "simulation": lambda: simulate(draft)}
    print_usage(kinds[what])


def changed_draft():
    """Return the shipped questionnaire with other weights and bands, two items removed and two rekeyed."""
    from quiz.questionnaires.file import shipped_questionnaire

    shipped = shipped_questionnaire()
    weights = (0.45, 0.3, 0.25)
    return dataclasses.replace(
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


def fill(count):
    from django.utils import timezone

    from quiz.attempts.models import Attempt

    version = new_site()
    questionnaire = version.questionnaire()
    rng = random.Random(1)
    now = timezone.now()
    attempts = [
        finished_attempt(version, number, *scored_answers(questionnaire, rng), now)
        for number in range(count)
    ]
    Attempt.objects.bulk_create(attempts, batch_size=500)


if __name__ == "__main__":
    main()
