"""E-mail reminders to clients, as tasks. Like those for invitations, they hold ids alone."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django_tasks import task

from quiz.counseling.models import INVITED, STARTED, Client, Counselor
from quiz.counseling.reminders import TEMPLATE, Reminder, open_links, remind, values_of
from quiz.web.mail import send_text


def remind_and_mail(counselor: Counselor, ids: Collection[UUID], now: datetime) -> list[Reminder]:
    """Add reminders, and have those e-mailed that can be; return all of them."""
    with transaction.atomic():
        reminders = remind(counselor, ids, now)
        mailed = [str(each.pk) for each in reminders if each.by_email]
        if mailed:
            mail_reminders.enqueue(mailed, get_language() or "")
    return reminders


@task(queue_name="mail")
def mail_reminders(reminder_ids: list[str], language: str) -> None:
    """Have each of these e-mailed by a task of its own: one can fail without the others."""
    waiting = Reminder.objects.filter(pk__in=reminder_ids, mail=None, sent_at=None)
    with override(language):
        for reminder in waiting:
            reminder.mail_by(mail_reminder)


@task(queue_name="mail")
def mail_reminder(reminder_id: str, language: str) -> None:
    """Send a reminder, unless the client has said stop, finished or left since. Raises NotSent."""
    reminder = Reminder.objects.filter(pk=reminder_id, sent_at=None).first()
    if reminder is None or Reminder.objects.filter(client=reminder.client_id).stopped().exists():
        return
    clients = Client.objects.with_state().filter(
        Q(state__in=(INVITED, STARTED)), archived_at=None, counselor__user__is_active=True
    )
    client = clients.select_related("counselor").filter(pk=reminder.client_id).first()
    if client is None or not client.email:
        return
    links = open_links([client], timezone.now())
    if client.state == INVITED and client.pk not in links:
        return  # canceled since
    with override(language):
        subject = _("A reminder: your career quiz")
        send_text(subject, TEMPLATE, values_of(reminder, client, links), client.email)
    with transaction.atomic():
        Reminder.objects.filter(pk=reminder.pk).update(sent_at=timezone.now())
