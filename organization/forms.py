"""The form of the organization, whose faults say what to do."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.models import Logo, Organization
from organization.palette import CHOSEN, DARK, DEFAULTS, THEMES, Fault
from organization.pictures import MOST_BYTES, Picture, encoded

# Colors in the middle of a sentence.
COLORS = {
    "paper": gettext_lazy("the background"),
    "card": gettext_lazy("cards"),
    "zone": gettext_lazy("shaded boxes"),
    "ink": gettext_lazy("text"),
    "muted": gettext_lazy("quiet text"),
    "edge": gettext_lazy("the edges of fields"),
    "act": gettext_lazy("links and buttons"),
    "act-ink": gettext_lazy("the words on buttons"),
    "act-soft": gettext_lazy("chosen answers"),
    "sales": gettext_lazy("the color of sales"),
    "sales-soft": gettext_lazy("the sales end of the level"),
    "service": gettext_lazy("the color of customer service"),
    "service-soft": gettext_lazy("the service end of the level"),
    "alarm": gettext_lazy("the words of errors"),
    "alarm-soft": gettext_lazy("boxes with errors"),
    "focus": gettext_lazy("the focus outline"),
}


class ColorField(forms.CharField):
    """#rrggbb; also takes capitals, three digits, and a missing #."""

    def to_python(self, value: Any) -> Any:
        text = str(super().to_python(value) or "").lower()
        if not re.fullmatch(r"#?([0-9a-f]{3}|[0-9a-f]{6})", text):
            return text
        digits = text.removeprefix("#")
        return "#" + ("".join(2 * digit for digit in digits) if len(digits) == 3 else digits)


class OrganizationForm(forms.ModelForm):
    new_logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        error_messages={
            "empty": gettext_lazy("The file is empty. Choose another one."),
            "invalid": gettext_lazy("No file arrived. Choose it again."),
        },
    )
    remove_logo = forms.BooleanField(
        label=gettext_lazy("Remove the logo"),
        required=False,
        help_text=gettext_lazy("Pages then show the level and the name again."),
    )
    picture: Picture | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, kept in (
            ("most_unfinished_days", settings.KEEP_UNFINISHED.days),
            ("most_finished_days", settings.KEEP_FINISHED.days),
        ):
            self._help(name, _("At most %d, as in the settings. If empty, as many.") % kept)
        for theme in THEMES:
            for token in CHOSEN:
                self._help(f"{theme}_{token}", _("If empty, %s.") % DEFAULTS[theme][token])
        row = self.instance.logo
        now = _("Now %(width)d by %(height)d pixels.") % vars(row) if row else ""
        most = MOST_BYTES // 1000
        kinds = _("PNG, JPEG or WebP of at most %d kB, instead of the level and the name.") % most
        self._help("new_logo", f"{kinds} {now}".strip())

    def _help(self, name: str, text: str) -> None:
        # Who may only view has no fields.
        if name in self.fields:
            self.fields[name].help_text = text

    def clean_new_logo(self) -> Any:
        file = self.cleaned_data["new_logo"]
        if file:
            self.picture = encoded(file, file.size)
        return file

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        colors = {f"{theme}_{token}" for theme in THEMES for token in CHOSEN}
        if not colors & self.errors.keys():
            drawn = Organization(**{name: cleaned.get(name, "") for name in colors})
            for fault in drawn.palette().faults():
                self.add_error(f"{fault.theme}_{fault.token}", in_words(fault))
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.picture and self.errors:
            # A browser doesn't send a file a second time by itself.
            self.add_error("new_logo", _("Choose the logo again when the rest is fixed."))

    def save(self, commit: bool = True) -> Any:
        if self.picture:
            digest, png, width, height = self.picture
            values = {"png": png, "width": width, "height": height}
            self.instance.logo, _is_new = Logo.objects.get_or_create(values, digest=digest)
        elif self.cleaned_data.get("remove_logo"):
            self.instance.logo = None
        return super().save(commit)


def in_words(fault: Fault) -> str:
    """Say which pair has too little contrast, how much it needs, and which color has it."""
    # Rounded down: 4.499 isn't 4.5.
    values = {
        "color": fault.against_color,
        "ratio": f"{int(fault.ratio * 100) / 100:.2f}",
        "needed": f"{fault.needed:g}",
        "nearest": fault.proposal,
    }
    if fault.against:
        values["other"] = str(COLORS[fault.against])
        text = _(
            "The contrast with %(other)s (%(color)s) is %(ratio)s to 1 and must be at least "
            "%(needed)s. Use %(nearest)s, the nearest color that passes."
        )
    elif fault.theme == DARK:
        text = _(
            "This is too light for a dark background: against white it has %(ratio)s to 1 and "
            "needs %(needed)s. Use %(nearest)s, the nearest color that passes."
        )
    else:
        text = _(
            "This is too dark for a light background: against black it has %(ratio)s to 1 and "
            "needs %(needed)s. Use %(nearest)s, the nearest color that passes."
        )
    return text % values
