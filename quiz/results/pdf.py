"""A result as a PDF: the page's own partial on A4, tagged, laid out without file or network.

Where Pango is not installed, PdfUnavailable is raised; the rest of the site works without it.
"""

import gc
import logging
import re
import threading
import warnings
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import override

from quiz.results.pictures import TUBE_LEFT, TUBE_RIGHT

Attributes = Mapping[str, str]
Paints = Mapping[str, Attributes]


class PdfUnavailable(Exception):
    """This machine lacks the library (Pango) that lays out PDFs."""


def result_pdf(
    values: Mapping[str, Any], *, language: str, site_url: str, is_compressed: bool = True
) -> bytes:
    """Return what `quiz/result/_result.html` shows with these values; links begin with `site_url`.

    `whose` among the values says whose result it is, where it is not one's own.
    """
    with override(language):
        html = render_to_string("quiz/result_pdf.html", {**values, "language": language})
    html = HUNDRED.sub(hundred(values["report"].agreement_in_100), html)
    return laid_out(html, site_url=site_url, is_compressed=is_compressed)


def laid_out(html: str, *, site_url: str, is_compressed: bool = True) -> bytes:
    """Return a page as a PDF; the same page gives the same bytes."""
    kit = _kit()
    with kit.turn:
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


class NothingIsFetched:
    """Stands where WeasyPrint opens addresses: no file and no host, whatever a text may hold."""

    _fail_on_errors = False  # WeasyPrint asks; False: it goes on without what it can't have.

    def __call__(self, url: str) -> Any:
        raise ValueError("a PDF is made of its page alone")


# ---------------------------------------------------------------- once per process


class _Kit(NamedTuple):
    weasyprint: Any
    fonts: Any
    sheet: Any
    paints: Paints
    # One map of fonts is not for two threads at once, and two PDFs in turn take no longer.
    turn: threading.Lock


_first = threading.Lock()


def _kit() -> _Kit:
    with _first:
        return _made_once()


@cache
def _made_once() -> _Kit:
    # They tell every step, and every table of every font.
    for name in ("weasyprint.progress", "fontTools"):
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings():
            # Without HarfBuzz's subsetter it is slower, and no worse.
            warnings.simplefilter("ignore", DeprecationWarning)
            import weasyprint  # noqa: PLC0415 - optional: needs Pango on the machine
            from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
    except OSError as error:
        raise PdfUnavailable(str(error)) from error
    fonts = FontConfiguration()
    sheet = weasyprint.CSS(
        string=_style("pdf.css"), font_config=fonts, url_fetcher=NothingIsFetched()
    )
    # Each PDF makes many objects, so that Python looks for dead ones among all there are, for
    # some 100 ms. What stands now stays, and is looked through no more.
    gc.freeze()
    return _Kit(weasyprint, fonts, sheet, paints_of(_style("pdf-pictures.css")), threading.Lock())


def _style(name: str) -> str:
    return Path(str(finders.find(f"quizsite/{name}"))).read_text(encoding="utf-8")


# ---------------------------------------------------------------- pictures

HUNDRED = re.compile(r'<svg class="hundred".*?</svg>', re.DOTALL)
PICTURE = re.compile(r'<svg class="([a-z]+)[^"]*".*?</svg>', re.DOTALL)
ELEMENT = re.compile(r"<([a-zA-Z]+)((?: [^<>]*?)?)(/?)>")
ATTRIBUTE = re.compile(r' ([a-zA-Z-]+)="([^"]*)"')
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
# A gradient measured by its shape becomes a tile of 1 by 1, which some readers round away.
GRADIENT = '<linearGradient id="tube"'
MEASURED = f'{GRADIENT} gradientUnits="userSpaceOnUse" x1="{TUBE_LEFT:g}" x2="{TUBE_RIGHT:g}"'
AIR = ' fill="url(#air)"'


def hundred(count: int) -> str:
    """Draw a hundred dots, the first `count` (0..100) filled, as dashes of no length.

    The page fills them with a pattern, whose tiles readers of PDFs set unevenly.
    """
    every, filled = _lines_of_dots(100), _lines_of_dots(count)
    return (
        '<svg class="hundred" viewBox="0 0 400 100">'
        f'<path class="rim" d="{every}"/><path class="hole" d="{every}"/>'
        f'<path class="same" d="{filled}"/></svg>'
    )


def _lines_of_dots(count: int) -> str:
    rows = [min(20, count - first) for first in range(0, count, 20)]
    # A little past the middle of the last dot, so that it is drawn too.
    return "".join(f"M10 {20 * row + 10}H{20 * dots - 9}" for row, dots in enumerate(rows))


def with_pictures_painted(html: str, paints: Paints) -> str:
    """Write colours and words into each picture.

    WeasyPrint applies the style of a page to no picture in it, and reading a style in each would
    take longer than drawing it. It takes a picture's words from <title>.
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
    """Read a sheet whose selectors are `.class` and `.class element`: selector -> attributes."""
    paints: dict[str, dict[str, str]] = {}
    for selectors, declarations in RULE.findall(COMMENT.sub("", style)):
        pairs = (each.split(":") for each in declarations.split(";") if each.strip())
        attributes = {name.strip(): value.strip() for name, value in pairs}
        for selector in selectors.split(","):
            paints.setdefault(selector.strip(), {}).update(attributes)
    return paints


# ---------------------------------------------------------------- before it is written


def _finish(document: Any, pdf: Any) -> None:
    objects = {each.reference: each for each in pdf.objects}
    _draw_tiles_once(pdf)
    _leave_decoration_unread(pdf, objects)


def _draw_tiles_once(pdf: Any) -> None:
    """Set the tiles of gradients so far apart that no reader begins a second one."""
    for each in pdf.objects:
        if "XStep" in getattr(each, "extra", ()):
            each.extra |= {"XStep": 9999, "YStep": 9999}


def _leave_decoration_unread(pdf: Any, objects: Mapping[bytes, Any]) -> None:
    """Mark what has no words of its own (bars, dots, page numbers) as decoration.

    The words beside a bar say what it shows; a picture without words would only be announced.
    """
    root = objects[pdf.catalog["StructTreeRoot"]]
    read = _tree_without_silent(root, objects)
    elements_by_page = objects[root["ParentTree"]]["Nums"][1::2]
    # After the pages come the links, one element each.
    for page, elements in zip(pdf.page_references, elements_by_page, strict=False):
        commands = objects[objects[page]["Contents"]].stream
        for place, command in enumerate(commands):
            if command == b"BDC":
                number = commands[place - 1]["MCID"]
                if elements[number] not in read:
                    elements[number] = b"null"
                    commands[place - 2 : place + 1] = [b"/Artifact", b"", b"BMC"]


def _tree_without_silent(root: Any, objects: Mapping[bytes, Any]) -> set[bytes]:
    """Take pictures without words out of the tree of what is read; return what is left in it."""

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
