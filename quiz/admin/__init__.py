from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from quiz.admin.accounts import GroupAdmin, UserAdmin
from quiz.admin.counselors import (
    AuditEntryAdmin,
    CounselorAdmin,
    CounselorInvitationAdmin,
    ReportOpeningAdmin,
)
from quiz.admin.drafts.parts import BackgroundQuestionAdmin, ItemAdmin, TraitAdmin
from quiz.admin.organization import OrganizationAdmin
from quiz.admin.tasks import TaskAdmin
from quiz.admin.versions.screen import QuestionnaireVersionAdmin

__all__ = [
    "AuditEntryAdmin",
    "BackgroundQuestionAdmin",
    "CounselorAdmin",
    "CounselorInvitationAdmin",
    "GroupAdmin",
    "ItemAdmin",
    "OrganizationAdmin",
    "QuestionnaireVersionAdmin",
    "ReportOpeningAdmin",
    "TaskAdmin",
    "TraitAdmin",
    "UserAdmin",
]

admin.site.index_title = _("Overview")
