"""The commands in the `sh` blocks of a page, taken apart, and what becomes of each in the tests."""

import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.core.management import CommandError, get_commands, load_command_class

from quizsite.environment.variables import VARIABLES
from tests.docs.pages import Block, blocks
from tests.docs.programs import ELSEWHERE, OTHER_VARIABLES, RUN, Elsewhere
from tests.imports import ROOT

TO_FILES = {">", ">>"}
BETWEEN = {"|", "||", "&&", ";"}
ASSIGNED = re.compile(r"([A-Z_]+)=")
OWN = re.compile(r"(deploy|docs|dist|quiz|quizsite|roles|tests)/\S+|[\w-]+\.txt")


@dataclass(frozen=True)
class Line:
    """A line of a block as a shell reads it: with a here-document, if it has one."""

    block: Block
    text: str

    @property
    def first(self) -> str:
        return self.text.partition("\n")[0]

    def commands(self) -> list["Command"]:
        """Return the simple commands of the line."""
        found: list[list[str]] = [[]]
        lexer = shlex.shlex(self.first.partition("<<")[0], posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words = iter(lexer)
        for word in words:
            if word in BETWEEN:
                found.append([])
            elif word in TO_FILES:
                next(words)
            else:
                found[-1].append(word)
        return [Command.of(words) for words in found if words]

    def is_dry(self) -> bool:
        """Return whether it only prints what it would do, because that takes long."""
        return any(command.words[0] == "make" for command in self.commands())

    def elsewhere(self) -> str:
        """Say why this line can't run here; "" if it can."""
        for command in self.commands():
            if isinstance(known := command.known(), Elsewhere):
                return known.why
            if not shutil.which(command.words[0]) and command.words[0] != "career-quiz":
                return f"{command.words[0]} isn't installed on this machine"
        return ""

    def faults(self, folder: Path = ROOT) -> list[str]:
        """Say what is wrong, without running anything. Paths are looked up in `folder`."""
        return [fault for command in self.commands() for fault in command.faults(folder)]


@dataclass(frozen=True)
class Command:
    """One program with its words; `settings` are set for it alone."""

    words: list[str]
    settings: dict[str, str]

    @classmethod
    def of(cls, words: list[str]) -> "Command":
        settings = {}
        while words and (name := ASSIGNED.match(words[0])):
            settings[name[1]] = words[0].partition("=")[2]
            words = words[1:]
        if words[:1] == ["sudo"]:
            words = words[3:] if words[1] == "-u" else words[1:]
        words = [words[0].rpartition("/")[2], *words[1:]]
        if words[0] == "python" and words[1:2] == ["manage.py"]:
            words = ["career-quiz", *words[2:]]
        return cls(words, settings)

    def known(self) -> Elsewhere | str | None:
        """Return what is known of the program; None for one that no table names."""
        positional = [word for word in self.words if not word.startswith("-") or word == "-m"]
        names = [*ELSEWHERE, *RUN]
        # Options may come first: kubectl --namespace x exec.
        fitting = [name for name in names if _starts(positional, name.split())]
        best = max(fitting, key=len, default=None)
        return ELSEWHERE.get(best, best) if best else None

    def faults(self, folder: Path) -> Iterator[str]:
        known = self.known()
        if known is None:
            yield f"{self.words[0]}: tests/docs/programs.py doesn't name it"
        for name in self.settings.keys() - VARIABLES.keys() - OTHER_VARIABLES:
            yield f"{name} isn't a setting"
        if self.words[0] == "career-quiz":
            yield from fault_of_own(self.words[1:])
        if self.words[0] == "make":
            yield from faults_of_make(self.words[1:])
        if isinstance(known, Elsewhere):
            yield from self.faults_elsewhere(known)
            for word in self.words[1:]:
                path = word.partition("=")[2] if word.startswith("--") else word
                if OWN.fullmatch(path) and not list(folder.glob(path)):
                    yield f"{path} doesn't exist"

    def faults_elsewhere(self, known: Elsewhere) -> Iterator[str]:
        positional: list[str] = []
        words = iter(self.words[1:])
        for word in words:
            option, _, value = word.partition("=")
            if known.inner and len(positional) == known.inner + (self.words[0] == "docker"):
                rest = [each for each in (word, *words) if each != "--"]
                yield from Command.of(rest).faults(ROOT)
            elif not word.startswith("-"):
                positional.append(word)
            elif option in known.takes:
                if not value:
                    next(words)
            elif word not in known.flags and word != "--":
                yield f"{self.words[0]} {word}: this option isn't known"
        if known.subcommands and not set(known.subcommands.split()) & set(positional[:2]):
            yield f"{self.words[0]} {' '.join(positional[:2])} isn't known"


def _starts(words: list[str], name: list[str]) -> bool:
    """Return whether words are those of a name, with values of options in between."""
    if words[:1] != name[:1]:
        return False
    rest = iter(words[1:4])
    return all(part in rest for part in name[1:])


def fault_of_own(words: list[str]) -> Iterator[str]:
    """Say what a command of this site refuses about its words, as it would say it itself."""
    if words in (["--version"], ["help"]):
        return
    name = words[0] if words else ""
    app = get_commands().get(name)
    if app is None:
        yield f"career-quiz has no command {name}"
        return
    try:
        load_command_class(app, name).create_parser("career-quiz", name).parse_args(words[1:])
    except CommandError as error:
        yield f"career-quiz {name}: {error}"


def faults_of_make(words: list[str]) -> Iterator[str]:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for word in words:
        if "=" not in word and word not in targets:
            yield f"make has no target {word}"


def lines(page: str) -> list[Line]:
    """Return the lines of all `sh` blocks of a page, in their order."""
    return [
        Line(block, text)
        for block in blocks(page)
        if block.language == "sh"
        for text in _lines(block.text)
    ]


def _lines(text: str) -> Iterator[str]:
    waiting = iter(text.splitlines())
    for line in waiting:
        whole = line.strip()
        while whole.endswith("\\"):
            whole = f"{whole[:-1]} {next(waiting).strip()}"
        if not whole or whole.startswith("#"):
            continue
        if document := re.search(r"<<'?(\w+)'?", whole):
            body = [whole]
            while body[-1].strip() != document[1]:
                body.append(next(waiting))
            whole = "\n".join([*body[:-1], body[-1].strip()])
        yield whole
