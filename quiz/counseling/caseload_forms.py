"""Forms of the caseload: filters, what to do with checked clients, and handing them over."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from quiz.counseling.caseload import SORTS, STATES, Chosen
from quiz.counseling.forms import EMAIL_ERRORS, OFF, GroupAndTagForm, TagsField, offer
from quiz.counseling.handover import colleague_of
from quiz.counseling.models import (
    FINISHED,
    INVITED,
    NAME_LENGTH,
    SHARED,
    STARTED,
    ClientGroup,
    Counselor,
)
from quiz.web.forms import AddressField, IdsField, NameField, PlainForm
from quiz.web.names import isolated

STATE_WORDS = {
    INVITED: _("Not started"),
    STARTED: _("In progress"),
    FINISHED: _("Finished, not shared"),
    SHARED: _("Shared"),
}

# Since when a client has been in a state.
STATE_DATES = {
    INVITED: _("invited %s"),
    STARTED: _("since %s"),
    FINISHED: _("since %s"),
    SHARED: _("since %s"),
}

# Filters. A client who shares counts as finished, too.
STATE_FILTERS = {
    "": _("All"),
    INVITED: _("Not started"),
    STARTED: _("In progress"),
    FINISHED: _("Finished"),
    SHARED: _("Shared"),
}


class CaseloadForm(GroupAndTagForm):
    """Filters and order of the caseload. Invalid choices are ignored."""

    search = forms.CharField(
        label=_("Name, e-mail or tag"),
        max_length=NAME_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", **OFF}),
    )
    # Links choose these.
    state = forms.ChoiceField(choices=[(state, state) for state in STATES], required=False)
    archived = forms.BooleanField(required=False)
    sort = forms.ChoiceField(choices=[(sort, sort) for sort in SORTS], required=False)

    @property
    def chosen(self) -> Chosen:
        """The valid choices."""
        self.full_clean()
        return Chosen(**{name: value for name, value in self.cleaned_data.items() if value})


class BulkForm(PlainForm):
    """Checked clients, and what to do with them: `do` is the button that was pressed."""

    TAG, GROUP, REMIND, ARCHIVE, RESTORE, HAND_OVER, COMPARE = (
        *("tag", "group", "remind", "archive", "restore", "hand over", "compare"),
    )
    DOES = (TAG, GROUP, REMIND, ARCHIVE, RESTORE, HAND_OVER, COMPARE)

    # The list has its own boxes, and the page its own buttons.
    client = IdsField(
        error_messages={"required": _("Check at least one client in the list first.")},
        widget=forms.MultipleHiddenInput,
    )
    do = forms.ChoiceField(
        choices=[(do, do) for do in DOES],
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("Press one of the buttons below the list.")
        ),
        widget=forms.HiddenInput,
    )
    tags = TagsField(label=_("Tags to add"))
    group = forms.ModelChoiceField(
        ClientGroup.objects.none(),
        label=_("Group"),
        required=False,
        empty_label=_("Choose a group"),
        error_messages={"invalid_choice": _("This group is gone. Choose another one.")},
    )
    new_group = NameField(
        label=_("Or a new group"),
        max_length=NAME_LENGTH,
        required=False,
        widget=forms.TextInput(attrs=OFF),
    )

    def __init__(self, *args: Any, counselor: Counselor, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="id_bulk_%s", **kwargs)
        offer(self.fields["group"], counselor.groups.all())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("do") == self.TAG and not cleaned.get("tags", True):
            self.add_error("tags", _("Type the tag to add."))
        is_named = cleaned.get("group") or cleaned.get("new_group")
        if cleaned.get("do") == self.GROUP and not is_named and not self.errors:
            self.add_error("group", _("Choose a group, or type the name of a new one."))
        return cleaned


class GroupsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not when it runs
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        return isolated(obj.name)


class HandoverForm(PlainForm):
    """The colleague who gets clients, and groups that go along whole, if there are any.

    Every other address gets the same error.
    """

    email = AddressField(
        label=_("Your colleague's e-mail address"),
        max_length=254,
        error_messages={
            "required": _("Type the e-mail address your colleague logs in with."),
            **EMAIL_ERRORS,
        },
        widget=forms.EmailInput(attrs=OFF),
    )
    groups = GroupsField(
        ClientGroup.objects.none(),
        label=_("Groups to hand over, too"),
        required=False,
        help_text=_("With the link, and with anyone who joins in the meantime."),
        error_messages={
            "invalid_choice": _("A group has changed in the meantime. Look at the list again.")
        },
    )
    is_sure = forms.BooleanField(
        label=_("Yes, hand over"),
        error_messages={"required": _("Check this box to confirm.")},
    )

    def __init__(
        self, *args: Any, counselor: Counselor, groups: QuerySet[ClientGroup], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.counselor = counselor
        self.receiver: Counselor | None = None
        if groups.exists():
            offer(self.fields["groups"], groups)
        else:
            del self.fields["groups"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        self.receiver = colleague_of(self.counselor, email)
        if self.receiver is None:
            raise forms.ValidationError(
                _("No colleague has an account with this address. Check the spelling.")
            )
        return email
