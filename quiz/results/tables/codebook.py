"""The codebook: what each column of an export means."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from quiz.core.questionnaire import Item, Questionnaire, Trait, words
from quiz.results.tables.columns import ITEM, SCORE, SEM

USE = "#use"


class Entry(NamedTuple):
    """What a column means. `versions` lists the versions for which the other fields are true."""

    column: str
    meaning: str
    unit: str = ""
    range: str = ""
    empty_when: str = ""
    versions: str = ""
    statement: str = ""
    trait: str = ""
    keying: str = ""


def use_entry() -> Entry:
    """Say what results may be used for: the term that who runs the site has accepted."""
    return Entry(
        USE,
        _(
            "Results are for exploring, not for hiring. Don't use them to select, rank or reject "
            "candidates."
        ),
    )


def sitting_entries() -> list[Entry]:
    """Describe questionnaire, language and is_first."""
    return [
        Entry("questionnaire", _("The questionnaire's version number."), range=_("from 1")),
        Entry("language", _("The language of the quiz."), _("language code")),
        Entry(
            "is_first",
            _("Whether this was the first attempt in that browser."),
            range=_("1: the first; 0: a later one"),
        ),
    ]


def verdict_entries(flags: str) -> list[Entry]:
    """Describe the columns from norms to agreement_high; `flags` is the meaning of that column."""
    bands = _("clear; leaning; close; insufficient: not enough to suggest a kind of work")
    return [
        Entry(
            "norms",
            _("The number of the norms that the standard errors are based on."),
            range=_("from 0; 0: assumptions, used until there are enough answers"),
        ),
        Entry(
            "flags",
            flags,
            range="longest_run, spread, time, yes_saying; review, invalid",
            empty_when=_("there are no signs"),
        ),
        Entry("band", _("How sure the suggestion is."), range=bands),
        Entry(
            "field",
            _("The suggested kind of work."),
            range="sales, service",
            empty_when=_("the band is close or insufficient"),
        ),
        Entry(
            "lean",
            _("Which way the answers lean overall, and how far."),
            _("points"),
            _("from -50 (customer service) to 50 (sales)"),
        ),
        Entry("lean_se", _("The standard error of the lean."), _("points"), _("from 0")),
        Entry(
            "agreement",
            _(
                "The share of people with these answers who would get the same suggestion from "
                "other questions like these."
            ),
            _("share"),
            _("from 0 to 1"),
        ),
        *(
            Entry(
                name,
                meaning,
                _("share"),
                _("from 0 to 1"),
                _("the result is from before ranges were calculated"),
            )
            for name, meaning in (
                ("agreement_low", _("The lower end of the agreement's range.")),
                ("agreement_high", _("The upper end of the agreement's range.")),
            )
        ),
    ]


def trait_entries(
    keys: Sequence[str], questionnaires: Sequence[Questionnaire], not_there: str, language: str
) -> Iterator[Entry]:
    """Describe the scores and their errors, newest version first."""
    for key in keys:
        name = SCORE + key
        yield from once(
            (questionnaire, _score(name, trait, not_there, language))
            for questionnaire in questionnaires
            for trait in questionnaire.traits
            if trait.key == key
        )
    for key in keys:
        meaning = _("The standard error of %(column)s.") % {"column": SCORE + key}
        yield Entry(SEM + key, meaning, _("points"), _("from 0"), not_there, trait=key)


def _score(name: str, trait: Trait, not_there: str, language: str) -> Entry:
    texts = {
        "name": words(trait.name, language),
        "low": words(trait.low, language),
        "high": words(trait.high, language),
    }
    return Entry(
        name,
        _("The score of the preference “%(name)s”.") % texts,
        _("points"),
        _("from 0 (%(low)s) to 100 (%(high)s)") % texts,
        not_there,
        trait=trait.key,
    )


def item_entries(
    keys: Sequence[str], questionnaires: Sequence[Questionnaire], not_there: str, language: str
) -> Iterator[Entry]:
    """Describe the answers, newest version first."""
    for key in keys:
        yield from once(
            (questionnaire, _answer(ITEM + key, item, questionnaire, not_there, language))
            for questionnaire in questionnaires
            if (item := questionnaire.items_by_key.get(key))
        )


def _answer(
    name: str, item: Item, questionnaire: Questionnaire, not_there: str, language: str
) -> Entry:
    agreeing = _("agreeing raises the score") if item.keying > 0 else _("agreeing lowers the score")
    return Entry(
        name,
        _("The answer to a statement."),
        _("step of the scale"),
        "; ".join(f"{step.value}: {words(step.label, language)}" for step in questionnaire.scale),
        not_there,
        statement=words(item.text, language),
        trait=item.trait,
        keying=agreeing,
    )


def once(found: Iterable[tuple[Questionnaire, Entry]]) -> Iterator[Entry]:
    """Merge identical entries, and list their version numbers."""
    numbers_by_entry: dict[Entry, list[str]] = {}
    for questionnaire, entry in found:
        numbers_by_entry.setdefault(entry, []).append(str(questionnaire.number))
    for entry, numbers in numbers_by_entry.items():
        yield entry._replace(versions=", ".join(numbers))
