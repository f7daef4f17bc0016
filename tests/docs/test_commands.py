"""Each command of the documentation runs, or a table says why it can't: `python -m tests.docs`."""

import os
import re
import shutil
from contextlib import ExitStack
from uuid import uuid4

import psycopg
import pytest

from tests import postgresql
from tests.browser.site import Site, add_demo, prepare
from tests.docs.commands import lines
from tests.docs.pages import pages
from tests.docs.sandbox import Sandbox

pytestmark = pytest.mark.server

PAGES = [path for path in pages() if lines(path)]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """The data folder of a site with the demo."""
    folder = tmp_path_factory.mktemp("prepared")
    prepare(folder, DATABASE_URL="")
    add_demo(Site("http://127.0.0.1:8000", folder, "", 0))
    return folder


@pytest.fixture(scope="module")
def new_database():
    """A function that makes an empty database and returns its address."""
    with ExitStack() as stack:
        servers = []

        def make() -> str:
            if not servers:
                running = os.environ.get("TEST_POSTGRESQL")
                servers.append(running or stack.enter_context(postgresql.server()))
            name = f"docs_{uuid4().hex}"
            with psycopg.connect(f"{servers[0]}/postgres", autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            return f"{servers[0]}/{name}"

        yield make


@pytest.mark.parametrize("path", PAGES)
def test_commands_of_a_page_run_in_their_order(path, prepared, new_database, tmp_path):
    if not postgresql.binaries() and "postgres://quiz" in pages()[path]:
        pytest.skip("PostgreSQL is not installed")
    ran = skipped = 0
    with Sandbox(tmp_path / "sandbox", prepared, new_database) as sandbox:
        for line in lines(path):
            if why := line.elsewhere():
                assert line.faults(sandbox.checkout) == [], line.block
                print(f"not run: {line.first}\n         {why}")
                skipped += 1
            else:
                sandbox.run(line)
                print(f"{'dry run:' if line.is_dry() else 'ran:    '} {line.first}")
                ran += 1
    assert ran + skipped == len(lines(path)) > 0
    shutil.rmtree(tmp_path)


def test_page_on_files_names_everything_in_the_data_folder(prepared):
    named = re.findall(r"`([\w.-]+)/?`", pages()["docs/reference/files.md"])
    # Tests write that one.
    assert {path.name for path in prepared.iterdir()} - {"serve.log"} <= set(named)
