"""List each command of the documentation, and what its test does with it: python -m tests.docs."""

import os
import shutil
import tempfile
from collections import Counter


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    from tests.docs.commands import lines
    from tests.docs.pages import pages

    counts: Counter[str] = Counter()
    for path in pages():
        for line in lines(path):
            why = line.elsewhere()
            how = "checked" if why else "dry run" if line.is_dry() else "run"
            counts[how] += 1
            print(f"{line.block!s:40} {how:8} {line.first}")
            if why:
                print(f"{'':49} not run: {why}")
    print(
        f"\n{counts.total()} commands: {counts['run']} run, {counts['dry run']} run by make "
        f"--dry-run, {counts['checked']} are only checked, each for the reason above."
    )


if __name__ == "__main__":
    folder = tempfile.mkdtemp(prefix="quiz-tests-")
    os.environ["TEST_DATA_DIR"] = folder
    try:
        main()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
