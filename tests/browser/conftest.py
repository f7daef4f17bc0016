import os
import shutil
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest

from tests.browser.chromium import FLAGS, chromium
from tests.browser.looking import shown_state
from tests.browser.site import add_demo, prepare, prepared_site
from tests.browser.visitor import start_unseen


def pytest_itemcollected(item):
    # Early: tests are selected by marker before the hook below runs.
    item.add_marker("browser")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    # Browser tests come last: the driver keeps an event loop running in this thread, and Django
    # would leave the connections from before it open.
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """A data folder as `make run` prepares it. Test sites are copies, because migrating and packing
    static files takes ten seconds each time."""
    folder = tmp_path_factory.mktemp("prepared")
    prepare(folder, **new_database("prepared"))
    return folder


def new_database(name):
    """Create a database of the kind this run tests; return the variables that point to it."""
    if os.environ.get("TEST_ON") != "postgresql":
        return {}
    server = os.environ["TEST_POSTGRESQL"]
    template = "" if name == "prepared" else " TEMPLATE prepared"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}{template}")
    return {"DATABASE_URL": f"{server}/{name}"}


@contextmanager
def fresh_site(prepared, folder, **environment):
    """A site as `make run` serves it, on a new database of the kind this run tests."""
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    database = new_database(f"site_{uuid4().hex}")
    with prepared_site(folder, **database, **environment) as served:
        yield served


@pytest.fixture(scope="session")
def site(prepared, tmp_path_factory):
    """A site with the demo, for all tests that leave it usable for the others."""
    folder = tmp_path_factory.mktemp("site")
    with fresh_site(prepared, folder, EMBED_ORIGINS="https://www.example.org") as served:
        add_demo(served)
        yield served


@pytest.fixture
def own_site(prepared, tmp_path):
    """A site for one test alone, which may change what other tests would notice."""
    with fresh_site(prepared, tmp_path) as served:
        yield served


@pytest.fixture(scope="session")
def base_url(site):
    return site.address


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {"executable_path": chromium(), "args": FLAGS}


@pytest.fixture(scope="session")
def shown(request, browser, site):
    """A page in the state given by the parameter, opened once for all tests that look at it."""
    with shown_state(browser, site, request.param) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _as_it_came(request):
    """Restore a shared page after each test."""
    shown = request.getfixturevalue("shown") if "shown" in request.fixturenames else None
    yield
    if shown:
        shown.put_back()


@pytest.fixture
def page_1(page):
    """The first page of the quiz, in a browser whose clock a test can move."""
    page.clock.install()
    start_unseen(page)
    page.goto("/quiz/1/")
    return page
