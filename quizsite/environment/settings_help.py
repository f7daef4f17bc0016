"""The list of environment variables, as text for a terminal, as JSON, and as a page of the docs."""

import json
import textwrap
from typing import Any

from quizsite.environment import env_file
from quizsite.environment.table import GROUPS
from quizsite.environment.variable import Variable
from quizsite.environment.variables import text_of

WIDTH = 80
INTRODUCTION = """\
# Settings

<!-- Made by `manage.py settings_help --markdown` from quizsite/environment/table.py. -->

Each setting is an environment variable. Set them where the site is started, or write them into a
file `.env` in the folder from which it is started, one `NAME=value` on each line:

```ini
ALLOWED_HOSTS=quiz.example.org
SITE_URL=https://quiz.example.org
TALK_TO_NAME="Career Center, room #2"   # quotes keep a # with a space before it
```

A real environment variable wins over the file, also an empty one. Make the file readable for the
site's user only (`chmod 600 .env`). A blank value counts as not set. In a default, `$NAME` is the
value of another setting.

A value that can't be used stops the start and every command, with one line that says what would
be right. `manage.py settings_help` lists the same with the values in force, without secrets;
`--json` is for scripts.
"""


def as_text() -> str:
    """Return every variable with its value in force, for a terminal with 80 columns."""
    lines = [f"Read from the environment and {env_file.env_file() or 'no .env file'}.", ""]
    for group, variables in GROUPS.items():
        lines += [group.upper(), ""]
        for variable in variables:
            lines += [*_described(variable), ""]
    return "\n".join(lines)


def _described(variable: Variable) -> list[str]:
    text = text_of(variable)
    shown = f" = {variable.shown(text)}" if text else ""
    notes = [f"Default: {_default(variable)}."]
    if variable.example:
        notes.append(f"Example: {variable.example}")
    return [
        *_wrapped(f"{variable.name}{shown}  ({source(variable)})", 2),
        *_wrapped(variable.meaning, 6),
        *_wrapped(f"It must be {variable.kind.words}." if variable.kind.is_checked else "", 6),
        *(line for note in notes for line in _wrapped(note, 6)),
    ]


def _wrapped(text: str, indent: int) -> list[str]:
    """Break lines between words, so that an address can still be copied."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * max(indent, 6),
        break_long_words=False,
        break_on_hyphens=False,
    )


def source(variable: Variable) -> str:
    """Return where the value in force comes from."""
    if env_file.is_from_file(variable.name):
        return ".env file"
    if env_file.given(variable.name):
        return "environment"
    return "default" if variable.default else "not set"


def _default(variable: Variable) -> str:
    return variable.otherwise or variable.default


def as_json() -> str:
    found: list[dict[str, Any]] = [
        {
            "name": variable.name,
            "group": group,
            "meaning": variable.meaning,
            "must_be": variable.kind.words,
            "default": _default(variable),
            "value": variable.shown(text) if (text := text_of(variable)) else None,
            "source": source(variable),
            "is_secret": variable.is_secret,
            "example": variable.example,
        }
        for group, variables in GROUPS.items()
        for variable in variables
    ]
    return json.dumps(found, indent=2, ensure_ascii=False)


def as_markdown() -> str:
    """Return the page docs/reference/settings.md, which is the same for every site."""
    parts = [INTRODUCTION]
    for group, variables in GROUPS.items():
        rows = [
            "| variable | meaning | what it must be | default | example |",
            "|---|---|---|---|---|",
        ]
        rows += [_row(variable) for variable in variables]
        parts.append(f"## {group}\n\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def _row(variable: Variable) -> str:
    default = variable.otherwise or f"`{variable.default}`"
    example = f"`{variable.example}`" if variable.example else ""
    must = variable.kind.words + (" (secret)" if variable.is_secret else "")
    cells = (f"`{variable.name}`", variable.meaning, must, default, example)
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"
