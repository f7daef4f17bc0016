"""The cost of a result's PDF, by band: wall time, CPU time of the process that makes it, and size.

    .venv/bin/python -m benchmarks.pdf [-n 20] [--scope answers]

Creates its own database: SQLite in a temporary folder, or the empty one that DATABASE_URL names.
"""

import argparse
import time
from pathlib import Path

from benchmarks.apart import own_site, spread
from benchmarks.takers import new_site


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=20, help="PDFs of each band")
    parser.add_argument("--scope", choices=["verdict", "traits", "answers"], default="answers")
    wanted = parser.parse_args()
    with own_site():
        measure(wanted.n, wanted.scope)


def measure(count, scope):
    import django

    django.setup()
    from django.utils import timezone

    from quiz.attempts.models import Attempt
    from quiz.core.scopes import Scope
    from quiz.core.scoring import score
    from quiz.results import kept_pdfs
    from quiz.results.display import result_values
    from quiz.results.pdf import PROCESS, result_pdf
    from tests.answers import alike, leaning, towards

    version = new_site()
    questionnaire = version.questionnaire()

    def made(values):
        kept_pdfs.forget_all()
        return result_pdf(values, language="en", site_url="https://quiz.example.org")

    is_first = True
    for answers in (towards("sales"), leaning("sales", 7), leaning("service", 1), alike(3)):
        result = score(questionnaire, answers, seconds=dict.fromkeys(answers, 5.0))
        attempt = Attempt(
            version=version, language="en", shows_sales_first=True, finished_at=timezone.now(),
            answers={key: {"value": value} for key, value in answers.items()},
            background={"B1_service": "6", "B2": "now", "B3": "none"}, result=result.to_data(),
        )  # fmt: skip
        values = result_values(attempt, Scope(scope), is_own=True)
        if is_first:
            start = time.perf_counter()
            made(values)
            print(f"the first of a process: {1000 * (time.perf_counter() - start):.0f} ms")
            is_first = False
        walls, cpus = [], []
        for _ in range(count):
            wall, cpu = time.perf_counter(), cpu_seconds(PROCESS)
            pdf = made(values)
            walls.append(1000 * (time.perf_counter() - wall))
            cpus.append(1000 * (cpu_seconds(PROCESS) - cpu))
        print(
            f"{result.band:12} {scope}: wall {spread(walls, 0)} ms, CPU {spread(cpus, 0)} ms, "
            f"{len(pdf) / 1000:.1f} kB"
        )
    status = Path(f"/proc/{PROCESS.running.pid}/status").read_text(encoding="utf-8")
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    print(f"peak memory of the process after {4 * count + 1}: {peak:.0f} MB")


def cpu_seconds(process):
    """Read the clock of another process, which Linux names by its number."""
    return time.clock_gettime((~process.running.pid << 3) | 2)


if __name__ == "__main__":
    main()
