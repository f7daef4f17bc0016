"""Figures need enough people, and answers that vary."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.evidence.figures import DROP
from quiz.evidence.tally import Tallied, TallyCounts
from quiz.evidence.turnout import MonthOfVerdicts, months_of_verdicts
from tests.answers import SHIPPED
from tests.questionnaires import SMALL
from tests.quiz.evidence.direct import EXAMPLES, answers_of, figures_of
from tests.quiz.evidence.factories import answering, counted

pytestmark = pytest.mark.pure


class TestTooFew:
    def test_30_people_have_figures_and_29_do_not(self):
        people = counted(SHIPPED, 1, 30)
        assert figures_of(SHIPPED, people[:29]) is None
        assert figures_of(SHIPPED, people).people == 30

    def test_excluded_attempts_do_not_count_towards_the_minimum(self):
        others = [Tallied("2026-11-02", None, "2026-11", 0)] * 50
        assert figures_of(SHIPPED, [*counted(SHIPPED, 1, 29), *others]) is None

    def test_page_with_29_known_times_is_left_out(self):
        timed = [answering([3] * 24, ms=[2000, 2000, None, None])] * 29
        found = figures_of(SHIPPED, [*timed, answering([3] * 24, ms=[None, 2000, None, None])])
        assert [(each.page, each.n) for each in found.times] == [(2, 30)]

    def test_bin_with_29_people_is_left_out(self):
        towards = [3 + 2 * item.keying for item in SHIPPED.items]
        away = [3 - 2 * item.keying for item in SHIPPED.items]
        people = [*[answering(towards)] * 29, answering([3] * 24)]
        assert figures_of(SHIPPED, people).agreement == ()
        # A bin has people who lean equally far to either side.
        (only,) = figures_of(SHIPPED, [*people, answering(away)]).agreement
        assert (only.low, only.people, only.observed) == (0.95, 30, 1)

    def test_month_with_29_verdicts_is_left_out(self):
        people = [
            *[Tallied("2026-11-02", None, "2026-11", 0)] * 29,
            *[Tallied("2026-11-02", None, "2026-10", 5)] * 30,
            *[Tallied("2026-11-02", None, "2026-03", 2)] * 31,
        ]
        assert months_of_verdicts(TallyCounts.of(SHIPPED, people)) == (
            MonthOfVerdicts("2026-03", (0, 0, 31, 0, 0, 0)),
            MonthOfVerdicts("2026-10", (0, 0, 0, 0, 0, 30)),
        )


class TestNothingVaries:
    def test_constant_item_is_to_be_dropped_without_hiding_others(self):
        people = counted(SHIPPED, 2, 60, ties=[1.5])
        fixed = [p._replace(values=[4, *p.values[1:]]) for p in people]
        key = SHIPPED.items[0].key
        (trait,) = [t for t in figures_of(SHIPPED, fixed).traits if t.key == SHIPPED.items[0].trait]
        (item,) = [item for item in trait.items if item.key == key]
        assert (item.statistics.sd, item.statistics.item_rest, item.advice) == (0, None, DROP)
        assert trait.scale.alpha is not None
        assert (trait.scale.omega, trait.scale.mean_r) == (None, None)

    def test_identical_answers_only_give_means(self):
        found = figures_of(SHIPPED, [answering([4] * 24)] * 30)
        assert {(trait.mean, trait.sd, trait.sem) for trait in found.traits} == {(50, 0, None)}
        assert {pair.r for pair in found.pairs} == {None}

    @EXAMPLES
    @given(st.lists(st.permutations([0, 1, 3]), min_size=30, max_size=40))
    def test_trait_with_one_score_has_no_spread(self, orders):
        """The items vary, but their sum doesn't."""
        trait = SMALL.traits[1].key
        people = counted(SMALL, 1, len(orders))
        for place, (person, order) in enumerate(zip(people, orders, strict=True)):
            answers = answers_of(SMALL, person)
            for item, value in zip(SMALL.items_by_trait[trait], order, strict=True):
                answers[item.key] = value if item.keying > 0 else 3 - value
            people[place] = person._replace(values=list(answers.values()))
        found = figures_of(SMALL, people)
        assert found.traits[1].sd == 0
        assert {p.r for p in found.pairs if trait in (p.first, p.second)} == {None}
