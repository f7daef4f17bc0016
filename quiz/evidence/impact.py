"""What a draft would change for real people: rescore finished attempts and count. Pure.

Flags describe how someone answered on the day. They stay, and cap the new band like the old one.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from quiz.core.precision import Norms
from quiz.core.questionnaire import Item, Questionnaire, words
from quiz.core.verdict import Verdict
from quiz.evidence.batch import Answers, Codes, verdicts_of

REMOVED, KEYED, MOVED = "removed", "keyed the other way", "moved to another trait"
WEIGHTS, BANDS, TRAITS, NORMS = "weights", "bands", "traits", "norms"


@dataclass(frozen=True)
class Transition:
    """How many people would move from one verdict to another."""

    before: Verdict
    after: Verdict
    count: int


@dataclass(frozen=True)
class Cause:
    """One edit in the draft, and how many verdicts it would change by itself.

    `item` is an item key, or empty if the edit affects all items.
    """

    what: str
    item: str
    count: int


@dataclass(frozen=True)
class Impact:
    """The effect of a draft; every count is a number of attempts.

    `before` and `after` have one count per verdict, in the order of Verdict. `together`
    counts the changed verdicts that no single cause explains. By item key, `reworded` counts the
    attempts that answered an earlier text and `missing` those that never saw the item.
    `relabelled` counts the attempts that chose among answers with different labels.
    """

    looked_at: int
    rescored: int
    changed: int
    changed_band: int
    changed_field: int
    before: tuple[int, ...]
    after: tuple[int, ...]
    transitions: tuple[Transition, ...]
    causes: tuple[Cause, ...]
    together: int
    reworded: Mapping[str, int]
    relabelled: int
    missing: Mapping[str, int]
    other_scale: int
    damaged: int

    @property
    def not_compared(self) -> int:
        return self.looked_at - self.rescored


@dataclass(frozen=True)
class Comparison:
    """How answers to one version in one language compare with the draft."""

    missing: tuple[str, ...]
    has_other_scale: bool
    reworded: tuple[str, ...]
    is_relabelled: bool
    hybrids: tuple[tuple[str, str, Questionnaire], ...]

    @property
    def is_possible(self) -> bool:
        return not self.missing and not self.has_other_scale


@dataclass
class ImpactCount:
    """Counts batch by batch, so that memory doesn't grow with the number of attempts.

    `norms` are the norms that new results of the draft would use; None means the defaults.
    """

    draft: Questionnaire
    norms: Norms | None = None
    looked_at: int = 0
    damaged: int = 0
    other_scale: int = 0
    relabelled: int = 0
    together: int = 0
    pairs: NDArray[np.int64] = field(
        default_factory=lambda: np.zeros((len(Verdict), len(Verdict)), dtype=np.int64)
    )
    causes: Counter[tuple[str, str]] = field(default_factory=Counter)
    reworded: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    _comparisons: dict[tuple[Questionnaire, str], Comparison] = field(default_factory=dict)

    def add_damaged(self, count: int) -> None:
        """Count attempts whose answers don't fit their own version."""
        self.looked_at += count
        self.damaged += count

    def add(
        self,
        answered: Questionnaire,
        language: str,
        answers: Answers,
        before: Codes,
        flag_levels: NDArray[np.int8],
        norms: Norms | None = None,
    ) -> None:
        """Count attempts on one version in one language.

        `before` has their present verdicts, and `norms` the norms these are based on.
        """
        count = len(before)
        self.looked_at += count
        comparison = self._compared(answered, language)
        if not comparison.is_possible:
            self.other_scale += count * comparison.has_other_scale
            self.missing.update(dict.fromkeys(comparison.missing, count))
            return
        new_norms = _if_they_fit(self.norms, self.draft)
        after = verdicts_of(self.draft, answers, flag_levels, norms=new_norms)
        np.add.at(self.pairs, (before, after), 1)
        self.relabelled += count * comparison.is_relabelled
        self.reworded.update(dict.fromkeys(comparison.reworded, count))
        explained = np.zeros(count, dtype=np.bool_)
        hybrids = [(*hybrid, _if_they_fit(norms, hybrid[2])) for hybrid in comparison.hybrids]
        if norms != self.norms:
            hybrids.append((NORMS, "", answered, _if_they_fit(self.norms, answered)))
        for what, item, hybrid, by_norms in hybrids:
            is_other = verdicts_of(hybrid, answers, flag_levels, norms=by_norms) != before
            self.causes[what, item] += int(is_other.sum())
            explained |= is_other
        self.together += int(((after != before) & ~explained).sum())

    def _compared(self, answered: Questionnaire, language: str) -> Comparison:
        key = (answered, language)
        if key not in self._comparisons:
            self._comparisons[key] = compared(answered, self.draft, language)
        return self._comparisons[key]

    def impact(self) -> Impact:
        verdicts = tuple(Verdict)
        transitions = [
            Transition(verdicts[before], verdicts[after], int(count))
            for (before, after), count in np.ndenumerate(self.pairs)
            if count and before != after
        ]
        return Impact(
            looked_at=self.looked_at,
            rescored=int(self.pairs.sum()),
            changed=sum(each.count for each in transitions),
            changed_band=sum(t.count for t in transitions if t.before.band != t.after.band),
            changed_field=sum(t.count for t in transitions if t.before.field != t.after.field),
            before=tuple(self.pairs.sum(axis=1).tolist()),
            after=tuple(self.pairs.sum(axis=0).tolist()),
            transitions=tuple(sorted(transitions, key=lambda each: -each.count)),
            causes=tuple(
                Cause(what, item, count)
                for (what, item), count in self.causes.most_common()
                if count
            ),
            together=self.together,
            reworded=dict(self.reworded.most_common()),
            relabelled=self.relabelled,
            missing=dict(self.missing.most_common()),
            other_scale=self.other_scale,
            damaged=self.damaged,
        )


def _if_they_fit(norms: Norms | None, questionnaire: Questionnaire) -> Norms | None:
    """Return the norms if they cover all traits, else None for the defaults."""
    if norms and all(trait.key in norms.sd for trait in questionnaire.traits):
        return norms
    return None


def compared(answered: Questionnaire, draft: Questionnaire, language: str) -> Comparison:
    """Compare the questionnaire that was answered with the draft."""
    asked = answered.items_by_key
    return Comparison(
        missing=tuple(item.key for item in draft.items if item.key not in asked),
        has_other_scale=[a.value for a in answered.scale] != [a.value for a in draft.scale],
        reworded=tuple(
            item.key
            for item in draft.items
            if item.key in asked
            and words(asked[item.key].text, language) != words(item.text, language)
        ),
        is_relabelled=_labels(answered, language) != _labels(draft, language),
        hybrids=tuple(
            (what, item, hybrid)
            for what, item, hybrid in _hybrids(answered, draft)
            if all(hybrid.items_by_trait.values())
        ),
    )


def _labels(questionnaire: Questionnaire, language: str) -> list[str]:
    return [words(answer.label, language) for answer in questionnaire.scale]


def _hybrids(
    answered: Questionnaire, draft: Questionnaire
) -> Iterator[tuple[str, str, Questionnaire]]:
    """Yield the answered version with one edit of the draft at a time: what, item key, result."""
    traits = {trait.key: trait for trait in answered.traits}
    draft_traits = {trait.key: trait for trait in draft.traits}
    if traits.keys() == draft_traits.keys():
        weights = {key: trait.weight for key, trait in draft_traits.items()}
        if weights != {key: trait.weight for key, trait in traits.items()}:
            changed = tuple(replace(t, weight=weights[t.key]) for t in answered.traits)
            yield WEIGHTS, "", replace(answered, traits=changed)
    else:
        yield TRAITS, "", _with_traits(answered, draft)
    clear, leaning = draft.clear_from, draft.leaning_from
    if (clear, leaning) != (answered.clear_from, answered.leaning_from):
        yield BANDS, "", replace(answered, clear_from=clear, leaning_from=leaning)
    for item in answered.items:
        new = draft.items_by_key.get(item.key)
        if new is None:
            yield REMOVED, item.key, _with(answered, item, None)
            continue
        if new.keying != item.keying:
            yield KEYED, item.key, _with(answered, item, replace(item, keying=new.keying))
        if new.trait != item.trait and new.trait in traits:
            yield MOVED, item.key, _with(answered, item, replace(item, trait=new.trait))


def _with_traits(answered: Questionnaire, draft: Questionnaire) -> Questionnaire:
    """Return the answered version with the draft's traits.

    An item of a removed trait moves to its trait in the draft, or goes if the draft drops it.
    """
    old, new = ({trait.key for trait in each.traits} for each in (answered, draft))
    items = []
    for item in answered.items:
        later = draft.items_by_key.get(item.key)
        if later and (item.trait not in new or later.trait not in old):
            items.append(replace(item, trait=later.trait))
        elif item.trait in new:
            items.append(item)
    return replace(answered, traits=draft.traits, items=tuple(items))


def _with(questionnaire: Questionnaire, old: Item, new: Item | None) -> Questionnaire:
    kept = (new if item is old else item for item in questionnaire.items)
    return replace(questionnaire, items=tuple(item for item in kept if item is not None))
