"""What people read uses the words of this project's word list, in American spelling."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator

import pytest

from tests.imports import ROOT, modules

pytestmark = pytest.mark.pure

# Each pattern with what to write instead. A pattern matches whole words, in either case.
INSTEAD = {
    r"somebody|whoever|whomever|whom": "someone, anyone, who",
    r"nobody": "no one",
    r"anew": "again",
    r"mend(s|ed|ing)?": "fix, correct",
    r"meanwhile": "since then, in the meantime",
    r"at once": "immediately, at the same time",
    r"beside": "next to, compared with",
    r"stands?(?! (out|for|in))": "is, appears, is listed",
    r"(tells?|told) of": "show, report, say",
    r"go(es)? on": "continue",
    r"begin(s|ning)?|began|begun": "start",
    r"ties": "relationships",
    r"firms?": "company",
    r"goods": "products",
    r"(is|are|was) made of|rests? on": "based on, from",
    r"takes? back|takes? away": "stop sharing, cancel",
    r"parted": "separated",
    r"sign(ed)? in|sign-in": "log in",
    r"second step": "two-step login",
    r"(it|this|that) is no(?! (longer|one)\b)": "it isn't a",
    r"tried too often": "too many attempts",
    r"(a|the|your|this) talks?": "meeting, conversation",
    r"leads? nowhere": "doesn't work",
    r"lets? go of|leads? back": "a page can show or list something",
    r"the visitor's": "your",
    r"counsell\w+": "counselor",
    r"colou?rs?(?<!colors)(?<!color)": "color",
    r"(un)?licences?": "license",
    r"catalogues?": "catalog",
    r"\w*(recogni|organi|summari|apologi|minimi|maximi|normali|reali)s(e[sd]?|ing)": "-ize",
    r"analys(e|ed|ing)": "analyze",
    r"behaviours?|favour\w*|neighbour\w*|labour|honour\w*": "-or",
    r"centres?|metres?|theatres?": "-er",
    r"grey": "gray",
    r"programmes?": "program",
    r"cancell(ed|ing)|label(led|ling)|model(led|ling)|travell\w+": "one l",
    r"judgement|whilst|amongst|learnt|spelt": "judgment, while, among, learned, spelled",
}
BANNED = {
    re.compile(rf"(?<![\w-])({pattern})(?![\w-])", re.IGNORECASE): better
    for pattern, better in INSTEAD.items()
}
RELEASED = "questionnaire.json"  # version 1: sites have published it, so it never changes
# Names that are not ours to spell.
NAMES = re.compile(r"analyse_responses|Standard Occupational|`[^`]*`|https?://\S+")
TRANSLATED = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "npgettext"}
SAID = TRANSLATED | {"pgettext_lazy", "format_lazy", "CommandError", "Error", "Warning", "write"}
SAID |= {"Variable", "Kind", "Wrong"}
KEYWORDS = {"help", "help_text", "verbose_name", "description", "epilog", "label", "message"}


def words_of_code() -> Iterator[tuple[str, str]]:
    """Yield each string that a person reads with its place."""
    for path in modules().values():
        place = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                said = list(node.args) if name_of(node.func) in SAID else []
                said += [each.value for each in node.keywords if each.arg in KEYWORDS]
                for each in said:
                    yield from constants(each, place)
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "help":
                yield from constants(node.value, place)


def name_of(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def constants(node: ast.expr, place: str) -> Iterator[tuple[str, str]]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield f"{place}:{inner.lineno}", inner.value


def words_of_templates() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "templates").rglob("*.*")):
        source = path.read_text(encoding="utf-8")
        source = re.sub(r"\{#.*?#\}|\{\{.*?\}\}|<!--.*?-->", "", source)
        for number, line in enumerate(source.splitlines(), 1):
            said = re.findall(r'(?:translate|alt=|aria-label=|title=) *"([^"{]*)"', line)
            said.append(re.sub(r"\{%.*?%\}|<[^>]*>", " ", line))
            yield f"{path.relative_to(ROOT).as_posix()}:{number}", " · ".join(said)


def words_of_content() -> Iterator[tuple[str, str]]:
    for folder in ("quiz/data", "roles/data"):
        for path in sorted((ROOT / folder).iterdir()):
            if path.suffix in (".toml", ".json") and path.name != RELEASED:
                text = path.read_text(encoding="utf-8")
                read = json.loads if path.suffix == ".json" else tomllib.loads
                for words in texts(read(text)):
                    yield path.relative_to(ROOT).as_posix(), words


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def words_of_guides() -> Iterator[tuple[str, str]]:
    paths = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    paths += (path for path in (ROOT / "docs").glob("*/*.md") if path.parent.name != "decisions")
    for path in sorted(paths):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield f"{path.relative_to(ROOT).as_posix()}:{number}", line


def faults(words: str) -> list[str]:
    """Return each banned word of a text, with what to write instead."""
    own = NAMES.sub(" ", words)
    return [
        f"{found[0]!r}: write {better}"
        for pattern, better in BANNED.items()
        if (found := pattern.search(own))
    ]


@pytest.mark.parametrize(
    "source", [words_of_code, words_of_templates, words_of_content, words_of_guides]
)
def test_no_text_holds_a_banned_word(source):
    found = [(place, fault) for place, words in source() for fault in faults(words)]
    assert found == []


@pytest.mark.parametrize(
    ("source", "place", "words"),
    [
        (words_of_code, "quiz/visitor/next_step.py:", "There is a newer result"),
        (words_of_templates, "templates/base.html:", "Skip to the content"),
        (words_of_content, "quiz/data/questionnaire-2.json", "rather"),
        (words_of_guides, "README.md:", "make run"),
    ],
)
def test_texts_are_found_with_their_place(source, place, words):
    assert any(at.startswith(place) and words in text for at, text in source())


@pytest.mark.parametrize(
    "words",
    [
        "Whoever has the link",
        "Begin the quiz",
        "Sign in",
        "It is no test",
        "your favourite colour",
        "beside the figure",
    ],
)
def test_banned_word_is_found_in_a_sentence(words):
    assert faults(words)


@pytest.mark.parametrize("words", ["What stands out", "no one", "It is no longer shared", "color"])
def test_plain_words_pass(words):
    assert faults(words) == []
