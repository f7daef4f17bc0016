"""The table of environment variables: complete, and no wrong value passes it."""

import ast
import re

import pytest

from quizsite.environment import env_file
from quizsite.environment.kinds import HIDDEN
from quizsite.environment.variable import WrongValue
from quizsite.environment.variables import VARIABLES, check, read, text_of
from tests.imports import ROOT, modules, names_imported_by
from tests.manage import run

# Set by Django and by manage.py for themselves.
OF_DJANGO = {"RUN_MAIN", "DJANGO_SETTINGS_MODULE"}
# Set by the site itself, for the library.
OF_PROMETHEUS = {"PROMETHEUS_MULTIPROC_DIR"}
# Of systemd, and where a desktop keeps what belongs to a user.
OF_THE_SYSTEM = {"STATE_DIRECTORY", "XDG_DATA_HOME"}
# What make takes for itself, and passes on as arguments.
OF_MAKE = {"PYTHON", "ARGS", "LONG", "MAKEFILE_LIST"}
NO_FOLDER = "/dev/null/folder"
NOT_SWITCHES = ["ture", "2"]
WRONG = {
    "ALLOWED_HOSTS": ["https://quiz.example", "quiz.example:443", "a b", ",", "::1", "-a.example"],
    "SITE_URL": [
        *("quiz.example", "ftp://quiz.example", "https://", "https://a.example/quiz", "//a"),
        *("https://a.example:99999", "https://a.example:http", "https://me@a.example"),
    ],
    "HOST": ["quiz.example", "127.0.0.1:8000", "1.2.3"],
    "PORT": ["0", "65536", "http", "80 80", "٨٠"],
    "TRUSTED_PROXIES": ["-1", "21", "yes"],
    "OIDC_URL": [
        *("login.example", "http://login.example", "https://", "https://me@login.example"),
        *("https://login.example?x=1", "https://login.example/.well-known/openid-configuration"),
        f"https://login.example/{'a' * 200}",
    ],
    "OIDC_TRUST_EMAIL": ["maybe"],
    "CSRF_TRUSTED_ORIGINS": ["quiz.example", "https://a.example,b.example"],
    "EMBED_ORIGINS": [
        *("www.example.org", "http://www.example.org", "https://*.example.org", "*"),
        *("https://a.example/page", "https://a.example;script-src", "https://me@a.example"),
        *("https://a.example:0", "https://a.example,b.example", "https://müller.example"),
    ],
    "DATA_DIR": [NO_FOLDER, "/dev/null"],
    "DATABASE_URL": [
        *("mysql://quiz@127.0.0.1/quiz", "quiz.sqlite3", "postgres:/quiz@127.0.0.1/quiz"),
        *("postgres://quiz@127.0.0.1:99999/quiz", "postgres://quiz@127.0.0.1:x/quiz"),
        *("postgres://quiz:p#w@127.0.0.1/quiz", "postgres://127.0.0.1", "sqlite://srv/a.sqlite3"),
        *("sqlite://", f"sqlite:///{NO_FOLDER}/a.sqlite3", "sqlite:////tmp", "postgis://a/b"),
    ],
    "CACHE_URL": [
        *("redsi://127.0.0.1", "locmemcache://", "127.0.0.1:6379", "rediscache://a:99999"),
        *("rediscache://a:x/0", "rediscache://"),
    ],
    "DELETIONS_DIR": [NO_FOLDER, "/dev/null"],
    "EMAIL_URL": [
        *("mail.example", "stmp://mail.example", "smtp://mail.example:x", "smtp+tls://"),
        *("smtp+tls://user:p#w@mail.example", "smtp://mail.example:99999", "smtp://a:0"),
        f"filemail:///{NO_FOLDER}",
    ],
    "DEFAULT_FROM_EMAIL": ["Career Center", "quiz.example.org", "Quiz <quiz>"],
    "CONTACT_EMAIL": ["help", "help@", "Help <help@example.org>"],
    "KEEP_UNFINISHED_DAYS": ["0", "-1", "36501", "9999999", "30d"],
    "KEEP_FINISHED_DAYS": ["0", "-1", "36501", "9999999", "365d"],
    "ARCHIVE_CLIENTS_DAYS": ["-1", "36501", "never", "30d"],
    "DELETE_ARCHIVED_CLIENTS_DAYS": ["-1", "36501", "never", "30d"],
    "STARTS_PER_NETWORK": ["0", "1000001", "many"],
    "API_REQUESTS_PER_MINUTE": ["0", "many", "1000001"],
    "IDLE_MINUTES": ["0", "721", "1h"],
    "METRICS_PORT": ["0", "65536", "http"],
    "METRICS_HOST": ["quiz.example", "127.0.0.1:9100"],
    "METRICS_TOKEN": ["0123456789abcde", "with a space in it", "é" * 20],
    "SENTRY_DSN": ["sentry.example", "https://sentry.example/1", "ftp://key@sentry.example/1"],
    "TIME_ZONE": ["Mars/Olympus", "EST5PDT7", "../UTC", "/etc/passwd", "America"],
    "TALK_TO_LINK": ["talk.example", "javascript:alert(1)", "https://", "tel:", "tel:1 2"],
    "JOB_LINK_VACANCIES": ["jobs.example", "https://a.example/?q={titel}", "https://a b"],
    "JOB_LINK_TRAINING": ["ftp://a.example", "https://a.example/{"],
    "JOB_LINK_DESCRIPTION": ["/summary/{code}", "https://a.example/{}"],
    **dict.fromkeys(
        (
            *("BEHIND_TLS_PROXY", "PLAIN_HTTP", "PGBOUNCER", "LOG_ADDRESSES", "DEBUG"),
            *("TASK_WORKER", "DEMO"),
        ),
        NOT_SWITCHES,
    ),
}
EACH_WRONG = [(name, value) for name, values in WRONG.items() for value in values]


@pytest.fixture(autouse=True)
def _file_is_read_again():
    env_file.forget()
    yield
    env_file.forget()


def names_read():
    """Return the name of each variable that the code reads."""
    found = set()
    for path in [*modules().values(), ROOT / "manage.py"]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = names_imported_by(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args:
                called, argument = ast.unparse(node.func), node.args[0]
            elif isinstance(node, ast.Subscript):
                called, argument = ast.unparse(node.value), node.slice
            else:
                continue
            is_reader = called == "read" and "quizsite.environment.variables.read" in imported
            if (
                is_reader
                or called.endswith("getenv")
                or re.fullmatch(r"os\.environ(\.(get|pop|setdefault))?", called)
            ):
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    found.add(argument.value)
                else:
                    # Only this one looks up any name.
                    assert path.stem == "env_file", (path, ast.unparse(node))
    return found


def test_table_has_every_variable_that_the_code_reads_and_no_other():
    assert names_read() - OF_DJANGO - OF_THE_SYSTEM - OF_PROMETHEUS == set(VARIABLES)


def test_makefile_sets_only_what_is_in_the_table():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert set(re.findall(r"@([A-Z_]+)=", text)) <= set(VARIABLES)
    defined = set(re.findall(r"^([A-Z_]+) :?=", text, re.MULTILINE))
    assert set(re.findall(r"\$\$?[({]([A-Z_]+)", text)) - defined <= OF_MAKE


def test_every_variable_that_can_be_wrong_is_tried():
    assert {name for name, each in VARIABLES.items() if each.kind.is_checked} == set(WRONG)


def test_each_meaning_is_a_sentence():
    for variable in VARIABLES.values():
        assert re.fullmatch(r"[A-Z].*\.", variable.meaning), variable.name


@pytest.mark.parametrize(("name", "value"), EACH_WRONG)
def test_wrong_value_is_refused_with_its_name_and_what_would_be_right(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(WrongValue) as caught:
        check()
    message = str(caught.value)
    shown = "[hidden]" if VARIABLES[name].is_secret else "'"
    assert message.startswith(f"{name} is {shown}")
    assert re.search(r"; it (must|keeps|needs) .*\.$", message)
    assert "\n" not in message


def test_line_break_in_a_wrong_value_stays_in_one_line(monkeypatch):
    monkeypatch.setenv("PORT", "80\n\x1b[31m")
    with pytest.raises(WrongValue, match=r"^PORT is '80\\n\\x1b\[31m'; it must be"):
        read("PORT")


def test_long_wrong_value_is_cut(monkeypatch):
    monkeypatch.setenv("PORT", "9" * 5000)
    with pytest.raises(WrongValue, match=r"^PORT is '9{80}…'; it must be"):
        read("PORT")


@pytest.mark.parametrize("name", ["DATABASE_URL", "CACHE_URL", "EMAIL_URL"])
@pytest.mark.parametrize("form", ["x://me:{}@host", "x://me:{}#@host:1", "me:{}@host", "x://me:{}"])
def test_password_is_not_in_the_message(monkeypatch, name, form):
    monkeypatch.setenv(name, form.format("open-sesame"))
    with pytest.raises(WrongValue) as caught:
        read(name)
    assert "open-sesame" not in str(caught.value)
    assert "[hidden]" in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("variable", VARIABLES.values(), ids=lambda each: each.name)
def test_default_and_example_are_right(monkeypatch, variable, tmp_path):
    monkeypatch.delenv(variable.name, raising=False)
    if variable.name not in ("DATA_DIR", "PLAIN_HTTP"):  # these two are set for the tests
        read(variable.name)
    if "DIR" not in variable.name and variable.example:
        variable.read(variable.example)


def test_default_can_hold_the_value_of_another_variable(monkeypatch, tmp_path):
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DEBUG", "yes")
    monkeypatch.delenv("PLAIN_HTTP")
    assert text_of(VARIABLES["DELETIONS_DIR"]) == f"{tmp_path}/deletions"
    assert read("PLAIN_HTTP") is True


@pytest.mark.slow
@pytest.mark.parametrize("command", ["serve", "dev", "score_answers", "settings_help", "--help"])
def test_wrong_value_ends_every_command_with_one_line(tmp_path, command):
    """Also one that this command doesn't use."""
    done = run(command, data=tmp_path, ALLOWED_HOSTS="quiz.example", HOST="quiz.example")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "HOST is 'quiz.example'; it must be an IP address or localhost.\n"


def test_secret_is_never_shown(monkeypatch):
    for name in ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "BACKUP_PASSPHRASE"):
        assert VARIABLES[name].shown("open-sesame") == HIDDEN
