"""What the screens of a version say beside each field, where the field itself says nothing."""

from django.contrib.admin.widgets import AdminTextInputWidget
from django.forms import ModelForm, Textarea, TextInput
from django.utils.translation import gettext_lazy as _

from quiz.models import (
    BackgroundOption,
    BackgroundQuestion,
    Item,
    QuestionnaireVersion,
    ScaleAnswer,
    Trait,
    Wording,
)
from roles.admin import ORDER_HELP, help_texts

VERSION_HELP = _(
    "The draft it belongs to; it can't be moved later. Published versions stay as they are."
)


class NewDraftForm(ModelForm):
    class Meta:
        model = QuestionnaireVersion
        fields = ["title"]
        widgets = {"title": AdminTextInputWidget}


class WordingForm(ModelForm):
    class Meta:
        help_texts = help_texts(
            (
                "key",
                _(
                    "“Instructions” stand before the statements; the others head a result or "
                    "explain it. Each is needed once."
                ),
            ),
            (Wording.text, _("What visitors read: plain words, without any formatting.")),
        )


class ScaleAnswerForm(ModelForm):
    class Meta:
        help_texts = help_texts(
            (
                "value",
                _("What scores are counted from: 1 disagrees most, then 2, 3 and so on, no gaps."),
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
        widgets = {name: Textarea(attrs={"rows": 2, "cols": 50}) for name in Item.text.fields}
        widgets["key"] = TextInput(attrs={"size": 8})
        help_texts = help_texts(
            ("version", VERSION_HELP),
            (
                "trait",
                _("The preference it tells of. A new trait can be chosen once it is saved."),
            ),
            (
                "keying",
                _(
                    "The end of the trait that agreeing speaks for; the check of a draft calls "
                    "it keying. Each trait needs as many +1 as -1: otherwise somebody who agrees "
                    "with everything would score high."
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
                _("Asked after the statements. Nobody must answer, and no score depends on it."),
            ),
        )


class BackgroundOptionForm(ModelForm):
    class Meta:
        help_texts = help_texts(
            ("order", ORDER_HELP),
            (
                "value",
                _("A short name for exports. Keep those of B1 to B3: role pages hang on them."),
            ),
            (BackgroundOption.label, _("What visitors choose, such as “2 to 3 years”.")),
        )
