"""One line of `score_answers`, or what the API is sent: JSON in, JSON out."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NoReturn

from quiz.core.careless import Flag
from quiz.core.questionnaire import Questionnaire
from quiz.core.scoring import AnswerError, Result, Suggestion, listed, score, shown
from quiz.core.suggestions import suggested_roles
from quiz.core.utf8 import NotUtf8, utf8_text

KNOWN = {"id", "answers", "seconds", "background"}
TOO_DEEP = "nested too deeply"


class LineError(ValueError):
    """A line that can't be scored; the message gives the reason.

    `place` is the way to what is wrong, such as ("answers", "P1"); empty for the line as a whole.
    """

    def __init__(self, message: str, *place: str) -> None:
        super().__init__(message)
        self.place = place


class Unreadable(LineError):
    """A line that isn't JSON, or that could be read in more than one way."""


def scored_line(questionnaire: Questionnaire, line: bytes) -> str:
    """Score one line of JSON Lines into another, in ASCII, which any locale can print.

    LineError says what is wrong with the line.
    """
    return written(score_line(questionnaire, line))


def score_line(questionnaire: Questionnaire, line: bytes) -> dict[str, Any]:
    """Score one line of JSON Lines; LineError says what is wrong with it."""
    data = members_of(line)
    if "id" not in data:
        raise LineError("no id")
    return score_person(questionnaire, data)


def score_person(questionnaire: Questionnaire, data: Mapping[str, Any]) -> dict[str, Any]:
    """Score the members of a line; the outcome has an id if the line has one.

    `role` is empty where no field is suggested. LineError says what is wrong, and where.
    """
    if "answers" not in data:
        raise LineError("no answers")
    background = background_of(questionnaire, data.get("background"))
    try:
        result = score(
            questionnaire,
            {key: whole(value) for key, value in _object(data, "answers").items()},
            seconds=_object(data, "seconds") if data.get("seconds") is not None else None,
        )
    except AnswerError as error:
        raise LineError(str(error), *error.place) from None
    role = role_of(result.field, background)
    identity = {"id": data["id"]} if "id" in data else {}
    return identity | outcome_of(result.scores, result, result.flags, role)


def written(outcome: Mapping[str, Any]) -> str:
    """Return an outcome as JSON in ASCII; LineError if its id can't be written."""
    try:
        return encoded(outcome)
    except ValueError:
        raise LineError("the id holds a number that is too large; write it as text", "id") from None
    except RecursionError:
        raise LineError(TOO_DEEP, "id") from None


def role_of(field: str, background: Mapping[str, str]) -> str:
    """Return the slug of the role that a line suggests; empty without a field."""
    return suggested_roles(field, background, shows_sales_first=True).slugs[0] if field else ""


def outcome_of(
    scores: Mapping[str, float],
    found: Result | Suggestion,
    flags: Iterable[Flag],
    role: str,
) -> dict[str, Any]:
    """Return what a line holds after its id."""
    return {
        "scores": dict(scores),
        "lean": found.lean,
        "agreement": found.agreement,
        "band": found.band,
        "field": found.field,
        "role": role,
        "flags": [{"index": flag.index, "level": flag.level} for flag in flags],
        "agreement_low": found.agreement_low,
        "agreement_high": found.agreement_high,
    }


def members_of(line: bytes, known: Collection[str] = KNOWN) -> dict[str, Any]:
    """Read a line as an object with these members; Unreadable if it isn't JSON, else LineError."""
    try:
        data = _decoder.decode(utf8_text(line))
    except NotUtf8 as error:
        raise Unreadable(str(error)) from None
    except RecursionError:
        raise Unreadable(TOO_DEEP) from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"not JSON: {error.msg} at character {error.pos + 1}") from None
    except Unreadable:
        raise
    except ValueError:  # Python converts numbers of up to 4300 digits
        raise Unreadable("a number has too many digits") from None
    if not isinstance(data, dict):
        raise LineError("not an object with answers")
    if unknown := data.keys() - set(known):
        raise LineError(f"unknown: {listed(unknown)}; known are {', '.join(sorted(known))}")
    return data


def _object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object with repeated names, of which JSON would keep the last value."""
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(name for name, _value in pairs)
        twice = listed([name for name, count in counts.items() if count > 1])
        raise Unreadable(f"{twice} is there twice; give each name once")
    return found


def _no_number(name: str) -> NoReturn:
    raise Unreadable(f"{name} is not a number in JSON; write null, or leave it out")


_decoder = json.JSONDecoder(object_pairs_hook=_object_of, parse_constant=_no_number)
encoded = json.JSONEncoder(allow_nan=False).encode


def whole(value: Any) -> Any:
    """Return 4 for 4.0, the same number in JSON, and anything else unchanged."""
    return int(value) if type(value) is float and value.is_integer() else value


def _object(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = data[name]
    if not isinstance(value, dict):
        raise LineError(f"{name} is not an object by item key", name)
    return value


def background_of(questionnaire: Questionnaire, given: Any) -> dict[str, str]:
    """Read background answers: numbers become text; None and empty answers are left out."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise LineError("background is not an object by question key", "background")
    allowed = {q.key: [option.value for option in q.options] for q in questionnaire.background}
    answers = {}
    for key, value in given.items():
        if key not in allowed:
            raise LineError(f"no such background question: {listed([key])}", "background")
        if value is None or value == "":
            continue
        value = whole(value)
        text = str(value) if type(value) is int else value
        if text not in allowed[key]:
            choices = ", ".join(allowed[key])
            raise LineError(
                f"{key} must be one of {choices}, not {shown(value)}", "background", key
            )
        answers[key] = text
    return answers
