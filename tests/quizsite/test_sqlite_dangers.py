import sqlite3
from pathlib import Path

import pytest

from quizsite.sqlite import dangers as module
from quizsite.sqlite.dangers import dangers, file_system

pytestmark = pytest.mark.pure

MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:25 / /srv rw - nfs4 server:/export rw,vers=4.2
31 30 0:26 / /srv/fast rw shared:7 master:2 - xfs /dev/sdb rw
32 22 0:27 / /mnt/two\\040words rw - cifs //server/share rw
33 22 0:28 / /covered rw - nfs server:/old rw
34 22 0:29 / /covered rw - tmpfs tmpfs rw
unreadable
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/quiz", "ext4"),
        ("/srv/quiz", "nfs4"),
        ("/srv", "nfs4"),
        ("/srv/fast/quiz", "xfs"),
        ("/srvice/quiz", "ext4"),
        ("/mnt/two words/quiz", "cifs"),
        ("/covered/quiz", "tmpfs"),
    ],
)
def test_file_system_is_that_of_the_deepest_and_last_mount(path, kind):
    assert file_system(Path(path), MOUNTS) == kind


def test_file_system_is_unknown_without_a_list():
    assert file_system(Path("/srv"), "") == ""


@pytest.mark.parametrize(
    ("version", "is_warned"), [((3, 40, 1), True), ((3, 51, 2), True), ((3, 51, 3), False)]
)
def test_versions_before_3_51_3_are_warned_of(monkeypatch, tmp_path, version, is_warned):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    monkeypatch.setattr(module, "MOUNTS", tmp_path / "none")
    assert bool([*dangers(tmp_path / "quiz.sqlite3")]) is is_warned


def test_network_file_system_is_warned_of(monkeypatch, tmp_path):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 60, 0))
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"30 22 0:25 / {tmp_path} rw - nfs4 server:/export rw\n")
    monkeypatch.setattr(module, "MOUNTS", mounts)
    (warning,) = dangers(tmp_path / "quiz.sqlite3")
    assert "(nfs4)" in warning
    assert "PostgreSQL" in warning
