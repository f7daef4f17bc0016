"""A version of the questionnaire; once it is published, the database refuses every change."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models, transaction
from django.db.models import F, Max, Prefetch, Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from simple_history.utils import bulk_create_with_history

from quiz.core.questionnaire import BACKGROUND, ITEMS, OPTIONS, SCALE, TRAITS, Questionnaire
from quiz.questionnaires.check import check
from quiz.questionnaires.checks.faults import Fault
from quiz.questionnaires.models.parts import (
    BackgroundOption,
    BackgroundQuestion,
    Item,
    Part,
    ScaleAnswer,
    Trait,
    Wording,
    columns,
    columns_of,
    site_languages,
    texts_of,
)
from quiz.web.fields import CleanNameField
from roles.history import BEGAN_WITH_WHOLE

LONGEST_TITLE = 80  # characters


class VersionQuerySet(models.QuerySet["QuestionnaireVersion"]):
    def published(self) -> "VersionQuerySet":
        """Filter for the live version; there is at most one."""
        return self.filter(status=QuestionnaireVersion.Status.PUBLISHED)

    def live_id(self) -> int | None:
        # This runs for every new attempt; building the statement costs more than running it.
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

    title = CleanNameField(
        _("title"),
        max_length=LONGEST_TITLE,
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
            "How many statements a page shows. Six fill it well; more than eight make it long on a "
            "phone."
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
    history = HistoricalRecords()

    class Meta:
        permissions = [
            ("publish_questionnaireversion", _("Can publish a questionnaire version")),
            ("retire_questionnaireversion", _("Can retire a questionnaire version")),
        ]
        # Drafts have no number; SQLite and PostgreSQL would put them at different ends.
        ordering = [F("number").desc(nulls_first=True), "-pk"]
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
        """Read the version from its rows as they are now."""
        return Questionnaire(
            number=self.number,
            languages=tuple(self.languages),
            items_per_page=self.items_per_page,
            clear_from=self.clear_from,
            leaning_from=self.leaning_from,
            texts={wording.key: texts_of(wording, "text") for wording in self.wordings.all()},
            scale=tuple(answer.to_plain() for answer in self.scale_answers.all()),
            traits=tuple(trait.to_plain() for trait in self.traits.all()),
            items=tuple(item.to_plain() for item in self.items.all() if item.is_asked),
            spare=tuple(item.to_plain() for item in self.items.all() if not item.is_asked),
            background=tuple(question.to_plain() for question in self.background_questions.all()),
        )

    def faults(self) -> list[Fault]:
        """Run `check`, which then expects texts in every language of the site too."""
        questionnaire = self.questionnaire()
        languages = dict.fromkeys([*questionnaire.languages, *site_languages()])
        return check(replace(questionnaire, languages=tuple(languages)))

    def errors(self) -> list[Fault]:
        """The faults that keep a draft from being published."""
        return [fault for fault in self.faults() if fault.level == "error"]

    def publish(self, number: int | None = None) -> None:
        """Make this draft the live version and retire the one before, or change nothing.

        `number` must be free; without one, the next higher number is taken.
        ValidationError lists the errors that `check` finds, or says that this isn't a draft.
        """
        with transaction.atomic():
            fresh = type(self).objects.select_for_update().with_parts().get(pk=self.pk)
            if not fresh.is_draft:
                raise ValidationError(_("Only a draft can be published."))
            errors = [capfirst(f"{fault.where}: {fault.message}") for fault in fresh.errors()]
            if errors:
                raise ValidationError(errors)
            now = timezone.now()
            versions = type(self).objects
            for live in versions.published():
                live._retire(now)
            self.number = number or (versions.aggregate(last=Max("number"))["last"] or 0) + 1
            self.status, self.published_at = self.Status.PUBLISHED, now
            self.save(update_fields=["number", "status", "published_at"])

    def retire(self) -> None:
        """Retire the live version without a replacement: no one can start the quiz then.

        ValidationError if it isn't live.
        """
        with transaction.atomic():
            fresh = type(self).objects.select_for_update().get(pk=self.pk)
            if fresh.status != self.Status.PUBLISHED:
                raise ValidationError(_("Only the live version can be retired."))
            self._retire(timezone.now())

    def _retire(self, now: datetime) -> None:
        self.status, self.retired_at = self.Status.RETIRED, now
        self.save(update_fields=["status", "retired_at"])


def _add_parts(version: QuestionnaireVersion, questionnaire: Questionnaire) -> None:
    _add(
        Wording,
        [
            Wording(version=version, key=key, **columns(text=text))
            for key, text in questionnaire.texts.items()
        ],
    )
    _add(
        ScaleAnswer,
        [
            ScaleAnswer(version=version, value=answer.value, **columns_of(SCALE, answer))
            for answer in questionnaire.scale
        ],
    )
    traits = [
        Trait(
            version=version,
            order=order,
            key=trait.key,
            weight=trait.weight,
            **columns_of(TRAITS, trait),
        )
        for order, trait in enumerate(questionnaire.traits, start=1)
    ]
    _add(Trait, traits)
    traits_by_key = {trait.key: trait for trait in traits}
    asked = len(questionnaire.items)
    _add(
        Item,
        [
            Item(
                version=version,
                order=order,
                is_asked=order <= asked,
                key=item.key,
                trait=traits_by_key[item.trait],
                keying=item.keying,
                rationale=item.rationale,
                **columns_of(ITEMS, item),
            )
            for order, item in enumerate(questionnaire.all_items, start=1)
        ],
    )
    questions = [
        BackgroundQuestion(
            version=version, order=order, key=question.key, **columns_of(BACKGROUND, question)
        )
        for order, question in enumerate(questionnaire.background, start=1)
    ]
    _add(BackgroundQuestion, questions)
    _add(
        BackgroundOption,
        [
            BackgroundOption(
                question=row, order=order, value=option.value, **columns_of(OPTIONS, option)
            )
            for row, question in zip(questions, questionnaire.background, strict=True)
            for order, option in enumerate(question.options, start=1)
        ],
    )


def _add(model: type[Part], rows: Sequence[Part]) -> None:
    """Insert rows together, with the first entry of their history."""
    bulk_create_with_history(rows, model, default_change_reason=BEGAN_WITH_WHOLE)


@cache
def frozen_questionnaire(version_id: int) -> Questionnaire:
    """Load a published or retired version once per process: it can't go stale."""
    frozen = QuestionnaireVersion.objects.exclude(status=QuestionnaireVersion.Status.DRAFT)
    return frozen.with_parts().get(pk=version_id).questionnaire()
