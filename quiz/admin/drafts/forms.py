"""Help next to the fields of versions and parts, and the forms of a version's other pages."""

from itertools import count
from pathlib import PurePath
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.forms import ModelChoiceField, ModelForm, Textarea, TextInput, Widget
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from quiz.core.questionnaire import Questionnaire, words
from quiz.questionnaires.file import MOST_BYTES, FileFault, read
from quiz.questionnaires.models import (
    BackgroundOption,
    BackgroundQuestion,
    Item,
    QuestionnaireVersion,
    ScaleAnswer,
    Trait,
    Wording,
)
from quiz.questionnaires.models.parts import site_languages
from quiz.questionnaires.models.version import LONGEST_TITLE
from quiz.web.forms import NameField
from roles.admin.screens import ORDER_HELP, help_texts

VERSION_HELP = _("The draft it belongs to. You can't move it to another one later.")


class NewDraftForm(ModelForm):
    """What a new draft is a copy of, by default `version`, and its title."""

    start = ModelChoiceField(
        QuestionnaireVersion.objects.all(),
        label=_("Start from"),
        required=False,
        empty_label=None,
        help_text=_("The draft is a copy of this version, which doesn't change."),
    )

    class Meta:
        model = QuestionnaireVersion
        fields = ["title"]
        widgets = {"title": AdminTextInputWidget}

    def __init__(self, data: QueryDict | None, *, version: QuestionnaireVersion) -> None:
        title = unused_title(_("Draft of %s") % date_format(timezone.localdate()))
        super().__init__(data, initial={"start": version, "title": title})
        self.order_fields(["start", "title"])
        self.version = version

    def clean_start(self) -> QuestionnaireVersion:
        chosen: QuestionnaireVersion | None = self.cleaned_data["start"]
        return chosen or self.version


def unused_title(title: str) -> str:
    """Return a title that no version has, with a number after it if needed."""
    taken = set(
        QuestionnaireVersion.objects.filter(title__startswith=title).values_list("title", flat=True)
    )
    titles = (title if n == 1 else f"{title} ({n})" for n in count(1))
    return next(each for each in titles if each not in taken)


class WordingForm(ModelForm):
    class Meta:
        help_texts = help_texts(
            (
                "key",
                _(
                    "“Instructions” appear before the statements. The others are headings and "
                    "explanations of a result. A version needs each of them once."
                ),
            ),
            (Wording.text, _("What visitors read. Plain words, no formatting.")),
        )


class ScaleAnswerForm(ModelForm):
    class Meta:
        help_texts = help_texts(
            (
                "value",
                _("Scores add up these values. Number them without gaps; 1 disagrees most."),
            ),
            (ScaleAnswer.label, _("What visitors choose, such as “Strongly agree”.")),
        )


class TraitForm(ModelForm):
    class Meta:
        help_texts = help_texts(
            ("version", VERSION_HELP),
            ("order", ORDER_HELP),
            (Trait.name, _("The heading above its score: “Working towards a number”.")),
        )


class ItemForm(ModelForm):
    class Meta:
        widgets: ClassVar[dict[str, Widget]] = {
            **{name: Textarea(attrs={"rows": 2, "cols": 50}) for name in Item.text.fields},
            "key": TextInput(attrs={"size": 8}),
        }
        help_texts = help_texts(
            ("version", VERSION_HELP),
            (
                "trait",
                _("The preference it measures. Save a new trait before you choose it here."),
            ),
            (
                "order",
                _(
                    "Its place in the quiz. Drag a row by its name, or type a place: the others "
                    "make room. If you leave it empty, it comes last."
                ),
            ),
            (
                "keying",
                _(
                    "The end of the trait that agreement counts for. Each trait needs as many +1 "
                    "as -1. Otherwise, someone who agrees with everything would score high."
                ),
            ),
        )


class BackgroundQuestionForm(ModelForm):
    class Meta:
        help_texts = help_texts(
            ("version", VERSION_HELP),
            ("order", ORDER_HELP),
            (
                BackgroundQuestion.text,
                _("Asked after the statements. The answer is optional and never changes a score."),
            ),
        )


class BackgroundOptionForm(ModelForm):
    class Meta:
        help_texts = help_texts(
            ("order", ORDER_HELP),
            (
                "value",
                _("A short name for exports. Keep those of B1 to B3, because job pages use them."),
            ),
            (BackgroundOption.label, _("What visitors choose, such as “2 to 3 years”.")),
        )


class ImportForm(forms.Form):
    """Reads an uploaded questionnaire; a refused file gets an error for each reason."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file.")},
        help_text=_("A questionnaire in JSON, from “Export”."),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )
    title = NameField(
        label=_("Title"),
        required=False,
        max_length=LONGEST_TITLE,
        widget=AdminTextInputWidget,
        help_text=_(
            "A name for editors. If you leave it empty, the draft gets the name of the file."
        ),
    )

    questionnaire: Questionnaire

    def clean(self) -> dict[str, Any]:
        """Read the file, and name the draft after it unless a title was given."""
        values = super().clean() or {}
        file = values.get("file")
        if file is None:
            return values
        try:
            self.questionnaire = read(file.read(MOST_BYTES + 1), offered=site_languages())
        except FileFault as fault:
            self.add_error("file", fault.faults)
        name = "".join(filter(str.isprintable, PurePath(file.name).stem))
        values["title"] = values.get("title") or name[:LONGEST_TITLE] or str(_("From a file"))
        return values


class TypedAnswersForm(forms.Form):
    """Asks every statement and background question of a version on one page."""

    def answers_to(self, questionnaire: Questionnaire) -> tuple[dict[str, int], dict[str, str]]:
        """Separate the answers to statements from the given answers to background questions."""
        given = self.cleaned_data
        return (
            {item.key: int(given[item.key]) for item in questionnaire.items},
            {each.key: given[each.key] for each in questionnaire.background if given[each.key]},
        )


def typed_answers_form(questionnaire: Questionnaire, language: str) -> type[TypedAnswersForm]:
    """Build a form with select boxes in which typing a digit chooses an answer."""
    answers = [
        (str(each.value), f"{each.value} {words(each.label, language)}")
        for each in questionnaire.scale
    ]
    statements = {
        item.key: forms.ChoiceField(
            label=f"{item.key}: {words(item.text, language)}",
            choices=[("", "-"), *answers],
            error_messages={"required": _("Choose an answer.")},
        )
        for item in questionnaire.items
    }
    background = {
        question.key: forms.ChoiceField(
            label=f"{question.key}: {words(question.text, language)}",
            required=False,
            choices=[
                ("", "-"),
                *((option.value, words(option.label, language)) for option in question.options),
            ],
        )
        for question in questionnaire.background
    }
    return type("TypedAnswersOfVersion", (TypedAnswersForm,), {**statements, **background})
