"""The values of the environment variables in `table.py`, from the environment or a `.env` file."""

import difflib
from collections.abc import Iterator
from string import Template
from typing import Any

from quizsite.environment import env_file
from quizsite.environment.table import GROUPS
from quizsite.environment.variable import Variable

VARIABLES = {variable.name: variable for group in GROUPS.values() for variable in group}


def read(name: str) -> Any:
    """Return the value of a variable, or of its default.

    Without both it is `Kind.unset`. Raises WrongValue for a text that can't be used.
    """
    variable = VARIABLES[name]
    text = text_of(variable)
    return variable.read(text) if text else variable.kind.unset


def text_of(variable: Variable) -> str:
    """Return the text that is in force: as set, or the default; "" without both."""
    return env_file.given(variable.name) or Template(variable.default).substitute(_Values())


class _Values(dict[str, str]):
    """Values of variables by name, for the defaults of others."""

    def __missing__(self, name: str) -> str:
        value = read(name)
        return str(int(value) if isinstance(value, bool) else value)


def check() -> None:
    """Raise WrongValue if any variable can't be used, also one that only a command reads."""
    for name in VARIABLES:
        read(name)


def unknown_in_file() -> Iterator[str]:
    """Yield a warning for each name in the `.env` file that isn't a variable's."""
    for name in env_file.lines():
        if name in VARIABLES:
            continue
        (near, *_others) = [*difflib.get_close_matches(name.upper(), VARIABLES, n=1), ""]
        advice = f"Did you mean {near}?" if near else "`manage.py settings_help` lists them all."
        yield f"{env_file.env_file()} sets {name}, which isn't a setting. {advice}"
