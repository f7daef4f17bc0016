"""Checks for monitoring: `/healthz` (the process runs), `/readyz` (its services are available)."""

from collections.abc import Callable

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_safe

from quizsite.logs import CAUSE


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    checks = {"database": _database, "migrations": _migrations, "cache": _cache}
    found = {name: _outcome(check) for name, check in checks.items()}
    is_ready = set(found.values()) == {"ok"}
    request.META[CAUSE] = ", ".join(f"{name} {how}" for name, how in found.items() if how != "ok")
    return JsonResponse(
        {"status": "ok" if is_ready else "not ready", **found},
        status=200 if is_ready else 503,
        headers={"Cache-Control": "no-store"},
    )


def _outcome(check: Callable[[], bool]) -> str:
    try:
        return "ok" if check() else "not ready"
    except (DatabaseError, OSError):
        return "not reachable"


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _migrations() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _cache() -> bool:
    cache.set("readyz", "ok", timeout=10)
    return bool(cache.get("readyz") == "ok")


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
