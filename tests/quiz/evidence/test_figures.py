"""Figures from a tally match the people in it."""

import dataclasses
import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.core.precision import default_norms, precision
from quiz.core.scoring import contributions_of, keyed, lean_of
from quiz.evidence.figures import AGREEMENT_BINS, DROP, KEEP, REVIEW, figures, item_advice, of_half
from quiz.evidence.tally import Tallied, TallyCounts, halves_of
from tests.answers import SHIPPED
from tests.quiz.evidence.direct import (
    CLOSE_TO,
    EXAMPLES,
    answers_of,
    direct_alpha,
    direct_r,
    figures_of,
    keyed_table,
    questionnaires,
    same,
    score_table,
    seeds,
    sizes,
)
from tests.quiz.evidence.factories import MONTHS, counted

pytestmark = pytest.mark.pure


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


def test_times_over_thirty_seconds_count_as_thirty():
    values = [1, 2, 3, 4] * 6
    sittings = [Tallied("2026-11-02", None, "2026-11", 0, values, [90_000] * 4)] * 30
    found = figures(TallyCounts.of(SHIPPED, sittings), SHIPPED, default_norms(SHIPPED))
    assert {(t.lower, t.median, t.upper) for t in found.times} == {(30, 30, 30)}
