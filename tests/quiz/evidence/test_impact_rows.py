"""The effect of a draft on the attempts that are stored."""

import dataclasses
from datetime import timedelta

import pytest
from django.utils import timezone

from quiz.attempts.models import Attempt
from quiz.core.scoring import score
from quiz.core.verdict import Verdict
from quiz.evidence.folding import delete_attempts
from quiz.evidence.impact_rows import measure_impact
from quiz.questionnaires.models import QuestionnaireVersion
from tests.answers import SHIPPED, leaning, towards
from tests.quiz.evidence.drafts import by_verdict, changes_one_by_one, with_weights

pytestmark = pytest.mark.both_databases


@pytest.mark.django_db
class TestMeasuring:
    @pytest.fixture
    def add(self, live):
        def add_attempt(values, finished=True, ago=0, **changes):
            now = timezone.now() - timedelta(hours=ago)
            kept = {
                item.key: {"value": values[item.key], "position": n, "ms": 4000}
                for n, item in enumerate(SHIPPED.items, start=1)
                if item.key in values
            }
            if finished and "result" not in changes:
                changes["result"] = score(SHIPPED, values).to_data()
            return Attempt.objects.create(
                **{
                    "code_hash": str(Attempt.objects.count()),
                    "version": live,
                    "language": "en",
                    "is_first": True,
                    "shows_sales_first": True,
                    "answers": kept,
                    "started_at": now,
                    "saved_at": now,
                    "finished_at": now if finished else None,
                    **changes,
                }
            )

        return add_attempt

    def test_no_attempts_give_an_empty_impact(self, live):
        assert measure_impact(SHIPPED).looked_at == 0

    def test_finished_attempts_are_rescored_with_their_flags(self, add):
        sets = [leaning("sales", 7), towards("service"), leaning("sales", 1)]
        for answers in sets:
            add(answers)
        add(leaning("sales", 7), finished=False)
        draft = with_weights(0.6, 0.2, 0.2)
        impact = measure_impact(draft)
        assert impact.looked_at == 3
        assert by_verdict(impact) == changes_one_by_one(draft, sets)
        assert sum(impact.before) == 3

    def test_original_flags_cap_the_new_verdict(self, add):
        answers = leaning("sales", 20)
        for seconds, verdict in ((1.5, Verdict.LEANING_SALES), (0.5, Verdict.INSUFFICIENT)):
            delete_attempts(Attempt.objects.all())
            hasty = score(SHIPPED, answers, seconds=dict.fromkeys(answers, seconds))
            add(answers, result=hasty.to_data())
            impact = measure_impact(dataclasses.replace(SHIPPED, clear_from=0.8))
            assert (impact.rescored, impact.changed) == (1, 0)
            assert impact.after[verdict.order] == 1

    def test_result_without_a_verdict_counts_as_damaged(self, add):
        for result in ({}, [], {"band": "clear", "field": ""}, {"band": 5, "field": None}):
            add(leaning("sales", 7), result=result)
        impact = measure_impact(SHIPPED)
        assert (impact.looked_at, impact.rescored, impact.damaged) == (4, 0, 4)

    def test_only_the_newest_attempts_count(self, add):
        for ago, answers in enumerate([leaning("sales", 7), towards("service")]):
            add(answers, ago=ago)
        impact = measure_impact(SHIPPED, newest=1)
        assert impact.before[Verdict.LEANING_SALES.order] == 1

    def test_invalid_answers_count_as_damaged(self, add):
        whole = add(leaning("sales", 7))
        for damage in ({}, {"P1": 5}, {**whole.answers, "P1": {"value": 9}}):
            add(leaning("sales", 7), answers=damage)
        impact = measure_impact(SHIPPED)
        assert (impact.looked_at, impact.rescored, impact.damaged) == (4, 1, 3)

    def test_attempts_are_compared_with_their_own_version(self, add, draft):
        draft.items.filter(key="P2").update(is_asked=False)
        draft.items.filter(key="P1").update(is_asked=False)
        draft.publish()
        fewer = QuestionnaireVersion.objects.with_parts().get(pk=draft.pk).questionnaire()
        answers = leaning("sales", 7)
        add(answers)
        asked = {item.key: answers[item.key] for item in fewer.items}
        add(asked, version=draft, result=score(fewer, asked).to_data())
        impact = measure_impact(SHIPPED)
        assert (impact.looked_at, impact.rescored) == (2, 1)
        assert impact.missing == {"P1": 1, "P2": 1}

    def test_measuring_takes_few_queries(self, add, live, django_assert_max_num_queries):
        for _ in range(3):
            add(leaning("sales", 7))
        with django_assert_max_num_queries(8):
            measure_impact(SHIPPED)
