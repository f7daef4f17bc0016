"""Import clients from a CSV file: choose it, look at what would be added, then add it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from quiz.core.utf8 import NotUtf8, utf8_text
from quiz.counseling.client_csv import COLUMNS, MOST_BYTES, MOST_ROWS, Sheet, read_sheet
from quiz.counseling.importing import import_clients, plan
from quiz.counseling.models import Counselor
from quiz.counseling.views.access import counselor_required
from quiz.web.forms import PlainForm, render_form
from quiz.web.mail import sends_mail


class ImportForm(PlainForm):
    """A file, or its text as the page that asks sends it again. `sheet` is what was read."""

    sheet: Sheet

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        required=False,
        allow_empty_file=True,
        error_messages={"invalid": gettext_lazy("No file arrived. Choose it again.")},
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    text = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    sends_email = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        file = cleaned.get("file")
        # Browsers send each line end as two characters, which the file's size doesn't count.
        data = file.read(MOST_BYTES + 1) if file else _with_short_line_ends(cleaned["text"])
        if len(data) > MOST_BYTES:
            words = _("The file is larger than %d kB. Split it into several files.")
            self.add_error("file", words % (MOST_BYTES // 1000))
        elif not data.strip():
            self.add_error("file", _("Choose a file that has clients in it."))
        else:
            self._read(data, cleaned)
        return cleaned

    def _read(self, data: bytes, cleaned: dict[str, Any]) -> None:
        try:
            cleaned["text"] = utf8_text(data)
        except NotUtf8 as error:
            words = _(
                "Row %(row)d can't be read. Save the file as “CSV UTF-8” and choose it again."
            )
            self.add_error("file", words % {"row": error.line})
            return
        self.sheet = read_sheet(cleaned["text"])
        for fault in self.sheet.faults:
            self.add_error("file", str(fault))


def _with_short_line_ends(text: str) -> bytes:
    return text.replace("\r\n", "\n").encode()


@require_http_methods(["GET", "HEAD", "POST"])
@counselor_required
def clients_import(request: HttpRequest, counselor: Counselor) -> HttpResponse:
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_valid():
        data = form.cleaned_data
        if "confirmed" in request.POST:
            return _import(request, counselor, form)
        context = {
            "plan": plan(counselor, form.sheet.rows),
            "ignored": form.sheet.ignored,
            "text": data["text"],
            "can_send": sends_mail(),
        }
        return render(request, "counseling/clients_import_check.html", context)
    context = {"most_rows": MOST_ROWS, "most_kb": MOST_BYTES // 1000, "columns": COLUMNS}
    return render_form(request, "counseling/clients_import.html", form, context)


def _import(request: HttpRequest, counselor: Counselor, form: ImportForm) -> HttpResponse:
    sends_email = form.cleaned_data["sends_email"] and sends_mail()
    rows = form.sheet.rows
    count = import_clients(counselor, rows, timezone.now(), sends_email=sends_email)
    words = ngettext("You added %d client.", "You added %d clients.", count)
    said = [words % count if count else _("All of them are there already.")]
    if count and not sends_email:
        said.append(_("None of them knows yet: each client's page has the link to pass on."))
    messages.success(request, " ".join(said))
    return redirect("quiz:caseload")
