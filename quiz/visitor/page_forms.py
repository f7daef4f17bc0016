"""The forms of the quiz: what a page shows, and which answers it accepts."""

from collections.abc import Mapping

from crispy_forms.utils import render_crispy_form
from django import forms
from django.utils.translation import gettext_lazy as _

from quiz.core.questionnaire import RESEARCH, RESERVED_KEYS, Questionnaire, words
from quiz.web.forms import PlainForm
from quiz.web.rendering import rendered_once

# What the box for research sends when it is ticked.
YES = "yes"


class NotAnAnswer(ValueError):
    """A name or a value that the page does not offer."""


class PageForm(PlainForm):
    """One page of the quiz: radio groups only."""


@rendered_once
def page_form(questionnaire: Questionnaire, page: int, language: str) -> type[PageForm]:
    if page == questionnaire.background_page:
        return type("BackgroundForm", (PageForm,), _background_fields(questionnaire, language))
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
    return type("AnswersForm", (PageForm,), fields)


def _background_fields(questionnaire: Questionnaire, language: str) -> dict[str, forms.Field]:
    return {
        question.key: forms.ChoiceField(
            label=words(question.text, language),
            choices=[
                *((option.value, words(option.label, language)) for option in question.options),
                ("", _("I'd rather not say")),
            ],
            widget=forms.RadioSelect,
            required=False,
        )
        for question in questionnaire.background
    }


@rendered_once
def blank_fields(questionnaire: Questionnaire, page: int, language: str) -> str:
    """Render a page's fieldsets with nothing chosen."""
    html: str = render_crispy_form(page_form(questionnaire, page, language)())
    return html


@rendered_once
def _offered(questionnaire: Questionnaire, page: int) -> Mapping[str, frozenset[str]]:
    """Return the values of a page's radio buttons by the name of their group."""
    if page == questionnaire.background_page:
        return {
            question.key: frozenset({"", *(option.value for option in question.options)})
            for question in questionnaire.background
        }
    values = frozenset(str(answer.value) for answer in questionnaire.scale)
    return {item.key: values for item in questionnaire.item_pages[page - 1]}


def answers_sent(
    questionnaire: Questionnaire, page: int, data: Mapping[str, str]
) -> dict[str, str]:
    """Return the chosen values by name; raise NotAnAnswer if anything else was sent.

    An empty value is "I would rather not say", which only background questions offer. A form would
    check no more than this, and building one takes longer than saving the answers.
    """
    offered = _offered(questionnaire, page)
    sent = {name: value for name, value in data.items() if name not in RESERVED_KEYS}
    for name, value in sent.items():
        if name not in offered or value not in offered[name]:
            raise NotAnAnswer(f"{name}={value!r:.40} is not on page {page}")
    return sent


def research_sent(data: Mapping[str, str]) -> bool | None:
    """Return whether answers may be used for research; None if nothing was sent about it.

    An unticked box sends nothing with its page; the script that saves early sends it empty.
    """
    value = data.get(RESEARCH)
    if value not in (None, "", YES):
        raise NotAnAnswer(f"{RESEARCH}={value!r:.40} is not offered")
    return None if value is None else value == YES
