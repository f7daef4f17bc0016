"""Print the page docs/reference/commands.md: `python -m docs.commands >docs/reference/commands.md`.

Everything on it comes from the commands themselves.
"""

import argparse
import os
from functools import cache
from typing import Any

import django
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand, CommandParser, DjangoHelpFormatter

APPS = {"quizsite", "quiz", "roles", "organization"}
# What a command is for, in the order of the page. A command that is missing here comes last.
GROUPS = {
    "Run the site": ("serve", "work", "prepare", "doctor", "settings_help", "demo", "dev"),
    "Keep its data": (
        *("backup", "restore", "move_database"),
        *("delete_expired", "fold_evidence", "shorten_attempts"),
    ),
    "Help someone log in": ("reset_two_step_login",),
    "Questionnaires and jobs": (
        *("load_content", "check_questionnaire", "export_questionnaire", "import_questionnaire"),
        *("import_onet", "import_bls"),
    ),
    "Answers in files": ("score_answers", "analyse_responses", "export_research_data"),
}
INTRODUCTION = """\
# Commands

<!-- Made by `python -m docs.commands`; change the commands' own help instead. -->

Write `career-quiz` before each, or in a checkout `.venv/bin/python manage.py`. They read the same
[settings](settings.md) as the site, so run them with the site's own settings, as its user.
[The page on your installation](../README.md#how-to-operate-the-site) says how.

A command ends with exit code 0 if it did what you asked. Otherwise it says on standard error what
happened and what to do, and ends with another code. `--help` prints what is here.

Django's own commands work too: `changepassword NAME`, `createsuperuser`, `sendtestemail ADDRESS`.
"""


@cache
def parsers() -> dict[str, CommandParser]:
    """Return the parser of each command of ours by name."""
    return {
        name: load_command_class(app, name).create_parser("career-quiz", name)
        for name, app in sorted(get_commands().items())
        if app in APPS
    }


def groups() -> dict[str, list[str]]:
    """Return the names of our commands by what they are for."""
    found = {
        group: [name for name in names if name in parsers()] for group, names in GROUPS.items()
    }
    grouped = {name for names in found.values() for name in names}
    rest = [name for name in parsers() if name not in grouped]
    return found | ({"Others": rest} if rest else {})


@cache
def common() -> frozenset[str]:
    """Return the options that every command of Django has."""
    parser = BaseCommand().create_parser("", "")
    return frozenset(option for action in parser._actions for option in action.option_strings)


def own_arguments(parser: CommandParser) -> list[argparse.Action]:
    return [
        action
        for action in parser._actions
        if not common().intersection(action.option_strings) and action.help is not argparse.SUPPRESS
    ]


def written(action: argparse.Action) -> str:
    """Return an argument as it is typed, such as FILE or --scale NAME=ITEM,ITEM-."""
    value = DjangoHelpFormatter("")._format_args(action, (action.dest).upper())
    if not action.option_strings:
        return value
    return f"{action.option_strings[-1]} {value}".strip()


def usage(name: str, parser: CommandParser) -> str:
    words = [
        written(action) if action.required or not action.option_strings else f"[{written(action)}]"
        for action in sorted(own_arguments(parser), key=lambda action: not action.option_strings)
    ]
    return " ".join([name, *words])


def explained(action: argparse.Action) -> str:
    """Return what an argument means, with its choices and its default."""
    said = str(action.help or "")
    if action.choices:
        said += f" ({', '.join(map(str, action.choices))})"
    if action.option_strings and action.default not in (None, False, [], "") and "%(" not in said:
        said += f" (default: {action.default})"
    values: dict[str, Any] = vars(action) | {"prog": "career-quiz"}
    return (said % values).replace("|", r"\|")


def described(name: str) -> str:
    parser = parsers()[name]
    parts = [f"### {name}", f"```text\ncareer-quiz {usage(name, parser)}\n```", parser.description]
    rows = [f"| `{written(each)}` | {explained(each)} |" for each in own_arguments(parser)]
    if rows:
        parts.append("\n".join(["| argument | meaning |", "|---|---|", *rows]))
    return "\n\n".join(str(part) for part in parts)


def as_markdown() -> str:
    parts = [INTRODUCTION.rstrip()]
    for group, names in groups().items():
        parts += [f"## {group}", *(described(name) for name in names)]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quizsite.settings")
    django.setup()
    print(as_markdown(), end="")
