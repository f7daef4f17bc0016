"""Counselors, their clients, and the results that clients share with them."""

import uuid
from datetime import datetime
from typing import Any, ClassVar, Self, cast

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Value
from django.db.models.lookups import IsNull
from django.utils.translation import gettext_lazy as _

from quiz.attempts.models.attempt import Attempt
from quiz.attempts.models.link import Link, LinkQuerySet
from quiz.core.scopes import SCOPES, Scope
from quiz.core.scoring import Result
from quiz.counseling.coded_links import CodedLink, CodedLinkQuerySet
from quiz.counseling.mailed_links import MailedLink
from quiz.web.fields import CleanNameField, FoldedNameField

NAME_LENGTH, TAG_LENGTH, NOTE_LENGTH = 120, 40, 5000
GROUP_PLACES = 40


class Counselor(models.Model):
    """An account that works with clients. To close it, make its user inactive."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="counselor", verbose_name=_("user")
    )
    name = CleanNameField(_("name"), max_length=NAME_LENGTH, help_text=_("Clients see this name."))
    folded = FoldedNameField()
    sees_report: bool  # added by `counselor_of`

    class Meta:
        verbose_name = _("counselor")
        verbose_name_plural = _("counselors")
        ordering = ["folded", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """False once the account is closed: no one can log in to it, and its links stop working."""
        return self.user.is_active


class SpentLinkQuerySet(LinkQuerySet):
    """Links that work once."""

    def open_at(self, now: datetime) -> Self:
        return super().open_at(now).filter(spent_at=None)

    def spend(self, link: Any, now: datetime) -> bool:
        """Mark a link as used. Return False if it was used, deleted or expired in the meantime."""
        return self.open_at(now).filter(pk=link.pk).update(spent_at=now) == 1


class CounselorInvitation(MailedLink, Link):
    """A link to create a counselor account. There is no other way to get one."""

    purpose = "counselor"
    url_name = "quiz:join"

    email = models.EmailField(_("e-mail address"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    spent_at = models.DateTimeField(_("used"), null=True, editable=False)

    objects: ClassVar = SpentLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("counselor invitation")
        verbose_name_plural = _("counselor invitations")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        # Without the address: the admin's log keeps this for good.
        return f"Invitation {self.pk}"


class ClientGroup(models.Model):
    """Clients who belong together, such as a class."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    counselor = models.ForeignKey(Counselor, models.PROTECT, related_name="groups")
    name = CleanNameField(_("name"), max_length=NAME_LENGTH)
    folded = FoldedNameField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("client group")
        verbose_name_plural = _("client groups")
        ordering = ["folded", "id"]
        constraints = [
            models.UniqueConstraint(fields=["counselor", "folded"], name="group_name_folded_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A counselor's label for clients."""

    counselor = models.ForeignKey(Counselor, models.CASCADE, related_name="tags")
    name = CleanNameField(max_length=TAG_LENGTH)
    folded = FoldedNameField()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["folded", "id"]
        constraints = [
            models.UniqueConstraint(fields=["counselor", "folded"], name="tag_name_folded_once"),
        ]

    def __str__(self) -> str:
        return self.name


class ClientQuerySet(models.QuerySet["Client"]):
    def of(self, counselor: Counselor) -> Self:
        """Return a counselor's clients. Every counselor page starts with this filter."""
        return self.filter(counselor=counselor)

    def archived(self, counselor: Counselor) -> Self:
        return self.of(counselor).filter(archived_at__isnull=False)

    def with_state(self) -> Self:
        """Annotate with `state`: as much as a counselor may know before a result is shared."""
        attempts = Attempt.objects.filter(client=OuterRef("pk"))
        return self.annotate(
            state=models.Case(
                models.When(_has(Disclosure.objects.filter(client=OuterRef("pk"))), Value(SHARED)),
                models.When(_has(attempts.filter(finished_at__isnull=False)), Value(FINISHED)),
                models.When(_has(attempts), Value(STARTED)),
                default=Value(INVITED),
                output_field=models.CharField(),
            )
        )


def _has(rows: models.QuerySet[Any]) -> IsNull:
    """Like Exists, which PostgreSQL may answer from a list of the rows of all clients."""
    return IsNull(models.Subquery(rows.order_by().values("pk")[:1]), False)


INVITED, STARTED, FINISHED, SHARED = "invited", "started", "finished", "shared"


class Client(models.Model):
    """A person a counselor works with, under a name that the counselor chose."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    counselor = models.ForeignKey(Counselor, models.PROTECT, related_name="clients")
    name = CleanNameField(_("name"), max_length=NAME_LENGTH)
    folded = FoldedNameField()
    email = models.EmailField(_("e-mail address"), blank=True)
    group = models.ForeignKey(
        ClientGroup, models.SET_NULL, null=True, blank=True, related_name="clients"
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="clients")
    state: str  # added by `with_state`
    created_at = models.DateTimeField(auto_now_add=True)
    # When they last started. It stays when they delete their quiz: no one reminds them then.
    started_at = models.DateTimeField(null=True, editable=False)
    # No longer in the list, but still the counselor's.
    archived_at = models.DateTimeField(null=True, editable=False)
    # What pages have announced to the counselor and the client: see `time_limits`.
    delete_after = models.DateTimeField(null=True, editable=False)

    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        ordering = ["folded", "id"]
        indexes = [
            models.Index("counselor", "folded", "id", name="client_by_folded_name"),
            models.Index("counselor", F("created_at").desc(), "id", name="client_newest_first"),
        ]

    def __str__(self) -> str:
        return self.name


class ClientInvitationQuerySet(CodedLinkQuerySet, SpentLinkQuerySet):  # type: ignore[override]
    def of_open_accounts(self) -> Self:
        # No join: an UPDATE would check a join before it waits for another UPDATE of the row.
        return self.filter(client__in=Client.objects.filter(counselor__user__is_active=True))

    def open_at(self, now: datetime) -> Self:
        return super().open_at(now).of_open_accounts()


class ClientInvitation(MailedLink, CodedLink):
    """A link for one client to take the quiz once."""

    purpose = "client"
    url_name = "quiz:invitation"
    DAYS = 30

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, models.CASCADE, related_name="invitations")
    sent_to = models.EmailField(blank=True)
    spent_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar = ClientInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("client invitation")
        verbose_name_plural = _("client invitations")
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return f"Invitation {self.pk}"

    @property
    def is_used_up(self) -> bool:
        return self.spent_at is not None


class GroupLinkQuerySet(CodedLinkQuerySet):
    def of_open_accounts(self) -> Self:
        return self.filter(group__in=ClientGroup.objects.filter(counselor__user__is_active=True))

    def open_at(self, now: datetime) -> Self:
        return super().open_at(now).of_open_accounts().filter(used__lt=F("places"))

    def take_place(self, link: Any, now: datetime) -> bool:
        """Take a place. Return False if none is left or the link ended in the meantime."""
        return self.open_at(now).filter(pk=link.pk).update(used=F("used") + 1) == 1


class GroupLink(CodedLink):
    """A link for a whole class to take the quiz. Everyone who uses it becomes a client."""

    purpose = "group"
    url_name = "quiz:group_invitation"
    DAYS = 30

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(ClientGroup, models.CASCADE, related_name="links")
    places = models.PositiveSmallIntegerField(default=GROUP_PLACES)
    used = models.PositiveSmallIntegerField(default=0, editable=False)

    objects: ClassVar = GroupLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("group link")
        verbose_name_plural = _("group links")
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return f"Group link {self.pk}"

    @property
    def is_used_up(self) -> bool:
        """True if no place is left."""
        return self.used >= self.places


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    def of(self, counselor: Counselor) -> Self:
        return self.filter(client__counselor=counselor)

    def newest_first(self) -> Self:
        return self.order_by("-attempt__finished_at", "-pk")

    def newest_by_client(self) -> dict[uuid.UUID, "Disclosure"]:
        """Return each client's latest shared result by client id, latest first."""
        newest: dict[uuid.UUID, Disclosure] = {}
        for each in self.select_related("attempt").newest_first():
            newest.setdefault(each.client_id, each)
        return newest


class Disclosure(models.Model):
    """A result that a client shares with their counselor. To stop sharing, delete the row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt = models.OneToOneField(Attempt, models.CASCADE, related_name="disclosure")
    client = models.ForeignKey(Client, models.CASCADE, related_name="disclosures")
    scope = models.CharField(max_length=8, choices=[(scope, scope) for scope in SCOPES])
    shows_next_step = models.BooleanField(default=False)
    at = models.DateTimeField()

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        verbose_name = _("shared result")
        verbose_name_plural = _("shared results")
        ordering = ["-at", "id"]

    def __str__(self) -> str:
        return f"Disclosure {self.pk}"

    @property
    def shows(self) -> Scope:
        return Scope(self.scope)

    @property
    def result(self) -> Result:
        return self.attempt.stored_result

    @property
    def finished_at(self) -> datetime:
        return cast(datetime, self.attempt.finished_at)  # only finished attempts are shared


class Note(models.Model):
    """A counselor's note about a client, either private or for the client to read."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, models.CASCADE, related_name="notes")
    author = models.ForeignKey(Counselor, models.PROTECT, related_name="+")
    is_for_client = models.BooleanField(default=False)
    text = models.TextField(max_length=NOTE_LENGTH)
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["-written_at", "id"]

    def __str__(self) -> str:
        return f"Note {self.pk}"


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def log(self, counselor: Counselor, action: str, client: Client | None, **more: Any) -> None:
        """Add an entry. `more` may have a `detail`."""
        self.create(counselor=counselor, action=action, client=client, **more)


class AuditEntry(models.Model):
    """Who saw or did what, and when. Rows are only added, never changed."""

    SAW = "saw"
    COMPARED = "compared"
    REPORTED = "reported"
    SHOWED = "showed"
    EXPORTED = "exported"
    INVITED = "invited"
    CHANGED = "changed"
    HANDED_OVER = "handed over"
    DELETED = "deleted"
    ARCHIVED = "archived"
    RESTORED = "restored"
    REMINDED = "reminded"
    MET = "met"
    ERASED = "erased"
    ACTIONS: ClassVar[dict[str, Any]] = {
        SAW: _("Opened a result"),
        COMPARED: _("Compared results"),
        REPORTED: _("Opened a group report"),
        SHOWED: _("Showed results in class"),
        EXPORTED: _("Exported results"),
        INVITED: _("Invitation"),
        CHANGED: _("Edited a client"),
        HANDED_OVER: _("Handed over"),
        DELETED: _("Deleted a client"),
        ARCHIVED: _("Archived a client"),
        RESTORED: _("Took a client out of the archive"),
        REMINDED: _("Reminded a client"),
        MET: _("Meeting"),
        ERASED: _("Your client deleted a meeting"),
    }

    at = models.DateTimeField(auto_now_add=True)
    counselor = models.ForeignKey(Counselor, models.PROTECT, related_name="audit_entries")
    client = models.ForeignKey(Client, models.SET_NULL, null=True, related_name="audit_entries")
    action = models.CharField(max_length=12, choices=ACTIONS.items())
    detail = models.CharField(max_length=200, blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit log entry")
        verbose_name_plural = _("audit log")
        ordering = ["-at", "-id"]
        indexes = [models.Index("counselor", F("at").desc(), name="audit_of_counselor")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M %Z} {self.counselor} {self.action}"
