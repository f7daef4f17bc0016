"""How far people got, and warnings about one-sided suggestions."""

from datetime import date, timedelta

import numpy as np
import pytest

from quiz.core.verdict import Verdict
from quiz.evidence.tally import Tallied, TallyCounts
from quiz.evidence.turnout import Step, funnel, too_common
from tests.answers import SHIPPED

pytestmark = pytest.mark.pure


class TestTooCommon:
    def counts(self, **people):
        names = [verdict.heading for verdict in Verdict]
        assert people.keys() <= set(names)
        return np.array([people.get(name, 0) for name in names])

    def test_three_quarters_are_not_too_common(self):
        assert too_common(self.counts(clear_sales=75, close=25)) is None
        assert too_common(self.counts(clear_service=75, insufficient=25)) is None

    def test_more_than_three_quarters_are_too_common(self):
        assert too_common(self.counts(clear_sales=76, close=24)) == ("sales", 0.76)
        assert too_common(self.counts(clear_service=76, insufficient=24)) == ("service", 0.76)

    def test_clear_and_leaning_count_as_one_suggestion(self):
        found = too_common(self.counts(clear_sales=3001, leaning_sales=4500, clear_service=2499))
        assert found == ("sales", pytest.approx(0.7501))
        found = too_common(self.counts(clear_service=40, leaning_service=40, clear_sales=20))
        assert found == ("service", 0.8)

    def test_missing_suggestions_are_never_too_common(self):
        assert too_common(self.counts(close=90, insufficient=10)) is None

    def test_29_people_are_too_few_for_a_warning(self):
        assert too_common(self.counts(clear_sales=29)) is None
        assert too_common(self.counts(clear_sales=30)) == ("sales", 1)

    def test_verdicts_of_flagged_attempts_count_too(self):
        verdict = Verdict.LEANING_SERVICE.order
        flagged = [Tallied("2026-11-02", None, "2026-11", verdict)] * 40
        assert too_common(TallyCounts.of(SHIPPED, flagged).finished) == ("service", 1)


TODAY, KEPT = date(2026, 11, 30), timedelta(days=30)


def people_from(day, *pages):
    """Return people who started on a day, by completed pages (None: finished)."""
    return [
        Tallied(day, each, "" if each is not None else "2026-11", None if each is not None else 0)
        for each in pages
    ]


def steps(people, today=TODAY, kept=KEPT):
    return funnel(TallyCounts.of(SHIPPED, people), today, kept)


class TestFunnel:
    def test_reaching_a_page_counts_on_all_earlier_pages(self):
        found = steps(people_from("2026-11-10", *[0] * 10, *[1] * 6, *[3] * 4, 4, *[None] * 19))
        assert found == (
            Step(0, 40, 1.0),
            Step(1, 30, 0.75),
            Step(2, 24, 0.6),
            Step(3, 24, 0.6),
            Step(4, 20, 0.5),
            Step(None, 19, 0.475),
        )

    def test_days_add_up(self):
        found = steps(
            [*people_from("2026-11-10", *[None] * 20), *people_from("2026-11-11", *[0] * 20)]
        )
        assert (found[0].people, found[-1].people) == (40, 20)

    @pytest.mark.parametrize(
        ("day", "is_in"),
        [
            ("2026-10-31", False),
            ("2026-11-01", True),
            ("2026-11-28", True),
            ("2026-11-29", False),
            ("2026-11-30", False),
        ],
    )
    def test_only_days_with_complete_data_count(self, day, is_in):
        assert bool(steps(people_from(day, *[None] * 30))) == is_in

    def test_people_who_started_too_early_are_left_out(self):
        early = people_from("2026-10-31", *[None] * 100)
        found = steps([*early, *people_from("2026-11-20", *[0] * 30)])
        assert (found[0].people, found[-1].people) == (30, 0)

    def test_29_people_are_too_few_for_a_funnel(self):
        assert steps(people_from("2026-11-10", *[None] * 29)) == ()
        assert len(steps(people_from("2026-11-10", *[None] * 30))) == 6

    def test_without_people_the_funnel_is_empty(self):
        assert steps([]) == ()
