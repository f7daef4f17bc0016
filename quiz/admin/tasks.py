"""Background tasks: read only, without what they are about, and with a button to try again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_tasks import TaskResultStatus
from django_tasks_db.admin import DBTaskResultAdmin
from django_tasks_db.models import DBTaskResult, get_date_max

from roles.admin.screens import CheckedLists

# Its page shows arguments. The import has registered it.
admin.site.unregister(DBTaskResult)


@admin.action(description=_("Try again now"), permissions=["retry"])
def try_again(model_admin: admin.ModelAdmin, request: HttpRequest, chosen: Any) -> None:
    """Give failed tasks all their tries again; leave the others as they are."""
    with transaction.atomic():
        count = chosen.failed().update(
            status=TaskResultStatus.READY,
            run_after=get_date_max(),
            worker_ids=[],
            finished_at=None,
        )
    text = ngettext("%d failed task starts again.", "%d failed tasks start again.", count)
    model_admin.message_user(request, text % count, messages.SUCCESS)


@admin.register(DBTaskResult)
class TaskAdmin(CheckedLists, DBTaskResultAdmin):
    """Nothing can be added, changed or deleted, as on the package's page."""

    list_display_links = ("task",)
    actions = (try_again,)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return ["task", "status", "tries", "next_try", "error", "enqueued_at", "finished_at"]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return ["status", "queue_name"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [
            *("task", "status", "tries", "next_try", "error", "enqueued_at", "started_at"),
            *("finished_at", "return_value", "formatted_traceback"),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self.get_fields(request, obj)

    def is_key(self, text: str) -> bool:
        try:
            UUID(text)
        except ValueError:
            return False
        return True

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("django_tasks_database.change_dbtaskresult")

    @admin.display(description=_("task"), ordering="task_path")
    def task(self, obj: Any) -> str:
        name: str = obj.task_name
        return name

    @admin.display(description=_("tries"))
    def tries(self, obj: Any) -> int:
        return len(obj.worker_ids)

    @admin.display(description=_("next try"), ordering="run_after")
    def next_try(self, obj: Any) -> datetime | None:
        is_later = obj.status == TaskResultStatus.READY and obj.run_after != get_date_max()
        return obj.run_after if is_later else None

    @admin.display(description=_("error"))
    def error(self, obj: Any) -> str:
        """Name the class of the last error. Its message is on the page of the task."""
        path: str = obj.exception_class_path
        return path.rpartition(".")[2]
