"""The codebook of a counselor's export: what each column means."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from quiz.core.questionnaire import Questionnaire
from quiz.core.scopes import ANSWERS, SCOPES, TRAITS, VERDICT
from quiz.counseling.exporting.selection import Selection
from quiz.results.tables.codebook import (
    Entry,
    item_entries,
    sitting_entries,
    trait_entries,
    verdict_entries,
)
from quiz.results.tables.columns import Columns, newest_first
from quiz.results.tables.lines import BYTE_ORDER_MARK, COMMAS, END, Dialect, line, safe_text

HEADING = Entry._fields
FORMAT = "#format"


def codebook_file(selection: Selection, language: str, dialect: Dialect = COMMAS) -> bytes:
    rows = codebook_rows(selection.columns, selection.questionnaires.values(), language)
    return BYTE_ORDER_MARK + "".join(line(row, dialect) for row in [HEADING, *rows]).encode()


def codebook_rows(
    columns: Columns, questionnaires: Iterable[Questionnaire], language: str
) -> list[list[str]]:
    """Return one row per column, in the order of the columns; several where versions differ."""
    ordered = newest_first(questionnaires)
    no_trait = _("the scope is verdict, or the version has no such preference")
    no_item = _("the scope is not answers, or the version does not ask it")
    flags = _(
        "Signs of careless answers, each with its level, with semicolons between. Where "
        "the scope is not answers, it is the highest level alone, and not which signs."
    )
    entries = [
        *_fixed(),
        *sitting_entries(),
        *verdict_entries(flags),
        *trait_entries(columns.trait_keys, ordered, no_trait, language),
        *item_entries(columns.item_keys, ordered, no_item, language),
        Entry(
            FORMAT,
            _(
                "How CSV files are written: in UTF-8 with a mark, with commas between cells and "
                "numbers like 1.5, or with semicolons and 1,5 if you chose that. An apostrophe "
                "comes before a text that a spreadsheet would take for a formula, and in CSV "
                "files also for a number or a date. Numbers have up to six decimals."
            ),
        ),
        Entry(
            END,
            _(
                "The last line of the CSV file: how many results stand above it, and the SHA-256 "
                "of every byte above it. Where it is missing, the file was cut off."
            ),
        ),
    ]
    return [[safe_text(cell) for cell in entry] for entry in entries]


def _fixed() -> list[Entry]:
    moment = _("time in UTC: ISO 8601 in CSV files, date and time in the spreadsheet")
    scopes = {
        VERDICT: _("suggestion, lean and agreement"),
        TRAITS: _("also the scores"),
        ANSWERS: _("also each answer"),
    }
    return [
        Entry("client_id", _("The client's own number, as in the address of their page.")),
        Entry("client_name", _("The name that you gave the client.")),
        Entry("email", _("The client's e-mail address."), empty_when=_("you gave none")),
        Entry("group", _("The group the client is in."), empty_when=_("in none")),
        Entry("tags", _("Your tags, with semicolons between."), empty_when=_("there is none")),
        Entry(
            "scope",
            _("How much of the result the client lets you see."),
            range="; ".join(f"{scope}: {scopes[scope]}" for scope in SCOPES),
        ),
        Entry("shared_at", _("When the client shared the result."), moment),
        Entry("finished_at", _("When the client finished the quiz."), moment),
    ]
