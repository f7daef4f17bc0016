"""Roles with duties, skills and advice. Loading content again keeps what editors change here."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from roles.admin.history import HistoryAdmin
from roles.admin.screens import LONG_TEXT, ORDER_HELP, Rows, help_texts
from roles.models import Advice, AdviceSummary, Duty, Role, Skill


class DutyForm(forms.ModelForm):
    class Meta:
        help_texts = help_texts(("order", ORDER_HELP))


class SkillForm(forms.ModelForm):
    class Meta:
        help_texts = help_texts(
            ("order", ORDER_HELP),
            (Skill.name, _("The skill in two or three words, such as “Active listening”.")),
        )


class DutyInline(Rows):
    model = Duty
    form = DutyForm


class SkillInline(Rows):
    model = Skill
    form = SkillForm


class AdviceSummaryInline(Rows):
    model = AdviceSummary


class AdviceForm(forms.ModelForm):
    class Meta:
        help_texts = help_texts(("order", _("Position among advice of the same kind.")))


class AdviceInline(Rows):
    model = Advice
    form = AdviceForm
    ordering = ["kind", "order", "pk"]


class RoleForm(forms.ModelForm):
    class Meta:
        help_texts = help_texts(
            ("field", _("The kind of work. The quiz suggests one of the two.")),
            ("level", _("People who lead a team, or soon will, see the manager level.")),
            (
                "occupation_title",
                _("The official name for the code, such as “Customer Service Representatives”."),
            ),
            (Role.title, _("The heading of the page: “Sales representative”.")),
            (
                Role.measured_by,
                _(
                    "What counts as success, such as calls answered or deals closed. "
                    "If empty, the page leaves it out."
                ),
            ),
            (
                Role.outlook_note,
                _(
                    "What the job forecast doesn't say. Words only: numbers belong in the "
                    "figures. If empty, the page leaves it out."
                ),
            ),
            (
                Role.education_note,
                _(
                    "The school or training that people need. Words only: numbers belong in the "
                    "figures. If empty, the page leaves it out."
                ),
            ),
        )


@admin.register(Role)
class RoleAdmin(HistoryAdmin):
    form = RoleForm
    list_display = ["__str__", "field", "level", "occupation_code", "order"]
    list_filter = ["field", "level"]
    search_fields = ["title_en", "slug", "summary_en", "occupation_code", "occupation_title"]
    inlines = [DutyInline, SkillInline, AdviceSummaryInline, AdviceInline]
    parts_with_history = [(part, "role_id") for part in (Duty, Skill, AdviceSummary, Advice)]
    formfield_overrides = LONG_TEXT
