"""The faults that a check of a questionnaire reports, each with its place. Pure."""

from dataclasses import dataclass

from quiz.core.questionnaire import KINDS

# A part of a questionnaire for programs: kind and key, such as ("items", "P1"). An empty key means
# all parts of the kind; ("version", field) is for fields that belong to no part.
Place = tuple[str, str]
# Kind -> what editors call all its parts, and a single one whose key is filled in.
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
    """Return what editors call a place."""
    kind, key = place
    if place in _PLACES_BY_NAME:
        return _PLACES_BY_NAME[place]
    every, one = _PLACES[kind]
    return one.format(key.replace("_", " ") if kind == "texts" else key) if key else every


@dataclass(frozen=True)
class Fault:
    """A finding of `check`: an error keeps a version from being published, a warning doesn't.

    `where` names the part for people, `place` for programs.
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
