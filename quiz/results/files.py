"""Downloads of a result: JSON and PDF."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from quiz.results.pdf import result_pdf
from quiz.results.pdf_layout import PdfUnavailable
from quiz.web.errors import PageError


def json_file(data: dict[str, Any], name: str) -> HttpResponse:
    response = JsonResponse(data, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def result_file(values: dict[str, Any], name: str, page_url: str) -> HttpResponse:
    """Return a result as a PDF. `values` is the context of the page at `page_url`."""
    language = get_language() or settings.LANGUAGE_CODE
    return pdf_file(
        lambda: result_pdf(values, site_url=settings.SITE_URL, language=language), name, page_url
    )


def pdf_file(make: Callable[[], bytes], name: str, page_url: str) -> HttpResponse:
    """Return the PDF that `make` produces, or an error page with a link to `page_url`."""
    try:
        pdf = make()
    except PdfUnavailable:
        raise PageError(
            503,
            _("We can't make a PDF right now"),
            _("Open the page and print it instead. It fits on paper."),
            (page_url, _("Open the page")),
        ) from None
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
