"""A result as a tagged A4 PDF, made from the same partial as the page, without file or network.

Without Pango, `result_pdf` raises PdfUnavailable, and the rest of the site still works.
"""

import gc
import logging
import re
import warnings
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import override

from quiz.results.kept_pdfs import kept_or_made
from quiz.results.pictures import TUBE_LEFT, TUBE_RIGHT

Attributes = Mapping[str, str]
Paints = Mapping[str, Attributes]


class PdfUnavailable(Exception):
    """The library that lays out PDFs (Pango) isn't installed on this machine."""


def result_pdf(
    values: Mapping[str, Any], *, language: str, site_url: str, is_compressed: bool = True
) -> bytes:
    """Lay out `quiz/result/_result.html` with these values; links start with `site_url`.

    If `values` has `whose`, it names the person, because the reader isn't the owner.
    """
    with override(language):
        html: str = render_to_string("quiz/result_pdf.html", {**values, "language": language})
    return laid_out(html, site_url=site_url, is_compressed=is_compressed)


def laid_out(html: str, *, site_url: str, is_compressed: bool = True) -> bytes:
    """Return a page as a PDF. The same page always gives the same bytes.

    Raises Busy if too many are being made.
    """

    def lay_out() -> bytes:
        kit = _kit()
        document = kit.weasyprint.HTML(
            string=with_pictures_painted(html, kit.paints),
            base_url=f"{site_url}/",
            url_fetcher=NothingIsFetched(),
        )
        pdf: bytes = document.write_pdf(
            stylesheets=[kit.sheet],
            font_config=kit.fonts,
            finisher=_finish,
            pdf_variant="pdf/ua-1",
            uncompressed_pdf=not is_compressed,
        )
        return pdf

    return kept_or_made(f"{site_url} {is_compressed} {html}", lay_out)


class NothingIsFetched:
    """A URL fetcher that refuses every file and host, whatever a text contains."""

    _fail_on_errors = False  # WeasyPrint reads this, and continues without the file.

    def __call__(self, url: str) -> Any:
        raise ValueError("a PDF uses nothing but its page")


# ---------------------------------------------------------------- once per process


class _Kit(NamedTuple):
    weasyprint: Any
    fonts: Any
    sheet: Any
    paints: Paints


@cache  # one PDF at a time: the font map isn't thread-safe
def _kit() -> _Kit:
    # They log every step, and every table of every font.
    for name in ("weasyprint.progress", "fontTools"):
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings():
            # It warns that HarfBuzz's subsetter is missing. Without it, PDFs only take longer.
            warnings.simplefilter("ignore", DeprecationWarning)
            import weasyprint  # noqa: PLC0415 - optional: needs Pango on the machine
            from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
    except OSError as error:
        raise PdfUnavailable(str(error)) from error
    fonts = FontConfiguration()
    sheet = weasyprint.CSS(
        string=_style("pdf.css"), font_config=fonts, url_fetcher=NothingIsFetched()
    )
    # Each PDF creates many objects, which triggers a garbage collection of about 100 ms over
    # everything in the process. Objects that exist now stay, so exclude them.
    gc.freeze()
    return _Kit(weasyprint, fonts, sheet, paints_of(_style("pdf-pictures.css")))


def _style(name: str) -> str:
    return Path(str(finders.find(f"quizsite/{name}"))).read_text(encoding="utf-8")


# ---------------------------------------------------------------- pictures

PICTURE = re.compile(r'<svg class="([a-z]+)[^"]*".*?</svg>', re.DOTALL)
ELEMENT = re.compile(r"<([a-zA-Z]+)((?: [^<>]*?)?)(/?)>")
ATTRIBUTE = re.compile(r' ([a-zA-Z-]+)="([^"]*)"')
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
# A gradient in units of its shape becomes a 1 by 1 tile, which some PDF readers round to 0.
GRADIENT = '<linearGradient id="tube"'
MEASURED = f'{GRADIENT} gradientUnits="userSpaceOnUse" x1="{TUBE_LEFT:g}" x2="{TUBE_RIGHT:g}"'
AIR = ' fill="url(#air)"'


def with_pictures_painted(html: str, paints: Paints) -> str:
    """Write colors and words into each picture.

    WeasyPrint doesn't apply the page's style sheet to its pictures, and a style sheet in each
    picture would take longer than drawing it. It reads a picture's words from <title>.
    """
    html = html.replace(GRADIENT, MEASURED).replace(AIR, "")
    return PICTURE.sub(lambda picture: _painted(picture[0], picture[1], paints), html)


def _painted(picture: str, kind: str, paints: Paints) -> str:
    def painted(element: re.Match[str]) -> str:
        tag, written, end = element.groups()
        own = dict(ATTRIBUTE.findall(written))
        wanted = {f".{kind} {tag}", *(f".{name}" for name in own.get("class", "").split())}
        paint: dict[str, str] = {}
        for selector, attributes in paints.items():
            if selector in wanted:
                paint.update(attributes)
        added = "".join(f' {name}="{value}"' for name, value in paint.items() if name not in own)
        title = f"<title>{own['aria-label']}</title>" if "aria-label" in own else ""
        return f"<{tag}{written}{added}{end}>{title}"

    return ELEMENT.sub(painted, picture)


def paints_of(style: str) -> Paints:
    """Parse a style sheet of `.class` and `.class element` rules into attributes by selector."""
    paints: dict[str, dict[str, str]] = {}
    for selectors, declarations in RULE.findall(COMMENT.sub("", style)):
        pairs = (each.split(":") for each in declarations.split(";") if each.strip())
        attributes = {name.strip(): value.strip() for name, value in pairs}
        for selector in selectors.split(","):
            paints.setdefault(selector.strip(), {}).update(attributes)
    return paints


# ---------------------------------------------------------------- finishing touches


def _finish(document: Any, pdf: Any) -> None:
    objects = {each.reference: each for each in pdf.objects}
    _draw_tiles_once(pdf)
    _leave_decoration_unread(pdf, objects)


def _draw_tiles_once(pdf: Any) -> None:
    """Put the tiles of gradients so far apart that no PDF reader draws a second one."""
    for each in pdf.objects:
        if "XStep" in getattr(each, "extra", ()):
            each.extra |= {"XStep": 9999, "YStep": 9999}


def _leave_decoration_unread(pdf: Any, objects: Mapping[bytes, Any]) -> None:
    """Mark everything without words (bars, dots, page numbers) as decoration.

    The text next to a bar says what it shows. A screen reader would only announce "image".
    """
    root = objects[pdf.catalog["StructTreeRoot"]]
    read = _tree_without_silent(root, objects)
    elements_by_page = objects[root["ParentTree"]]["Nums"][1::2]
    # Links follow the pages, with one element each.
    for page, elements in zip(pdf.page_references, elements_by_page, strict=False):
        commands = objects[objects[page]["Contents"]].stream
        for place, command in enumerate(commands):
            if command == b"BDC":
                number = commands[place - 1]["MCID"]
                if elements[number] not in read:
                    elements[number] = b"null"
                    commands[place - 2 : place + 1] = [b"/Artifact", b"", b"BMC"]


def _tree_without_silent(root: Any, objects: Mapping[bytes, Any]) -> set[bytes]:
    """Remove pictures without words from the structure tree, and return what is left."""

    def is_silent(kid: Any) -> bool:
        element = objects.get(kid, {})
        return element.get("S") == "/Figure" and "Alt" not in element

    read = set()
    todo = list(root["K"])
    while todo:
        reference = todo.pop()
        read.add(reference)
        kids = objects[reference].get("K", [])
        kids[:] = [kid for kid in kids if not is_silent(kid)]
        todo += [kid for kid in kids if kid in objects]
    return read
