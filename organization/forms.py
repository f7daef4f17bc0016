"""The form of the organization, whose faults say what to do."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _


class OrganizationForm(forms.ModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, kept in (
            ("most_unfinished_days", settings.KEEP_UNFINISHED.days),
            ("most_finished_days", settings.KEEP_FINISHED.days),
        ):
            if name in self.fields:
                self.fields[name].help_text = (
                    _("At most %d, as in the settings of this site. If empty, as many.") % kept
                )
