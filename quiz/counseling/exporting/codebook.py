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
    use_entry,
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
    no_trait = _("the scope is verdict, or the version doesn't ask about this preference")
    no_item = _("the scope isn't answers, or the version doesn't ask it")
    flags = _(
        "Signs of careless answers with their levels, separated by semicolons. Unless the scope is "
        "answers, only the highest level."
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
                "CSV files are UTF-8 with a byte order mark. Cells are separated by commas and "
                "numbers look like 1.5, or by semicolons and 1,5 if you chose that. Text that a "
                "spreadsheet would read as a formula gets an apostrophe, in CSV files also text it "
                "would read as a number or date. Numbers have up to six decimals."
            ),
        ),
        Entry(
            END,
            _(
                "The last line of the CSV file: the number of results above it, and the SHA-256 of "
                "all bytes above it. If it is missing, the file is incomplete."
            ),
        ),
        use_entry(),
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
        Entry("client_id", _("The client's ID, as in the address of their page.")),
        Entry("client_name", _("The client's name, as you entered it.")),
        Entry("email", _("The client's e-mail address."), empty_when=_("you entered none")),
        Entry("group", _("The group the client is in."), empty_when=_("the client is in no group")),
        Entry("tags", _("Your tags, separated by semicolons."), empty_when=_("there are none")),
        Entry(
            "scope",
            _("How much of the result the client shares with you."),
            range="; ".join(f"{scope}: {scopes[scope]}" for scope in SCOPES),
        ),
        Entry("shared_at", _("When the client shared the result."), moment),
        Entry("finished_at", _("When the client finished the quiz."), moment),
    ]
