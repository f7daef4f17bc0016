"""What an upgrade leads from and to: the release before, and this code with a migration more."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.trials import ROOT, TrialError, run

HEADING = re.compile(
    r"## (?P<number>\d+\.\d+\.\d+)"
    r" \((?P<day>\d{4}-\d\d-\d\d)(, commit (?P<commit>[0-9a-f]{7,40}))?\)"
)
OWN = ("organization", "quiz", "quizsite", "roles", "templates")


@dataclass(frozen=True)
class Release:
    """A heading of the changelog."""

    number: str
    day: str
    commit: str  # where the tag is; empty if only the tag says so

    @property
    def tag(self) -> str:
        return f"v{self.number}"


def releases() -> list[Release]:
    """Return the releases that CHANGELOG.md lists, the newest first."""
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    found = [match for line in lines if (match := HEADING.fullmatch(line))]
    return [Release(each["number"], each["day"], each["commit"] or "") for each in found]


def commit_of(name: str) -> str:
    """Return the full hash of a tag or commit; empty if it isn't here, or there is no git."""
    if not shutil.which("git"):
        return ""
    command = ("git", "-C", ROOT, "rev-parse", "--quiet", "--verify", f"{name}^{{commit}}")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def previous() -> tuple[Release, str]:
    """Return the newest release that isn't what is checked out, and its commit.

    The heading names the commit for clones without tags.
    """
    here = commit_of("HEAD")
    for release in releases():
        commit = commit_of(release.tag) or (release.commit and commit_of(release.commit))
        if commit and commit != here:
            return release, commit
    raise TrialError("This clone has no earlier release. Get it: git fetch --tags --unshallow")


@dataclass(frozen=True)
class Version:
    """Code that can serve: in an environment, in a folder."""

    name: str
    python: Path
    code: Path

    @property
    def program(self) -> tuple[Path, Path]:
        return self.python, self.code / "manage.py"


def version_before(folder: Path) -> Version:
    """Write the files of the release before into a folder."""
    release, commit = previous()
    folder.mkdir()
    archive = folder.with_suffix(".tar")
    run("git", "-C", ROOT, "archive", "--output", archive, commit)
    run("tar", "--extract", "--file", archive, "--directory", folder)
    archive.unlink()
    return Version(f"{release.number} ({commit[:7]})", python_for(folder), folder)


def python_for(code: Path) -> Path:
    """Return a Python that runs this code: ours, or one in an environment of its own."""
    ours = ROOT / ".venv/bin/python"
    environment = os.environ | {"DATA_DIR": str(code / "var"), "PLAIN_HTTP": "1"}
    command = (ours, code / "manage.py", "check")
    if subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0:
        return ours
    run(ours, "-m", "venv", code / ".venv")
    own = code / ".venv/bin/python"
    pip = (own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*pip, "--require-hashes", "-r", code / "requirements.txt")
    return own


MIGRATION = """
from django.db import migrations, models

from quiz.attempts.indexes import AddIndexWithoutPause


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("quiz", "{last}")]
    operations = [{operations}]
"""
# What the code before doesn't know, and needn't: a column, and an index.
EXPAND = """
        migrations.AddField("attempt", "trial", models.DateField(null=True)),
        AddIndexWithoutPause(
            "attempt", models.Index(fields=["trial", "saved_at"], name="attempt_trial")
        ),
"""
# What the code before can't work with.
BREAK = 'migrations.RenameField("attempt", "answers", "replies")'


def version_after(folder: Path, *, is_broken: bool) -> Version:
    """Write what is checked out into a folder, with one more migration of the largest table.

    So there is always something to migrate. `is_broken` takes a column from the code before.
    """
    folder.mkdir()
    for name in OWN:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", folder)
    migrations = folder / "quiz" / "migrations"
    last = max(path.stem for path in migrations.glob("0*.py"))
    text = MIGRATION.format(last=last, operations=BREAK if is_broken else EXPAND)
    (migrations / f"{int(last[:4]) + 1:04}_trial.py").write_text(text)
    return Version("what is checked out", ROOT / ".venv/bin/python", folder)
