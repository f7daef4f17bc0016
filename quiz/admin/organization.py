"""Whose site this is: one form instead of a list, and a preview of its colors."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from organization.colors import is_color
from organization.forms import ColorField, OrganizationForm, in_words
from organization.models import COLOR, ROW, Organization
from organization.palette import THEMES, Palette, preview_sheet
from roles.admin.history import HistoryAdmin
from roles.admin.screens import ADDRESS

PAGE = "admin:organization_organization"
SHOWN = ("paper", "ink", "act", "sales", "service", "focus")
COLORS = tuple(f"{theme}_{token}" for theme in THEMES for token in SHOWN)


@admin.register(Organization)
class OrganizationAdmin(HistoryAdmin):
    form = OrganizationForm
    formfield_overrides = ADDRESS
    change_form_template = "admin/organization/change_form.html"
    fieldsets = (
        (None, {"fields": ("name", "short_name", "new_logo")}),
        (
            gettext_lazy("Contact"),
            {"fields": ("contact_name", "contact_phone", "contact_hours", "contact_link")},
        ),
        (gettext_lazy("Legal pages"), {"fields": ("privacy_url", "imprint_url")}),
        (gettext_lazy("Job pages"), {"fields": ("country",)}),
        (
            gettext_lazy("How long data is kept"),
            {"fields": ("most_unfinished_days", "most_finished_days")},
        ),
        (
            gettext_lazy("Colors"),
            {
                "fields": COLORS,
                "description": gettext_lazy(
                    "Each like #1f3a5f. Soft colors follow these. If two colors that are used "
                    "together can't be told apart well enough, the form names the nearest color "
                    "that passes (WCAG 2.2, level AA)."
                ),
            },
        ),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without a logo there is none to remove, and who may only view has no form fields."""
        _names, *others = self.fieldsets
        logo = ["new_logo", "remove_logo"] if obj and obj.logo_id else ["new_logo"]
        if obj and not self.has_change_permission(request, obj):
            logo = ["logo"]
        return [(None, {"fields": ["name", "short_name", *logo]}), *others]

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if COLOR in db_field.validators:
            kwargs |= {"form_class": ColorField}
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_urls(self) -> list[Any]:
        seen = self.admin_site.admin_view
        return [
            path("preview/", seen(self.preview), name="organization_organization_preview"),
            path("preview.css", seen(self.preview_style), name="organization_organization_style"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Go to the form, because there is one row at most."""
        is_link = request.method == "GET" and not request.GET
        if is_link and self.has_view_permission(request) and Organization.objects.exists():
            return redirect(reverse(f"{PAGE}_change", args=[ROW]))
        if is_link and self.has_change_permission(request):
            return redirect(reverse(f"{PAGE}_add"))
        return super().changelist_view(request, extra_context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        context["show_save_and_add_another"] = False
        return super().render_change_form(request, context, *args, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may change the organization may also fill it in first, on the page for that.

        Django asks on every page of the admin, and elsewhere the answer must not cost a query.
        """
        here = request.resolver_match
        is_page = here is not None and f"admin:{here.url_name}" == f"{PAGE}_add"
        return is_page and self.has_change_permission(request) and not Organization.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def preview(self, request: HttpRequest) -> HttpResponse:
        """Show parts of pages in colors that aren't saved; a POST of the form leads there."""
        return _preview(request, is_allowed=self.has_view_permission(request))

    def preview_style(self, request: HttpRequest) -> HttpResponse:
        return _preview_style(request, is_allowed=self.has_view_permission(request))


def _colors(values: Any) -> dict[str, str]:
    """Return the colors of a form or an address by field, without what isn't one."""
    clean = ColorField(required=False).to_python
    found = {name: clean(values.get(name, "").strip()) for name in COLORS}
    return {name: color for name, color in found.items() if is_color(color)}


@require_http_methods(["GET", "HEAD", "POST"])
def _preview(request: HttpRequest, *, is_allowed: bool) -> HttpResponse:
    if not is_allowed:
        raise PermissionDenied
    if request.method == "POST":
        return redirect(f"{reverse(f'{PAGE}_preview')}?{urlencode(_colors(request.POST))}")
    colors = _colors(request.GET)
    palette = Organization(**colors).palette()
    context = {
        "style": f"{reverse(f'{PAGE}_style')}?{urlencode(colors)}",
        "themes": [(theme, _theme_name(theme), _faults(palette, theme)) for theme in THEMES],
        "back": reverse(f"{PAGE}_changelist"),
    }
    return render(request, "admin/organization/preview.html", context)


@require_safe
def _preview_style(request: HttpRequest, *, is_allowed: bool) -> HttpResponse:
    if not is_allowed:
        raise PermissionDenied
    palette = Organization(**_colors(request.GET)).palette()
    return HttpResponse(preview_sheet(palette), content_type="text/css; charset=utf-8")


def _theme_name(theme: str) -> str:
    return _("Light") if theme == THEMES[0] else _("Dark")


def _faults(palette: Palette, theme: str) -> list[tuple[str, str]]:
    """Return each color that has to change, with what is wrong with it."""
    return [
        (str(_field(f"{theme}_{fault.token}").verbose_name), in_words(fault))
        for fault in palette.faults()
        if fault.theme == theme
    ]


def _field(name: str) -> "models.Field[Any, Any]":
    field = Organization._meta.get_field(name)
    assert isinstance(field, models.Field)  # noqa: S101 - tells the type
    return field
