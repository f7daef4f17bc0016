"""Taking, resuming, sharing and deleting in any order leaves exactly what people did."""

import os
import subprocess
import sys

from drills.ground import Ground, Outcome
from tests.browser.site import ROOT

STEPS, SEEDS = 5000, 3
FEW_STEPS = 200


def run(ground: Ground) -> Outcome:
    """Take random steps in three browsers until something differs from the model."""
    steps, seeds = (STEPS, SEEDS) if ground.is_long else (FEW_STEPS, 1)
    # Django's test client asks for this host.
    own = {"DATA_DIR": str(ground.folder), "PLAIN_HTTP": "1", "ALLOWED_HOSTS": "testserver"}
    taken = lost = 0
    for seed in range(1, seeds + 1):
        done = subprocess.run(
            [sys.executable, "-m", "drills.any_order", str(seed), str(steps)],
            cwd=ROOT,
            env=os.environ | ground.environment() | own,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in (0, 1) or not done.stdout:
            raise RuntimeError(done.stderr)
        taken += int(done.stdout.split()[-1])
        lost += done.returncode
    return Outcome(taken, lost, "steps", f"{seeds} seeds")


def break_site() -> None:
    """Keep only the answers of the page that was saved last."""
    from quiz.core.sitting import Sitting

    whole = Sitting._answers_of_page

    def alone(self: Sitting, *page: object, **more: object) -> dict[str, dict[str, object]]:
        found = whole(self, *page, **more)  # type: ignore[arg-type]
        self.answers = {}
        return found

    Sitting._answers_of_page = alone  # type: ignore[method-assign]


def take_steps(seed: int, most: int) -> tuple[int, bool]:
    """Return how many steps were taken, and whether one of them left something else."""
    import django

    django.setup()
    from hypothesis import HealthCheck, Phase, settings
    from hypothesis import seed as seeded
    from hypothesis.errors import Flaky
    from hypothesis.stateful import run_state_machine_as_test

    from quiz.attempts.models import Attempt
    from quiz.evidence.folding import delete_attempts
    from tests.quiz.visitor.states import Site

    def start_from_nothing(machine: Site) -> None:
        delete_attempts(Attempt.objects.all())
        Site.__init__(machine)

    number = 0
    while Site.steps < most:
        number += 1
        rules = settings(
            max_examples=10,
            stateful_step_count=50,
            database=None,
            deadline=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        machine = seeded(seed * 1000 + number)(
            type("Seeded", (Site,), {"__init__": start_from_nothing})
        )
        try:
            run_state_machine_as_test(machine, settings=rules)
        # Return codes are random, so a failure isn't repeated exactly.
        except (AssertionError, Flaky) as error:
            print(error, file=sys.stderr)
            return Site.steps, True
    return Site.steps, False


if __name__ == "__main__":
    steps, differs = take_steps(*map(int, sys.argv[1:]))
    print(steps)
    sys.exit(differs)
