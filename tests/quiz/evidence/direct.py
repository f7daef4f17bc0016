"""Figures computed from the people's answers, without a tally."""

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st

from quiz.core.precision import default_norms
from quiz.core.scoring import keyed, trait_scores
from quiz.evidence.figures import figures
from quiz.evidence.tally import TallyCounts
from tests.questionnaires import QUESTIONNAIRES

EXAMPLES = settings(max_examples=10)
CLOSE_TO = 1e-9
questionnaires = st.sampled_from(list(QUESTIONNAIRES.values()))
seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(30, 50)


def answers_of(questionnaire, person):
    return {item.key: value for item, value in zip(questionnaire.items, person.values, strict=True)}


def keyed_table(questionnaire, people):
    """Return keyed answers, one row per person and one column per item."""
    return np.array(
        [
            [
                keyed(questionnaire, item, value)
                for item, value in zip(questionnaire.items, person.values, strict=True)
            ]
            for person in people
        ]
    )


def score_table(questionnaire, people):
    """Return scores, one row per person and one column per trait."""
    scores = (trait_scores(questionnaire, answers_of(questionnaire, person)) for person in people)
    return np.array([list(each.values()) for each in scores])


def figures_of(questionnaire, people, norms=None):
    norms = norms or default_norms(questionnaire)
    return figures(TallyCounts.of(questionnaire, people), questionnaire, norms)


def varies(column):
    return len(set(column.tolist())) > 1


def direct_alpha(table):
    count, totals = table.shape[1], table.sum(axis=1)
    if count < 2 or not varies(totals):
        return None
    return count / (count - 1) * (1 - table.var(axis=0, ddof=1).sum() / totals.var(ddof=1))


def direct_r(a, b):
    return np.corrcoef(a, b)[0, 1] if varies(a) and varies(b) else None


def same(value):
    return value if value is None else pytest.approx(value, abs=CLOSE_TO)
