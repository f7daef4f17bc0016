"""What a site's database says: transactions written, bytes taken. And how to fill it."""

import sqlite3
import struct
from contextlib import closing

from tests.browser.site import Site

# https://www.sqlite.org/fileformat2.html#the_write_ahead_log
HEADER, FRAME = 32, 24
MOST_ROWS = 500_000  # in one transaction


def mark(site: Site) -> str:
    """Return where to count from. On SQLite, this empties the write-ahead log."""
    if site.database_url:
        return _end_of_log(site)
    with closing(sqlite3.connect(site.folder / "quiz.sqlite3", timeout=10)) as connection:
        busy, _pages, _moved = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise RuntimeError("Something reads or writes the database")
    return ""


def commits_since(site: Site, start: str) -> int:
    """Count transactions that wrote since `mark`, as the write-ahead log has them.

    SQLite's log remembers about a thousand pages. PostgreSQL's is that of all its databases.
    """
    if not site.database_url:
        return commits_in((site.folder / "quiz.sqlite3-wal").read_bytes())
    end = _end_of_log(site)
    site.execute("CREATE EXTENSION IF NOT EXISTS pg_walinspect")
    [(count,)] = site.query(
        f"SELECT count(*) FROM pg_get_wal_records_info('{start}', '{end}')"
        " WHERE resource_manager = 'Transaction' AND record_type LIKE 'COMMIT%'"
    )
    return int(count)


def commits_in(log: bytes) -> int:
    """Count the transactions in a write-ahead log since SQLite last started it from the top."""
    if not log:
        return 0
    (page_size,) = struct.unpack_from(">I", log, 8)
    salts = log[16:24]
    count = 0
    for place in range(HEADER, len(log), FRAME + page_size):
        # The last page of a transaction says how large the database then is.
        _page, size = struct.unpack_from(">II", log, place)
        if log[place + 8 : place + 16] != salts:
            break
        count += size > 0
    return count


def _end_of_log(site: Site) -> str:
    [(place,)] = site.query("SELECT pg_current_wal_insert_lsn()")
    return place


def size(site: Site) -> int:
    """Return the bytes of all tables and their indexes."""
    if site.database_url:
        [(number,)] = site.query(
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace"
        )
        return int(number)
    mark(site)
    [(pages,)], [(free,)], [(page_size,)] = (
        site.query(f"PRAGMA {name}") for name in ("page_count", "freelist_count", "page_size")
    )
    return (int(pages) - int(free)) * int(page_size)


def fill(site: Site, table: str, rows: int, new: dict[str, str]) -> None:
    """Copy a table's rows until it has so many. `new` are expressions for columns, by column."""
    if site.database_url:
        found = site.query(
            "SELECT column_name FROM information_schema.columns"
            f" WHERE table_name = '{table}' AND column_name <> 'id'"
        )
    else:
        found = site.query(f"SELECT name FROM pragma_table_info('{table}') WHERE name <> 'id'")
    names = [f'"{name}"' for (name,) in found]
    values = [new.get(name, f'"{name}"') for (name,) in found]
    [(count,)] = site.query(f"SELECT count(*) FROM {table}")
    have = int(count)
    if site.database_url:
        site.execute("VACUUM FULL")  # or later rows would fill the gaps of earlier updates
    while have < rows:
        more = min(have, rows - have, MOST_ROWS)
        site.execute(
            f"INSERT INTO {table} ({', '.join(names)})"
            f" SELECT {', '.join(values)} FROM {table} ORDER BY id LIMIT {more}"
        )
        have += more
    if site.database_url:
        site.execute("VACUUM ANALYZE")  # as its own daemon would in time


def random_hash(site: Site) -> str:
    """Return an expression for 64 hexadecimal digits."""
    if site.database_url:
        return "md5(random()::text) || md5(random()::text)"
    return "lower(hex(randomblob(32)))"
