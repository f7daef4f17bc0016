"""Checks for monitoring: `/healthz` (the process runs), `/readyz` (it can read and write)."""

import shutil
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.middleware.common import CommonMiddleware
from django.urls import path
from django.views.decorators.http import require_safe

from quizsite.logs import CAUSE

MONITORED = {"/healthz", "/readyz"}
LEAST_FREE_BYTES = 100 * 1000 * 1000  # in DATA_DIR
WORDS = {"space": "less than 100 MB free"}  # for a check that fails; others are "not ready"


class HostExceptForMonitoring(CommonMiddleware):
    """Refuse unknown hosts, but let load balancers ask for the state by IP address."""

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        return None if request.path_info in MONITORED else super().process_request(request)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    checks = {
        "database": can_write,
        "migrations": is_migrated,
        "cache": cache_keeps,
        "space": _space,
    }
    found = {name: _outcome(check, WORDS.get(name, "not ready")) for name, check in checks.items()}
    is_ready = set(found.values()) == {"ok"}
    request.META[CAUSE] = ", ".join(f"{name} {how}" for name, how in found.items() if how != "ok")
    return JsonResponse(
        {"status": "ok" if is_ready else "not ready", **found},
        status=200 if is_ready else 503,
        headers={"Cache-Control": "no-store"},
    )


def _outcome(check: Callable[[], bool], otherwise: str) -> str:
    try:
        return "ok" if check() else otherwise
    except (DatabaseError, OSError):
        return "not reachable"


def can_write() -> bool:
    """Commit a write that changes nothing: a database that is full or read-only still answers."""
    statement = (
        "UPDATE django_migrations SET name = name"
        " WHERE id = (SELECT MIN(id) FROM django_migrations)"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        return bool(cursor.rowcount == 1)


def is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def cache_keeps() -> bool:
    cache.set("readyz", "ok", timeout=10)
    return bool(cache.get("readyz") == "ok")


def _space() -> bool:
    return shutil.disk_usage(settings.DATA_DIR).free >= LEAST_FREE_BYTES


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
