import os
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest

from tests.browser.chromium import FLAGS, chromium
from tests.browser.looking import shown_state
from tests.browser.site import served_site

# How a page looks and reads is the same whatever database stands behind it: where tests run on
# two side by side, these run on one of them.
ONLY_ON = {
    "sqlite": (
        *("test_frame.py", "test_reading.py", "test_print.py", "test_theme.py"),
        *("test_saving.py", "test_keys.py"),
    ),
    "postgresql": ("test_accessibility.py", "test_extremes.py", "test_admin.py"),
}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker("browser")
    # Last: the driver keeps an event loop running in this thread, where Django's connections are
    # then kept apart from those of before, and one would be left open.
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    here = os.environ.get("TEST_ON")
    elsewhere = {name for on, names in ONLY_ON.items() if here and on != here for name in names}
    again = [i for i in items if "tests/browser/" in i.nodeid and i.path.name in elsewhere]
    if again:
        items[:] = [item for item in items if item not in again]
        config.hook.pytest_deselected(items=again)


@contextmanager
def fresh_site(folder, database):
    """A site as `make run` serves it, on a new database of the kind this run is for."""
    environment = {}
    if os.environ.get("TEST_ON") == "postgresql":
        server = os.environ["TEST_POSTGRESQL"]
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {database}")
        environment["DATABASE_URL"] = f"{server}/{database}"
    with served_site(folder, **environment) as served:
        yield served


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    with fresh_site(tmp_path_factory.mktemp("site"), "served") as served:
        yield served


@pytest.fixture
def own_site(tmp_path):
    """A site of one test's own, for what every other test would notice."""
    with fresh_site(tmp_path, f"own_{uuid4().hex}") as served:
        yield served


@pytest.fixture(scope="session")
def base_url(site):
    return site.address


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {"executable_path": chromium(), "args": FLAGS}


@pytest.fixture(scope="session")
def shown(request, browser, site):
    """A page in the state that the test is parametrized with; opened once for all that look."""
    with shown_state(browser, site, request.param) as opened:
        yield opened
