"""Build the wheel, install it in its own environment as pipx does, and take the quiz there."""

import os
import tempfile
from pathlib import Path

from deploy.trials import ROOT, TrialError, free_port, run, running, take_visits, wait_until_ready


def attempt() -> str:
    """Return what was tried, in a few words."""
    with tempfile.TemporaryDirectory(prefix="quiz-wheel-") as name:
        folder = Path(name)
        command = installed(built(folder), folder)
        empty = folder / "empty"
        empty.mkdir()
        port = free_port()
        # As a new user has it: nothing of the checkout, and a home folder of their own.
        environment = {"PATH": os.environ["PATH"], "HOME": name, "LANG": "C.UTF-8"}
        environment |= {"PORT": str(port), "PLAIN_HTTP": "1"}
        options = {"cwd": empty, "env": environment}
        log = folder / "serve.log"
        with running([command, "serve"], log, **options) as process:
            address = f"http://127.0.0.1:{port}"
            wait_until_ready(address, process, log)
            take_visits(address)
            run(command, "manage", "check_questionnaire", "--help", **options)
        if list(empty.iterdir()):
            raise TrialError("The site wrote into the folder where it was started.")
        data = folder / ".local" / "share" / "career-quiz" / "quiz.sqlite3"
        if not data.exists():
            raise TrialError(f"The database isn't at {data}.")
        return run(command, "--version", **options).strip()


def built(folder: Path) -> Path:
    """Build the wheel and return its path."""
    run(
        *(ROOT / ".venv/bin/python", "-m", "pip", "wheel", "--quiet", "--no-deps"),
        *("--no-build-isolation", "--wheel-dir", folder, ROOT),
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


def installed(wheel: Path, folder: Path) -> Path:
    """Install the wheel with the locked versions of what it needs; return the command's path."""
    python = folder / "venv" / "bin" / "python"
    run(ROOT / ".venv/bin/python", "-m", "venv", folder / "venv")
    pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*pip, "--require-hashes", "-r", ROOT / "requirements.txt")
    run(*pip, "--no-deps", wheel)
    return folder / "venv" / "bin" / "career-quiz"
