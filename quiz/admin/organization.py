"""Whose site this is: one form instead of a list."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from organization.forms import OrganizationForm
from organization.models import ROW, Organization
from roles.admin.history import HistoryAdmin
from roles.admin.screens import ADDRESS

PAGE = "admin:organization_organization"


def colors_of(theme: str) -> tuple[str, ...]:
    return tuple(
        f"{theme}_{token}" for token in ("paper", "ink", "act", "sales", "service", "focus")
    )


@admin.register(Organization)
class OrganizationAdmin(HistoryAdmin):
    form = OrganizationForm
    formfield_overrides = ADDRESS
    fieldsets = (
        (None, {"fields": ("name", "short_name")}),
        (
            _("Contact"),
            {"fields": ("contact_name", "contact_phone", "contact_hours", "contact_link")},
        ),
        (_("Legal pages"), {"fields": ("privacy_url", "imprint_url")}),
        (_("Job pages"), {"fields": ("country",)}),
        (_("How long data is kept"), {"fields": ("most_unfinished_days", "most_finished_days")}),
    )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Go to the form, because there is one row at most."""
        if self.has_view_permission(request) and Organization.objects.exists():
            return redirect(reverse(f"{PAGE}_change", args=[ROW]))
        if self.has_add_permission(request):
            return redirect(reverse(f"{PAGE}_add"))
        return super().changelist_view(request, extra_context)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may change the organization may also fill it in first."""
        return self.has_change_permission(request) and not Organization.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
