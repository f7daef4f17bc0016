"""Lists the faults of a form of the admin at its top, each as a link to its field."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import template
from django.forms import BaseForm
from django.utils.text import Truncator, capfirst

register = template.Library()

LONGEST_ROW = 60  # characters of a row's name


class FormFault(NamedTuple):
    """What is wrong; `place` is the id of the element to go to, empty if nothing shows it."""

    place: str
    name: str
    message: str


@register.inclusion_tag("admin/_error_summary.html", takes_context=True)
def error_summary(context: template.Context) -> dict[str, Any]:
    faults = list(faults_of(context["adminform"].form))
    for inline in context.get("inline_admin_formsets") or ():
        faults += faults_of_rows(inline)
    return {"faults": faults}


def faults_of(form: BaseForm, row: str = "") -> Iterator[FormFault]:
    """Yield the faults of a form's fields, named after their row if they are in one."""
    for field in form:
        name = ", ".join(filter(None, [row, str(capfirst(field.label))]))
        # Radio buttons have an element around them instead of a labeled one.
        place = "" if field.is_hidden else field.id_for_label or field.auto_id
        for message in field.errors:
            yield FormFault(place, name, str(message))


def faults_of_rows(inline: Any) -> Iterator[FormFault]:
    """Yield the faults of an inline formset: of all rows together, then of each row."""
    formset, options = inline.formset, inline.opts
    for message in formset.non_form_errors():
        heading = str(capfirst(options.verbose_name_plural))
        yield FormFault(f"{formset.prefix}-heading", heading, message)
    for number, form in enumerate(formset.forms):
        own = str(form.instance) if form.instance.pk else f"#{number + 1}"
        row = f"{capfirst(options.verbose_name)} {Truncator(own).chars(LONGEST_ROW)}"
        for message in form.non_field_errors():
            yield FormFault(f"{formset.prefix}-{number}", row, message)
        yield from faults_of(form, row)
