"""Made-up people for tallies and statistics, random but reproducible."""

from collections.abc import Sequence
from random import Random

import numpy as np

from quiz.core.questionnaire import Questionnaire
from quiz.core.verdict import Verdict
from quiz.evidence.tally import Tallied, TallyCounts

MONTHS = ("2026-03", "2026-10", "2026-11")
DAYS = ("2026-03-31", "2026-10-01", "2026-11-02", "2026-11-03")
# docs/explanation/scoring.md: eight people, four items.
FIXTURE = np.array(
    [
        *([4, 5, 4, 4], [2, 1, 2, 3], [5, 5, 4, 5], [3, 3, 2, 3]),
        *([1, 2, 1, 1], [4, 3, 5, 4], [2, 2, 3, 2], [5, 4, 5, 4]),
    ]
)
HEADER = "id,A1,A2,A3,A4"


def people(questionnaire: Questionnaire, seed: int, count: int) -> list[Tallied]:
    """Draw people: most count, some left, and some finished without counting."""
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
    """Draw people whose answers all count.

    `ties` lists possible strengths of the correlation between answers, and `alike` possible
    numbers of items to which everyone gives the same answer.
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
            verdict=random.randrange(len(Verdict)),
            values=_values(random, questionnaire, middle, tie, fixed),
            ms=[_ms(random) for _ in questionnaire.item_pages],
        )
        for _ in range(count)
    ]


def answering(values: Sequence[int], **more: object) -> Tallied:
    """Make one person with these answers and two seconds for each."""
    sitting = Tallied("2026-11-02", None, "2026-11", 2, values, [2000] * 6)
    return sitting._replace(**more)


def lines_of(table, header=HEADER):
    """Write a table of answers as CSV lines, one row per person."""
    return [header, *(f"p{number},{','.join(map(str, row))}" for number, row in enumerate(table))]


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
    """Draw the time on a statement: unknown, on the edge of a step, very long, or any."""
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


def tally_of(questionnaire, answers):
    """Tally answers given as columns by item."""
    rows = np.column_stack([answers[item.key] for item in questionnaire.items]).tolist()
    return TallyCounts.of(questionnaire, [answering(row) for row in rows])
