"""What `check` asks of the scoring: what answering all alike gives, and what can be reached."""

from collections.abc import Iterator

from quiz.questionnaire import Questionnaire
from quiz.scoring import (
    CLEAR,
    CLOSE,
    LEANING,
    SALES,
    SERVICE,
    band_of,
    contributions_of,
    default_norms,
    field_of,
    lean_of,
    precision,
    trait_scores,
)


def scoring_faults(questionnaire: Questionnaire) -> Iterator[tuple[str, str]]:
    """Yield (where, message) for a questionnaire whose structure is sound."""
    low, high = questionnaire.low, questionnaire.high
    for name, value in (
        ("agrees with everything", high),
        ("disagrees with everything", low),
        ("always takes the middle", (low + high) // 2),
    ):
        answers = {item.key: value for item in questionnaire.items}
        band, field = verdict_before_flags(questionnaire, answers)
        if band == CLEAR:
            yield (
                "items",
                f"Somebody who {name} gets a clear verdict ({field}); "
                "balance the keying of each trait.",
            )
    reached = set(_verdicts_from_pole_to_pole(questionnaire))
    for band, field in (
        (CLEAR, SALES),
        (LEANING, SALES),
        (CLOSE, ""),
        (LEANING, SERVICE),
        (CLEAR, SERVICE),
    ):
        if (band, field) not in reached:
            name = f"{band} {field}".strip()
            yield "bands", f"No answers lead to “{name}”; move the bands or the weights."


def verdict_before_flags(questionnaire: Questionnaire, answers: dict[str, int]) -> tuple[str, str]:
    """Return band and field as they stand before careless answers cap them."""
    lean = lean_of(contributions_of(questionnaire, trait_scores(questionnaire, answers)))
    errors = precision(questionnaire, default_norms(questionnaire))
    band = band_of(questionnaire, lean, errors.agreement(lean))
    return band, field_of(lean) if band != CLOSE else ""


def _verdicts_from_pole_to_pole(questionnaire: Questionnaire) -> Iterator[tuple[str, str]]:
    low, high = questionnaire.low, questionnaire.high
    answers = {item.key: low if item.keying > 0 else high for item in questionnaire.items}
    yield verdict_before_flags(questionnaire, answers)
    for item in questionnaire.items:
        while answers[item.key] != (high if item.keying > 0 else low):
            answers[item.key] += item.keying
            yield verdict_before_flags(questionnaire, answers)
