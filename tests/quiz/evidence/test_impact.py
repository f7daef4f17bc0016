"""The effect of a draft on finished attempts."""

import dataclasses
from collections import Counter

import numpy as np
import pytest

from quiz.core.precision import default_norms
from quiz.core.questionnaire import Answer
from quiz.core.scoring import score
from quiz.core.verdict import Verdict
from quiz.evidence.impact import BANDS, KEYED, MOVED, NORMS, REMOVED, TRAITS, WEIGHTS, ImpactCount
from tests.answers import SHIPPED
from tests.quiz.evidence.drafts import (
    by_verdict,
    changes_one_by_one,
    with_item,
    with_weights,
    without,
    worst,
)

pytestmark = pytest.mark.both_databases
PEOPLE = 400
P1 = SHIPPED.items_by_key["P1"]
SCORED = [trait.key for trait in SHIPPED.traits]


@pytest.fixture(scope="module")
def answers():
    random = np.random.default_rng(3)
    return [
        {item.key: int(value) for item, value in zip(SHIPPED.items, row, strict=True)}
        for row in random.integers(1, 5, (PEOPLE, 24), endpoint=True)
    ]


def counted(draft, answers, answered=SHIPPED, language="en", norms=None, new_norms=None):
    results = [score(answered, each, norms=norms) for each in answers]
    count = ImpactCount(draft, new_norms)
    count.add(
        answered,
        language,
        {item.key: np.array([each[item.key] for each in answers]) for item in answered.items},
        np.array([result.verdict.order for result in results], dtype=np.int8),
        np.array([worst(result.flags) for result in results], dtype=np.int8),
        norms,
    )
    return count.impact()


def is_other(draft, answers):
    return bool(changes_one_by_one(draft, [answers]))


def causes_of(impact):
    return {(cause.what, cause.item): cause.count for cause in impact.causes}


class TestNorms:
    """Results are based on norms, and the draft uses the defaults."""

    SURE = dataclasses.replace(
        default_norms(SHIPPED), number=3, reliability=dict.fromkeys(SCORED, 0.99)
    )

    def test_identical_draft_without_norms_changes_results_based_on_norms(self, answers):
        impact = counted(SHIPPED, answers, norms=self.SURE)
        changed = sum(
            a.verdict is not b.verdict
            for each in answers
            for a, b in [(score(SHIPPED, each, norms=self.SURE), score(SHIPPED, each))]
        )
        assert impact.changed == changed > 0
        assert causes_of(impact) == {(NORMS, ""): changed}
        assert impact.together == 0

    def test_identical_draft_with_the_same_norms_changes_nothing(self, answers):
        impact = counted(SHIPPED, answers, norms=self.SURE, new_norms=self.SURE)
        assert (impact.changed, impact.causes) == (0, ())

    def test_causes_are_measured_with_the_norms_of_the_result(self, answers):
        draft = with_weights(0.6, 0.2, 0.2)
        causes = causes_of(counted(draft, answers, norms=self.SURE))
        changed = sum(
            a.verdict is not b.verdict
            for each in answers
            for a, b in [
                (score(SHIPPED, each, norms=self.SURE), score(draft, each, norms=self.SURE))
            ]
        )
        assert causes[WEIGHTS, ""] == changed

    def test_norms_without_a_trait_fall_back_to_the_defaults(self, answers):
        without_targets = dataclasses.replace(self.SURE, sd={"proactive": 18, "persuasion": 18})
        impact = counted(SHIPPED, answers, new_norms=without_targets)
        assert (impact.changed, impact.causes) == (0, ())


class TestCount:
    def test_identical_draft_changes_nothing(self, answers):
        impact = counted(SHIPPED, answers)
        assert (impact.looked_at, impact.rescored, impact.changed) == (PEOPLE, PEOPLE, 0)
        assert impact.before == impact.after
        assert (impact.transitions, impact.causes, impact.reworded) == ((), (), {})

    @pytest.mark.parametrize(
        "draft",
        [
            with_item("P1", keying=-P1.keying),
            with_item("P1", trait="targets"),
            without("P1", "P2"),
            with_weights(0.6, 0.2, 0.2),
            dataclasses.replace(SHIPPED, clear_from=0.8, leaning_from=0.6),
        ],
        ids=["keying", "trait", "fewer", "weights", "bands"],
    )
    def test_counts_match_scoring_one_by_one(self, answers, draft):
        impact = counted(draft, answers)
        assert by_verdict(impact) == changes_one_by_one(draft, answers)
        assert impact.changed == sum(by_verdict(impact).values()) > 0

    def test_changed_bands_and_fields_are_counted_separately(self, answers):
        impact = counted(with_weights(0.6, 0.2, 0.2), answers)
        pairs = by_verdict(impact)
        assert impact.changed_band == sum(n for (a, b), n in pairs.items() if a.band != b.band)
        assert impact.changed_field == sum(n for (a, b), n in pairs.items() if a.field != b.field)

    def test_before_and_after_add_up(self, answers):
        impact = counted(without("P1", "P2"), answers)
        assert sum(impact.before) == sum(impact.after) == impact.rescored

    def test_before_counts_the_original_verdicts(self, answers):
        original = Counter(score(SHIPPED, each).verdict for each in answers)
        impact = counted(without("P1", "P2"), answers)
        assert impact.before == tuple(original[verdict] for verdict in Verdict) != impact.after

    def test_most_frequent_transition_comes_first(self, answers):
        counts = [change.count for change in counted(without("P1", "P2"), answers).transitions]
        assert counts == sorted(counts, reverse=True) != sorted(counts)

    def test_batches_add_up(self, answers):
        draft = without("P1", "P2")
        whole = counted(draft, answers)
        halves = [counted(draft, half) for half in (answers[:150], answers[150:])]
        assert whole.changed == sum(half.changed for half in halves)


class TestCauses:
    @pytest.mark.parametrize(
        ("draft", "cause"),
        [
            (with_item("P1", keying=-P1.keying), (KEYED, "P1")),
            (with_item("P1", trait="targets"), (MOVED, "P1")),
            (without("P1"), (REMOVED, "P1")),
            (with_weights(0.6, 0.2, 0.2), (WEIGHTS, "")),
            (dataclasses.replace(SHIPPED, clear_from=0.8), (BANDS, "")),
        ],
    )
    def test_single_edit_causes_every_change(self, answers, draft, cause):
        impact = counted(draft, answers)
        assert causes_of(impact) == {cause: impact.changed}
        assert impact.together == 0

    def test_each_edit_is_counted_by_itself(self, answers):
        draft = dataclasses.replace(without("P1", "T1"), clear_from=0.8)
        impact = counted(draft, answers)
        for cause, alone in (
            ((REMOVED, "P1"), without("P1")),
            ((REMOVED, "T1"), without("T1")),
            ((BANDS, ""), dataclasses.replace(SHIPPED, clear_from=0.8)),
        ):
            assert causes_of(impact)[cause] == counted(alone, answers).changed
        counts = [cause.count for cause in impact.causes]
        assert counts == sorted(counts, reverse=True)

    def test_different_traits_are_one_cause(self, answers):
        traits = tuple(
            dataclasses.replace(t, key="drive" if t.key == "proactive" else t.key)
            for t in SHIPPED.traits
        )
        items = tuple(
            dataclasses.replace(i, trait="drive" if i.trait == "proactive" else i.trait)
            for i in SHIPPED.items
        )
        renamed = dataclasses.replace(SHIPPED, traits=traits, items=items)
        impact = counted(renamed, answers)
        assert (impact.rescored, impact.changed) == (PEOPLE, 0)
        heavier = tuple(
            dataclasses.replace(trait, weight=weight)
            for trait, weight in zip(traits, (0.6, 0.2, 0.2), strict=True)
        )
        impact = counted(dataclasses.replace(renamed, traits=heavier), answers)
        assert causes_of(impact) == {(TRAITS, ""): impact.changed}
        assert impact.changed > 0

    def test_renamed_trait_is_not_a_cause(self, answers):
        traits = tuple(
            dataclasses.replace(t, key="drive" if t.key == "proactive" else t.key)
            for t in SHIPPED.traits
        )
        items = tuple(
            dataclasses.replace(i, trait="drive" if i.trait == "proactive" else i.trait)
            for i in with_item("P1", keying=-P1.keying).items
        )
        impact = counted(dataclasses.replace(SHIPPED, traits=traits, items=items), answers)
        assert causes_of(impact) == {(KEYED, "P1"): impact.changed}

    def test_removed_trait_is_a_cause(self, answers):
        traits = tuple(
            dataclasses.replace(t, weight=0.5) for t in SHIPPED.traits if t.key != "persuasion"
        )
        items = tuple(i for i in SHIPPED.items if i.trait != "persuasion")
        impact = counted(dataclasses.replace(SHIPPED, traits=traits, items=items), answers)
        assert impact.rescored == PEOPLE
        assert causes_of(impact)[TRAITS, ""] == impact.changed > 0

    def test_changes_without_a_single_cause_are_counted_separately(self, answers):
        drafts = [without("P1"), without("T1"), without("E1")]
        draft = without("P1", "T1", "E1")
        fell = [{n for n, each in enumerate(answers) if is_other(d, each)} for d in drafts]
        all_fell = {n for n, each in enumerate(answers) if is_other(draft, each)}
        impact = counted(draft, answers)
        assert impact.together == len(all_fell - set().union(*fell)) > 0


class TestComparability:
    def test_added_statement_prevents_comparison(self, answers):
        new = dataclasses.replace(P1, key="NEW")
        draft = dataclasses.replace(SHIPPED, items=(*SHIPPED.items, new))
        impact = counted(draft, answers)
        assert (impact.rescored, impact.not_compared) == (0, PEOPLE)
        assert (impact.missing, impact.other_scale) == ({"NEW": PEOPLE}, 0)

    def test_different_scale_prevents_comparison(self, answers):
        draft = dataclasses.replace(SHIPPED, scale=(*SHIPPED.scale, Answer(6, {"en": "Fully"})))
        impact = counted(draft, answers)
        assert (impact.rescored, impact.other_scale) == (0, PEOPLE)

    def test_reworded_statement_is_compared_and_reported(self, answers):
        impact = counted(with_item("P1", text={"en": "Other words."}), answers)
        assert (impact.rescored, impact.reworded) == (PEOPLE, {"P1": PEOPLE})

    def test_missing_translation_compares_the_first_language(self, answers):
        draft = with_item("P1", text={"en": "Other words."})
        assert counted(draft, answers, language="de").reworded == {"P1": PEOPLE}

    def test_relabelled_answers_are_compared_and_reported(self, answers):
        labels = [answer.label for answer in SHIPPED.scale]
        turned = tuple(
            dataclasses.replace(answer, label=label)
            for answer, label in zip(SHIPPED.scale, labels[::-1], strict=True)
        )
        impact = counted(dataclasses.replace(SHIPPED, scale=turned), answers)
        assert (impact.rescored, impact.relabelled) == (PEOPLE, PEOPLE)
        assert counted(SHIPPED, answers).relabelled == 0

    def test_changed_translation_in_another_language_is_ignored(self, answers):
        impact = counted(with_item("P1", text={**P1.text, "de": "Anders."}), answers)
        assert impact.reworded == {}
