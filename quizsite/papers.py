"""The papers for institutions, from docs/adopting/, as pages of the admin."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from django.contrib import admin
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from quizsite.environment.folders import IS_CHECKOUT, PROJECT, SITE_FOLDER

# A wheel has them inside this package.
FOLDER = SITE_FOLDER / "docs" / "adopting" if IS_CHECKOUT else PROJECT / "papers"
FIRST = "README"
# Links between papers: the name of one, and a heading in it.
OTHER_PAPER = re.compile(r"([\w-]+)\.md(#[\w-]+)?")


@dataclass(frozen=True)
class Paper:
    title: str
    html: SafeString


@require_safe
def paper(request: HttpRequest, name: str = FIRST) -> TemplateResponse:
    if name not in names():
        raise Http404("There is no such paper")
    found = read(name)
    context = {**admin.site.each_context(request), "title": found.title, "paper": found}
    return TemplateResponse(request, "admin/paper.html", context | {"is_first": name == FIRST})


@cache
def names() -> frozenset[str]:
    return frozenset(file.stem for file in FOLDER.glob("*.md"))


@cache
def read(name: str) -> Paper:
    """Turn a paper into HTML, below its title. Links to other files of the project become words."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    _heading, title, _end, *tokens = markdown.parse((FOLDER / f"{name}.md").read_text("utf-8"))
    for token, following in pairwise(tokens):
        if token.type == "heading_open":
            token.attrSet("id", _id_of(following.content))
    for token in tokens:
        token.children = list(_with_own_links(token.children)) if token.children else None
    html = markdown.renderer.render(tokens, markdown.options, {})
    # The papers are ours, and HTML in them is escaped.
    return Paper(title.content, mark_safe(html))  # noqa: S308


def _id_of(heading: str) -> str:
    """Name a heading as links in the files do."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _with_own_links(tokens: Sequence[Token]) -> Iterator[Token]:
    is_dropped = False
    for token in tokens:
        if token.type == "link_open":
            address = _address(str(token.attrGet("href")))
            is_dropped = not address
            token.attrSet("href", address)
        if not (is_dropped and token.type in ("link_open", "link_close")):
            yield token


def _address(link: str) -> str:
    """Return where a link of a paper leads from the admin; "" where that isn't on the site."""
    if link.startswith(("https://", "#")):
        return link
    if (found := OTHER_PAPER.fullmatch(link)) and found[1] in names():
        page = reverse("admin:papers" if found[1] == FIRST else "admin:paper", args=_args(found[1]))
        return page + (found[2] or "")
    return ""


def _args(name: str) -> list[str]:
    return [] if name == FIRST else [name]
