"""One line of `score_answers`: JSON in, plain data out."""

import json
from collections.abc import Mapping
from typing import Any

from quiz.core.questionnaire import Questionnaire
from quiz.core.scoring import AnswerError, score
from quiz.core.suggestions import suggested_roles

KNOWN = {"id", "answers", "seconds", "background"}


class LineError(ValueError):
    """A line that can't be scored; the message gives the reason."""


def score_line(questionnaire: Questionnaire, line: bytes) -> dict[str, Any]:
    """Score one line of JSON Lines; LineError says what is wrong with it.

    `role` is empty where no field is suggested.
    """
    data = _parsed(line)
    background = _background(questionnaire, data.get("background"))
    try:
        result = score(
            questionnaire,
            _object(data, "answers"),
            seconds=_object(data, "seconds") if data.get("seconds") is not None else None,
        )
    except AnswerError as error:
        raise LineError(str(error)) from None
    role = ""
    if result.field:
        role = suggested_roles(result.field, background, shows_sales_first=True).slugs[0]
    return {
        "id": data["id"],
        "scores": dict(result.scores),
        "lean": result.lean,
        "agreement": result.agreement,
        "band": result.band,
        "field": result.field,
        "role": role,
        "flags": [{"index": flag.index, "level": flag.level} for flag in result.flags],
    }


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        data = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise LineError("not text in UTF-8") from None
    except RecursionError:
        raise LineError("nested too deeply") from None
    except ValueError as error:  # JSONDecodeError, or a number with too many digits
        raise LineError(f"not JSON: {error}") from None
    if not isinstance(data, dict):
        raise LineError("not an object with an id and answers")
    if unknown := sorted(data.keys() - KNOWN):
        raise LineError(f"unknown: {', '.join(unknown)}; known are {', '.join(sorted(KNOWN))}")
    if "id" not in data:
        raise LineError("no id")
    if "answers" not in data:
        raise LineError("no answers")
    return data


def _object(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = data[name]
    if not isinstance(value, dict):
        raise LineError(f"{name} is not an object by item key")
    return value


def _background(questionnaire: Questionnaire, given: Any) -> dict[str, str]:
    """Read background answers: numbers become text; None and empty answers are left out."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise LineError("background is not an object by question key")
    allowed = {q.key: [option.value for option in q.options] for q in questionnaire.background}
    answers = {}
    for key, value in given.items():
        if key not in allowed:
            raise LineError(f"no such background question: {key}")
        if value is None or value == "":
            continue
        text = str(value) if type(value) is int else value
        if text not in allowed[key]:
            raise LineError(f"{key} must be one of {', '.join(allowed[key])}, not {value!r:.40}")
        answers[key] = text
    return answers
