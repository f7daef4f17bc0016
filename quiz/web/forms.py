"""Forms that know nothing of the quiz, and how a view reads and shows them."""

import re
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from quiz.web.limits import TOO_MANY, WINDOW_SECONDS
from quiz.web.names import clean_line, clean_lines
from quiz.web.typed import plain

# For fields in which a phone must not change what is typed.
AS_TYPED = {"autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}


def submitted(request: HttpRequest) -> QueryDict | None:
    """Return the data for a form; None for a GET, which leaves the form unbound."""
    return request.POST if request.method == "POST" else None


def render_form(
    request: HttpRequest,
    template: str,
    form: forms.BaseForm,
    context: Mapping[str, Any] = {},
    *,
    name: str = "form",
) -> HttpResponse:
    """Show a page around a form, which its template calls `name`.

    With errors, its status is 400, or 429 if one says that there were too many tries. Call it after
    `is_valid` and `add_error`.
    """
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    if any(form.has_error(field, TOO_MANY) for field in form.errors):
        status = HTTPStatus.TOO_MANY_REQUESTS
    response = render(request, template, {**context, name: form}, status=status)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        response["Retry-After"] = str(WINDOW_SECONDS)
    return response


class PlainForm(forms.Form):
    """Fields only: the template writes the form tag, the token and the buttons."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class NewIdField(forms.UUIDField):
    """The id of a row that the form will add. Submitting the form twice then adds one row."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"initial": uuid.uuid4} | kwargs)

    def clean(self, value: Any) -> uuid.UUID:
        try:
            typed: uuid.UUID = super().clean(value)
        except forms.ValidationError:
            # The field is hidden, so the person could not correct it.
            return uuid.uuid4()
        return typed


class NameField(forms.CharField):
    """A name on one line, without invisible characters, and with a visible letter or digit."""

    default_error_messages = {
        "invisible": _("Type at least one letter or digit."),
    }

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "dir": "auto"}

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value) or ""
        name = clean_line(typed)
        if typed.strip() and not any(map(str.isalnum, name)):
            raise forms.ValidationError(self.error_messages["invisible"], code="invisible")
        return name


class LinesField(forms.CharField):
    """Text without invisible characters, in which a line break counts as one character."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return clean_lines(str(super().to_python(value))).strip()


class AddressField(forms.EmailField):
    """One e-mail address, also as it is copied: `mailto:ann@…`, `Ann <ann@…>`, with a full stop."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), **AS_TYPED}

    def to_python(self, value: Any) -> str:
        text = plain(super().to_python(value) or "")
        if named := re.fullmatch(r"[^<>@]*<([^<>]*)>\s*", text):
            text = named[1]
        return re.sub(r"^mailto:", "", text.strip(" \"'(),;.<>“”‘’"), flags=re.IGNORECASE)
