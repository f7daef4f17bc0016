"""The parts of a questionnaire version; each turns into plain data."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from translated_fields import TranslatedField

from quiz.core import questionnaire as plain

KEY = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9_-]*\Z",
    _("Use letters, digits, - and _ only, and start with a letter or digit."),
)


def site_languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def texts_of(part: models.Model, field: str) -> plain.Text:
    """Return a translated field by language, without empty ones."""
    texts = {code: getattr(part, f"{field}_{code}") for code in site_languages()}
    return {code: text for code, text in texts.items() if text}


def columns(**texts: plain.Text) -> dict[str, str]:
    """Spread texts over the columns of translated fields; the reverse of `texts_of`."""
    return {
        f"{field}_{code}": text.get(code, "")
        for field, text in texts.items()
        for code in site_languages()
    }


def columns_of(kind: plain.PartKind, part: plain.Part) -> dict[str, str]:
    """Spread all texts of a part over columns; the reverse of `all_texts_of`."""
    return columns(**{text.name: text.of(part) for text in kind.texts})


def all_texts_of(part: models.Model, kind: plain.PartKind) -> dict[str, plain.Text]:
    return {text.name: texts_of(part, text.name) for text in kind.texts}


class Part(models.Model):
    """Something that belongs to one version and is frozen with it."""

    class Meta:
        abstract = True


class Wording(Part):
    """A text that belongs to no item: instructions, verdicts, explanations."""

    version = models.ForeignKey(
        "quiz.QuestionnaireVersion",
        models.CASCADE,
        related_name="wordings",
        verbose_name=_("version"),
    )
    key = models.CharField(
        _("what it is for"),
        max_length=32,
        choices=[(key, key.replace("_", " ")) for key in plain.TEXTS],
    )
    text = TranslatedField(models.TextField(_("text"), max_length=2000))

    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="wording_once")]

    def __str__(self) -> str:
        return self.get_key_display()


class ScaleAnswer(Part):
    """One step of the answer scale."""

    version = models.ForeignKey(
        "quiz.QuestionnaireVersion",
        models.CASCADE,
        related_name="scale_answers",
        verbose_name=_("version"),
    )
    value = models.PositiveSmallIntegerField(_("value"))
    label = TranslatedField(models.CharField(_("label"), max_length=80))

    history = HistoricalRecords()

    class Meta:
        ordering = ["value"]
        verbose_name = _("answer of the scale")
        verbose_name_plural = _("answer scale")
        constraints = [
            models.UniqueConstraint(fields=["version", "value"], name="scale_value_once")
        ]

    def __str__(self) -> str:
        return f"{self.value} {self.label}"

    def to_plain(self) -> plain.Answer:
        return plain.Answer(self.value, **all_texts_of(self, plain.SCALE))


class Trait(Part):
    """One scored dimension."""

    version = models.ForeignKey(
        "quiz.QuestionnaireVersion",
        models.CASCADE,
        related_name="traits",
        verbose_name=_("version"),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    key = models.CharField(
        _("key"),
        max_length=32,
        validators=[KEY],
        help_text=_(
            "A short name for editors and exports, such as “targets”. Keep it when wording changes."
        ),
    )
    weight = models.FloatField(
        _("weight"),
        validators=[MinValueValidator(0)],
        help_text=_(
            "Its share in the suggestion: 0.35 means 35%. The weights of all traits must add up to "
            "1."
        ),
    )
    name = TranslatedField(models.CharField(_("name"), max_length=80))
    low = TranslatedField(
        models.CharField(
            _("low end"),
            max_length=80,
            help_text=_(
                "What a score of 0 means, such as “Reactive”. It speaks for customer service."
            ),
        )
    )
    high = TranslatedField(
        models.CharField(
            _("high end"),
            max_length=80,
            help_text=_("What a score of 100 means, such as “Proactive”. It speaks for sales."),
        )
    )
    low_gloss = TranslatedField(
        models.CharField(
            _("low end in a sentence"),
            max_length=200,
            help_text=_("Starts with “You”: “You like to respond well when people need you.”"),
        )
    )
    high_gloss = TranslatedField(
        models.CharField(
            _("high end in a sentence"),
            max_length=200,
            help_text=_("Starts with “You”: “You like to make the first move.”"),
        )
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("trait")
        verbose_name_plural = _("traits")
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="trait_key_once")]

    def __str__(self) -> str:
        return f"{self.key} ({self.version})"

    def to_plain(self) -> plain.Trait:
        return plain.Trait(self.key, self.weight, **all_texts_of(self, plain.TRAITS))


class Item(Part):
    """One statement."""

    class Keying(models.IntegerChoices):
        HIGH = 1, _("+1: the high end")
        LOW = -1, _("-1: the low end")

    version = models.ForeignKey(
        "quiz.QuestionnaireVersion", models.CASCADE, related_name="items", verbose_name=_("version")
    )
    order = models.PositiveSmallIntegerField(
        _("order"), default=0, help_text=_("Its place in the quiz; 1 comes first.")
    )
    is_asked = models.BooleanField(
        _("asked"),
        default=True,
        help_text=_(
            "Visitors answer it. If it isn't asked, it is a spare: it stays in the version but "
            "doesn't count."
        ),
    )
    key = models.CharField(
        _("key"),
        max_length=32,
        validators=[KEY],
        help_text=_(
            "A short name for editors and exports, such as P1. Keep it when wording changes."
        ),
    )
    trait = models.ForeignKey(Trait, models.CASCADE, related_name="items", verbose_name=_("trait"))
    keying = models.SmallIntegerField(_("favored end"), choices=Keying)
    text = TranslatedField(
        models.CharField(
            _("statement"),
            max_length=300,
            help_text=_(
                "What visitors agree or disagree with: one thought in the first person, up to "
                "about 14 words."
            ),
        )
    )
    rationale = models.TextField(
        _("why it is asked"),
        blank=True,
        max_length=2000,
        help_text=_("For editors only: what it measures and where it comes from."),
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="item_key_once"),
            models.CheckConstraint(condition=Q(keying__in=[1, -1]), name="keying_is_a_sign"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.text}"

    def to_plain(self) -> plain.Item:
        texts = all_texts_of(self, plain.ITEMS)
        return plain.Item(self.key, self.trait.key, self.keying, rationale=self.rationale, **texts)

    def clean(self) -> None:
        """The trait must belong to the same version."""
        traits = Trait.objects.filter(pk=self.trait_id)
        if self.trait_id and self.version_id and traits.exclude(version=self.version_id).exists():
            raise ValidationError({"trait": _("This trait belongs to another version.")})


class BackgroundQuestion(Part):
    """An optional question about experience and plans; it never changes a score."""

    version = models.ForeignKey(
        "quiz.QuestionnaireVersion",
        models.CASCADE,
        related_name="background_questions",
        verbose_name=_("version"),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    key = models.CharField(
        _("key"),
        max_length=32,
        validators=[KEY],
        help_text=_(
            "A short name. B1 (years), B2 (leading a team) and B3 (school) help to choose the job "
            "page, so keep them. Others are only stored with the answers."
        ),
    )
    text = TranslatedField(models.CharField(_("question"), max_length=300))

    history = HistoricalRecords()

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("background question")
        verbose_name_plural = _("background questions")
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="background_key_once")
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.text}"

    def to_plain(self) -> plain.BackgroundQuestion:
        options = tuple(option.to_plain() for option in self.options.all())
        texts = all_texts_of(self, plain.BACKGROUND)
        return plain.BackgroundQuestion(self.key, options=options, **texts)


class BackgroundOption(Part):
    """One answer to a background question."""

    question = models.ForeignKey(
        BackgroundQuestion,
        models.CASCADE,
        related_name="options",
        verbose_name=_("background question"),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    value = models.CharField(_("value"), max_length=32, validators=[KEY])
    label = TranslatedField(models.CharField(_("label"), max_length=120))

    history = HistoricalRecords()

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("answer to a background question")
        verbose_name_plural = _("answers to background questions")
        constraints = [
            models.UniqueConstraint(fields=["question", "value"], name="option_value_once")
        ]

    def __str__(self) -> str:
        return f"{self.value}: {self.label}"

    def to_plain(self) -> plain.Option:
        return plain.Option(self.value, **all_texts_of(self, plain.OPTIONS))
