"""The imports between the project's own modules, read from the source."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Each may import itself and the ones before it.
APPS = ("organization", "roles", "quiz", "quizsite")
# The rooms of the quiz; each imports only from itself and from rooms before it.
ROOMS = (
    "core",
    "web",
    "questionnaires",
    "attempts",
    "results",
    "evidence",
    "counseling",
    "visitor",
    "admin",
)
# What Django looks for next to the rooms: it may import any room, and no room imports it.
FOR_DJANGO = {"apps", "data", "management", "migrations", "models", "templatetags", "urls"}


@cache
def modules() -> dict[str, Path]:
    """Return the path of each module by dotted name; a package is listed under its own name."""
    return {
        name_of(path): path
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts
    }


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def imported_names(module: str) -> frozenset[str]:
    """Return every dotted name that a module imports, at the top or inside functions."""
    return names_imported_by(tree_of(module))


def names_imported_by(tree: ast.Module) -> frozenset[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


@cache
def tree_of(module: str) -> ast.Module:
    return ast.parse(modules()[module].read_text(encoding="utf-8"))


@cache
def imports(module: str) -> frozenset[str]:
    """Return the project's own modules that a module imports from.

    `from package import module` counts as the module alone, not as its package too.
    """
    own = set()
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            own |= {alias.name for alias in node.names if alias.name in modules()}
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                own |= {name for name in (inner,) if name in modules()} or (
                    {node.module} & modules().keys()
                )
    return frozenset(own - {module})


def circles() -> list[set[str]]:
    """Return each group of modules that import each other, directly or through others."""
    reach = {module: reached_from(module) for module in modules()}
    found: list[set[str]] = []
    for module in modules():
        circle = {other for other in reach[module] if module in reach[other]}
        if circle and circle not in found:
            found.append(circle)
    return found


@cache
def reached_from(module: str) -> frozenset[str]:
    """Return the project's modules that a module imports, directly or through others."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        for name in imports(waiting.pop()) - found:
            found.add(name)
            waiting.append(name)
    return frozenset(found)
