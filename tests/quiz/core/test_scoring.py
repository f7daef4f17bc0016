import dataclasses
import json
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quiz.core import careless, scoring
from quiz.core.careless import Flag
from quiz.core.numbers import fixed_text
from quiz.core.precision import Norms, default_norms, precision
from quiz.core.scoring import AnswerError, Result, score
from tests.answers import SHIPPED, VERSION_2, alike, towards
from tests.answers import scoring as answers_scoring
from tests.strategies import ANSWERS

pytestmark = pytest.mark.pure

# The worked examples in docs/explanation/scoring.md: scores, contributions, lean, agreement.
TABLE = [
    ((68.75, 40.625, 59.375), (6.5625, -2.8125, 3.28125), 7.03125, 0.77134, "leaning", "sales"),
    ((31.25, 21.875, 40.625), (-6.5625, -8.4375, -3.28125), -18.28125, 0.97335, "clear", "service"),
    ((100, 0, 50), (17.5, -15, 0), 2.5, 0.60421, "close", ""),
    ((75, 75, 62.5), (8.75, 7.5, 4.375), 20.625, 0.98538, "clear", "sales"),
    ((50, 50, 50), (0, 0, 0), 0, 0.5, "close", ""),
]


class TestVerdict:
    @pytest.mark.parametrize(
        ("scores", "contributions", "lean", "agreement", "band", "field"),
        TABLE,
        ids=[f"D={row[2]}" for row in TABLE],
    )
    def test_worked_examples_match_to_five_digits(
        self, scores, contributions, lean, agreement, band, field
    ):
        result = score(SHIPPED, answers_scoring(*scores))
        assert tuple(result.scores.values()) == scores
        assert tuple(result.contributions.values()) == pytest.approx(contributions, abs=1e-9)
        assert result.lean == pytest.approx(lean, abs=1e-9)
        assert result.agreement == pytest.approx(agreement, abs=5e-6)
        if not result.flags:
            assert (result.band, result.field) == (band, field)
        else:
            assert scoring.band_of(SHIPPED, result.lean, result.agreement) == band

    @given(ANSWERS)
    def test_versions_1_and_2_score_the_same_answers_alike(self, answers):
        first = score(SHIPPED, answers)
        assert score(VERSION_2, answers) == dataclasses.replace(first, questionnaire=2)

    def test_default_norms_give_the_published_errors(self):
        errors = precision(SHIPPED, default_norms(SHIPPED))
        assert errors.sem["targets"] == pytest.approx(9.8590, abs=5e-5)
        assert errors.lean_sd == pytest.approx(13.1597, abs=5e-5)
        assert errors.rho == pytest.approx(0.81197, abs=5e-6)

    @pytest.mark.parametrize(("share", "edge"), [(0.90, 12.13), (0.70, 4.97)])
    def test_band_starts_at_the_documented_edge(self, share, edge):
        errors = precision(SHIPPED, default_norms(SHIPPED))
        assert errors.agreement(edge) >= share > errors.agreement(edge - 0.01)
        assert errors.lean_at(share, "sales") == pytest.approx(edge, abs=0.01)
        assert errors.lean_at(share, "service") == pytest.approx(-edge, abs=0.01)

    def test_answering_everything_for_one_field_reaches_the_end_of_the_scale(self):
        assert score(SHIPPED, towards("sales")).lean == pytest.approx(50)
        assert score(SHIPPED, towards("service")).lean == pytest.approx(-50)

    def test_mean_lean_away_from_zero_pulls_the_expected_lean_towards_it(self):
        norms = dataclasses.replace(default_norms(SHIPPED), mean_lean=5.0)
        errors = precision(SHIPPED, norms)
        plain = precision(SHIPPED, default_norms(SHIPPED))
        assert errors.agreement(4) > plain.agreement(4)
        assert errors.agreement(-4) < plain.agreement(-4)
        # P = Phi((5 + rho (4 - 5)) / (sd sqrt(1 - rho^2))), by hand
        expected = (5 - plain.rho) / (plain.lean_sd * math.sqrt(1 - plain.rho**2))
        assert errors.agreement(4) == pytest.approx(0.5 * math.erfc(-expected / math.sqrt(2)))
        for field in ("sales", "service"):
            assert errors.agreement(errors.lean_at(0.9, field)) == pytest.approx(0.9)

    def test_result_names_the_norms_it_used(self):
        norms = Norms(7, *dataclasses.astuple(default_norms(SHIPPED))[1:4])
        assert score(SHIPPED, towards("sales", 1), norms=norms).norms == 7
        assert score(SHIPPED, towards("sales", 1)).norms == 0


class TestProperties:
    @given(ANSWERS, st.randoms())
    def test_order_of_answers_does_not_matter(self, answers, random):
        shuffled = list(answers.items())
        random.shuffle(shuffled)
        assert score(SHIPPED, dict(shuffled)) == score(SHIPPED, answers)

    @given(ANSWERS)
    def test_scores_are_0_to_100_and_leans_within_50(self, answers):
        result = score(SHIPPED, answers)
        assert all(0 <= value <= 100 for value in result.scores.values())
        assert -50 <= result.lean <= 50
        assert 0.5 <= result.agreement <= 1

    @given(ANSWERS)
    def test_mirroring_all_answers_mirrors_the_lean(self, answers):
        mirrored = score(SHIPPED, {key: 6 - value for key, value in answers.items()})
        straight = score(SHIPPED, answers)
        assert mirrored.lean == pytest.approx(-straight.lean, abs=1e-9)
        assert mirrored.agreement == pytest.approx(straight.agreement, abs=1e-12)
        swap = {"sales": "service", "service": "sales", "": ""}
        assert mirrored.field == swap[straight.field]

    @pytest.mark.parametrize("value", [1, 2, 3, 4, 5])
    def test_uniform_answers_are_never_clear_even_before_flags_cap_them(self, value):
        result = score(SHIPPED, alike(value))
        assert scoring.band_of(SHIPPED, result.lean, result.agreement) == "close"
        assert result.lean == 0

    @given(ANSWERS)
    def test_contributions_and_pulls_add_up_to_the_lean(self, answers):
        result = score(SHIPPED, answers)
        assert math.fsum(result.contributions.values()) == pytest.approx(result.lean, abs=1e-9)
        assert math.fsum(result.pulls.values()) == pytest.approx(result.lean, abs=1e-9)

    @given(ANSWERS)
    def test_field_is_suggested_only_if_the_band_is_clear_or_leaning(self, answers):
        result = score(SHIPPED, answers)
        assert bool(result.field) == (result.band in ("clear", "leaning"))

    @given(ANSWERS)
    def test_result_survives_json(self, answers):
        result = score(SHIPPED, answers)
        assert Result.from_data(json.loads(json.dumps(result.to_data()))) == result

    @given(ANSWERS, st.sampled_from(SHIPPED.items))
    def test_agreeing_more_moves_the_lean_in_the_direction_of_the_keying(self, answers, item):
        lower, higher = answers | {item.key: 2}, answers | {item.key: 4}
        moved = score(SHIPPED, higher).lean - score(SHIPPED, lower).lean
        assert moved * item.keying > 0


class TestTips:
    @given(ANSWERS)
    def test_lean_is_zero_at_the_tipping_score(self, answers):
        result = score(SHIPPED, answers)
        for trait, tips_at in result.tips.items():
            assert 0 <= tips_at <= 100
            changed = scoring.contributions_of(SHIPPED, {**result.scores, trait: tips_at})
            assert math.fsum(changed.values()) == pytest.approx(0, abs=1e-9)

    def test_trait_that_cannot_tip_the_lean_alone_is_left_out(self):
        result = score(SHIPPED, towards("sales"))
        assert result.tips == {}

    def test_nearest_tipping_score_comes_first(self):
        result = score(SHIPPED, answers_scoring(68.75, 40.625, 59.375))
        distances = [abs(result.tips[t] - result.scores[t]) for t in result.tips]
        assert list(result.tips) == ["proactive", "targets", "persuasion"]
        assert distances == sorted(distances)
        assert result.tips["proactive"] == pytest.approx(68.75 - 7.03125 / 0.35)

    def test_lean_of_zero_has_no_tipping_scores(self):
        assert score(SHIPPED, alike(3)).tips == {}


class TestStrongest:
    def test_three_answers_are_named_per_field_and_ties_with_the_last_are_counted(self):
        pulls = {"a": 1.0, "b": 2.0, "c": 1.0, "d": 1.0, "e": -3.0, "f": 0.0, "g": 1.0}
        top = scoring.strongest(pulls, "sales")
        assert top.item_keys == ("b", "a", "c")
        assert top.more == 2
        assert scoring.strongest(pulls, "service").item_keys == ("e",)
        assert scoring.strongest(pulls, "service").more == 0

    def test_ties_stay_in_the_order_shown_in_spite_of_rounding_errors(self):
        top = scoring.strongest({"a": 0.3, "b": 0.1 + 0.2, "c": 0.3, "d": 0.3}, "sales")
        assert top.item_keys == ("a", "b", "c")
        assert top.more == 1

    def test_weaker_answers_are_not_counted_as_strong(self):
        assert scoring.strongest({"a": 3.0, "b": 2.0, "c": 2.0, "d": 1.0}, "sales").more == 0


class TestRounding:
    @given(st.lists(st.floats(-17.5, 17.5), min_size=1, max_size=5))
    @example([0.35, 0.35, 0.35])
    def test_rounded_parts_add_up_to_the_whole_that_is_shown(self, values):
        parts = scoring.rounded_to_add_up(values)
        assert fixed_text(math.fsum(parts), 1) == fixed_text(math.fsum(values), 1)
        assert all(abs(p - v) < 0.1 + 1e-9 for p, v in zip(parts, values, strict=True))

    def test_worked_example_adds_up_as_shown(self):
        parts = scoring.rounded_to_add_up([6.5625, -2.8125, 3.28125])
        assert round(sum(parts), 1) == 7.0
        assert scoring.rounded_to_add_up([8.75, 7.5, 4.375]) == [8.7, 7.5, 4.4]


def flags_of(answers, **kwargs):
    return {(flag.index, flag.level) for flag in score(SHIPPED, answers, **kwargs).flags}


def in_order(values):
    return {item.key: value for item, value in zip(SHIPPED.items, values, strict=True)}


class TestCareless:
    # A pattern without runs: mean 3, wide spread.
    VARIED = [1, 5, 2, 4] * 6

    def test_varied_answers_have_no_flags(self):
        assert flags_of(in_order(self.VARIED)) == set()

    @pytest.mark.parametrize(
        ("run", "level"), [(9, None), (10, "review"), (11, "review"), (12, "invalid")]
    )
    def test_long_run_of_one_answer_is_flagged(self, run, level):
        rest = ([1, 5, 2, 4] * 6)[: 24 - run]
        flags = dict(flags_of(in_order([3] * run + rest)))
        assert flags.get("longest_run") == level

    def test_runs_follow_the_order_shown_not_the_traits(self):
        answers = in_order(self.VARIED)
        for item in SHIPPED.items_by_trait["proactive"]:
            answers[item.key] = 3
        assert "longest_run" not in dict(flags_of(answers))

    def test_too_little_spread_is_invalid(self):
        # 12 threes and 12 fours alternating have an sd of .51; 5 of 24 are below .5.
        assert "spread" not in dict(flags_of(in_order([3, 4] * 12)))
        few = [4 if place % 6 == 0 else 3 for place in range(24)]
        assert ("spread", "invalid") in flags_of(in_order(few))

    @pytest.mark.parametrize(
        ("seconds", "level"),
        [(0.99, "invalid"), (1.0, "review"), (1.99, "review"), (2.0, None), (9.0, None)],
    )
    def test_answers_faster_than_reading_are_flagged(self, seconds, level):
        times = {item.key: seconds for item in SHIPPED.items}
        flags = dict(flags_of(in_order(self.VARIED), seconds=times))
        assert flags.get("time") == level

    def test_only_known_times_count(self):
        times = dict.fromkeys(SHIPPED.items_by_key)
        assert flags_of(in_order(self.VARIED), seconds=times) == set()
        times["P1"] = 0.5
        assert flags_of(in_order(self.VARIED), seconds=times) == {("time", "invalid")}

    @pytest.mark.parametrize(
        ("extra", "level"),
        [
            (18, None),
            (19, "review"),
            (24, "review"),
            (25, "invalid"),
            (-18, None),
            (-25, "invalid"),
        ],
    )
    def test_agreeing_or_disagreeing_with_most_is_flagged(self, extra, level):
        # 24 threes moved up or down by `extra` steps in all, spread out to avoid runs.
        values = [3] * 24
        places = [*range(0, 24, 2), *range(1, 24, 2)]
        step = 1 if extra > 0 else -1
        for n in range(abs(extra)):
            values[places[n % 12 if n < 24 else 12]] += step
        flags = dict(flags_of(in_order(values)))
        assert flags.get("yes_saying") == level

    def test_invalid_flag_removes_the_suggestion_but_keeps_scores_and_lean(self):
        result = score(SHIPPED, towards("sales"), seconds={i.key: 0.1 for i in SHIPPED.items})
        assert (result.band, result.field) == ("insufficient", "")
        assert result.lean == pytest.approx(50)
        assert result.agreement > 0.99

    def test_review_flag_caps_clear_at_leaning_and_leaves_other_bands(self):
        hasty = {item.key: 1.5 for item in SHIPPED.items}
        clear = score(SHIPPED, towards("sales"), seconds=hasty)
        assert (clear.band, clear.field) == ("leaning", "sales")
        close = score(SHIPPED, in_order(self.VARIED), seconds=hasty)
        assert close.band == "close"

    def test_run_limit_grows_with_the_number_of_items(self):
        assert careless._run_level([3] * 4 + [1, 2, 1, 2]) == "invalid"
        assert careless._run_level([3] * 4 + [1, 2, 1, 2, 1]) == "review"
        assert careless._run_level([3] * 3 + [1, 2, 1, 2, 1]) == ""

    def test_flags_name_index_and_level(self):
        assert Flag("longest_run", "invalid") in score(SHIPPED, alike(3)).flags


class TestBadInput:
    @pytest.mark.parametrize(
        "value", [0, 6, -1, 3.0, "3", True, None, 10**30, 10**5000, [3]], ids=range(10)
    )
    def test_answer_off_the_scale_is_refused_with_its_item(self, value):
        with pytest.raises(AnswerError, match="T4"):
            score(SHIPPED, alike(3) | {"T4": value})

    def test_missing_and_unknown_items_are_named(self):
        answers = alike(3)
        del answers["P3"]
        with pytest.raises(AnswerError, match="P3"):
            score(SHIPPED, answers)
        with pytest.raises(AnswerError, match="Z9"):
            score(SHIPPED, alike(3) | {"Z9": 3})

    @pytest.mark.parametrize(
        "value", [-1, math.inf, math.nan, "2", True, 10**400, 10**5000], ids=range(7)
    )
    def test_impossible_time_is_refused(self, value):
        with pytest.raises(AnswerError, match="P1"):
            score(SHIPPED, alike(3), seconds={"P1": value})

    def test_time_of_an_unknown_item_is_refused(self):
        with pytest.raises(AnswerError, match="Z9"):
            score(SHIPPED, alike(3), seconds={"Z9": 1.0})
