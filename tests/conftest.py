"""Which tests run where, and what every test starts from.

Django is set up when the first test module is collected that needs it, so conftests import
it inside their fixtures. A module with the marker `pure` starts sooner, without Django.
"""

import gc
import os
import sys
from zlib import crc32

import pytest
import pytest_django.plugin

# The database of this process where tests run on two of them side by side; empty where they don't.
SIDE = os.environ.get("TEST_ON", "")
# What `python -m tests` selects; empty when pytest is called directly, which runs what it is given.
SELECTION = os.environ.get("TEST_SELECTION", "")


def pytest_collectstart(collector):
    """Prepare what a test module needs before pytest imports it."""
    if isinstance(collector, pytest.Module):
        source = collector.path.read_text(encoding="utf-8")
        if "hypothesis" in source or "tests.strategies" in source:
            load_hypothesis()
        if "pytest.mark.pure" not in source:
            set_up_django(collector.config)


def load_hypothesis():
    from hypothesis import settings

    # A slow machine doesn't mean that the code is wrong.
    settings.register_profile("no-clock", deadline=None)
    settings.load_profile("no-clock")


def pytest_sessionfinish(session):
    # Its summary would import Hypothesis, which takes longer than most pure test files.
    if "hypothesis" not in sys.modules and session.config.getoption("dist", "no") == "no":
        session.config.pluginmanager.unregister(name="_hypothesis_pytestplugin")


PATIENCE = 30  # seconds for a database server to answer


def is_django_set_up():
    return "django.apps" in sys.modules and sys.modules["django.apps"].apps.ready


def set_up_django(config):
    if not is_django_set_up():
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
        import django

        django.setup()
        # It blocks the database outside tests that ask for it, as it would have at the start.
        pytest_django.plugin.pytest_configure(config)


def pytest_collection_modifyitems(config, items):
    selected = [item for item in items if runs_here(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(selected)])
    items[:] = selected


def pytest_collection_finish():
    """Spare what lives as long as the run from garbage collection: looking at it costs a tenth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 100)


def runs_here(item):
    """Return whether a test is selected, and on the database of this process."""
    if SIDE == "postgresql" and item.get_closest_marker("sqlite_only"):
        return False
    if SELECTION == "rest":
        return is_in("all", item) and not is_in("main", item)
    return is_in(SELECTION, item)


def is_in(selection, item):
    is_browser = item.get_closest_marker("browser") is not None
    is_heavy = takes_long(item)
    is_for_both = item.get_closest_marker("both_databases") is not None and asks_database(item)
    is_journey = item.get_closest_marker("journey") is not None
    match selection, SIDE:
        case "quick", _:
            return not (is_browser or is_heavy or item.get_closest_marker("slow"))
        case "main", "":
            return is_journey or not (is_browser or is_heavy)
        case "main", "sqlite":
            is_here = asks_database(item) or only_side(item) == SIDE
            return is_here and not (is_browser or is_heavy)
        case "main", "postgresql":
            if asks_database(item):
                return is_journey or (is_for_both and not is_heavy)
            return only_side(item) == SIDE and not is_heavy
        case "all", "sqlite" | "postgresql":
            if is_browser:
                return is_for_both or only_side(item) == SIDE
            return asks_database(item) or only_side(item) == SIDE
    return True


def only_side(item):
    """Return the side of a test that runs once: it has no database, or its page looks the same.

    This divides the work between both processes. Tests of one page state run in one of them, so
    that it is opened once.
    """
    if item.get_closest_marker("sqlite_only"):
        return "sqlite"
    params = item.callspec.params if hasattr(item, "callspec") else {}
    group = params.get("shown", item.parent.nodeid)
    # Most tests without a database go to PostgreSQL's side, which has fewer tests of its own.
    parts = 2 if asks_database(item) or takes_long(item) else 8
    return "postgresql" if crc32(group.encode()) % parts else "sqlite"


def takes_long(item):
    return any(item.get_closest_marker(name) for name in ("server", "long"))


def asks_database(item):
    """Return whether a test uses a database, or a site that has one."""
    return (
        item.get_closest_marker("django_db") is not None
        or item.get_closest_marker("browser") is not None
        or not {"_django_db_helper", "own_site"}.isdisjoint(item.fixturenames)
        or any(mark.name == "both_databases" for mark in item.own_markers)
    )


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """A database with the shipped content, so that every test starts with it."""
    from quizsite.postgresql import base
    from tests import databases

    # A busy machine doesn't mean that the code is wrong.
    base.SERVER.seconds_to_answer = base.SERVER.most_seconds = PATIENCE
    # Who asks has a connection, and no one may have one to a database that is copied.
    base.SECONDS_UNTIL_ASKED = PATIENCE
    with django_db_blocker.unblock():
        databases.use_copy()
        yield
        databases.drop_copy()


@pytest.fixture
def own_site(django_db_setup, django_db_blocker, settings, tmp_path):
    """A site in a folder of its own, with its own database, where transactions are committed."""
    from tests import databases

    settings.DATA_DIR = tmp_path
    settings.DELETIONS_DIR = tmp_path / "deletions"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    with django_db_blocker.unblock(), databases.used_copy(tmp_path):
        yield tmp_path


@pytest.fixture
def content(db):
    """The shipped roles and questionnaire in the database."""


@pytest.fixture
def admin_client(admin_user):
    """An administrator who has passed both steps of the login."""
    from django.test import Client

    from tests.factories import sign_in

    return sign_in(Client(), admin_user)


@pytest.fixture(autouse=True)
def _no_stale_process_caches(request):
    """A version that a test rolls back frees its number for another one."""
    if not is_django_set_up():
        yield
        return
    from tests import process_caches

    with process_caches.cleared_after_changes(set(request.fixturenames)):
        yield


@pytest.fixture(autouse=True)
def _organization_without_a_name():
    """No page reads the organization's row, so that tests can count queries, until one is saved."""
    if is_django_set_up():
        from organization import current

        current.keep(current.UNNAMED)
    return


@pytest.fixture(autouse=True)
def _no_token_in_the_log():
    """No token that this run has issued is in the lines that a test makes the site log."""
    if not is_django_set_up():
        yield
        return
    from tests import log_watch

    log = log_watch.watch()
    log.lines.clear()
    yield
    assert log_watch.leaks(log.lines) == []


@pytest.fixture
def counts(tmp_path):
    """Metrics that are on, as a function that returns what a metric has counted."""
    from tests.counts import counting

    with counting(tmp_path / "metrics") as counts:
        yield counts


@pytest.fixture
def client_class():
    """For a second visitor: `client` is the first."""
    from django.test import Client

    return Client
