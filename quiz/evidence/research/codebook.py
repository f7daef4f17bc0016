"""The codebook of the research tables: what each column means, and what is left out."""

from collections.abc import Iterator, Sequence
from itertools import chain

from django.utils.translation import gettext as _

from quiz.core.questionnaire import Questionnaire, words
from quiz.evidence.research.tables import FIT, ROLES, SECONDS, Tables
from quiz.results.tables.codebook import (
    Entry,
    item_entries,
    once,
    sitting_entries,
    trait_entries,
    use_entry,
    verdict_entries,
)
from quiz.results.tables.columns import newest_first
from quiz.results.tables.lines import safe_text

WIDE, LONG = "wide", "long"
BOTH = f"{WIDE}, {LONG}"
HEADING = ("column", "files", *Entry._fields[1:])
LEFT_OUT = "#left_out"


def codebook_rows(tables: Tables, language: str) -> list[list[str]]:
    """Return one row per column, in the order of the columns; several where versions differ."""
    return [
        [safe_text(cell) for cell in (entry.column, files, *entry[1:])]
        for files, entry in chain(_circumstances(), _of_results(tables, language), _of_answers())
    ]


def _circumstances() -> Iterator[tuple[str, Entry]]:
    questionnaire, language, is_first = sitting_entries()
    drawn = _(
        "A random key that joins the two files. It is new in every export and identifies no one."
    )
    yield BOTH, Entry("id", drawn)
    yield BOTH, questionnaire
    yield WIDE, language
    yield WIDE, Entry("month", _("The month in which the quiz was finished."), _("year-month, UTC"))
    yield WIDE, is_first


def _of_results(tables: Tables, language: str) -> Iterator[tuple[str, Entry]]:
    ordered = newest_first(tables.questionnaires.values())
    traits, items = tables.columns.trait_keys, tables.columns.item_keys
    flags = _("Signs of careless answers, each with its level, separated by semicolons.")
    no_trait = _("the version has no such preference")
    no_item = _("the version doesn't ask it")
    for entry in chain(
        verdict_entries(flags),
        trait_entries(traits, ordered, no_trait, language),
        item_entries(items, ordered, no_item, language),
        _seconds(items, ordered, language),
        _fit(),
    ):
        yield WIDE, entry


def _seconds(
    keys: Sequence[str], questionnaires: Sequence[Questionnaire], language: str
) -> Iterator[Entry]:
    for key in keys:
        entry = _time(SECONDS + key, _("it isn't known, or the version doesn't ask it"))
        yield from once(
            (
                questionnaire,
                entry._replace(statement=words(item.text, language), trait=item.trait),
            )
            for questionnaire in questionnaires
            if (item := questionnaire.items_by_key.get(key))
        )


def _time(column: str, empty_when: str) -> Entry:
    meaning = _("The time for a statement: the time for its page, divided by the statements on it.")
    return Entry(column, meaning, _("whole seconds"), _("from 0"), empty_when)


def _fit() -> Iterator[Entry]:
    for role in ROLES:
        yield Entry(
            FIT + role,
            _("The answer to “Could you see yourself doing this?” about the job %(role)s.")
            % {"role": role},
            range="yes, unsure, no",
            empty_when=_("no answer was given"),
        )


def _of_answers() -> Iterator[tuple[str, Entry]]:
    keying = _("1: agreeing raises the score; -1: agreeing lowers it")
    scale = _("as in the column of the statement in the other file")
    for entry in (
        Entry("item", _("The key of the statement.")),
        Entry("trait", _("The key of the preference that the statement belongs to.")),
        Entry("keying", _("Which way the statement counts."), range=keying),
        Entry("position", _("The place at which the statement was shown."), range=_("from 1")),
        Entry("answer", _("The answer to a statement, as given."), _("step of the scale"), scale),
        _time("seconds", _("it isn't known")),
    ):
        yield LONG, entry
    yield (
        BOTH,
        Entry(
            LEFT_OUT,
            _(
                "Only results whose owners agreed are here. Anything that could identify them is "
                "left out: names, codes, clients, counselors, background answers, times of day, "
                "database numbers, and which results belong to the same person. Rows are in "
                "random order. Kept are the month, the language, the version, and whether it was "
                "the person's first time."
            ),
        ),
    )
    yield BOTH, use_entry()
