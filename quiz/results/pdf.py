"""A result as a tagged A4 PDF, made from the same partial as the page.

Without Pango, it raises PdfUnavailable, and the rest of the site still works.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import override

from organization.current import current_organization
from organization.palette import repainted
from quiz.results.kept_pdfs import kept_or_made
from quiz.results.pdf_layout import Page
from quiz.results.pdf_process import PdfProcess
from quiz.web import metrics

PROCESS = PdfProcess()


def result_pdf(
    values: Mapping[str, Any], *, language: str, site_url: str, is_compressed: bool = True
) -> bytes:
    """Lay out `quiz/result/_result.html` with these values; links start with `site_url`.

    If `values` has `whose`, it names the person, because the reader isn't the owner.
    """
    context = {**values, "language": language, "is_file": True}
    with override(language):
        html: str = render_to_string("quiz/result_pdf.html", context)
    return laid_out(html, site_url=site_url, is_compressed=is_compressed)


def laid_out(html: str, *, site_url: str, is_compressed: bool = True) -> bytes:
    """Return a page as a PDF. The same page always gives the same bytes.

    Raises Busy if too many are being made, and PdfUnavailable.
    """
    palette = current_organization().palette
    page = Page(
        html,
        repainted(palette, style("pdf")),
        repainted(palette, style("pdf-pictures")),
        f"{site_url}/",
        is_compressed,
    )
    return kept_or_made(page, timed)


def timed(page: Page) -> bytes:
    """Lay a page out, and count how long that took."""
    started, outcome = perf_counter(), "failed"
    try:
        pdf = PROCESS.lay_out(page)
        outcome = "made"
        return pdf
    finally:
        metrics.PDF_SECONDS.observe(perf_counter() - started, outcome)


@cache
def style(name: str) -> str:
    """Return the text of a style sheet of the site."""
    return Path(str(finders.find(f"quizsite/{name}.css"))).read_text(encoding="utf-8")
