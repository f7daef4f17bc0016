"""Forms of the counselors' workspace."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from quiz.core.scopes import ANSWERS, TRAITS, VERDICT
from quiz.counseling.bulk import MOST_TAGS
from quiz.counseling.clients import in_one_line, tags_in
from quiz.counseling.meetings import (
    AGREEMENT_LENGTH,
    MARKS,
    STEP_LENGTH,
    Meeting,
    Reason,
    as_entered,
)
from quiz.counseling.models import (
    GROUP_PLACES,
    NAME_LENGTH,
    NOTE_LENGTH,
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
    LinesField,
    NameField,
    NewIdField,
    PlainForm,
)
from quiz.web.mail import sends_mail

MOST_PLACES = 500
OFF = {"autocomplete": "off"}

SCOPES_SEEN = {
    VERDICT: _("the suggestion and how sure it is"),
    TRAITS: _("the suggestion and each preference"),
    ANSWERS: _("everything, with all answers"),
}

EMAIL_ERRORS = {"invalid": _("This isn't an e-mail address. Type one like name@example.org.")}


def offer(field: forms.Field, rows: QuerySet[Any]) -> None:
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
        offer(self.fields["group"], counselor.groups.all())
        offer(self.fields["tag"], counselor.tags.all())


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
        offer(self.fields["group"], counselor.groups.all())


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
