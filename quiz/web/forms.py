"""Forms and form fields that know nothing of the quiz."""

import uuid
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms


class PlainForm(forms.Form):
    """Fields only; the form tag and the buttons are the template's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class NewIdField(forms.UUIDField):
    """The id of a row to be, made when the form was shown, so that sending it twice makes one."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"initial": uuid.uuid4} | kwargs)

    def clean(self, value: Any) -> uuid.UUID:
        try:
            return super().clean(value)
        except forms.ValidationError:
            # Nothing that a person could put right.
            return uuid.uuid4()
