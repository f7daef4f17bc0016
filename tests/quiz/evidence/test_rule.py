"""How a rule is put into words."""

import pytest

from quiz.core.careless import careless_flags
from quiz.core.precision import default_norms, precision
from quiz.core.verdict import CLEAR, LEANING, SALES
from quiz.evidence.rule import EXAMPLE_SCORES, GAPS, Limits, rule_of
from quiz.questionnaires.changelog import changelog
from tests.answers import SHIPPED
from tests.questionnaires import SMALL

pytestmark = pytest.mark.pure

DEFAULTS = default_norms(SHIPPED)


def rule(questionnaire=SHIPPED, norms=None):
    return rule_of(questionnaire, norms or default_norms(questionnaire), "en")


class TestRule:
    def test_each_statement_names_the_end_that_agreeing_points_to(self):
        for trait, items in zip(rule().traits, SHIPPED.items_by_trait.values(), strict=True):
            shown_text = [(s.text, s.speaks_for, s.is_reversed) for s in trait.statements]
            assert shown_text == [
                (i.text["en"], trait.high if i.keying > 0 else trait.low, i.keying < 0)
                for i in items
            ]

    def test_weights_come_from_the_version(self):
        assert [trait.weight for trait in rule(SMALL).traits] == [0.5, 0.2, 0.3]
        assert not rule(SMALL).is_as_derived
        assert rule().is_as_derived

    def test_derived_weights_add_up(self):
        assert sum(gap.weight for gap in GAPS.values()) == pytest.approx(1)
        total = sum(gap.gap for gap in GAPS.values())
        for gap in GAPS.values():
            assert gap.share == pytest.approx(gap.gap / total, abs=0.005)

    def test_bands_start_at_the_lean_of_their_agreement(self):
        errors = precision(SHIPPED, DEFAULTS)
        clear, leaning = rule().edges
        assert (clear.band, leaning.band) == (CLEAR, LEANING)
        assert (clear.service, clear.sales) == pytest.approx((-12.125, 12.125), abs=0.01)
        for edge in (clear, leaning):
            assert errors.agreement(edge.sales) == pytest.approx(edge.agreement)
            assert errors.agreement(edge.service) == pytest.approx(edge.agreement)

    def test_example_uses_the_rule_of_the_version(self):
        example = rule().example
        assert [row.score for row in example.rows] == list(EXAMPLE_SCORES)
        assert example.lean == 7.03125
        assert example.lean == sum(row.contribution for row in example.rows)
        assert (example.band, example.field) == (LEANING, SALES)
        assert example.agreement == pytest.approx(0.77134, abs=1e-5)

    def test_strongest_pull_comes_from_an_answer_at_an_end(self):
        for trait in rule().traits:
            most = trait.weight * 100 / 4 * 2 / len(trait.statements)
            assert trait.pull == pytest.approx(most)

    def test_limits_of_careless_answers_are_those_of_the_scale(self):
        four = rule(SMALL).careless
        assert (four.least_spread, four.yes_saying) == (0.375, Limits(0.5625, 0.75))
        five = rule().careless
        assert (five.least_spread, five.yes_saying) == (0.5, Limits(0.75, 1.0))

    @pytest.mark.parametrize("questionnaire", [SHIPPED, SMALL], ids=["shipped", "small"])
    def test_long_strings_count_as_careless_from_the_stated_length(self, questionnaire):
        stated = rule(questionnaire)

        def level(length):
            values = [3] * length + [1, 2] * len(questionnaire.items)
            answers = {
                item.key: value for item, value in zip(questionnaire.items, values, strict=False)
            }
            flags = careless_flags(questionnaire, answers, {})
            return {flag.level for flag in flags if flag.index == "longest_run"}

        assert level(stated.careless.run.review - 1) == set()
        assert level(stated.careless.run.review) == {"review"}
        assert level(stated.careless.run.invalid) == {"invalid"}


NOTHING_CHANGED = changelog(SHIPPED, SHIPPED, "en")
