"""What checking a questionnaire reports: faults, each with its place. Pure."""

from dataclasses import dataclass

from quiz.core.questionnaire import KINDS

# A part of a questionnaire as a program finds it: kind and key, such as ("items", "P1"). The key
# is empty where all parts of the kind are meant; ("version", field) is what belongs to no part.
Place = tuple[str, str]
# Kind -> the words for all its parts, and for the one whose key is put in.
_PLACES = {
    "version": ("version", "version, {}"),
    "texts": ("texts", "verdict text “{}”"),
    **{kind.name: (kind.every, kind.one) for kind in KINDS},
}
_PLACES_BY_NAME = {
    ("version", "items_per_page"): "statements per page",
    ("version", "clear_from"): "clear from",
    ("version", "leaning_from"): "leaning from",
    ("version", "languages"): "languages",
    ("texts", "instructions"): "instructions",
}


def named(place: Place) -> str:
    """Return a place in the words that editors find it by."""
    kind, key = place
    if place in _PLACES_BY_NAME:
        return _PLACES_BY_NAME[place]
    every, one = _PLACES[kind]
    return one.format(key.replace("_", " ") if kind == "texts" else key) if key else every


@dataclass(frozen=True)
class Fault:
    """What `check` found: an error keeps a version from going live, a warning does not.

    `where` is for people, `place` leads to the part.
    """

    level: str
    where: str
    message: str
    place: Place

    def __str__(self) -> str:
        return f"{self.level}: {self.where}: {self.message}"

    @classmethod
    def error(cls, place: Place, message: str, *, where: str = "") -> "Fault":
        return cls("error", where or named(place), message, place)

    @classmethod
    def warning(cls, place: Place, message: str, *, where: str = "") -> "Fault":
        return cls("warning", where or named(place), message, place)
