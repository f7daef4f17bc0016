"""What is wrong with the form of a page, for the page's title and the summary at its top."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import template
from django.forms import BaseForm
from django.utils.text import Truncator, capfirst

from quiz.web.forms import FormFault, faults_of

register = template.Library()

LONGEST_ROW = 60  # characters of a row's name


@register.simple_tag(takes_context=True)
def page_faults(context: template.Context) -> list[Any]:
    """Return the view's `form_faults`, otherwise the faults of the page's form and its rows.

    A filter in a query string isn't a form that someone has to correct.
    """
    given: Iterable[Any] = context.get("form_faults") or ()
    if given:
        return list(given)
    request = context.get("request")
    if request is None or request.method != "POST":
        return []
    form = context.get("form") or getattr(context.get("adminform"), "form", None)
    faults = list(faults_of(form)) if isinstance(form, BaseForm) else []
    for inline in context.get("inline_admin_formsets") or ():
        faults += faults_of_rows(inline)
    return faults


def faults_of_rows(inline: Any) -> Iterator[FormFault]:
    """Yield the faults of an inline formset: of all rows together, then of each row."""
    formset, options = inline.formset, inline.opts
    for message in formset.non_form_errors():
        heading = str(capfirst(options.verbose_name_plural))
        yield FormFault(f"{formset.prefix}-heading", message, heading)
    for number, form in enumerate(formset.forms):
        own = str(form.instance) if form.instance.pk else f"#{number + 1}"
        row = f"{capfirst(options.verbose_name)} {Truncator(own).chars(LONGEST_ROW)}"
        for fault in faults_of(form):
            place = fault.place or f"{formset.prefix}-{number}"
            yield FormFault(place, fault.message, ", ".join(filter(None, [row, fault.name])))
