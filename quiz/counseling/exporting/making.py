"""Make a large export file as a task."""

import tempfile
from collections.abc import Mapping
from typing import IO, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, override
from django_tasks import task

from quiz.counseling.exporting.kept import ExportFile, FileIsGone
from quiz.counseling.exporting.results_csv import csv_file
from quiz.counseling.exporting.results_xlsx import write_xlsx
from quiz.counseling.exporting.selection import Selection
from quiz.counseling.forms import ExportForm
from quiz.counseling.models import Counselor
from quiz.results.tables.lines import Dialect
from quiz.web.background import GiveUp

# Results; a larger file is made by a task.
MOST_AT_ONCE = 10_000


def selected(
    values: Mapping[str, Any], counselor: Counselor
) -> tuple[Selection, Dialect, dict[str, str]] | None:
    """Return what the export form asks for, and its values; None if they are invalid."""
    form = ExportForm(values, counselor=counselor)
    if not form.is_valid():
        return None
    chosen = form.cleaned_data
    selection = Selection.of(counselor, chosen["group"], chosen["tag"])
    return selection, chosen["decimal"], {name: values.get(name, "") for name in form.fields}


def ask_for_file(counselor: Counselor, form: str, query: dict[str, str]) -> ExportFile:
    """Have a file made, or return the one that is being made already."""
    with transaction.atomic():
        Counselor.objects.select_for_update().get(pk=counselor.pk)
        same = ExportFile.objects.of(counselor).filter(form=form, query=query, made_at=None)
        for file in same:
            if file.state == "waiting":
                return file
        file = ExportFile.objects.create(counselor=counselor, form=form, query=query)
        result = make_export_file.enqueue(str(file.pk), get_language() or "")
        ExportFile.objects.filter(pk=file.pk).update(task=result.id)
    return file


@task
def make_export_file(file_id: str, language: str) -> int:
    """Make a file, unless it is made or was deleted in the meantime; return its rows."""
    files = ExportFile.objects.select_related("counselor")
    file = files.filter(pk=file_id, made_at=None).first()
    if file is None:
        return 0
    found = selected(file.query, file.counselor)
    if found is None:
        raise GiveUp  # its group or tag is gone
    selection, dialect, _query = found
    with tempfile.TemporaryFile() as made, override(language):
        _write(made, file.form, selection, dialect, language)
        made.seek(0)
        try:
            file.write(made, len(selection), timezone.now())
        except FileIsGone:
            return 0
    return len(selection)


def _write(
    made: IO[bytes], form: str, selection: Selection, dialect: Dialect, language: str
) -> None:
    if form == ExportFile.XLSX:
        write_xlsx(made, selection, language)
    else:
        made.writelines(csv_file(selection, dialect))


@task
def drop_old_exports() -> int:
    """Delete export files that are nearly a day old; return how many."""
    with transaction.atomic():
        _all, by_model = ExportFile.objects.expired(timezone.now()).delete()
    return int(by_model.get(ExportFile._meta.label, 0))
