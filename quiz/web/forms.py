"""Forms that know nothing of the quiz, and how a view reads and shows them."""

import re
import uuid
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from crispy_forms.helper import FormHelper
from django import forms
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from quiz.web.limits import TOO_MANY, WINDOW_SECONDS
from quiz.web.names import clean_line, clean_lines
from quiz.web.typed import plain

# For fields in which a phone must not change what is typed.
AS_TYPED = {"autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}


class DescribedField(forms.BoundField):
    """Points each part of a faulty date and time to its message too, as Django does elsewhere."""

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        if self.errors and isinstance(widget or self.field.widget, forms.MultiWidget):
            built["aria-describedby"] = self.aria_describedby
        return built


class Renderer(TemplatesSetting):
    bound_field_class = DescribedField


class Buttons(forms.RadioSelect):
    """Radio buttons as `paper/field.html` writes them; a fault leads to the first of them."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return super().id_for_label(id_, index) or f"{id_}_{next(iter(self.choices))[0]}"


class FormFault(NamedTuple):
    """What is wrong; `place` is the id of the element to go to, empty if nothing shows it.

    `name` says which field, where the message alone doesn't.
    """

    place: str
    message: str
    name: str = ""


def faults_of(form: forms.BaseForm) -> Iterator[FormFault]:
    """Yield the faults of a whole form, then of its fields. A lone field needs no name."""
    for message in form.non_field_errors():
        yield FormFault("", str(message))
    is_alone = len(form.visible_fields()) == 1
    for field in form:
        place = "" if field.is_hidden else field.id_for_label or field.auto_id
        if isinstance(field.field.widget, forms.MultiWidget):
            place = f"{field.auto_id}_0"
        name = "" if is_alone else str(capfirst(field.label))
        for message in field.errors:
            yield FormFault(place, str(message), name)


def submitted(request: HttpRequest) -> QueryDict | None:
    """Return the data for a form; None for a GET, which leaves the form unbound."""
    return request.POST if request.method == "POST" else None


def says_to_wait(form: forms.BaseForm) -> bool:
    return any(form.has_error(field, TOO_MANY) for field in form.errors)


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
    if says_to_wait(form):
        status = HTTPStatus.TOO_MANY_REQUESTS
    values = {**context, name: form, "form_faults": [*faults_of(form)]}
    response = render(request, template, values, status=status)
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


class IdsField(forms.MultipleChoiceField):
    """Ids of rows, as a set of UUIDs. Some of the rows may be gone."""

    default_error_messages = dict.fromkeys(
        ("invalid_choice", "invalid_list"), _("This page is out of date. Open it again.")
    )

    def valid_value(self, value: str) -> bool:
        try:
            uuid.UUID(value)
        except ValueError:
            return False
        return True

    def clean(self, value: Any) -> set[uuid.UUID]:
        return set(map(uuid.UUID, super().clean(value)))


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
