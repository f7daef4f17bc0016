"""The layers of the project: quizsite -> quiz -> roles, and pure modules without Django."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
APPS = ("roles", "quiz", "quizsite")  # each may import itself and those before it
PURE = [
    *(
        "quiz/core/questionnaire.py",
        "quiz/questionnaires/checks/scoring.py",
        "quiz/core/scoring.py",
        "quiz/results/report.py",
    ),
    *("quiz/questionnaires/file.py", "quiz/core/answer_lines.py", "quiz/core/suggestions.py"),
    *(
        "quiz/core/sitting.py",
        "quiz/questionnaires/checks/structure.py",
        "quiz/questionnaires/checks/texts.py",
        "quiz/questionnaires/checks/readability.py",
    ),
    *(
        "quiz/questionnaires/differences.py",
        "quiz/questionnaires/file_faults.py",
        "quiz/evidence/batch.py",
    ),
    *("quiz/evidence/simulation.py", "quiz/evidence/impact.py", "quiz/results/beside.py"),
    *("quiz/results/retakes.py", "quiz/counseling/preparation.py"),
    *(
        "quiz/counseling/group_report.py",
        "quiz/counseling/group_pictures.py",
        "quiz/evidence/interest_rates.py",
    ),
    *(
        "quiz/evidence/tally.py",
        "quiz/core/norms.py",
        "quiz/evidence/figures.py",
        "quiz/evidence/turnout.py",
        "quiz/evidence/pictures.py",
    ),
    *("quiz/evidence/rule.py", "quiz/evidence/display.py"),
    *(f"roles/importing/{name}.py" for name in ("tables", "found", "onet", "bls")),
    *(f"quiz/exporting/{name}.py" for name in ("columns", "lines", "sheets", "values")),
    "quiz/evidence/research/tables.py",
    *(
        "quiz/attempts/codes.py",
        "quiz/core/scopes.py",
        "quiz/evidence/reliability.py",
        "quiz/evidence/response_table.py",
    ),
    *(
        "quiz/results/pictures.py",
        "quiz/core/numbers.py",
        "roles/comparison.py",
        "roles/pictures.py",
    ),
]
LOWER_FIRST = ("models", "forms", "views")  # inside an app, a lower one never imports a higher one


def modules_of(app: str) -> list[Path]:
    return sorted((ROOT / app).rglob("*.py"))


def imports_of(path: Path) -> set[str]:
    """Return the dotted names that a module imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


@pytest.mark.parametrize("app", APPS)
def test_an_app_imports_only_those_below_it(app):
    above = APPS[APPS.index(app) + 1 :]
    crossed = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules_of(app)
        for name in imports_of(path)
        if name.split(".")[0] in above
    }
    assert crossed == set()


@pytest.mark.parametrize("path", PURE)
def test_a_pure_module_imports_neither_django_nor_models(path):
    names = imports_of(ROOT / path)
    assert {n for n in names if n.split(".")[0] == "django" or ".models" in n} == set()


@pytest.mark.parametrize("app", ["quiz", "roles"])
def test_inside_an_app_models_know_no_forms_and_forms_no_views(app):
    for place, layer in enumerate(LOWER_FIRST):
        higher = {f"{app}.{name}" for name in LOWER_FIRST[place + 1 :]}
        for path in modules_of(app):
            if path.relative_to(ROOT / app).parts[0].removesuffix(".py") == layer:
                crossed = {n for n in imports_of(path) if ".".join(n.split(".")[:2]) in higher}
                assert crossed == set(), path


# What decides on scores and suggestions: none may reach figures, and so who holds the jobs.
DECIDING = [
    "quiz/core/scoring.py",
    "quiz/core/suggestions.py",
    "quiz/results/report.py",
    "quiz/core/sitting.py",
]


def reached_from(path: str) -> set[str]:
    """Return the modules of the project that a module imports, directly or through others."""
    found: set[str] = set()
    waiting = [path]
    while waiting:
        for name in imports_of(ROOT / waiting.pop()):
            module = name.replace(".", "/") + ".py"
            if (ROOT / module).exists() and module not in found:
                found.add(module)
                waiting.append(module)
    return found


@pytest.mark.parametrize("path", DECIDING)
def test_scoring_and_recommendation_cannot_reach_the_figures_of_roles(path):
    reached = reached_from(path)
    assert path == "quiz/core/scoring.py" or reached
    assert [module for module in reached if module.startswith("roles/")] == []


def test_nothing_reads_outside_the_project():
    for app in APPS:
        for path in modules_of(app):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"\.\./|shared/(design|content|seeds|bench)", text), path
