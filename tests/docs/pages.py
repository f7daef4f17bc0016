"""The Markdown pages of the project: their headings, links and code blocks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from textwrap import dedent

from tests.imports import ROOT

# Also in a list, where it is indented.
FENCED = re.compile(
    r"^ *```(?P<language>\S*)[^\n]*\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL
)
INLINE = re.compile(r"`+[^`]+`+")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced block of code. `line` is that of the fence, from 1."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


@cache
def pages() -> dict[str, str]:
    """Return the text of each page by its path from the root of the project."""
    found = [*ROOT.glob("*.md"), *ROOT.glob("benchmarks/*.md"), *ROOT.glob("drills/*.md")]
    found += (ROOT / "docs").rglob("*.md")
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(found)
    }


def blocks(page: str) -> list[Block]:
    text = pages()[page]
    return [
        Block(page, text.count("\n", 0, each.start()) + 1, each["language"], dedent(each["text"]))
        for each in FENCED.finditer(text)
    ]


def prose(page: str) -> str:
    """Return a page without its code blocks; their lines are empty, so that numbers stay right."""
    return FENCED.sub(lambda block: "\n" * block[0].count("\n"), pages()[page])


def links(page: str) -> Iterator[str]:
    """Yield each link and picture that points into this project."""
    for target in LINK.findall(INLINE.sub("", COMMENT.sub("", prose(page)))):
        if not re.match(r"[a-z]+:", target):
            yield target


def anchors(page: str) -> set[str]:
    """Return what GitHub makes of the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {
        re.sub(r"[^\w -]", "", heading.replace("`", "")).strip().lower().replace(" ", "-")
        for heading in headings
    }


def fault(page: str, target: str) -> str:
    """Say what is wrong with a link; "" if nothing is."""
    path, _, anchor = target.partition("#")
    file = (ROOT / page).parent.joinpath(path).resolve() if path else ROOT / page
    if not file.exists() or not file.is_relative_to(ROOT):
        return f"{page}: {target} doesn't exist"
    name = file.relative_to(ROOT).as_posix()
    if anchor and anchor not in anchors(name):
        return f"{page}: {name} has no heading for #{anchor}"
    return ""
