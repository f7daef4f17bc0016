"""Check the units by systemd itself, and that the site makes no system call that they forbid."""

import os
import re
import shutil
import tempfile
import urllib.request
from pathlib import Path

from deploy.trials import (
    ROOT,
    TrialError,
    free_port,
    program,
    run,
    running,
    take_visits,
    wait_until_ready,
)

HERE = Path(__file__).parent
MOST_EXPOSURE = 20  # of 100, by `systemd-analyze security`
# SQLite calls it as root only, to give its files to the owner of the database. The unit has a user.
CALLS_OF_ROOT = {"fchown"}


def attempt() -> str:
    """Return what was tried, in a few words."""
    analyze = program("systemd-analyze", "systemd")
    with tempfile.TemporaryDirectory(prefix="quiz-systemd-") as name:
        folder = Path(name)
        for unit in sorted(HERE.glob("career-quiz*.*")):
            # The program isn't installed there, and its user isn't made.
            text = unit.read_text().replace("/opt/career-quiz/bin/career-quiz", "/bin/true")
            (folder / unit.name).write_text(re.sub("(?m)^(User|Group)=.*$", "", text))
        units = sorted(folder.glob("career-quiz*.*"))
        complaints = run(analyze, "verify", "--man=no", *units)
        if complaints.strip():
            raise TrialError(complaints)
        for unit in HERE.glob("*.service"):
            run(
                *(analyze, "security", "--offline=true", f"--threshold={MOST_EXPOSURE}"),
                *("--no-pager", unit),
            )
        used = calls_of_a_visit(folder)
        forbidden = used - CALLS_OF_ROOT - allowed(HERE / "career-quiz.service", analyze)
        if forbidden:
            raise TrialError(f"The site uses system calls that its unit forbids: {forbidden}")
    return f"{len(units)} units are valid; none of the {len(used)} system calls is forbidden"


def calls_of_a_visit(folder: Path) -> set[str]:
    """Serve, take the quiz and stop; return the system calls of all processes by name."""
    port = free_port()
    data = folder / "data"
    trace, log = folder / "trace", folder / "serve.log"
    environment = os.environ | {"DATA_DIR": str(data), "PORT": str(port), "PLAIN_HTTP": "1"}
    manage = [ROOT / ".venv/bin/python", ROOT / "manage.py"]
    run(*manage, "prepare", env=environment)
    # As a daemon, it lets the site be the process that is started, and ended.
    tracer = [program("strace", "strace"), "--daemonize", "--follow-forks", "--quiet=all"]
    tracer += ["-o", str(trace)]
    with running([*tracer, *manage, "serve"], log, env=environment) as process:
        address = f"http://127.0.0.1:{port}"
        wait_until_ready(address, process, log)
        take_visits(address)
        urllib.request.urlopen(f"{address}/method/").read()
    shutil.rmtree(data)
    return set(re.findall(r"(?m)^\d+ +([a-z_0-9]+)\(", trace.read_text(errors="replace")))


def allowed(unit: Path, analyze: str) -> set[str]:
    """Return the system calls that SystemCallFilter leaves, in the order of its lines."""
    calls: set[str] = set()
    for words in re.findall(r"(?m)^SystemCallFilter=(.*)$", unit.read_text()):
        members = set().union(*(expanded(word, analyze) for word in words.lstrip("~").split()))
        calls = calls - members if words.startswith("~") else calls | members
    return calls | expanded("@default", analyze)


def expanded(word: str, analyze: str) -> set[str]:
    """Return the calls of a set such as @system-service, with those of the sets in it."""
    if not word.startswith("@"):
        return {word}
    lines = run(analyze, "syscall-filter", "--no-pager", word).splitlines()[1:]
    members = [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]
    return set().union(*(expanded(member, analyze) for member in members))
