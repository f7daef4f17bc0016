"""A page of HTML laid out as a tagged A4 PDF, without file or network. Pure.

It runs in the process of `quiz.results.pdf_process`.
"""

import gc
import re
import warnings
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from quiz.results.pictures import TUBE_LEFT, TUBE_RIGHT

Attributes = Mapping[str, str]
Paints = Mapping[str, Attributes]


class PdfUnavailable(Exception):
    """No PDF could be made: Pango isn't installed on this machine, or the layout failed."""


class Page(NamedTuple):
    """A page to lay out; its links start with `base_url`."""

    html: str
    style: str  # style sheet of the page
    picture_style: str  # rules that `paints_of` can read
    base_url: str
    is_compressed: bool = True


def lay_out(page: Page) -> bytes:
    """Return a page as a PDF. The same page always gives the same bytes."""
    kit = _kit(page.style, page.picture_style)
    document = kit.weasyprint.HTML(
        string=with_pictures_painted(page.html, kit.paints),
        base_url=page.base_url,
        url_fetcher=NothingIsFetched(),
    )
    pdf: bytes = document.write_pdf(
        stylesheets=[kit.sheet],
        font_config=kit.fonts,
        finisher=_finish,
        pdf_variant="pdf/ua-1",
        uncompressed_pdf=not page.is_compressed,
    )
    return pdf


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


# Few, because each holds the fonts. One PDF at a time: the font map isn't thread-safe.
@lru_cache(maxsize=2)
def _kit(style: str, picture_style: str) -> _Kit:
    try:
        with warnings.catch_warnings():
            # It warns that HarfBuzz's subsetter is missing. Without it, PDFs only take longer.
            warnings.simplefilter("ignore", DeprecationWarning)
            import weasyprint  # noqa: PLC0415 - optional: needs Pango on the machine
            from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
    except OSError as error:
        raise PdfUnavailable(str(error)) from error
    fonts = FontConfiguration()
    sheet = weasyprint.CSS(string=style, font_config=fonts, url_fetcher=NothingIsFetched())
    # Each PDF creates many objects, and garbage collections took a tenth of its time. Objects that
    # exist now stay, so exclude them, and collect once in a few PDFs.
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
    return _Kit(weasyprint, fonts, sheet, paints_of(picture_style))


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
