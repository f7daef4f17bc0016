"""`make try-deploy`: install the site in every way that is documented, and take the quiz there."""

import argparse
import importlib
import sys
import time
from pathlib import Path

from deploy.trials import TrialError

WAYS = sorted(path.parent.name for path in Path(__file__).parent.glob("*/trial.py"))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy", description=__doc__)
    parser.add_argument("ways", nargs="*", metavar="WAY", help=", ".join(WAYS))
    ways = parser.parse_args().ways or WAYS
    if unknown := [way for way in ways if way not in WAYS]:
        parser.error(f"no way is called {', '.join(unknown)}")
    failures = 0
    for way in ways:
        start = time.monotonic()
        try:
            outcome = importlib.import_module(f"deploy.{way}.trial").attempt()
        except TrialError as error:
            failures += 1
            outcome = f"FAILED: {error}"
        print(f"{way:<12} {time.monotonic() - start:6.1f} s  {outcome}", flush=True)
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
