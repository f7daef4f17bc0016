"""People as a tally counts them, made by chance, and two questionnaires that they sat."""

import dataclasses
from collections.abc import Sequence
from random import Random

from quiz.core.questionnaire import Answer, Questionnaire
from quiz.evidence.batch import VERDICTS
from quiz.evidence.tally import Tallied
from tests.quiz.answer_sets import SHIPPED

# Odd numbers of items, other weights, an answer of 0, and a last page that is not full.
SMALL = dataclasses.replace(
    SHIPPED,
    items_per_page=4,
    scale=tuple(Answer(value, {"en": str(value)}) for value in range(4)),
    traits=tuple(
        dataclasses.replace(trait, weight=weight)
        for trait, weight in zip(SHIPPED.traits, (0.5, 0.2, 0.3), strict=True)
    ),
    items=tuple(
        item
        for items, kept in zip(SHIPPED.items_by_trait.values(), (5, 3, 7), strict=True)
        for item in items[:kept]
    ),
)
QUESTIONNAIRES = {"shipped": SHIPPED, "small": SMALL}

MONTHS = ("2026-03", "2026-10", "2026-11")
DAYS = ("2026-03-31", "2026-10-01", "2026-11-02", "2026-11-03")


def people(questionnaire: Questionnaire, seed: int, count: int) -> list[Tallied]:
    """Return people of whom some left, some finished and do not count, and most do."""
    random = Random(seed)
    like = counted(questionnaire, random.getrandbits(32), count)
    return [_perhaps_less(random, questionnaire, each) for each in like]


def counted(
    questionnaire: Questionnaire,
    seed: int,
    count: int,
    *,
    ties: Sequence[float] = (0, 0.6, 1.5),
    alike: Sequence[int] = (0, 0, 1, 4),
) -> list[Tallied]:
    """Return people whose answers all count.

    They hang together by one of `ties`, and to so many items as one of `alike` says, all answer
    the same.
    """
    random = Random(seed)
    tie = random.choice(ties)
    same_to_all = random.sample(questionnaire.items, random.choice(alike))
    fixed = {
        item.key: random.randint(questionnaire.low, questionnaire.high) for item in same_to_all
    }
    middle = (questionnaire.low + questionnaire.high) / 2 + random.uniform(-0.5, 0.5)
    return [
        Tallied(
            started_on=random.choice(DAYS),
            pages=None,
            finished_in=random.choice(MONTHS),
            verdict=random.randrange(len(VERDICTS)),
            values=_values(random, questionnaire, middle, tie, fixed),
            ms=[_ms(random) for _ in questionnaire.item_pages],
        )
        for _ in range(count)
    ]


def answering(values: Sequence[int], **more: object) -> Tallied:
    """Return one person with these answers, who took two seconds for each."""
    sitting = Tallied("2026-11-02", None, "2026-11", 2, values, [2000] * 6)
    return sitting._replace(**more)


def _values(
    random: Random,
    questionnaire: Questionnaire,
    middle: float,
    tie: float,
    fixed: dict[str, int],
) -> list[int]:
    shared = random.gauss(0, 1)
    own = {trait.key: 0.6 * shared + 0.8 * random.gauss(0, 1) for trait in questionnaire.traits}
    wanted = (
        middle + item.keying * tie * own[item.trait] + random.gauss(0, 1)
        for item in questionnaire.items
    )
    return [
        fixed.get(item.key, min(max(round(value), questionnaire.low), questionnaire.high))
        for item, value in zip(questionnaire.items, wanted, strict=True)
    ]


def _ms(random: Random) -> int | None:
    """Return the time on a statement: unknown, on the edge of a step, very long, or any."""
    return random.choice(
        [None, 500 * random.randrange(8), 10**6, *(random.randrange(9000) for _ in range(5))]
    )


def _perhaps_less(random: Random, questionnaire: Questionnaire, person: Tallied) -> Tallied:
    kind = random.choice(["left", "flagged", "odd", *["counted"] * 5])
    if kind == "left":
        return Tallied(person.started_on, random.randint(0, len(questionnaire.item_pages)))
    if kind == "flagged":
        return person._replace(values=(), ms=())
    return person._replace(values=(), ms=(), verdict=None) if kind == "odd" else person
