"""Answers to the shipped questionnaires. Pure: a test that needs only these runs without Django.

The two versions have the same statements by key, keying and order, so answers to one fit the other.
"""

from quiz.core.questionnaire import Questionnaire
from quiz.core.scoring import score
from quiz.questionnaires.file import shipped_questionnaire

# Version 1: live in the test database, and what the worked examples of scoring refer to.
SHIPPED = shipped_questionnaire(1)
# What a new site publishes, such as the sites of the browser tests.
VERSION_2 = shipped_questionnaire(2)


def alike(value: int, questionnaire: Questionnaire = SHIPPED) -> dict[str, int]:
    """Give the same answer to every item."""
    return {item.key: value for item in questionnaire.items}


def towards(
    field: str, strength: int = 2, questionnaire: Questionnaire = SHIPPED
) -> dict[str, int]:
    """Answer every item in favor of one field, `strength` (1 or 2) steps from the middle."""
    side = 1 if field == "sales" else -1
    return {item.key: 3 + side * strength * item.keying for item in questionnaire.items}


def scoring(proactive: float, persuasion: float, targets: float) -> dict[str, int]:
    """Find answers with these trait scores, multiples of 3.125, spread over each trait's items."""
    wanted = {"proactive": proactive, "persuasion": persuasion, "targets": targets}
    answers = {}
    for trait, items in SHIPPED.items_by_trait.items():
        points = round(wanted[trait] * len(items) * 4 / 100)
        for place, item in enumerate(items):
            value = 1 + points // len(items) + (place < points % len(items))
            answers[item.key] = value if item.keying > 0 else 6 - value
    return answers


def leaning(field: str, lean: float) -> dict[str, int]:
    """Find answers that raise no flag; their lean is the nearest below `lean` (0..50)."""
    side = 1 if field == "sales" else -1
    # Up and down around the middle, then single answers moved towards the field.
    pattern = [2, 4, 3, 5, 1, 3]
    answers = {item.key: pattern[place % len(pattern)] for place, item in enumerate(SHIPPED.items)}
    while (now := side * score(SHIPPED, answers).lean) > lean:
        item = next(i for i in SHIPPED.items if 1 < answers[i.key] - side * i.keying < 5)
        answers[item.key] -= side * item.keying
    for item in SHIPPED.items:
        moved = answers | {item.key: answers[item.key] + side * item.keying}
        if 1 <= moved[item.key] <= 5 and now < side * score(SHIPPED, moved).lean <= lean:
            answers, now = moved, side * score(SHIPPED, moved).lean
    return answers


def page_answers(page: int, answers: dict[str, int]) -> dict[str, int]:
    return {item.key: answers[item.key] for item in SHIPPED.item_pages[page - 1]}
