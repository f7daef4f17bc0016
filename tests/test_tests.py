"""Rules for the tests themselves."""

import ast
import re
import subprocess
import sys

import pytest

from tests.imports import ROOT, name_of, names_imported_by

pytestmark = pytest.mark.pure

SOURCES = {path: path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py")}
PURE = {
    path: source
    for path, source in SOURCES.items()
    if path.name.startswith("test_") and "pytest.mark.pure" in source
}
IMPORT = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
    assert "django" not in sys.modules, name
"""


@pytest.mark.slow
def test_no_module_imports_a_test_module():
    crossed = {
        (name_of(path), name)
        for path, source in SOURCES.items()
        for name in names_imported_by(ast.parse(source))
        if re.search(r"^tests\..*\btest_", name)
    }
    assert crossed == set()


@pytest.mark.slow
def test_pure_test_modules_import_no_django():
    assert len(PURE) > 20
    done = subprocess.run(
        [sys.executable, "-c", IMPORT, *map(name_of, PURE)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_pure_test_modules_use_no_fixture_of_django():
    # pytest-django skips a test that asks for one while Django is not set up.
    fixtures = re.compile(r"def \w+\([^)]*\b(client|content|db|settings|draft|live|counselor)\b")
    assert [name_of(path) for path, source in PURE.items() if fixtures.search(source)] == []


CLOCKS = {"monotonic", "perf_counter", "process_time", "thread_time"}


@pytest.mark.slow
def test_no_test_asserts_on_a_clock():
    """Count calls, queries or bytes: a busy machine doesn't mean that the code is slow.

    Waiting may end at a deadline.
    """
    asserted = {
        (name_of(path), node.lineno): set(re.findall(r"\w+", ast.unparse(node.test)))
        for path, source in SOURCES.items()
        if any(clock in source for clock in CLOCKS)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Assert)
    }
    timed = [at for at, words in asserted.items() if CLOCKS & words and "deadline" not in words]
    assert timed == []
