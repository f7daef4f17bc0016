"""The one row that says whose site this is, and its logos."""

from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator, URLValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from organization import current
from organization.palette import CHOSEN, THEMES, Palette

ROW = 1

# One line, without what can't be seen or what changes the direction of text.
ONE_LINE = RegexValidator(
    "[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]",
    _("A character here can't be seen and can garble the text around it. Type it again."),
    inverse_match=True,
)
HTTPS = URLValidator(
    schemes=["https"], message=_("Enter a full address that starts with https://.")
)
LINK = RegexValidator(
    r"^(https://[^\s<>\"]+\.[^\s<>\"]+|mailto:[^\s<>\"@]+@[^\s<>\"@]+|tel:[+0-9()./-]+)\Z",
    _("Enter a link that starts with https://, mailto: or tel:, without spaces."),
)
PHONE = RegexValidator(
    r"^[+0-9(][0-9 ()./-]{2,}( ?(x|ext\.?) ?[0-9]+)?\Z",
    _("Enter a phone number such as +1 555 0100."),
)
COLOR = RegexValidator(r"^#[0-9a-fA-F]{6}\Z", _("Enter a color such as #1f3a5f."))


class Logo(models.Model):
    """A picture as it is served. It stays, because earlier states of the organization show it."""

    digest = models.CharField(_("digest"), primary_key=True, max_length=32, editable=False)
    png = models.BinaryField(_("picture"))
    width = models.PositiveSmallIntegerField(_("width"))  # in pixels
    height = models.PositiveSmallIntegerField(_("height"))

    class Meta:
        verbose_name = _("logo")
        verbose_name_plural = _("logos")

    def __str__(self) -> str:
        return f"{self.width} × {self.height} ({self.digest[:6]})"


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def with_logo(self) -> Self:
        """Load the row with the size of its logo, but not the picture."""
        return self.select_related("logo").defer("logo__png")


class Country(models.TextChoices):
    US = "US", _("United States")
    CA = "CA", _("Canada")
    GB = "GB", _("United Kingdom")


def _color(name: Any) -> Any:
    return models.CharField(name, max_length=7, blank=True, validators=[COLOR])


class Organization(models.Model):
    """Whose site this is. Everything can be empty and then is as without a row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=ROW, editable=False)
    name = models.CharField(
        _("name"),
        max_length=60,
        blank=True,
        validators=[ONE_LINE],
        help_text=_("On every page, in e-mails and files. If empty, “Sales or service?”."),
    )
    short_name = models.CharField(
        _("short name"),
        max_length=24,
        blank=True,
        validators=[ONE_LINE],
        help_text=_(
            "Where there is little room: under the icon on a phone, as the sender of e-mails. If "
            "empty, the name."
        ),
    )
    logo = models.ForeignKey(
        Logo, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("logo")
    )

    light_paper = _color(_("background, light"))
    light_ink = _color(_("text, light"))
    light_act = _color(_("links and buttons, light"))
    light_sales = _color(_("sales, light"))
    light_service = _color(_("customer service, light"))
    light_focus = _color(_("focus outline, light"))
    dark_paper = _color(_("background, dark"))
    dark_ink = _color(_("text, dark"))
    dark_act = _color(_("links and buttons, dark"))
    dark_sales = _color(_("sales, dark"))
    dark_service = _color(_("customer service, dark"))
    dark_focus = _color(_("focus outline, dark"))

    contact_name = models.CharField(
        _("contact"),
        max_length=80,
        blank=True,
        validators=[ONE_LINE],
        help_text=_(
            "A person or office that visitors can talk to, on results, under “Your data” and on "
            "the accessibility page. If empty, the contact of the settings."
        ),
    )
    contact_phone = models.CharField(
        _("phone"),
        max_length=40,
        blank=True,
        validators=[PHONE],
        help_text=_("Such as +1 555 0100."),
    )
    contact_hours = models.CharField(
        _("hours"),
        max_length=80,
        blank=True,
        validators=[ONE_LINE],
        help_text=_("When the contact can be reached, such as “Monday to Friday, 9 to 5”."),
    )
    contact_link = models.CharField(
        _("link"),
        max_length=200,
        blank=True,
        validators=[LINK],
        help_text=_("A page or an e-mail address, such as mailto:help@example.org."),
    )

    privacy_url = models.URLField(
        _("privacy policy"),
        blank=True,
        validators=[HTTPS],
        help_text=_("Your own page, with https://. Every page then links to it as “Privacy”."),
    )
    imprint_url = models.URLField(
        _("imprint"),
        blank=True,
        validators=[HTTPS],
        help_text=_("Your own page, with https://. Every page then links to it as “Imprint”."),
    )

    country = models.CharField(
        _("country"),
        max_length=2,
        blank=True,
        choices=Country,
        help_text=_(
            "Job pages link to openings and training there, unless the settings name other "
            "addresses, and show this country's figures first. If empty, the United States."
        ),
    )
    most_unfinished_days = models.PositiveIntegerField(
        _("days to keep unfinished quizzes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
    )
    most_finished_days = models.PositiveIntegerField(
        _("days to keep results"), null=True, blank=True, validators=[MinValueValidator(1)]
    )

    objects = OrganizationQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organization")
        constraints = [
            models.CheckConstraint(name="one_organization", condition=models.Q(id=ROW)),
        ]

    def __str__(self) -> str:
        return str(self.name or _("Organization"))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save it so that this process shows it immediately, and others within seconds."""
        super().save(*args, **kwargs)
        current.forget()
        transaction.on_commit(current.forget)

    def clean(self) -> None:
        """Refuse a contact that no one could name, and to keep data longer than the settings."""
        faults: dict[str, Any] = {}
        if not self.contact_name and any(
            (self.contact_phone, self.contact_hours, self.contact_link)
        ):
            faults["contact_name"] = _("Name the contact, or empty its phone, hours and link.")
        for field, kept in (
            ("most_unfinished_days", settings.KEEP_UNFINISHED.days),
            ("most_finished_days", settings.KEEP_FINISHED.days),
        ):
            if (getattr(self, field) or 0) > kept:
                faults[field] = (
                    _("The settings of this site keep them for %d days. Enter a number up to that.")
                    % kept
                )
        if faults:
            raise ValidationError(faults)

    def palette(self) -> Palette:
        return Palette.of(
            {
                theme: {token: getattr(self, f"{theme}_{token}").lower() for token in CHOSEN}
                for theme in THEMES
            }
        )

    def current(self) -> current.CurrentOrganization:
        """Return what pages show of this row."""
        contact = (self.contact_name, self.contact_hours, self.contact_link, self.contact_phone)
        logo = self.logo
        return current.CurrentOrganization(
            own_name=self.name,
            own_short_name=self.short_name,
            own_contact=current.Contact(*contact) if self.contact_name else None,
            privacy_url=self.privacy_url,
            imprint_url=self.imprint_url,
            country=self.country,
            most_unfinished_days=self.most_unfinished_days,
            most_finished_days=self.most_finished_days,
            palette=self.palette(),
            logo=current.Logo(logo.digest, logo.width, logo.height) if logo else None,
        )
