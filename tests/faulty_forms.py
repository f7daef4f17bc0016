"""A page of a form with faults, and what holds for every one of them."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import allauth
import django

from tests.pages import text_of

FRAMEWORKS = [
    Path(django.__file__).parent / "conf",
    *(Path(django.__file__).parent / "contrib" / name for name in ("auth", "admin")),
    Path(allauth.__file__).parent,
]
PLACEHOLDER = re.compile(r"%\\\(\w+\\\)[sdr]|%[sd]|\\\{\w+\\\}")


def sentences_of(catalog):
    """Read the messages of a .po file, also the plural ones."""
    found = re.findall(r"^msgid(?:_plural)? ((?:\".*\"\n)+)", catalog.read_text("utf-8"), re.M)
    return ["".join(map(ast.literal_eval, each.splitlines())) for each in found]


def framework_sentences():
    """Return a pattern of each sentence that Django or allauth would show."""
    catalogs = [each / "locale" / "en" / "LC_MESSAGES" / "django.po" for each in FRAMEWORKS]
    texts = {text for each in catalogs for text in sentences_of(each) if text.endswith(".")}
    return [re.compile(PLACEHOLDER.sub(".+", re.escape(text))) for text in texts]


FRAMEWORK = framework_sentences()


class Page(HTMLParser):
    """The title, the attributes of each element with an id, the summary's links, the messages."""

    def __init__(self, response):
        super().__init__()
        self.title, self.by_id, self.links, self.messages = "", {}, [], []
        self.summaries, self._within, self._depth = [], "", 0
        self.feed(text_of(response))

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if "id" in found:
            self.by_id[found["id"]] = found
        classes = (found.get("class") or "").split()
        if "error-summary" in classes:
            self.summaries.append(found)
            self._depth = 1
        elif self._depth and tag == "div":
            self._depth += 1
        if self._depth and tag == "a":
            self.links.append(found["href"])
        if tag == "title":
            self._within = "title"
        elif {"error", "errorlist", "errornote"} & set(classes) or (self._depth and tag == "li"):
            self._within = "message"
            self.messages.append("")

    def handle_endtag(self, tag):
        if self._depth and tag == "div":
            self._depth -= 1
        if tag in ("title", "p", "ul", "li"):
            self._within = ""

    def handle_data(self, data):
        if self._within == "title":
            self.title += data
        elif self._within == "message":
            self.messages[-1] += data


def assert_says_what_to_fix(response):
    page = Page(response)
    assert page.title.strip().startswith("Error: ")
    assert page.title.count("Error") == 1
    (summary,) = page.summaries
    assert (summary["role"], summary["tabindex"]) == ("alert", "-1")
    assert "autofocus" in summary
    said = [re.sub(r"^[^:]*: ", "", " ".join(each.split())) for each in page.messages]
    said += [" ".join(each.split()) for each in page.messages]
    assert [text for text in said for each in FRAMEWORK if each.fullmatch(text)] == []
    for link in page.links:
        place = page.by_id[link.removeprefix("#")]
        if link.endswith("-heading") or re.fullmatch(r"#[a-z_]+-\d+", link):
            continue  # a fault of several rows, or of a whole row
        described = _faulty(page, link.removeprefix("#"), place)
        assert described, link
        assert any(
            name in page.by_id and ("error" in name or "errorlist" in str(page.by_id[name]))
            for name in described
        ), (link, described)


def _faulty(page, name, place):
    """Return the ids that describe a faulty field; a group of radio buttons is one field."""
    groups = [
        each
        for key, each in page.by_id.items()
        if each.get("role") == "radiogroup" and name.startswith(f"id_{key.removeprefix('item-')}")
    ]
    for each in [place, *groups]:
        if each.get("aria-invalid") == "true":
            return (each.get("aria-describedby") or "").split()
    return []
