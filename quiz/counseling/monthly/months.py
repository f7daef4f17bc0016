"""Months of the monthly report, as they were first drawn, and who looked at them.

Only rounded numbers are stored, and they are never drawn again.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from quiz.counseling.models import ClientGroup
from quiz.counseling.monthly.steps import RoundedCounts

# The permission to see the report.
SEE_REPORT = "quiz.view_monthly_report"


class ReportedMonth(models.Model):
    """A month that is over and was counted. Without rows, there were too few people."""

    first_day = models.DateField(unique=True)
    counted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-first_day"]
        default_permissions = ()
        permissions = [("view_monthly_report", _("Can see the monthly report"))]

    def __str__(self) -> str:
        return f"{self.first_day:%Y-%m}"


class ReportedRow(models.Model):
    """The numbers of one group, or of everyone else (`is_rest`), in steps of five."""

    month = models.ForeignKey(ReportedMonth, models.CASCADE, related_name="rows")
    # Null for everyone else, and once the group is deleted. No constraint: the release before,
    # which doesn't know this table, must be able to delete groups. So read it with a join.
    group = models.ForeignKey(
        ClientGroup, models.SET_NULL, null=True, related_name="+", db_constraint=False
    )
    is_rest = models.BooleanField(default=False)
    invited = models.PositiveIntegerField()
    started = models.PositiveIntegerField()
    finished = models.PositiveIntegerField()
    shared = models.PositiveIntegerField()
    # As in Verdict; null where too few share.
    verdicts = models.JSONField(null=True)

    class Meta:
        ordering = ["month", "is_rest", "group__folded", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"Row {self.pk}"

    @property
    def numbers(self) -> RoundedCounts:
        return RoundedCounts(
            self.invited, self.started, self.finished, self.shared, tuple(self.verdicts or ())
        )


class ReportOpening(models.Model):
    """Who looked at the report, when, and how. Rows are only added."""

    PAGE, FILE = "page", "file"
    WAYS: ClassVar[dict[str, Any]] = {PAGE: _("opened the page"), FILE: _("downloaded the file")}

    at = models.DateTimeField(_("at"), auto_now_add=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,  # as above, for accounts
        verbose_name=_("user"),
    )
    how = models.CharField(_("what they did"), max_length=4, choices=WAYS.items())

    class Meta:
        verbose_name = _("opening of the monthly report")
        verbose_name_plural = _("openings of the monthly report")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M %Z} {self.how}"
