"""What can damage a SQLite database on this machine, although the site does everything right."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

# Earlier ones can lose a checkpoint when two connections write the WAL's start at the same moment:
# https://sqlite.org/wal.html#walresetbug
SOUND_VERSION = (3, 51, 3)
# On these, locks of one machine aren't seen by another, or not at all.
NETWORK = {
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "lustre", "glusterfs"),
    *("fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "fuse.rclone", "davfs", "ncpfs"),
}
MOUNTS = Path("/proc/self/mountinfo")


def dangers(database: Path) -> Iterator[str]:
    """Yield warnings for the operator."""
    if sqlite3.sqlite_version_info < SOUND_VERSION:
        yield (
            f"SQLite {sqlite3.sqlite_version} has a rare fault that can damage a database when a "
            "command writes while the site does. Update it to 3.51.3 or newer, and keep backups."
        )
    mounts = MOUNTS.read_text(encoding="utf-8") if MOUNTS.exists() else ""
    kind = file_system(database.resolve(), mounts)
    if kind in NETWORK:
        yield (
            f"{database.parent} is on a network file system ({kind}), where SQLite's locks aren't "
            "safe. Set DATA_DIR to a local disk, or use PostgreSQL."
        )


def file_system(path: Path, mounts: str) -> str:
    """Return the kind of file system that holds a path, such as "ext4"; "" if that isn't known.

    `mounts` is a text like /proc/self/mountinfo, in which later lines cover earlier ones.
    """
    found, depth = "", -1
    for line in mounts.splitlines():
        before, separator, after = line.partition(" - ")
        if not separator:
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), before.split()[4]))
        if path.is_relative_to(point) and len(point.parts) >= depth:
            found, depth = after.split()[0], len(point.parts)
    return found
