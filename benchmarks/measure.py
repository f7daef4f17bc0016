"""The cost of a server: CPU, memory and disk writes of a process tree, and bytes of a SQLite file."""

import os
import sqlite3
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def _stat(pid):
    """(parent pid, utime + stime, waited-for children's utime + stime) in seconds."""
    f = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(f[1]), (int(f[11]) + int(f[12])) / TICK, (int(f[13]) + int(f[14])) / TICK


def tree(pid):
    """pid and all its descendants."""
    parents = {}
    for p in Path("/proc").iterdir():
        if p.name.isdigit():
            try:
                parents.setdefault(_stat(p.name)[0], []).append(int(p.name))
            except (OSError, IndexError):
                pass
    out, todo = [], [pid]
    while todo:
        p = todo.pop()
        out.append(p)
        todo += parents.get(p, [])
    return out


def usage(pid):
    """Sum up CPU seconds (with ended children), proportional memory in MB, and bytes written to disk."""
    cpu = pss = written = 0
    for p in tree(pid):
        try:
            _, own, waited = _stat(p)
            cpu += own + waited
            for line in Path(f"/proc/{p}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    pss += int(line.split()[1]) / 1024
            io = dict(x.split(": ") for x in Path(f"/proc/{p}/io").read_text().splitlines())
            written += int(io["write_bytes"])
        except OSError:
            pass
    return {"cpu": cpu, "pss_mb": pss, "written": written}


def machine_cpu():
    """Busy CPU seconds of the whole machine so far, with stolen time."""
    f = [int(x) for x in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    return (sum(f[:8]) - f[3] - f[4]) / TICK  # all but idle and iowait


def db_bytes(path):
    """Bytes in use in a SQLite database, write-ahead log folded in."""
    c = sqlite3.connect(path, timeout=20)
    try:
        c.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        (pages,), (size,), (free,) = (
            c.execute(f"PRAGMA {p}").fetchone()
            for p in ("page_count", "page_size", "freelist_count")
        )
        return (pages - free) * size
    finally:
        c.close()


def db_count(path, sql):
    c = sqlite3.connect(path, timeout=20)
    try:
        return c.execute(sql).fetchone()[0]
    finally:
        c.close()
