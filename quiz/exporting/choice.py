"""The form by which a counselor says of whom to export."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quiz.models import ClientGroup, Counselor, Tag
from quiz.own_forms import PlainForm


class ExportForm(PlainForm):
    """Of which clients; nothing chosen means all."""

    group = forms.ModelChoiceField(
        ClientGroup.objects.none(), label=_("Group"), required=False, empty_label=_("All groups")
    )
    tag = forms.ModelChoiceField(
        Tag.objects.none(),
        label=_("Tag"),
        required=False,
        empty_label=_("All tags"),
        to_field_name="name",
    )

    def __init__(self, *args: Any, counselor: Counselor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = counselor.groups.all()
        self.fields["tag"].queryset = counselor.tags.all()
