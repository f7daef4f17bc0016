"""Answers of people who never were, like enough to real ones for statistics to make sense. Pure."""

from random import Random

from quiz.core.careless import FIVE_POINT_SPAN
from quiz.core.questionnaire import Questionnaire
from quiz.core.scoring import score

# In points of a scale of five answers: what a person's traits share, what is each trait's own, and
# what is each statement's own. Together they give correlated traits with reliabilities around 0.8.
SHARED, OWN, SINGLE = 0.4, 0.6, 0.8


def likely_answers(
    random: Random, questionnaire: Questionnaire, leaning: float = 0
) -> dict[str, int]:
    """Draw answers without a flag of carelessness.

    `leaning` (-1 to 1) shifts every trait by points of a scale of five, above 0 towards sales.
    """
    low, high = questionnaire.low, questionnaire.high
    point = (high - low) / FIVE_POINT_SPAN
    while True:
        person = random.gauss(leaning, SHARED)
        answers = {}
        for items in questionnaire.items_by_trait.values():
            trait = person + random.gauss(0, OWN)
            for item in items:
                value = (low + high) / 2 + point * (item.keying * trait + random.gauss(0, SINGLE))
                answers[item.key] = min(high, max(low, round(value)))
        if not score(questionnaire, answers).flags:
            return answers


def careless_answers(questionnaire: Questionnaire) -> dict[str, int]:
    """Agree with everything, which every check of carelessness flags."""
    return {item.key: questionnaire.high - 1 for item in questionnaire.items}
