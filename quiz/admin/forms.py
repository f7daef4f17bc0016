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

VERSION_HELP = _("Only drafts can be chosen. A part stays in its version.")


class NewDraftForm(ModelForm):
    class Meta:
        model = QuestionnaireVersion
        fields = ["title"]
        widgets = {"title": AdminTextInputWidget}


class WordingForm(ModelForm):
    class Meta:
        help_texts = help_texts(
            ("key", _("Where visitors read it; each is needed once.")),
            (Wording.text, _("Plain words, no markup.")),
        )


class ScaleAnswerForm(ModelForm):
    class Meta:
        help_texts = help_texts(
            ("value", _("Whole numbers that go up by one; 1 disagrees most.")),
            (ScaleAnswer.label, _("Shown beside the radio button.")),
        )


class TraitForm(ModelForm):
    class Meta:
        help_texts = help_texts(
            ("version", VERSION_HELP),
            ("order", ORDER_HELP),
            (Trait.name, _("As a heading on the result.")),
        )


class ItemForm(ModelForm):
    class Meta:
        widgets = {name: Textarea(attrs={"rows": 2, "cols": 50}) for name in Item.text.fields}
        widgets["key"] = TextInput(attrs={"size": 8})
        help_texts = help_texts(
            ("version", VERSION_HELP),
            ("trait", _("What it measures. A new trait can be chosen once it is saved.")),
            ("keying", _("A trait needs as many of +1 as of -1, or agreeing would move it.")),
        )


class BackgroundQuestionForm(ModelForm):
    class Meta:
        help_texts = help_texts(
            ("version", VERSION_HELP),
            ("order", ORDER_HELP),
            (BackgroundQuestion.text, _("Answering it is optional, and no score depends on it.")),
        )


class BackgroundOptionForm(ModelForm):
    class Meta:
        help_texts = help_texts(
            ("order", ORDER_HELP),
            ("value", _("Names the answer in exports; the choice of role pages reads it.")),
            (BackgroundOption.label, _("Shown beside the radio button.")),
        )
