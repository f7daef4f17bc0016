"""What the screens of roles and questions share: sound lists, rows with labels, help texts."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import SuspiciousOperation
from django.db import models
from django.forms import Textarea
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

ADDRESS = {models.URLField: {"assume_scheme": "https"}}
SHORT_TEXT = {models.TextField: {"widget": Textarea(attrs={"rows": 3, "cols": 60})}}
LONG_TEXT = {models.TextField: {"widget": Textarea(attrs={"rows": 7, "cols": 80})}}


# 18 digits fit a 64-bit integer, whatever they are.
LONGEST_ID = 18
# More rows than any inline needs; Django alone would draw 2000 at the asking.
MOST_ROWS = 200

ORDER_HELP = _("Its place among the others: 1 comes first.")


def is_id(text: str) -> bool:
    """Whether a database can be asked for a row by this; Django's own lists don't check."""
    return text.isdecimal() and len(text) <= LONGEST_ID


class CheckedLists(admin.ModelAdmin):
    """Lists that answer a forged filter or selection with a 400, where Django's end in a 500."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow what this list's own filters ask for, and no lookup besides."""
        offered: set[str] = set()
        for named in self.get_list_filter(request):
            path = named[0] if isinstance(named, tuple) else named
            if not isinstance(path, str):
                offered.add(path.parameter_name)
            elif get_fields_from_path(self.model, path)[-1].is_relation:
                offered |= {f"{path}__id__exact", f"{path}__isnull"}
            else:
                offered |= {path, f"{path}__exact", f"{path}__isnull"}
        return lookup in offered and super().lookup_allowed(lookup, value, request)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not all(map(is_id, request.POST.getlist(ACTION_CHECKBOX_NAME))):
            raise SuspiciousOperation("A selection of rows that no list offers")
        return super().changelist_view(request, extra_context)


class LabelledFormSet(forms.BaseInlineFormSet):
    def get_deletion_widget(self) -> forms.Widget:
        return forms.CheckboxInput(attrs={"aria-label": _("Delete")})

    def full_clean(self) -> None:
        """Let a cell that was refused be described by its error, beside its help."""
        super().full_clean()
        for form in self.forms:
            for name in form.errors.keys() & form.fields.keys():
                attrs = form.fields[name].widget.attrs
                described = [attrs.get("aria-describedby", ""), f"{form[name].auto_id}_error"]
                attrs["aria-describedby"] = " ".join(filter(None, described))


class Rows(admin.TabularInline):
    """An inline with label and help in every cell, and no more rows drawn than it may hold.

    Django's has headings only, which no cell refers to, and draws as many rows as a request asks.
    """

    template = "admin/edit_inline/rows.html"
    extra = 0
    formset = LabelledFormSet
    max_num = MOST_ROWS

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, absolute_max=MOST_ROWS, **kwargs)

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field:
            field.widget.attrs["aria-label"] = db_field.verbose_name
            help_id = f"help-{self.opts.model_name}-{db_field.name}"
            field.widget.attrs["aria-describedby"] = help_id
        return field


def help_texts(*texts: tuple[Any, Any]) -> dict[str, Any]:
    """Return help texts by form field, for fields given by name or as a translated field."""
    return {
        name: text
        for field, text in texts
        for name in ([field] if isinstance(field, str) else field.fields)
    }
