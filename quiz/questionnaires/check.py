"""Check a questionnaire before it is published. Pure."""

from quiz.core.questionnaire import Questionnaire
from quiz.questionnaires.checks.faults import Fault
from quiz.questionnaires.checks.scoring import scoring_faults
from quiz.questionnaires.checks.structure import faults_that_stop_scoring, structure_faults
from quiz.questionnaires.checks.texts import text_faults


def check(questionnaire: Questionnaire) -> list[Fault]:
    """Return what is wrong, errors first; each fault names its place and says how to fix it."""
    stopping = list(faults_that_stop_scoring(questionnaire))
    faults = [*stopping, *structure_faults(questionnaire), *text_faults(questionnaire)]
    if not stopping:
        faults += scoring_faults(questionnaire)
    return sorted(faults, key=lambda fault: fault.level != "error")
