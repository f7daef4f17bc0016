"""Files that are too large to make while someone waits."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from quiz.counseling.exporting.kept import KEPT, ExportFile
from quiz.counseling.exporting.making import ask_for_file, selected
from quiz.counseling.models import AuditEntry, Counselor
from quiz.counseling.views.access import counselor_required

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {ExportFile.CSV: CSV, ExportFile.XLSX: XLSX}


def offer_to_make(
    request: HttpRequest, form: str, query: dict[str, str], rows: int
) -> HttpResponse:
    """Say that the file is made in the background, with the button for it."""
    context = {"form_name": form, "query": query, "rows": rows}
    return render(request, "counseling/export_large.html", context)


@require_POST
@counselor_required
def export_make(request: HttpRequest, counselor: Counselor) -> HttpResponse:
    form = request.POST.get("form", "")
    found = selected(request.POST, counselor)
    if found is None or form not in TYPES:
        raise Http404
    _selection, _dialect, query = found
    return redirect("quiz:export_file", ask_for_file(counselor, form, query).pk)


@require_safe
@counselor_required
def export_file(request: HttpRequest, counselor: Counselor, file_id: UUID) -> HttpResponse:
    """Say whether a file is ready."""
    file = _own_file(counselor, file_id)
    context = {"file": file, "until": file.created_at + KEPT}
    return render(request, "counseling/export_file.html", context)


@require_safe
@counselor_required
def export_download(request: HttpRequest, counselor: Counselor, file_id: UUID) -> HttpResponseBase:
    file = _own_file(counselor, file_id)
    if not file.made_at:
        return redirect("quiz:export_file", file.pk)
    log_export(request, counselor, file.form.upper(), file.rows or 0)
    name = f"results-{file.made_at:%Y-%m-%d}.{file.form}"
    return StreamingHttpResponse(
        file.content(),
        TYPES[file.form],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def log_export(request: HttpRequest, counselor: Counselor, form: str, rows: int) -> None:
    # A HEAD exports nothing.
    if request.method == "GET":
        results = ngettext("%d result", "%d results", rows) % rows
        AuditEntry.objects.log(counselor, AuditEntry.EXPORTED, None, detail=f"{form}: {results}")


def _own_file(counselor: Counselor, file_id: UUID) -> ExportFile:
    return get_object_or_404(ExportFile.objects.of(counselor), pk=file_id)
