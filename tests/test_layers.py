"""What may import what: apps, the rooms of the quiz from the bottom up, and pure modules."""

import ast
import re

import pytest

from tests.imports import (
    APPS,
    FOR_DJANGO,
    ROOMS,
    ROOT,
    circles,
    imported_names,
    imports,
    modules,
    reached_from,
    tree_of,
)

pytestmark = pytest.mark.pure

# Rooms that would be allowed by the order, and still stay apart.
APART = {("counseling", "evidence")}
# Rooms that show jobs or keep history like them.
MAY_IMPORT_ROLES = {"questionnaires", "results", "visitor", "admin"}


def room_of(module: str) -> str:
    """Return the room of a module of the quiz; empty for all others."""
    app, _, inner = module.partition(".")
    room = inner.split(".")[0]
    return room if app == "quiz" and room in ROOMS else ""


def is_pure(module: str) -> bool:
    """Return whether a module claims to need no Django, by its room or by its docstring."""
    return room_of(module) == "core" or "Pure" in re.findall(
        r"\bPure(?=[.;:])", ast.get_docstring(tree_of(module)) or ""
    )


def arrows():
    return [(module, other) for module in modules() for other in imports(module)]


@pytest.mark.parametrize("app", APPS)
def test_an_app_imports_only_apps_below_it(app):
    above = APPS[APPS.index(app) + 1 :]
    crossed = {
        f"{module}: {name}"
        for module in modules()
        if module.split(".")[0] == app
        for name in imported_names(module)
        if name.split(".")[0] in above
    }
    assert crossed == set()


def test_every_folder_and_module_of_the_quiz_is_a_room_or_there_for_django():
    inside = {
        path.stem
        for path in (ROOT / "quiz").iterdir()
        if path.name not in ("__init__.py", "__pycache__")
    }
    assert inside == {*ROOMS, *FOR_DJANGO}


def test_a_room_imports_only_from_rooms_before_it():
    crossed = {
        (module, other)
        for module, other in arrows()
        if (mine := room_of(module)) and (theirs := room_of(other))
        if ROOMS.index(theirs) > ROOMS.index(mine) or (mine, theirs) in APART
    }
    assert crossed == set()


def test_only_some_rooms_import_roles():
    rooms = {room_of(module) for module, other in arrows() if other.startswith("roles")}
    assert rooms - {""} == MAY_IMPORT_ROLES


def test_no_room_imports_what_is_there_for_django():
    crossed = {
        (module, other)
        for module, other in arrows()
        if room_of(module) and other.startswith("quiz.") and not room_of(other)
    }
    assert crossed == set()


def test_no_one_imports_the_registry_of_models():
    assert {module for module in modules() if "quiz.models" in imported_names(module)} == set()


def test_no_modules_import_one_another_in_a_circle():
    assert circles() == []


def test_models_import_neither_forms_nor_views():
    crossed = {
        (module, other)
        for module, other in arrows()
        if ".models" in module and re.search(r"\.(forms|views)\b", other)
    }
    assert crossed == set()


def test_forms_import_no_views():
    crossed = {
        (module, other) for module, other in arrows() if ".forms" in module and ".views" in other
    }
    assert crossed == set()


def test_a_pure_module_imports_no_django_and_only_pure_modules():
    pure = {module for module in modules() if is_pure(module)}
    assert len(pure) > 40
    with_django = {
        (module, name)
        for module in pure
        for name in imported_names(module)
        if name.split(".")[0] == "django"
    }
    with_others = {(module, other) for module in pure for other in imports(module) - pure}
    assert with_django == set()
    assert with_others == set()


def test_only_evidence_imports_numpy():
    rooms = {
        room_of(module)
        for module in modules()
        if any(name.split(".")[0] == "numpy" for name in imported_names(module))
    }
    assert rooms == {"evidence"}


# What decides on scores and suggestions: none may reach figures, such as who holds which jobs.
DECIDING = [
    "quiz.core.scoring",
    "quiz.core.suggestions",
    "quiz.core.sitting",
    "quiz.results.report",
]


@pytest.mark.parametrize("module", DECIDING)
def test_scoring_and_suggesting_cannot_reach_the_figures_of_roles(module):
    reached = reached_from(module)
    assert reached
    assert [name for name in reached if name.startswith("roles")] == []


def test_nothing_reads_outside_the_project():
    for path in modules().values():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\.\./|shared/(design|content|seeds|bench)", text), path
