"""Statistics as the method page and the admin show them."""

from datetime import date, timedelta

import pytest

from quiz.core.scoring import default_norms
from quiz.evidence.display import display_of
from quiz.evidence.figures import figures
from quiz.evidence.rule import rule_of
from quiz.evidence.tally import Tallied, TallyCounts
from tests.answers import SHIPPED
from tests.questionnaires import SMALL
from tests.quiz.evidence.factories import answering, counted

pytestmark = pytest.mark.pure

KEPT = timedelta(days=30)


def display(sittings, questionnaire=SHIPPED, on=date(2026, 11, 10)):
    tally = TallyCounts.of(questionnaire, sittings)
    norms = default_norms(questionnaire)
    return display_of(
        rule_of(questionnaire, norms, "en"),
        tally,
        figures(tally, questionnaire, norms),
        on=on,
        deleted_on=on,
        kept=KEPT,
    )


class TestDisplay:
    def test_29_people_show_only_their_number(self):
        found = display(counted(SHIPPED, 3, 29))
        assert (found.people, found.finished) == (29, 29)
        assert found.figures is None
        nothing = (found.traits, found.correlations, found.verdicts, found.months)
        assert {*nothing, found.steps} == {()}
        assert found.calibration is None

    def test_30_people_show_everything(self):
        found = display([answering(p.values) for p in counted(SHIPPED, 3, 30)])
        assert found.figures.people == 30
        assert len(found.traits) == len(found.correlations) == 3
        assert sum(verdict.count for verdict in found.verdicts) == 30
        assert [month.month for month in found.months] == ["2026-11"]
        assert [found.steps[0].step.people, found.steps[-1].step.people] == [30, 30]

    def test_statements_have_their_own_statistics(self):
        found = display(counted(SMALL, 5, 60), SMALL)
        for trait, items in zip(found.traits, SMALL.items_by_trait.values(), strict=True):
            assert [item.figures.key for item in trait.items] == [item.key for item in items]
            assert [item.statement for item in trait.items] == [item.text["en"] for item in items]

    def test_width_of_an_answer_shows_its_share(self):
        agreeing = [answering([5 if n < 10 else 1] * 24) for n in range(40)]
        answers = display(agreeing).traits[0].items[0].answers
        assert [answer.share for answer in answers] == [0.75, 0, 0, 0, 0.25]
        assert [answer.piece.width for answer in answers] == ["300", "0", "0", "0", "100"]
        assert [answer.label for answer in answers] == [a.label["en"] for a in SHIPPED.scale]
        opacities = [float(answer.opacity) for answer in answers]
        assert opacities == sorted(opacities)

    def test_scores_are_counted_from_0_to_100(self):
        found = display([answering([3] * 24)] * 30)
        assert dict(found.traits[0].people_by_score)[50] == 30
        scores = [score for score, _people in found.traits[0].people_by_score]
        assert (scores[0], scores[1], scores[-1], len(scores)) == (0, 3.125, 100, 33)

    def test_interval_stays_within_0_and_100_percent(self):
        found = display(counted(SHIPPED, 8, 2000, ties=[1.5], alike=[0]))
        assert len(found.figures.agreement) >= 3
        for each in found.figures.agreement:
            low, high = each.interval
            assert 0 <= low <= each.observed <= high <= 1

    def test_bar_of_a_step_shows_how_many_left(self):
        found = display([Tallied("2026-11-02", 0)] * 30 + [answering([3] * 24)] * 90)
        assert [each.step.people for each in found.steps] == [120, 90, 90, 90, 90, 90]
        assert [each.reached.width for each in found.steps][:2] == ["400", "300"]
