"""Forms of the counselors' workspace."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from quiz.core.scopes import ANSWERS, TRAITS, VERDICT
from quiz.counseling.bulk import MOST_TAGS
from quiz.counseling.caseload import SORTS, STATES, Chosen
from quiz.counseling.clients import in_one_line, tags_in
from quiz.counseling.handover import colleague_of
from quiz.counseling.meetings import (
    AGREEMENT_LENGTH,
    MARKS,
    STEP_LENGTH,
    Meeting,
    Reason,
    as_entered,
)
from quiz.counseling.models import (
    FINISHED,
    GROUP_PLACES,
    INVITED,
    NAME_LENGTH,
    NOTE_LENGTH,
    SHARED,
    STARTED,
    TAG_LENGTH,
    Client,
    ClientGroup,
    Counselor,
    Tag,
)
from quiz.results.tables.lines import COMMAS, SEMICOLONS, Dialect
from quiz.web.forms import (
    AddressField,
    Buttons,
    IdsField,
    LinesField,
    NameField,
    NewIdField,
    PlainForm,
)
from quiz.web.mail import sends_mail
from quiz.web.names import isolated

MOST_PLACES = 500
OFF = {"autocomplete": "off"}

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

SCOPES_SEEN = {
    VERDICT: _("the suggestion and how sure it is"),
    TRAITS: _("the suggestion and each preference"),
    ANSWERS: _("everything, with all answers"),
}

EMAIL_ERRORS = {"invalid": _("This isn't an e-mail address. Type one like name@example.org.")}


def _offer(field: forms.Field, rows: QuerySet[Any]) -> None:
    cast("forms.ModelChoiceField[Any]", field).queryset = rows


class GroupAndTagForm(PlainForm):
    """Filters of clients. Nothing selected means all clients."""

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
        _offer(self.fields["group"], counselor.groups.all())
        _offer(self.fields["tag"], counselor.tags.all())


class ExportForm(GroupAndTagForm):
    """Filters of an export, and how its CSV files are written."""

    DIALECTS = {"": COMMAS, "comma": SEMICOLONS}

    decimal = forms.ChoiceField(
        label=_("Numbers in CSV files"),
        required=False,
        choices=[
            ("", _("1.5, with commas between columns")),
            ("comma", _("1,5, with semicolons (Excel in most of Europe)")),
        ],
    )

    def clean_decimal(self) -> Dialect:
        return self.DIALECTS[self.cleaned_data["decimal"]]


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


class TagsField(forms.CharField):
    """Tags separated by commas; its value is a list of them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MOST_TAGS * (TAG_LENGTH + 2), required=False, **kwargs)

    def clean(self, value: Any) -> list[str]:
        tags = tags_in(super().clean(value))
        if len(tags) > MOST_TAGS:
            raise forms.ValidationError(_("Up to %d tags are allowed. Remove some.") % MOST_TAGS)
        if any(len(tag) > TAG_LENGTH for tag in tags):
            raise forms.ValidationError(
                _("A tag can have up to %d characters. Separate tags with commas.") % TAG_LENGTH
            )
        return tags


class ClientForm(PlainForm):
    """A client's data, as the counselor enters it."""

    name = NameField(
        label=_("Name"),
        max_length=NAME_LENGTH,
        help_text=_("A first name or initials are enough."),
        error_messages={"required": _("Type a name, so that you can find this client again.")},
        widget=forms.TextInput(attrs=OFF),
    )
    email = AddressField(
        label=_("E-mail address (optional)"),
        help_text=_("So that you can e-mail the invitation."),
        required=False,
        max_length=254,
        error_messages=EMAIL_ERRORS,
        widget=forms.EmailInput(attrs=OFF),
    )
    group = forms.ModelChoiceField(
        ClientGroup.objects.none(), label=_("Group"), required=False, empty_label=_("No group")
    )
    new_group = NameField(
        label=_("Or a new group"),
        max_length=NAME_LENGTH,
        required=False,
        widget=forms.TextInput(attrs=OFF),
    )
    tags = TagsField(
        label=_("Tags"),
        help_text=_("Your own words, separated by commas. For example: autumn, returning."),
        widget=forms.TextInput(attrs=OFF),
    )

    def __init__(
        self, *args: Any, counselor: Counselor, client: Client | None = None, **kwargs: Any
    ) -> None:
        initial = kwargs.pop("initial", {})
        if client:
            initial = {
                "name": client.name,
                "email": client.email,
                "group": client.group_id,
                "tags": in_one_line(client.tags.all()),
            }
        super().__init__(*args, initial=initial, **kwargs)
        _offer(self.fields["group"], counselor.groups.all())


class NewClientForm(ClientForm):
    """A new client, and whether to e-mail the invitation immediately."""

    id = NewIdField()
    sends_email = forms.BooleanField(
        label=_("E-mail the invitation now"), required=False, initial=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not sends_mail():
            self.fields["sends_email"].disabled = True
            self.fields["sends_email"].help_text = _(
                "This site can't send e-mail. You'll find the link on the client's page."
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("sends_email") and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", _("Type the address to send the invitation to."))
        return cleaned


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
        _offer(self.fields["group"], counselor.groups.all())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("do") == self.TAG and not cleaned.get("tags", True):
            self.add_error("tags", _("Type the tag to add."))
        is_named = cleaned.get("group") or cleaned.get("new_group")
        if cleaned.get("do") == self.GROUP and not is_named and not self.errors:
            self.add_error("group", _("Choose a group, or type the name of a new one."))
        return cleaned


class LinkForm(PlainForm):
    """A hidden id; the page has the button that creates a link."""

    id = NewIdField()


class GroupLinkForm(PlainForm):
    id = NewIdField()
    places = forms.IntegerField(
        label=_("Number of people"), min_value=1, max_value=MOST_PLACES, initial=GROUP_PLACES
    )


class NoteForm(PlainForm):
    id = NewIdField()
    text = LinesField(
        label=_("New note"),
        max_length=NOTE_LENGTH,
        error_messages={"required": _("Write a note first.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    is_for_client = forms.BooleanField(
        label=_("My client can read this next to their result"), required=False
    )


TOO_LONG = {"max_length": _("This has %(show_value)d characters. Shorten it to %(limit_value)d.")}


class MeetingForm(PlainForm):
    """What a client says of each reason, and what both agree. Nothing is required but something."""

    NOT_MARKED = ("", _("Not marked"))

    id = NewIdField()
    # How often the meeting had been saved when the page was opened.
    revision = forms.CharField(required=False, initial="0", widget=forms.HiddenInput)
    agreement = LinesField(
        label=_("What we agreed"),
        max_length=AGREEMENT_LENGTH,
        required=False,
        help_text=_("One or two sentences, in words that you both would use."),
        error_messages=TOO_LONG,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    next_step = NameField(
        label=_("One next step"),
        max_length=STEP_LENGTH,
        required=False,
        help_text=_("Who does what, and by when?"),
        error_messages=TOO_LONG,
        widget=forms.TextInput(attrs=OFF),
    )

    def __init__(
        self,
        *args: Any,
        reasons: Sequence[Reason],
        meeting: Meeting | None = None,
        **kwargs: Any,
    ) -> None:
        initial = (
            {
                "agreement": meeting.agreement,
                "next_step": meeting.next_step,
                "revision": str(meeting.revision),
            }
            if meeting
            else {}
        )
        super().__init__(*args, initial=initial, **kwargs)
        self.reasons = reasons
        marks = {
            _name_of(reason): forms.ChoiceField(
                label=reason.text,
                choices=[*MARKS.items(), self.NOT_MARKED],
                required=False,
                initial=reason.mark,
                widget=Buttons,
            )
            for reason in reasons
        }
        self.fields = marks | self.fields

    def clean_revision(self) -> int:
        """Return -1, which no meeting has, for what isn't a number: the field is hidden."""
        revision = self.cleaned_data["revision"]
        return int(revision) if revision.isdecimal() and len(revision) < 5 else -1

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(self.entered.values()):
            words = _("There is nothing to save yet. Mark a reason, or write what you agreed.")
            raise forms.ValidationError(words)
        return cleaned

    @property
    def entered(self) -> dict[str, Any]:
        """The fields of the meeting as they are stored."""
        values = self.cleaned_data
        marks = {reason.key: values[_name_of(reason)] for reason in self.reasons}
        return as_entered(self.reasons, marks, values["agreement"], values["next_step"])


def _name_of(reason: Reason) -> str:
    return f"mark-{reason.key}"


class GroupForm(PlainForm):
    name = NameField(
        label=_("Group name"),
        max_length=NAME_LENGTH,
        help_text=_("Everyone who opens the group's link sees this name."),
        error_messages={"required": _("Type a name for the group.")},
        widget=forms.TextInput(attrs=OFF),
    )


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
            _offer(self.fields["groups"], groups)
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
