"""What the code blocks of the documentation name exists; nothing is run here."""

import re

import pytest
from django.core.management import get_commands

from quizsite.environment.variables import VARIABLES
from tests.docs.commands import Line, lines
from tests.docs.pages import INLINE, Block, blocks, pages, prose
from tests.docs.programs import ELSEWHERE
from tests.docs.sandbox import MADE_BEFORE

PAGES = [path for path in pages() if re.match("docs/|README|CONTRIBUTING|SECURITY", path)]
BLOCKS = [block for path in PAGES for block in blocks(path)]
LINES = [line for path in PAGES for line in lines(path)]
LANGUAGES = {"sh", "html", "ini", "text"}


def test_every_block_is_fenced_and_names_its_language():
    indented = [path for path in PAGES if re.search(r"\n\n {4}\S", prose(path))]
    assert indented == [], "use ```sh, ```ini or ```text"
    assert [str(block) for block in BLOCKS if block.language not in LANGUAGES] == []


def test_every_command_is_known_with_its_options_files_and_settings():
    found = [(str(line.block), fault) for line in LINES for fault in line.faults()]
    assert [(place, fault) for place, fault in found if not fault.startswith(MADE_BEFORE)] == []


def test_every_setting_in_a_block_exists_and_takes_its_value():
    texts = [block.text for block in BLOCKS if block.language == "ini"]
    # And the lines of a here-document.
    texts += [line.text.partition("\n")[2] for line in LINES]
    given = re.findall(r"^([A-Z_]+)=(.*?)(?: +#.*)?$", "\n".join(texts), re.MULTILINE)
    assert len(given) > 20
    assert {name for name, _value in given} <= VARIABLES.keys()
    for name, value in given:
        if not name.endswith("_DIR"):  # that would look at this machine
            VARIABLES[name].read(value.strip('"'))


def test_every_command_that_a_sentence_names_exists():
    named = {
        (path, found[1])
        for path in PAGES
        for words in INLINE.findall(prose(path))
        if (found := re.match(r"`(?:career-quiz|manage\.py) ([a-z_]+)", words))
    }
    assert {(path, name) for path, name in named if name not in {*get_commands(), "help"}} == set()


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("career-quiz nothing", "career-quiz has no command nothing"),
        ("career-quiz backup", "career-quiz backup: Error: the following arguments are required"),
        ("career-quiz doctor --jsom", "career-quiz doctor: Error: unrecognized arguments"),
        ("make nothing", "make has no target nothing"),
        ("SITEURL=x career-quiz serve", "SITEURL isn't a setting"),
        ("sudo systemctl daemon-relaod", "systemctl daemon-relaod isn't known"),
        ("kubectl apply --kustomise deploy/kubernetes", "kubectl --kustomise: this option"),
        ("kubectl apply --kustomize deploy/nothing", "deploy/nothing doesn't exist"),
        ("docker compose exec web career-quiz docter", "career-quiz has no command docter"),
        ("kubectl exec deployment/web -- frobnicate", "frobnicate: tests/docs/programs.py"),
        ("cat README.md | frobnicate", "frobnicate: tests/docs/programs.py doesn't name it"),
    ],
)
def test_fault_in_a_command_is_noticed(words, fault):
    (said,) = Line(Block("page.md", 1, "sh", words), words).faults()
    assert said.startswith(fault)


def test_every_program_in_the_table_is_used():
    unused = [
        name for name in ELSEWHERE if not any(name.split()[-1] in line.text for line in LINES)
    ]
    assert unused == []
