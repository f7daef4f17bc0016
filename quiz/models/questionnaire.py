"""A questionnaire version and its parts; once published, the database refuses every change."""

from functools import cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import connection, models, transaction
from django.db.models import Max, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from translated_fields import TranslatedField

from quiz import questionnaire as plain
from quiz.questionnaire import Questionnaire

KEY = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9_-]*\Z",
    _("Use letters, digits, - and _ only, beginning with a letter or digit."),
)


def site_languages() -> list[str]:
    """Return the codes of the languages the site offers."""
    return [code for code, _name in settings.LANGUAGES]


class VersionQuerySet(models.QuerySet["QuestionnaireVersion"]):
    def published(self) -> "VersionQuerySet":
        """Keep the live version; there is at most one."""
        return self.filter(status=QuestionnaireVersion.Status.PUBLISHED)

    def live_id(self) -> int | None:
        """Return the key of the live version, if there is one."""
        # Asked whenever somebody begins. Building the statement anew costs more than running it.
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM quiz_questionnaireversion WHERE status = 'published'")
            row = cursor.fetchone()
        return row[0] if row else None

    def drafts(self) -> "VersionQuerySet":
        return self.filter(status=QuestionnaireVersion.Status.DRAFT)

    def with_parts(self) -> "VersionQuerySet":
        """Fetch what `QuestionnaireVersion.questionnaire` reads."""
        return self.prefetch_related(
            "wordings",
            "scale_answers",
            "traits",
            Prefetch("items", Item.objects.select_related("trait")),
            "background_questions__options",
        )

    def add(self, questionnaire: Questionnaire, title: str) -> "QuestionnaireVersion":
        """Write a questionnaire as a new draft."""
        with transaction.atomic():
            version = self.create(
                title=title,
                languages=list(questionnaire.languages),
                items_per_page=questionnaire.items_per_page,
                clear_from=questionnaire.clear_from,
                leaning_from=questionnaire.leaning_from,
            )
            _add_parts(version, questionnaire)
        return version


class QuestionnaireVersion(models.Model):
    """Draft -> published -> retired; only a draft and its parts can be written."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        RETIRED = "retired", _("retired")

    title = models.CharField(
        _("title"),
        max_length=80,
        help_text=_("A name for editors, such as “Shorter statements”; visitors never see it."),
    )
    number = models.PositiveIntegerField(_("number"), null=True, unique=True, editable=False)
    status = models.CharField(
        _("status"), max_length=9, choices=Status, default=Status.DRAFT, editable=False
    )
    languages = models.JSONField(_("languages"), default=site_languages, editable=False)
    items_per_page = models.PositiveSmallIntegerField(
        _("statements per page"),
        default=6,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_(
            "How many visitors see at once. Six fill a page well; more than eight make it long on "
            "a phone."
        ),
    )
    clear_from = models.FloatField(
        _("clear from"),
        default=0.90,
        validators=[MinValueValidator(0.5), MaxValueValidator(1)],
        help_text=_(
            "How sure a result must be to say “point clearly to”, from 0.5 (a coin toss) to 1 "
            "(certain). 0.9 means: of ten sets of questions like these, nine would suggest the "
            "same field. A higher number makes fewer results clear."
        ),
    )
    leaning_from = models.FloatField(
        _("leaning from"),
        default=0.70,
        validators=[MinValueValidator(0.5), MaxValueValidator(1)],
        help_text=_(
            "How sure a result must be to say “lean towards”; below it, it is too close to call. "
            "Between 0.5 and the number above, such as 0.7."
        ),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    retired_at = models.DateTimeField(_("retired"), null=True, editable=False)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number", "-pk"]
        verbose_name = _("questionnaire version")
        verbose_name_plural = _("questionnaire versions")
        constraints = [
            models.UniqueConstraint(
                fields=["status"], condition=Q(status="published"), name="one_version_is_live"
            ),
            models.CheckConstraint(
                name="draft_has_no_number",
                condition=Q(status="draft", number=None, published_at=None)
                | Q(status__in=["published", "retired"], number__gt=0, published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        if self.number is None:
            return f"{self.title} ({self.get_status_display()})"
        return f"{self.number}: {self.title} ({self.get_status_display()})"

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    def questionnaire(self) -> Questionnaire:
        """Return the version as plain data, read from its rows as they stand."""
        return Questionnaire(
            number=self.number,
            languages=tuple(self.languages),
            items_per_page=self.items_per_page,
            clear_from=self.clear_from,
            leaning_from=self.leaning_from,
            texts={w.key: texts_of(w, "text") for w in self.wordings.all()},
            scale=tuple(
                plain.Answer(a.value, texts_of(a, "label")) for a in self.scale_answers.all()
            ),
            traits=tuple(
                plain.Trait(
                    key=t.key,
                    weight=t.weight,
                    name=texts_of(t, "name"),
                    low=texts_of(t, "low"),
                    high=texts_of(t, "high"),
                    low_gloss=texts_of(t, "low_gloss"),
                    high_gloss=texts_of(t, "high_gloss"),
                )
                for t in self.traits.all()
            ),
            items=tuple(
                plain.Item(i.key, i.trait.key, i.keying, texts_of(i, "text"), i.rationale)
                for i in self.items.all()
            ),
            background=tuple(
                plain.BackgroundQuestion(
                    question.key,
                    texts_of(question, "text"),
                    tuple(
                        plain.Option(o.value, texts_of(o, "label")) for o in question.options.all()
                    ),
                )
                for question in self.background_questions.all()
            ),
        )

    def publish(self) -> None:
        """Make this draft the live version and retire the one before, or change nothing.

        ValidationError lists what `check` finds, or says that this is no draft.
        """
        with transaction.atomic():
            fresh = type(self).objects.select_for_update().with_parts().get(pk=self.pk)
            if not fresh.is_draft:
                raise ValidationError(_("Only a draft can be published."))
            faults = [f for f in plain.check(fresh.questionnaire()) if f.level == "error"]
            if faults:
                raise ValidationError([f"{fault.where}: {fault.message}" for fault in faults])
            now = timezone.now()
            versions = type(self).objects
            versions.published().update(status=self.Status.RETIRED, retired_at=now)
            self.number = (versions.aggregate(last=Max("number"))["last"] or 0) + 1
            self.status, self.published_at = self.Status.PUBLISHED, now
            self.save(update_fields=["number", "status", "published_at"])


class Part(models.Model):
    """What belongs to one version and is frozen with it."""

    class Meta:
        abstract = True


class Wording(Part):
    """A text of the version that belongs to no item: instructions, verdicts, explanations."""

    version = models.ForeignKey(
        QuestionnaireVersion, models.CASCADE, related_name="wordings", verbose_name=_("version")
    )
    key = models.CharField(
        _("what it is for"),
        max_length=32,
        choices=[(key, key.replace("_", " ")) for key in plain.TEXTS],
    )
    text = TranslatedField(models.TextField(_("text"), max_length=2000))

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
        QuestionnaireVersion,
        models.CASCADE,
        related_name="scale_answers",
        verbose_name=_("version"),
    )
    value = models.PositiveSmallIntegerField(_("value"))
    label = TranslatedField(models.CharField(_("label"), max_length=80))

    class Meta:
        ordering = ["value"]
        verbose_name = _("answer of the scale")
        verbose_name_plural = _("answer scale")
        constraints = [
            models.UniqueConstraint(fields=["version", "value"], name="scale_value_once")
        ]

    def __str__(self) -> str:
        return f"{self.value} {self.label}"


class Trait(Part):
    """One scored dimension."""

    version = models.ForeignKey(
        QuestionnaireVersion, models.CASCADE, related_name="traits", verbose_name=_("version")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    key = models.CharField(
        _("key"),
        max_length=32,
        validators=[KEY],
        help_text=_(
            "A short name for editors and exports, such as targets. Keep it when words change."
        ),
    )
    weight = models.FloatField(
        _("weight"),
        validators=[MinValueValidator(0)],
        help_text=_(
            "Its share in the suggestion: 0.35 is 35 %. The weights of all traits together must "
            "make 1."
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
            help_text=_("Begins with “You”: “You like to respond well when people need you.”"),
        )
    )
    high_gloss = TranslatedField(
        models.CharField(
            _("high end in a sentence"),
            max_length=200,
            help_text=_("Begins with “You”: “You like to make the first move.”"),
        )
    )

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("trait")
        verbose_name_plural = _("traits")
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="trait_key_once")]

    def __str__(self) -> str:
        return f"{self.key} ({self.version})"


class Item(Part):
    """One statement."""

    class Keying(models.IntegerChoices):
        HIGH = 1, _("+1: the high end")
        LOW = -1, _("-1: the low end")

    version = models.ForeignKey(
        QuestionnaireVersion, models.CASCADE, related_name="items", verbose_name=_("version")
    )
    order = models.PositiveSmallIntegerField(
        _("order"), default=0, help_text=_("Its place in the quiz: 1 comes first.")
    )
    key = models.CharField(
        _("key"),
        max_length=32,
        validators=[KEY],
        help_text=_("A short name for editors and exports, such as P1. Keep it when words change."),
    )
    trait = models.ForeignKey(Trait, models.CASCADE, related_name="items", verbose_name=_("trait"))
    keying = models.SmallIntegerField(_("favoured end"), choices=Keying)
    text = TranslatedField(
        models.CharField(
            _("statement"),
            max_length=300,
            help_text=_(
                "What visitors agree or disagree with: one thought, in the first person, up to "
                "about 14 words."
            ),
        )
    )
    rationale = models.TextField(
        _("why it is asked"),
        blank=True,
        max_length=2000,
        help_text=_("For editors only: what it tells, and where it comes from."),
    )

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

    def clean(self) -> None:
        """Refuse a trait of another version."""
        if self.trait_id and self.version_id and self.trait.version_id != self.version_id:
            raise ValidationError({"trait": _("This trait belongs to another version.")})


class BackgroundQuestion(Part):
    """An optional question about experience and plans; it never changes a score."""

    version = models.ForeignKey(
        QuestionnaireVersion,
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
            "A short name. B1 (years), B2 (leading a team) and B3 (school) help to choose the role "
            "page, so keep them; others are only kept with the answers."
        ),
    )
    text = TranslatedField(models.CharField(_("question"), max_length=300))

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("background question")
        verbose_name_plural = _("background questions")
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="background_key_once")
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.text}"


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

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("answer to a background question")
        verbose_name_plural = _("answers to background questions")
        constraints = [
            models.UniqueConstraint(fields=["question", "value"], name="option_value_once")
        ]

    def __str__(self) -> str:
        return f"{self.value}: {self.label}"


# ---------------------------------------------------------------- rows and plain data


def texts_of(part: models.Model, field: str) -> plain.Text:
    """Return a translated field by language, without the languages it is empty in."""
    texts = {code: getattr(part, f"{field}_{code}") for code in site_languages()}
    return {code: text for code, text in texts.items() if text}


def _columns(field: str, text: plain.Text) -> dict[str, str]:
    return {f"{field}_{code}": text.get(code, "") for code in site_languages()}


def _add_parts(version: QuestionnaireVersion, questionnaire: Questionnaire) -> None:
    Wording.objects.bulk_create(
        Wording(version=version, key=key, **_columns("text", text))
        for key, text in questionnaire.texts.items()
    )
    ScaleAnswer.objects.bulk_create(
        ScaleAnswer(version=version, value=answer.value, **_columns("label", answer.label))
        for answer in questionnaire.scale
    )
    traits = {}
    for order, trait in enumerate(questionnaire.traits, start=1):
        parts = ("name", "low", "high", "low_gloss", "high_gloss")
        columns = {k: v for part in parts for k, v in _columns(part, getattr(trait, part)).items()}
        traits[trait.key] = version.traits.create(
            order=order, key=trait.key, weight=trait.weight, **columns
        )
    Item.objects.bulk_create(
        Item(
            version=version,
            order=order,
            key=item.key,
            trait=traits[item.trait],
            keying=item.keying,
            rationale=item.rationale,
            **_columns("text", item.text),
        )
        for order, item in enumerate(questionnaire.items, start=1)
    )
    for order, question in enumerate(questionnaire.background, start=1):
        row = version.background_questions.create(
            order=order, key=question.key, **_columns("text", question.text)
        )
        BackgroundOption.objects.bulk_create(
            BackgroundOption(question=row, order=place, value=o.value, **_columns("label", o.label))
            for place, o in enumerate(question.options, start=1)
        )


@cache
def frozen_questionnaire(version_id: int) -> Questionnaire:
    """Return a published or retired version, loaded once per process: it can't go stale."""
    frozen = QuestionnaireVersion.objects.exclude(status=QuestionnaireVersion.Status.DRAFT)
    return frozen.with_parts().get(pk=version_id).questionnaire()
