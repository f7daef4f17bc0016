"""Templates can be read: short lines, and partials that say what they get and are in use."""

import re

import pytest

from tests.imports import APPS, ROOT

TEMPLATES = ROOT / "templates"
LONGEST_LINE = 160  # characters
INCLUDE = re.compile(r"\{% include \"([^\"]+)\"(.*?)%\}")
# They have too many values to name them all.
SEES_THE_WHOLE_PAGE = {
    "quiz/result/_result.html",
    "admin/quiz/questionnaireversion/_impact.html",
    "quiz/result/_counselor.html",
}
# Invitations look whether a counselor is logged in; previews of drafts are in the admin.
WITH_TOKEN = {
    "paper/whole_uni_form.html",
    "quiz/answer_page.html",
    "quiz/background_page.html",
    "quiz/introduction.html",
    "quiz/invitation.html",
}
# Rendered from Python: an inclusion tag, or parts of a page that are put together there.
RENDERED_FROM_PYTHON = re.compile(r"\"((?:[\w-]+/)*_[\w-]+\.html)\"")


def names():
    return sorted(
        path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file()
    )


def source(name: str) -> str:
    return (TEMPLATES / name).read_text()


def includes():
    """Return each include: the template it is in, the partial, and the rest of the tag."""
    return [(name, *found) for name in names() for found in INCLUDE.findall(source(name))]


@pytest.mark.parametrize("name", names())
def test_lines_are_short_enough_to_read(name):
    lengths = {line: len(text) for line, text in enumerate(source(name).splitlines(), 1)}
    assert {line: n for line, n in lengths.items() if n > LONGEST_LINE} == {}


def test_every_partial_is_in_use():
    python = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    used = {partial for _, partial, _ in includes()}
    used |= {name for path in python for name in RENDERED_FROM_PYTHON.findall(path.read_text())}
    partials = {name for name in names() if name.rpartition("/")[2].startswith("_")}
    assert partials - used == set()


def test_a_partial_sees_only_what_it_is_given():
    open_to_all = {
        (name, partial)
        for name, partial, rest in includes()
        if partial.rpartition("/")[2].startswith("_")
        and partial not in SEES_THE_WHOLE_PAGE
        and not rest.rstrip().endswith("only")
    }
    assert open_to_all == set()


def test_no_template_holds_text_in_which_line_breaks_show():
    """The template loader leaves out indentation, which these elements would show."""
    shows_it = re.compile(r"<(pre|textarea)\b")
    assert [name for name in names() if shows_it.search(source(name))] == []


def test_a_text_over_several_lines_is_trimmed_before_it_is_translated():
    """Untrimmed, its line breaks would be part of the text that translators get."""
    block = re.compile(r"\{% blocktranslate(.*?)%\}(.*?)\{% endblocktranslate %\}", re.DOTALL)
    assert [
        (name, text)
        for name in names()
        for options, text in block.findall(source(name))
        if "\n" in text and "trimmed" not in options.split()
    ] == []


STAFF = ("account/", "admin/", "counseling/", "mfa/", "usersessions/")
POST_FORM = re.compile(r"<form[^>]*method=\"post\".*?</form>", re.DOTALL)


@pytest.mark.parametrize("name", [name for name in names() if name.startswith(STAFF)])
def test_forms_of_staff_hold_their_token(name):
    assert [
        form for form in POST_FORM.findall(source(name)) if "{% csrf_token %}" not in form
    ] == []


@pytest.mark.parametrize("name", [name for name in names() if not name.startswith(STAFF)])
def test_forms_of_visitors_hold_a_token_only_at_addresses_with_accounts(name):
    has_token = "{% csrf_token %}" in source(name)
    assert has_token == (name in WITH_TOKEN)
