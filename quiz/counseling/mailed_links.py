"""Links that a task e-mails to the person they are for, and what a page can say about that."""

from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django_tasks import TaskResultStatus
from django_tasks.base import Task

from quiz.web.mail import OTHER_REASON, REASONS

# What pages promise is a minute; after this time, they say that it takes longer.
USUAL = timedelta(minutes=5)


class MailedLink(models.Model):
    """A link with the task that e-mails it, if someone asked for that."""

    # A task is forgotten some time after it ended.
    mail = models.ForeignKey(
        "django_tasks_database.DBTaskResult",
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        abstract = True

    def mail_by(self, task: Task[[str, str], None]) -> None:
        """Have a task e-mail this link once the transaction is committed."""
        with transaction.atomic():
            result = task.enqueue(str(self.pk), get_language() or "")
            type(self)._default_manager.filter(pk=self.pk).update(mail=result.id)

    @property
    def mail_state(self) -> str:
        """Return "waiting", "late", "sent" or "failed"; "" if no one asked, or long ago."""
        row: Any = self.mail
        if row is None:
            return ""
        if row.status in (TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED):
            return "sent" if row.status == TaskResultStatus.SUCCESSFUL else "failed"
        is_late = row.exception_class_path or timezone.now() > row.enqueued_at + USUAL
        return "late" if is_late else "waiting"

    @property
    def mail_problem(self) -> str:
        """Say why the last try failed; "" if none did."""
        path = self.mail.exception_class_path if self.mail else ""
        return str(REASONS.get(path, OTHER_REASON)) if path else ""
