"""The app of the package that keeps tasks in the database, under a name that says what it is."""

from django.utils.translation import gettext_lazy as _
from django_tasks_db.apps import TasksAppConfig


class BackgroundTasksConfig(TasksAppConfig):
    verbose_name = _("Background work")  # type: ignore[assignment]  # as Django allows
