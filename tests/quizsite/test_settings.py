"""Settings as a new process reads them from the environment."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.manage import run

pytestmark = pytest.mark.pure

ROOT = Path(__file__).resolve().parents[2]
NAMES = [
    *("DEBUG", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "CSRF_COOKIE_SECURE"),
    *(
        "TIME_ZONE",
        "SESSION_COOKIE_SECURE",
        "ATTEMPT_COOKIE_SECURE",
        "ATTEMPT_COOKIE_NAME",
        "ALLOWED_HOSTS",
    ),
]
SHOW = f"""
import json
from django.conf import settings
values = {{name: getattr(settings, name) for name in {NAMES}}}
database = settings.DATABASES["default"]
values |= {{"engine": database["ENGINE"], "options": database["OPTIONS"]}}
values |= {{"pgbouncer": settings.PGBOUNCER, "mail": settings.EMAIL_FILE_PATH}}
values |= {{"cursors": database.get("DISABLE_SERVER_SIDE_CURSORS", False)}}
values |= {{"kept": database["CONN_MAX_AGE"], "caches": settings.CACHES}}
print(json.dumps(values))
"""


@pytest.fixture
def fresh(tmp_path):
    """Give a function that reads the settings in a process with only these variables."""

    def run(**variables):
        environment = {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "quizsite.settings"}
        environment["ENV_FILE"] = os.devnull
        return subprocess.run(
            [sys.executable, "-c", SHOW],
            cwd=ROOT,
            env=environment | {"PATH": os.environ["PATH"]} | variables,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_defaults_are_safe_for_production(fresh):
    values = json.loads(fresh().stdout)
    assert values["DEBUG"] is False
    assert values["SECURE_SSL_REDIRECT"] is True
    assert values["SECURE_HSTS_SECONDS"] >= 31536000
    assert values["CSRF_COOKIE_SECURE"] is values["SESSION_COOKIE_SECURE"] is True
    assert values["ATTEMPT_COOKIE_SECURE"] is True
    assert values["ATTEMPT_COOKIE_NAME"].startswith("__Host-")
    assert "*" not in values["ALLOWED_HOSTS"]


def test_plain_http_turns_off_tls_only(fresh):
    values = json.loads(fresh(PLAIN_HTTP="1").stdout)
    assert values["SECURE_SSL_REDIRECT"] is False
    assert values["SECURE_HSTS_SECONDS"] == 0
    assert values["ATTEMPT_COOKIE_SECURE"] is False
    assert not values["ATTEMPT_COOKIE_NAME"].startswith("__")
    assert values["DEBUG"] is False


def test_tries_are_counted_in_the_database_that_all_workers_share(fresh):
    caches = json.loads(fresh().stdout)["caches"]
    assert caches["limits"] == caches["default"]
    assert caches["limits"]["BACKEND"] == "quizsite.caches.database.DatabaseCache"


def test_cache_url_selects_redis(fresh):
    caches = json.loads(fresh(CACHE_URL="rediscache://127.0.0.1:6380/1").stdout)["caches"]
    assert caches["limits"] == caches["default"]
    assert caches["limits"]["BACKEND"] == "quizsite.caches.redis.RedisCache"
    assert caches["limits"]["LOCATION"] == "redis://127.0.0.1:6380/1"


@pytest.mark.parametrize("url", ["locmemcache://", "dummycache://", "dbcache://table"])
def test_cache_that_workers_do_not_share_is_refused(fresh, url):
    done = fresh(CACHE_URL=url)
    assert done.returncode == 1
    assert "; it must start with rediscache://" in done.stderr.splitlines()[-1]


@pytest.mark.slow
def test_behind_a_pooler_nothing_depends_on_the_session(fresh):
    url = "postgres://quiz@127.0.0.1:1/quiz"
    values = json.loads(fresh(DATABASE_URL=url, PGBOUNCER="1").stdout)
    assert "options" not in values["options"]
    assert values["options"]["prepare_threshold"] is None
    assert values["pgbouncer"] is values["cursors"] is True
    assert json.loads(fresh(DATABASE_URL=url).stdout)["cursors"] is False
    assert json.loads(fresh(PGBOUNCER="1").stdout)["pgbouncer"] is False


def test_database_url_selects_postgresql(fresh):
    values = json.loads(fresh(DATABASE_URL="postgres://quiz@127.0.0.1:1/quiz").stdout)
    assert values["engine"] == "quizsite.postgresql"
    assert values["options"]["connect_timeout"] == 3
    assert "statement_timeout=5s" in values["options"]["options"]
    assert values["kept"] == 60


@pytest.mark.parametrize("url", ["mysql://quiz@127.0.0.1/quiz", "quiz.sqlite3"])
def test_unsupported_database_stops_the_site(fresh, url):
    done = fresh(DATABASE_URL=url)
    assert done.returncode != 0
    assert "; it must start with sqlite:// or postgres://" in done.stderr


def test_files_of_the_site_are_in_its_data_folder(fresh, tmp_path):
    assert json.loads(fresh().stdout)["mail"] == str(tmp_path / "mail")


def test_time_zone_is_utc_unless_another_is_given(fresh):
    assert json.loads(fresh().stdout)["TIME_ZONE"] == "UTC"
    assert json.loads(fresh(TIME_ZONE="").stdout)["TIME_ZONE"] == "UTC"
    given = fresh(TIME_ZONE="America/New_York")
    assert json.loads(given.stdout)["TIME_ZONE"] == "America/New_York"


@pytest.mark.parametrize("name", ["Mars/Olympus", "EST5PDT7", "../UTC", "/etc/passwd", "America"])
def test_unknown_time_zone_stops_the_site(fresh, name):
    done = fresh(TIME_ZONE=name)
    assert done.returncode != 0
    assert f"TIME_ZONE is {name!r}; it must be a name such as UTC" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "values", "allowed"),
    [
        ("KEEP_FINISHED_DAYS", ["0", "-1", "9999999", "365d"], "from 1 to 36500"),
        ("KEEP_UNFINISHED_DAYS", ["0", "36501"], "from 1 to 36500"),
        ("TRUSTED_PROXIES", ["-1", "21"], "from 0 to 20"),
        ("PORT", ["0", "65536", "http"], "from 1 to 65535"),
    ],
)
def test_number_out_of_bounds_stops_every_command(tmp_path, name, values, allowed):
    """Nothing is deleted, and the message is the only line."""
    for value in values:
        done = run("delete_expired", data=tmp_path, **{name: value})
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == f"{name} is {value!r}; it must be a whole number {allowed}.\n"


def test_bounds_themselves_are_allowed(fresh):
    ends = [
        {"KEEP_FINISHED_DAYS": "1", "KEEP_UNFINISHED_DAYS": "1", "TRUSTED_PROXIES": "0"},
        {"KEEP_FINISHED_DAYS": "36500", "KEEP_UNFINISHED_DAYS": "36500", "TRUSTED_PROXIES": "20"},
    ]
    assert [fresh(**variables).returncode for variables in ends] == [0, 0]


@pytest.mark.parametrize("url", ["sqlite://", "sqlite://:memory:", "sqlite:///:memory:"])
def test_database_in_memory_stops_the_site(fresh, url):
    done = fresh(DATABASE_URL=url)
    assert done.returncode != 0
    assert "; it keeps everything in memory, where it is lost; name a file" in done.stderr


@pytest.mark.parametrize("value", ["", " "])
def test_empty_variables_count_as_unset(fresh, value):
    empty = (
        *("SECRET_KEY", "DATABASE_URL", "CACHE_URL", "EMAIL_URL", "ALLOWED_HOSTS"),
        "KEEP_FINISHED_DAYS",
    )
    assert fresh(**dict.fromkeys(empty, value)).stdout == fresh().stdout


def test_secret_key_is_created_once_in_the_data_folder(fresh, tmp_path):
    fresh()
    key = (tmp_path / "secret-key.txt").read_text()
    fresh()
    assert (tmp_path / "secret-key.txt").read_text() == key
    assert (tmp_path / "secret-key.txt").stat().st_mode & 0o777 == 0o600
