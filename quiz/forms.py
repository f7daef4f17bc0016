"""The forms of the quiz, made from a frozen questionnaire and rendered by crispy-forms."""

from functools import cache

from crispy_forms.helper import FormHelper
from crispy_forms.utils import render_crispy_form
from django import forms
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from quiz.models.questionnaire import frozen_questionnaire
from quiz.questionnaire import words


class PageForm(forms.Form):
    """One page of the quiz: radio groups only; the form tag and the buttons are the template's."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def refused(self) -> set[str]:
        """Return the names sent that this page does not have, or with an answer it does not have."""
        known = self.fields.keys() | {"csrfmiddlewaretoken", "go"}
        invalid = {
            name
            for name, errors in self.errors.as_data().items()
            if any(error.code != "required" for error in errors)
        }
        return invalid | (self.data.keys() - known)


class AnswersForm(PageForm):
    """The statements of one page."""

    def values(self) -> dict[str, int]:
        """Return the valid answers by item key; those that are missing are left out."""
        return {key: int(value) for key, value in self.cleaned_data.items()}


class BackgroundForm(PageForm):
    """The optional questions; an empty answer is one that was not given."""

    def values(self) -> dict[str, str]:
        """Return the answers given, by question key."""
        return {key: value for key, value in self.cleaned_data.items() if value}


@cache
def page_form(version_id: int, page: int, language: str) -> type[PageForm]:
    """Return the form class of one page of a published version."""
    questionnaire = frozen_questionnaire(version_id)
    if page == questionnaire.background_page:
        return type(
            "BackgroundPageForm", (BackgroundForm,), _background_fields(version_id, language)
        )
    labels = [(str(a.value), words(a.label, language)) for a in questionnaire.scale]
    fields = {
        item.key: forms.ChoiceField(
            label=words(item.text, language),
            choices=labels,
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose the answer that fits you best.")},
        )
        for item in questionnaire.item_pages[page - 1]
    }
    return type("AnswersPageForm", (AnswersForm,), fields)


def _background_fields(version_id: int, language: str) -> dict[str, forms.Field]:
    return {
        question.key: forms.ChoiceField(
            label=words(question.text, language),
            choices=[
                *((option.value, words(option.label, language)) for option in question.options),
                ("", _("I would rather not say")),
            ],
            widget=forms.RadioSelect,
            required=False,
        )
        for question in frozen_questionnaire(version_id).background
    }


@cache
def _blank_fields(version_id: int, page: int, language: str) -> str:
    return render_crispy_form(page_form(version_id, page, language)())


def filled_fields(
    version_id: int, page: int, language: str, values: dict[str, int] | dict[str, str]
) -> str:
    """Return the page's fieldsets with these answers chosen.

    Rendering them costs milliseconds and gives the same for every visitor, so they are rendered
    once per process, and what is the visitor's is filled in.
    """
    html = _blank_fields(version_id, page, language)
    for key, value in values.items():
        chosen = f'id="id_{escape(key)}_{escape(str(value))}"'
        html = html.replace(chosen, f"{chosen} checked", 1)
    # What crispy-forms rendered, with nothing put in but the word above.
    return mark_safe(html)  # noqa: S308
