"""Reminders of clients who haven't finished: at most one in a week, and none after "stop"."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.template.loader import render_to_string
from django.urls import reverse

from quiz.attempts.models.link import Link, LinkQuerySet, hash_of_token
from quiz.counseling.audit_details import AS_TEXT, BY_EMAIL
from quiz.counseling.inviting import invite_all, place_for_codes
from quiz.counseling.locks import lock
from quiz.counseling.mailed_links import MailedLink
from quiz.counseling.models import (
    INVITED,
    STARTED,
    AuditEntry,
    Client,
    ClientInvitation,
    ClientQuerySet,
    Counselor,
)
from quiz.web.mail import sends_mail

PAUSE = timedelta(days=7)
TEMPLATE = "counseling/reminder_email.txt"


class ReminderQuerySet(LinkQuerySet):
    def since(self, moment: datetime) -> Self:
        return self.filter(created_at__gt=moment)

    def stopped(self) -> Self:
        return self.filter(stopped_at__isnull=False)

    def past_keeping(self, now: datetime) -> Self:
        """Reminders from a year ago without a "stop", and those of clients who are gone."""
        is_gone = ~Exists(Client.objects.filter(pk=OuterRef("client")))
        return self.filter(Q(expires_at__lte=now, stopped_at=None) | is_gone)

    def by_token_even_stopped(self, token: str) -> "Reminder | None":
        found: Reminder | None = self.filter(token_hash=hash_of_token(token)).first()
        return found

    def stop(self, reminder: "Reminder", now: datetime) -> None:
        with transaction.atomic():
            self.filter(pk=reminder.pk, stopped_at=None).update(stopped_at=now)


class Reminder(MailedLink, Link):
    """A reminder of one client. Its link is for the client to say "stop", without an account."""

    purpose = "reminder"
    url_name = "quiz:stop_reminders"
    DAYS = 365  # until it is deleted; one with which someone said stop stays

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # No constraint: the release before, which doesn't know this table, must be able to delete
    # clients.
    client = models.ForeignKey(
        Client, models.CASCADE, related_name="reminders", db_constraint=False
    )
    by_email = models.BooleanField()  # otherwise the counselor copies the text
    sent_at = models.DateTimeField(null=True, editable=False)
    stopped_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar = ReminderQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return f"Reminder {self.pk}"

    @property
    def again_at(self) -> datetime:
        return self.created_at + PAUSE

    @property
    def is_to_copy(self) -> bool:
        """Whether the counselor has to send it, because it isn't e-mailed or couldn't be."""
        return not self.by_email or self.mail_state == "failed"


def remindable(clients: ClientQuerySet, now: datetime) -> ClientQuerySet:
    """Return those of these clients who may be reminded now."""
    reminders = Reminder.objects.filter(client=OuterRef("pk"))
    used = ClientInvitation.objects.filter(client=OuterRef("pk"), spent_at__isnull=False)
    waiting = clients.with_state().filter(Q(state__in=(INVITED, STARTED)), archived_at=None)
    return (
        waiting.exclude(Exists(reminders.stopped()))
        .exclude(Exists(reminders.since(now - PAUSE)))
        # They started once, so their quiz is deleted. Of older starts, only a used link is left.
        .exclude(Q(state=INVITED) & (Q(started_at__isnull=False) | Q(Exists(used))))
    )


def remind(counselor: Counselor, ids: Collection[UUID], now: datetime) -> list[Reminder]:
    """Add a reminder of each client who may have one, with an open link; return them."""
    with transaction.atomic():
        lock(counselor.pk)
        own = Client.objects.of(counselor).filter(pk__in=ids)
        clients = list(remindable(own, now).order_by("folded", "pk"))
        opened = open_links(clients, now)
        invite_all([c for c in clients if c.state == INVITED and c.pk not in opened], now)
        reminders: list[Reminder] = Reminder.objects.bulk_create(
            Reminder.objects.unsaved(
                client=client,
                by_email=bool(client.email) and sends_mail(),
                expires_at=now + timedelta(days=Reminder.DAYS),
            )
            for client in clients
        )
        AuditEntry.objects.bulk_create(
            AuditEntry(
                counselor=counselor,
                client=each.client,
                action=AuditEntry.REMINDED,
                detail=BY_EMAIL if each.by_email else AS_TEXT,
            )
            for each in reminders
        )
    return reminders


def open_links(clients: Iterable[Client], now: datetime) -> dict[UUID, ClientInvitation]:
    """Return the unused, unexpired links of these clients, by client."""
    links = ClientInvitation.objects.open_at(now).filter(client__in=clients)
    return {link.client_id: link for link in links.order_by("created_at")}


def to_copy(clients: ClientQuerySet, now: datetime) -> list[tuple[Reminder, str]]:
    """Return this week's reminders that a counselor has to send, each with its text."""
    found = Reminder.objects.filter(client__in=clients.filter(archived_at=None))
    recent = found.since(now - PAUSE).filter(stopped_at=None)
    reminders = [each for each in recent.select_related("mail") if each.is_to_copy]
    waiting = clients.with_state().filter(Q(state__in=(INVITED, STARTED)))
    by_key = waiting.select_related("counselor").in_bulk([each.client_id for each in reminders])
    links = open_links(by_key.values(), now)
    texts = []
    for each in reminders:
        if client := by_key.get(each.client_id):
            each.client = client
            texts.append((each, text_of(each, client, links)))
    return texts


def text_of(reminder: Reminder, client: Client, links: Mapping[UUID, ClientInvitation]) -> str:
    """Return the reminder's text; `client` needs `state` and `counselor`."""
    return render_to_string(TEMPLATE, values_of(reminder, client, links)).strip()


def values_of(
    reminder: Reminder, client: Client, links: Mapping[UUID, ClientInvitation]
) -> dict[str, Any]:
    link = links.get(client.pk) if client.state == INVITED else None
    return {
        "client": client,
        "counselor": client.counselor,
        "link": link,
        "place_for_codes": place_for_codes(),
        "quiz_url": f"{settings.SITE_URL}{reverse('quiz:introduction')}",
        "resume_url": f"{settings.SITE_URL}{reverse('quiz:resume')}",
        "stop_url": reminder.url,
    }
