"""One environment variable: what it means, and what is said when it is wrong."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from quizsite.environment import env_file
from quizsite.environment.kinds import HIDDEN, Kind

LONGEST_SHOWN = 80  # characters of a wrong value


class WrongValue(ImproperlyConfigured):
    """A variable can't be used; the message is one line with its name and what would be right."""


@dataclass(frozen=True)
class Variable:
    name: str
    kind: Kind
    meaning: str
    default: str = ""  # as if it were set; $NAME is the value of another variable
    otherwise: str = ""  # in words, what a missing default means, or what the default is
    example: str = ""
    is_secret: bool = False

    def read(self, text: str) -> Any:
        try:
            return self.kind.parse(text)
        except ValueError as error:
            where = " (in the .env file)" if env_file.is_from_file(self.name) else ""
            reason = self.kind.reason(error)
            raise WrongValue(f"{self.name} is {self._quoted(text)}{where}; {reason}.") from None

    def shown(self, text: str) -> str:
        """Return the text without what is secret."""
        if self.is_secret:
            return HIDDEN
        return self.kind.hide(text)

    def _quoted(self, text: str) -> str:
        shown = self.shown(text)
        if shown == HIDDEN:
            return HIDDEN
        return repr(shown if len(shown) <= LONGEST_SHOWN else f"{shown[:LONGEST_SHOWN]}…")
