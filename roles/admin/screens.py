"""Building blocks for every list and form in the admin: checked lists, labeled rows, help texts."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import SuspiciousOperation
from django.core.validators import RegexValidator
from django.db import models
from django.forms import Textarea
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from roles.history import plain_lines

# What `ModelAdmin.formfield_overrides` takes: options of the form field, by class of model field.
FieldOptions = dict[type[models.Field], Mapping[str, Any]]

ADDRESS: FieldOptions = {models.URLField: {"assume_scheme": "https"}}


class PlainLines(forms.CharField):
    """Keeps line ends as the database stores them; browsers send others, which isn't an edit."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return plain_lines(text) if isinstance(text, str) else text

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.to_python(initial), data)


# Control characters but line breaks and tabs, and what changes the direction of text.
READABLE: dict[str, Any] = {
    "validators": [
        RegexValidator(
            "[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]",
            _("A character here can't be seen and can garble the text around it. Type it again."),
            inverse_match=True,
        )
    ]
}
LINES = READABLE | {"form_class": PlainLines}
PLAIN_LINES: FieldOptions = {models.CharField: READABLE, models.TextField: LINES}
SHORT_TEXT: FieldOptions = PLAIN_LINES | {
    models.TextField: LINES | {"widget": Textarea(attrs={"rows": 3, "cols": 60})},
}
LONG_TEXT: FieldOptions = PLAIN_LINES | {
    models.TextField: LINES | {"widget": Textarea(attrs={"rows": 7, "cols": 80})},
}

# Any number of 18 digits fits into a 64-bit integer.
LONGEST_ID = 18
# More rows than any inline needs. Django's own limit lets a request draw 2000.
MOST_ROWS = 200

ORDER_HELP = _("Position among the others. 1 comes first.")


def is_id(text: str) -> bool:
    """Check that a database accepts this as a primary key; Django's own lists don't check."""
    return text.isdecimal() and len(text) <= LONGEST_ID


class CheckedLists(admin.ModelAdmin):
    """Answers a forged filter or selection in a list with a 400; plain Django ends in a 500."""

    def is_key(self, text: str) -> bool:
        """Check that a row of this list can have this primary key."""
        return is_id(text)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup in self._offered_lookups(request) and super().lookup_allowed(
            lookup, value, request
        )

    def _offered_lookups(self, request: HttpRequest) -> set[str]:
        """Collect the lookups that this list's own filters put into a query string."""
        offered: set[str] = set()
        for entry in self.get_list_filter(request):
            path = entry[0] if isinstance(entry, tuple) else entry
            if not isinstance(path, str):
                offered.add(getattr(path, "parameter_name", ""))
            elif get_fields_from_path(self.model, path)[-1].is_relation:
                offered |= {f"{path}__id__exact", f"{path}__isnull"}
            else:
                offered |= {path, f"{path}__exact", f"{path}__isnull"}
        return offered

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not all(map(self.is_key, request.POST.getlist(ACTION_CHECKBOX_NAME))):
            raise SuspiciousOperation("The selection contains a row that no list offers")
        return super().changelist_view(request, extra_context)


class LabeledDeleteBox(forms.CheckboxInput):
    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"aria-label": _("Delete"), **(attrs or {})})


class LabeledFormSet(forms.BaseInlineFormSet):
    deletion_widget = LabeledDeleteBox

    def full_clean(self) -> None:
        """Point the description of each refused cell to its error message, next to its help."""
        super().full_clean()
        for form in self.forms:
            for name in form.errors.keys() & form.fields.keys():
                attrs = form.fields[name].widget.attrs
                described = [attrs.get("aria-describedby", ""), f"{form[name].auto_id}_error"]
                attrs["aria-describedby"] = " ".join(filter(None, described))


class Rows(admin.TabularInline):
    """A table of rows in which every cell has its own label and help, with a limit on rows.

    Django's tabular inline only has column headings, which no cell refers to, and draws as many
    rows as a request asks for.
    """

    template = "admin/edit_inline/rows.html"
    extra = 0
    formset = LabeledFormSet
    formfield_overrides = PLAIN_LINES
    formfield_overrides = PLAIN_LINES
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
    """Map form fields to help texts; a translated field means its form field in every language."""
    return {
        name: text
        for field, text in texts
        for name in ([field] if isinstance(field, str) else field.fields)
    }
