"""Bytes that a completed quiz adds to all tables and indexes, on both databases."""

import asyncio
import random
from collections.abc import Iterator
from typing import Any

from benchmarks.databases import size
from benchmarks.sites import Sites, start_of
from benchmarks.table import Goal, Row
from benchmarks.visit import visits
from tests import postgresql
from tests.browser.site import Site

VISITS = 400
AT_A_TIME = 4
GOALS = {"SQLite": Goal(800), "PostgreSQL": Goal(1000)}


def measure(sites: Sites, wanted: Any) -> Iterator[Row]:
    yield _row(sites)
    if not sites.server_url and postgresql.binaries():
        with postgresql.server(postgresql.AS_IN_PRODUCTION) as server_url:
            yield _row(Sites(sites.folder, sites.rows, server_url))


def _row(sites: Sites) -> Row:
    with sites.both() as both:
        ours, least = ([growth(site)] for site in both)
    name = f"database bytes of a completed quiz, {sites.database}"
    return Row(name, ours, least, GOALS[sites.database], digits=0)


def growth(site: Site) -> float:
    before = size(site)
    asyncio.run(visits(start_of(site), VISITS, random.Random("size"), AT_A_TIME))
    return (size(site) - before) / VISITS
