"""Forms for the resume code, share links, sharing with a counselor, and deleting everything."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from datetime import date as Day
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from organization.current import current_organization
from quiz.attempts.codes import codes_in
from quiz.attempts.models.attempt import NEXT_STEP_LENGTH
from quiz.core.scopes import ANSWERS, TRAITS, VERDICT
from quiz.web.forms import AS_TYPED, AddressField, NameField, NewIdField, PlainForm
from quiz.web.typed import passphrase_in

MOST_TEXT = 4000  # characters around a code, such as an e-mail with its headers
DAYS = (7, 30, 90)
ON_A_DATE = "date"
# A day ends last at UTC-12, when it is noon of the next day in UTC.
DAY_ENDS_EVERYWHERE = timedelta(days=1, hours=12)
SCOPE_WORDS = (
    (VERDICT, _("Only the suggestion")),
    (TRAITS, _("Also my preferences")),
    (ANSWERS, _("Also my answers")),
)


class CodeForm(PlainForm):
    code = forms.CharField(
        label=_("Your return code"),
        help_text=_("Four groups of four letters and digits. You can also paste the whole e-mail."),
        error_messages={"required": _("Type your return code.")},
        # Not `max_length`: a browser would cut off what is pasted, and perhaps the code.
        validators=[
            MaxLengthValidator(MOST_TEXT, _("This text is too long. Paste only your return code."))
        ],
        widget=forms.TextInput(attrs={"autocomplete": "off", **AS_TYPED}),
    )

    def clean_code(self) -> list[str]:
        """Return what could be the code, in its stored form; empty if nothing could."""
        return codes_in(self.cleaned_data["code"])


class EmailForm(PlainForm):
    email = AddressField(
        label=_("Your e-mail address"),
        help_text=_("We send the code once and don't keep the address."),
        error_messages={
            "required": _("Type your e-mail address."),
            "invalid": _("This isn't an e-mail address. Type one such as name@example.org."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class ShareForm(PlainForm):
    """A new link. `id` names its row, so that submitting the form twice adds one link.

    The fields of `left_out` are not offered.
    """

    id = NewIdField()
    scope = forms.ChoiceField(label=_("What it shows"), choices=SCOPE_WORDS, initial=TRAITS)
    shown_name = NameField(
        label=_("Your name (optional)"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    shows_next_step = forms.BooleanField(label=_("Also my next step"), required=False)
    shows_picture = forms.BooleanField(
        label=_("Preview picture with my result"),
        required=False,
        help_text=_(
            "Messengers show it to everyone in the chat, and may keep it after you stop sharing."
        ),
    )
    until = forms.ChoiceField(
        label=_("How long it works"),
        choices=[
            *((str(days), _("%d days") % days) for days in DAYS),
            (ON_A_DATE, _("Until a date")),
        ],
        initial="30",
    )
    date = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Only for “Until a date”. The day ends when it has ended everywhere on earth."),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("Type a date such as 2027-01-31.")},
    )
    passphrase = forms.CharField(
        label=_("A passphrase (optional)"),
        max_length=100,
        required=False,
        help_text=_("People type it to open the link. Don't send it together with the link."),
        widget=forms.TextInput(attrs={"autocomplete": "off", **AS_TYPED}),
    )

    def __init__(
        self,
        *args: Any,
        keep_until: datetime,
        now: datetime,
        left_out: Iterable[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.keep_until, self.now = keep_until, now
        for name in left_out:
            del self.fields[name]
        days = {"min": self.first_day.isoformat(), "max": self.last_day.isoformat()}
        self.fields["date"].widget.attrs |= days

    @property
    def first_day(self) -> Day:
        """The earliest day that has not ended everywhere on earth."""
        return (self.now - DAY_ENDS_EVERYWHERE).astimezone(UTC).date() + timedelta(days=1)

    @property
    def last_day(self) -> Day:
        """The day on which the result is deleted, in the site's time zone."""
        return timezone.localdate(self.keep_until)

    def clean_passphrase(self) -> str:
        return passphrase_in(self.cleaned_data["passphrase"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.data.get("passphrase") and not cleaned.get("passphrase"):
            words = _("Spaces alone aren't a passphrase. Type words, or leave it empty.")
            self.add_error("passphrase", words)
        if cleaned.get("passphrase") and cleaned.get("shows_picture"):
            words = _("Everyone could see the picture without the passphrase. Choose one of them.")
            self.add_error("shows_picture", words)
        if self.keep_until <= self.now:
            self.add_error(None, _("This result is about to be deleted. Take the quiz again."))
        if cleaned.get("until") == ON_A_DATE and "date" not in self.errors:
            self._check_date(cleaned.get("date"))
        return cleaned

    def _check_date(self, day: Day | None) -> None:
        if day is None:
            self.add_error("date", _("Choose the last day on which the link should work."))
        elif day < self.first_day:
            self.add_error("date", _("This day is over. Choose today or a later day."))
        elif day > self.last_day:
            words = _("Your result is kept until %(day)s. Choose a day up to then.")
            self.add_error("date", words % {"day": date_format(self.last_day, "DATE_FORMAT")})

    @property
    def expires_at(self) -> datetime:
        """After the chosen number of days, or when the chosen day has ended everywhere on earth.

        Never after the result is deleted.
        """
        if self.cleaned_data["until"] == ON_A_DATE:
            midnight = datetime.combine(self.cleaned_data["date"], time(), UTC)
            end = midnight + DAY_ENDS_EVERYWHERE
        else:
            end = self.now + timedelta(days=int(self.cleaned_data["until"]))
        return min(end, self.keep_until)


class PassphraseForm(PlainForm):
    passphrase = forms.CharField(
        label=_("Passphrase"),
        max_length=100,
        help_text=_("Ask the person who sent you the link."),
        error_messages={"required": _("Type the passphrase.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", **AS_TYPED}),
    )


class DeleteForm(PlainForm):
    is_sure = forms.BooleanField(
        label=_("Yes, delete everything"),
        error_messages={"required": _("Nothing is deleted yet. Tick this if you're sure.")},
    )


class DisclosureForm(PlainForm):
    """What a counselor may see. The result page shows a button for each scope."""

    scope = forms.ChoiceField(choices=SCOPE_WORDS)
    counselor = forms.IntegerField(required=False)  # whose name the page showed
    shows_next_step = forms.BooleanField(label=_("Also my next step"), required=False)


class NextStepForm(PlainForm):
    """What the owner of a result wants to do next, in their own words."""

    next_step = NameField(
        label=_("My next step"),
        max_length=NEXT_STEP_LENGTH,
        required=False,
        help_text=_("One line. Leave it empty to delete it."),
        error_messages={
            "max_length": _("This has %(show_value)d characters. Shorten it to %(limit_value)d."),
            "invisible": _("Type at least one letter or digit, or leave it empty."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def keeping_days() -> dict[str, int]:
    keeps = current_organization()
    return {
        "unfinished_days": keeps.keep_unfinished.days,
        "finished_days": keeps.keep_finished.days,
    }
