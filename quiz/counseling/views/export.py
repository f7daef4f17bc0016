"""Export the results that a counselor's clients share."""

import tempfile

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quiz.counseling.exporting import Selection, codebook_file, csv_file, making, write_xlsx
from quiz.counseling.exporting.kept import ExportFile
from quiz.counseling.exporting.making import selected
from quiz.counseling.forms import ExportForm
from quiz.counseling.models import Counselor, Disclosure
from quiz.counseling.views.access import counselor_required
from quiz.counseling.views.large_export import CSV, XLSX, log_export, offer_to_make
from quiz.results.tables.lines import Dialect
from quiz.results.tables.sheets import MOST_ROWS
from quiz.web.errors import PageError


@require_safe
@counselor_required
def export(request: HttpRequest, counselor: Counselor) -> HttpResponse:
    context = {
        "form": ExportForm(counselor=counselor),
        "shared": Disclosure.objects.of(counselor).count(),
    }
    return render(request, "counseling/export.html", context)


@require_safe
@counselor_required
def export_csv(request: HttpRequest, counselor: Counselor) -> HttpResponseBase:
    selection, dialect, query = _selected(request, counselor)
    if len(selection) > making.MOST_AT_ONCE:
        return offer_to_make(request, ExportFile.CSV, query, len(selection))
    log_export(request, counselor, "CSV", len(selection))
    file = csv_file(selection, dialect)
    return StreamingHttpResponse(file, CSV, headers=_saved_as("results", "csv"))


@require_safe
@counselor_required
def export_xlsx(request: HttpRequest, counselor: Counselor) -> HttpResponseBase:
    selection, _dialect, query = _selected(request, counselor)
    if len(selection) > MOST_ROWS:
        raise PageError(
            400,
            _("Too many results for a spreadsheet"),
            _("A sheet can't hold this many rows. Choose a group, or export as CSV."),
        )
    if len(selection) > making.MOST_AT_ONCE:
        return offer_to_make(request, ExportFile.XLSX, query, len(selection))
    log_export(request, counselor, "XLSX", len(selection))
    if request.method == "HEAD":
        return HttpResponse(content_type=XLSX, headers=_saved_as("results", "xlsx"))
    # On disk, and deleted once it is sent.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    write_xlsx(file, selection, get_language() or "")
    file.seek(0)
    return FileResponse(
        file, as_attachment=True, filename=_file_name("results", "xlsx"), content_type=XLSX
    )


@require_safe
@counselor_required
def export_codebook(request: HttpRequest, counselor: Counselor) -> HttpResponse:
    selection, dialect, _query = _selected(request, counselor)
    codebook = codebook_file(selection, get_language() or "", dialect)
    return HttpResponse(codebook, CSV, headers=_saved_as("codebook", "csv"))


def _selected(
    request: HttpRequest, counselor: Counselor
) -> tuple[Selection, Dialect, dict[str, str]]:
    found = selected(request.GET, counselor)
    if found is None:
        # A colleague's group counts as missing. It must never mean "all groups".
        raise Http404
    return found


def _saved_as(name: str, ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{_file_name(name, ending)}"'}


def _file_name(name: str, ending: str) -> str:
    return f"{name}-{timezone.now():%Y-%m-%d}.{ending}"
