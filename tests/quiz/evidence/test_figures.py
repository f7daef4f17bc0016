"""Figures from a tally match the people in it, and need enough of them."""

import dataclasses
import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.core.precision import default_norms, precision
from quiz.core.scoring import contributions_of, keyed, lean_of, trait_scores
from quiz.evidence.figures import (
    AGREEMENT_BINS,
    DROP,
    KEEP,
    REVIEW,
    NormsError,
    estimated_norms,
    figures,
    item_advice,
    of_half,
)
from quiz.evidence.simulation import answers_from_norms, random_answers
from quiz.evidence.tally import Tallied, TallyCounts, halves_of
from quiz.evidence.turnout import MonthOfVerdicts, months_of_verdicts
from tests.answers import SHIPPED
from tests.questionnaires import QUESTIONNAIRES, SMALL
from tests.quiz.evidence.factories import MONTHS, answering, counted, tally_of

pytestmark = pytest.mark.pure

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


class TestFigures:
    """Compared with each formula, computed from the people's answers."""

    @EXAMPLES
    @given(questionnaires, seeds, sizes)
    def test_item_figures_match_the_people(self, questionnaire, seed, size):
        people = counted(questionnaire, seed, size)
        table, found = keyed_table(questionnaire, people), figures_of(questionnaire, people)
        places = {item.key: place for place, item in enumerate(questionnaire.items)}
        assert [i.key for t in found.traits for i in t.items] == [
            i.key for items in questionnaire.items_by_trait.values() for i in items
        ]
        for trait in found.traits:
            own = [places[item.key] for item in trait.items]
            for item in trait.items:
                column = table[:, places[item.key]]
                others = table[:, [place for place in own if place != places[item.key]]]
                assert item.statistics.mean == same(column.mean())
                assert item.statistics.sd == same(column.std(ddof=1))
                rest = direct_r(column, others.sum(axis=1))
                assert item.statistics.item_rest == same(rest)
                assert item.statistics.alpha_if_dropped == same(direct_alpha(others))
                raw = [person.values[places[item.key]] for person in people]
                steps = range(questionnaire.low, questionnaire.high + 1)
                assert item.shares == pytest.approx([raw.count(x) / size for x in steps])
                assert item.floor == pytest.approx(raw.count(questionnaire.low) / size)
                assert item.ceiling == pytest.approx(raw.count(questionnaire.high) / size)

    @EXAMPLES
    @given(questionnaires, seeds, sizes)
    def test_trait_figures_match_the_people(self, questionnaire, seed, size):
        people = counted(questionnaire, seed, size)
        table, scores = keyed_table(questionnaire, people), score_table(questionnaire, people)
        found = figures_of(questionnaire, people)
        assert [trait.key for trait in found.traits] == [t.key for t in questionnaire.traits]
        for place, trait in enumerate(found.traits):
            own = table[:, [item.trait == trait.key for item in questionnaire.items]]
            column = scores[:, place]
            alpha = direct_alpha(own)
            assert trait.mean == same(column.mean())
            assert trait.sd == same(column.std(ddof=1))
            assert (trait.scale.n, trait.scale.alpha) == (size, same(alpha))
            error = None if alpha is None else math.sqrt(1 - min(max(alpha, 0), 0.99))
            assert trait.sem == (None if error is None else same(column.std(ddof=1) * error))
            assert trait.floor == pytest.approx((column == 0).mean())
            assert trait.ceiling == pytest.approx((column == 100).mean())
            most = own.shape[1] * (questionnaire.high - questionnaire.low)
            points = Counter(np.rint(column * most / 100).astype(int).tolist())
            assert trait.points == tuple(points[step] for step in range(most + 1))

    @EXAMPLES
    @given(questionnaires, seeds, sizes)
    def test_correlations_and_mean_lean_match_the_people(self, questionnaire, seed, size):
        people = counted(questionnaire, seed, size)
        scores, found = score_table(questionnaire, people), figures_of(questionnaire, people)
        keys = [trait.key for trait in questionnaire.traits]
        assert [(pair.first, pair.second) for pair in found.pairs] == [
            (keys[0], keys[1]),
            (keys[0], keys[2]),
            (keys[1], keys[2]),
        ]
        for pair in found.pairs:
            a, b = scores[:, keys.index(pair.first)], scores[:, keys.index(pair.second)]
            assert pair.r == same(direct_r(a, b))
        leans = [
            lean_of(contributions_of(questionnaire, dict(zip(keys, row, strict=True))))
            for row in scores.tolist()
        ]
        assert found.mean_lean == same(sum(leans) / size)

    @EXAMPLES
    @given(questionnaires, seeds, sizes)
    def test_page_times_match_the_people(self, questionnaire, seed, size):
        people = counted(questionnaire, seed, size)
        found = {each.page: each for each in figures_of(questionnaire, people).times}
        for page in range(1, len(questionnaire.item_pages) + 1):
            known = [p.ms[page - 1] for p in people if p.ms[page - 1] is not None]
            if len(known) < 30:
                assert page not in found
                continue
            at = found[page]
            assert at.n == len(known)
            assert at.lower == same(direct_quantile(known, Fraction(1, 4)))
            assert at.median == same(direct_quantile(known, Fraction(1, 2)))
            assert at.upper == same(direct_quantile(known, Fraction(3, 4)))

    def test_figures_say_how_many_people_and_when(self):
        people = counted(SHIPPED, 1, 40)
        assert {person.finished_in for person in people} == set(MONTHS)
        found = figures_of(SHIPPED, people)
        assert (found.people, found.since, found.until) == (40, MONTHS[0], MONTHS[-1])

    @settings(max_examples=6)
    @given(questionnaires, seeds, st.integers(150, 250), st.floats(-8, 8))
    def test_agreement_of_halves_matches_the_people(self, questionnaire, seed, size, mean_lean):
        people = counted(questionnaire, seed, size)
        norms = dataclasses.replace(default_norms(questionnaire), mean_lean=mean_lean)
        found = figures_of(questionnaire, people, norms).agreement
        expected = direct_bins(questionnaire, people, norms)
        assert [dataclasses.astuple(each) for each in found] == [
            pytest.approx(each, abs=CLOSE_TO) for each in expected
        ]


def direct_quantile(known, share):
    """Return the quantile at `share`, in seconds.

    People in one step are spread evenly over it, except in the last one, which is open-ended.
    """
    steps = sorted(min(ms // 500, 60) for ms in known)
    wanted = share * len(steps)
    step = steps[math.ceil(wanted) - 1]
    if step == 60:
        return 30
    before = sum(each < step for each in steps)
    return float((step + (wanted - before) / steps.count(step)) / 2)


def direct_bins(questionnaire, people, norms):
    """Build each AgreementBin with at least 30 people, person by person."""
    errors = precision(questionnaire, of_half(norms))
    within = {}
    for person in people:
        first, second = half_leans(questionnaire, person)
        if first == 0:
            continue
        middle = (min(math.floor(abs(first) * 2), 99) + 0.5) / 2
        predicted = errors.agreement(math.copysign(middle, first))
        is_same = 0.5 if second == 0 else float((second > 0) == (first > 0))
        place = sum(predicted >= edge for edge in AGREEMENT_BINS[1:-1])
        within.setdefault(place, []).append((predicted, is_same))
    for place in sorted(within):
        n = len(within[place])
        if n >= 30:
            predicted, observed = (sum(column) / n for column in zip(*within[place], strict=True))
            error = math.sqrt(observed * (1 - observed) / n)
            yield *AGREEMENT_BINS[place : place + 2], n, predicted, observed, error


def half_leans(questionnaire, person):
    """Return the lean by each half, as exact fractions."""
    answers = answers_of(questionnaire, person)
    span = questionnaire.high - questionnaire.low
    for half in halves_of(questionnaire):
        lean = Fraction(0)
        for trait in questionnaire.traits:
            own = [keyed(questionnaire, i, answers[i.key]) for i in half if i.trait == trait.key]
            score = Fraction(100 * (sum(own) - len(own) * questionnaire.low), len(own) * span)
            lean += Fraction(str(trait.weight)) * (score - 50)
        yield lean


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


class TestItemAdvice:
    @pytest.mark.parametrize(
        ("item_rest", "advice"),
        [
            (1.0, KEEP),
            (0.30, KEEP),
            (math.nextafter(0.30, 0), REVIEW),
            (0.20, REVIEW),
            (math.nextafter(0.20, 0), DROP),
            (0.0, DROP),
            (-0.9, DROP),
            (None, DROP),
        ],
    )
    def test_item_is_kept_from_30_and_dropped_below_20(self, item_rest, advice):
        assert item_advice(item_rest) == advice

    def test_item_advice_uses_the_correlation_with_its_trait(self):
        found = figures_of(SHIPPED, counted(SHIPPED, 4, 200, ties=[0.5]))
        items = [item for trait in found.traits for item in trait.items]
        assert {item.advice for item in items} == {KEEP, REVIEW, DROP}
        for item in items:
            assert item.advice == item_advice(item.statistics.item_rest)


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


class TestNorms:
    @settings(max_examples=5)
    @given(questionnaires, seeds, st.integers(200, 300))
    def test_norms_match_the_people(self, questionnaire, seed, size):
        people = counted(questionnaire, seed, size, ties=[1.2], alike=[0])
        group = estimated_norms(TallyCounts.of(questionnaire, people), questionnaire, 7)
        table, scores = keyed_table(questionnaire, people), score_table(questionnaire, people)
        norms = group.norms
        assert (norms.number, group.people) == (7, size)
        months = sorted(person.finished_in for person in people)
        assert (group.since, group.until) == (months[0], months[-1])
        keys = [trait.key for trait in questionnaire.traits]
        for place, key in enumerate(keys):
            own = table[:, [item.trait == key for item in questionnaire.items]]
            alpha = direct_alpha(own)
            assert norms.sd[key] == same(scores[:, place].std(ddof=1))
            assert norms.reliability[key] == same(min(max(alpha, 0), 0.99))
            most = own.shape[1] * (questionnaire.high - questionnaire.low)
            points = Counter(np.rint(scores[:, place] * most / 100).astype(int).tolist())
            assert list(group.points[key]) == [points[step] for step in range(most + 1)]
            for other in range(place):
                r = np.corrcoef(scores[:, place], scores[:, other])[0, 1]
                assert norms.correlation(key, keys[other]) == same(r)
        weights = np.array([trait.weight for trait in questionnaire.traits])
        assert norms.mean_lean == same(((scores - 50) @ weights).mean())

    @settings(max_examples=5)
    @given(questionnaires, seeds)
    def test_percentile_counts_the_people(self, questionnaire, seed):
        people = counted(questionnaire, seed, 210, ties=[1.2], alike=[0])
        group = estimated_norms(TallyCounts.of(questionnaire, people), questionnaire, 1)
        scores = score_table(questionnaire, people)
        for place, trait in enumerate(questionnaire.traits):
            column = scores[:, place]
            for score in set(column.tolist()):
                rank = 100 * ((column < score).sum() + (column == score).sum() / 2) / 210
                assert group.percentile(trait.key, score) == same(rank)

    def test_norms_need_200_people(self):
        people = counted(SHIPPED, 3, 200, ties=[1.2], alike=[0])
        with pytest.raises(NormsError, match=r"199 people.*200"):
            estimated_norms(TallyCounts.of(SHIPPED, people[:199]), SHIPPED, 1)
        assert estimated_norms(TallyCounts.of(SHIPPED, people), SHIPPED, 1).people == 200

    def test_random_answers_give_no_norms(self):
        answers = random_answers(SHIPPED, 2_000, np.random.default_rng(1))
        with pytest.raises(NormsError, match="chance"):
            estimated_norms(tally_of(SHIPPED, answers), SHIPPED, 1)

    def test_error_names_a_trait_that_does_not_vary(self):
        people = [
            person._replace(
                values=[
                    4 if item.trait == "targets" else value
                    for item, value in zip(SHIPPED.items, person.values, strict=True)
                ]
            )
            for person in counted(SHIPPED, 3, 200, ties=[1.2], alike=[0])
        ]
        with pytest.raises(NormsError, match="targets"):
            estimated_norms(TallyCounts.of(SHIPPED, people), SHIPPED, 1)

    def test_reliability_is_at_most_99(self):
        people = [
            answering([3 + item.keying * (person % 5 - 2) for item in SHIPPED.items])
            for person in range(200)
        ]
        norms = estimated_norms(TallyCounts.of(SHIPPED, people), SHIPPED, 1).norms
        assert set(norms.reliability.values()) == {0.99}
        found = figures_of(SHIPPED, people)
        assert [trait.scale.alpha for trait in found.traits] == pytest.approx([1, 1, 1])
        assert found.traits[0].sem == pytest.approx(found.traits[0].sd * 0.1)

    def test_reliability_is_at_least_0(self):
        items = SHIPPED.items_by_trait["persuasion"]
        people = counted(SHIPPED, 3, 300, ties=[1.2], alike=[0])
        for place, person in enumerate(people):
            answers = answers_of(SHIPPED, person)
            for one, against in zip(items[:4], items[4:], strict=True):
                # Four of five people contradict each answer with another one; every fifth doesn't.
                high = 6 - keyed(SHIPPED, one, answers[one.key]) if place % 5 else 4
                answers[against.key] = keyed(SHIPPED, against, high)
            people[place] = person._replace(values=list(answers.values()))
        found = figures_of(SHIPPED, people).traits[1]
        assert found.scale.alpha < 0
        assert found.sem == found.sd
        norms = estimated_norms(TallyCounts.of(SHIPPED, people), SHIPPED, 1).norms
        assert norms.reliability["persuasion"] == 0

    @pytest.mark.parametrize("seed", [1, 2])
    def test_norms_recover_the_simulated_population(self, seed):
        norms = default_norms(SHIPPED)
        answers = answers_from_norms(SHIPPED, norms, 5_000, np.random.default_rng(seed))
        found = estimated_norms(tally_of(SHIPPED, answers), SHIPPED, 1).norms
        # The error of sd is 18 / sqrt(2 * 5000) = .18. Rounding to the scale changes less.
        assert list(found.sd.values()) == pytest.approx([18] * 3, abs=0.8)
        assert list(found.correlations.values()) == pytest.approx([0.3] * 3, abs=0.06)
        assert found.mean_lean == pytest.approx(0, abs=0.8)


def test_times_over_thirty_seconds_count_as_thirty():
    values = [1, 2, 3, 4] * 6
    sittings = [Tallied("2026-11-02", None, "2026-11", 0, values, [90_000] * 4)] * 30
    found = figures(TallyCounts.of(SHIPPED, sittings), SHIPPED, default_norms(SHIPPED))
    assert {(t.lower, t.median, t.upper) for t in found.times} == {(30, 30, 30)}
