"""Scoring lines in batches gives, byte for byte, what scoring each line alone gives."""

import dataclasses
import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.core.answer_lines import LineError, scored_line
from quiz.core.questionnaire import Answer
from quiz.evidence import answer_batches
from quiz.evidence.answer_batches import BatchScorer
from tests.answers import SHIPPED, VERSION_2, alike, towards

pytestmark = pytest.mark.pure

KEYS = list(SHIPPED.items_by_key)
GOOD = {"id": "a", "answers": towards("sales", 1)}
BACKGROUND = {"B1": 6, "B2": "soon", "B3": None}
SECONDS = dict.fromkeys(KEYS, 1.5)


def encoded(data):
    return json.dumps(data).encode()


def alone(questionnaire, lines):
    """Score the lines one by one, like a batch: results, and messages by place."""
    results, faults = [], []
    for place, line in enumerate(lines):
        if line.strip():
            try:
                results.append(scored_line(questionnaire, line))
            except LineError as error:
                faults.append((place, str(error)))
    return results, faults


def together(questionnaire, lines):
    batch = BatchScorer(questionnaire).scored(lines)
    return batch.results, batch.faults


answers = st.one_of(
    st.fixed_dictionaries(dict.fromkeys(KEYS, st.integers(1, 5))),
    # Mostly alike: these raise flags.
    st.fixed_dictionaries(dict.fromkeys(KEYS, st.sampled_from([3] * 8 + [2, 4, 5]))),
    # Consistent: these reach every band.
    st.builds(
        lambda steps: {
            item.key: 3 + item.keying * step
            for item, step in zip(SHIPPED.items, steps, strict=True)
        },
        st.lists(st.sampled_from([-1, 0, 1, 2]), min_size=24, max_size=24),
    ),
)
times = st.fixed_dictionaries(dict.fromkeys(KEYS, st.sampled_from([0, 0.5, 1, 1.5, 2, 2.5, 9])))
odd_values = st.sampled_from(
    [None, 0, 6, -1, 3.0, 3.5, True, "3", [1], 255, 256, 2**64, 10**30, 1e300, -0.0]
)
odd_people = st.fixed_dictionaries(
    {"id": st.sampled_from(["a", "a:b", "é\n", "\ud83d", None, True, 7, 2.0, 2**64, [1]])},
    optional={
        "answers": st.builds(
            lambda given, key, value: given | {key: value},
            answers,
            st.sampled_from([*KEYS, "XX"]),
            odd_values,
        ),
        "seconds": st.one_of(
            st.sampled_from([None, {}, [], 1]),
            st.builds(
                lambda given, key, value: given | {key: value},
                times,
                st.sampled_from([*KEYS, "XX"]),
                odd_values,
            ),
        ),
        "background": st.sampled_from([None, {}, "x", {"B1": 6.0}, {"B1": True}, {"B9": "1"}]),
        "more": odd_values,
    },
)
people = st.fixed_dictionaries(
    {"id": st.text() | st.integers(), "answers": answers},
    optional={"seconds": times, "background": st.just(BACKGROUND)},
)


@settings(max_examples=30)
@given(st.lists(people, min_size=1, max_size=20))
def test_batch_gives_the_same_bytes_as_scoring_alone(sets):
    lines = [encoded(each) for each in sets]
    assert together(SHIPPED, lines) == alone(SHIPPED, lines)


@given(st.lists(people | odd_people, max_size=20))
def test_batch_gives_the_same_messages_as_scoring_alone(sets):
    lines = [encoded(each) for each in sets]
    assert together(SHIPPED, lines) == alone(SHIPPED, lines)


FINE = encoded(GOOD)


@pytest.mark.parametrize(
    "line",
    [
        FINE.replace(b'"P1"', b'"P2"'),
        FINE.replace(b'"answers": {', b'"answers": {"P1": 3, '),
        FINE.replace(b'"id"', b'"id": "a:b", "id"'),
        FINE.replace(b'"id": "a"', b'"id": "x", "\\u0069d": "\\u003a"'),
        FINE.replace(b'"P1"', rb'"\u00501"'),
        b"\xef\xbb\xbf" + FINE,
        FINE.replace(b'"a"', b'"\x7f"'),
        *(FINE.replace(b'"a"', b'"%c"' % control) for control in range(32)),
        FINE.replace(b'"a"', b'"\xc0\xaf"'),
        FINE.replace(b'"a"', b'"\xed\xa0\xbd"'),
        FINE.replace(b'"a"', b"4.0"),
        FINE.replace(b'"a"', b"123456789012345678901234567890"),
        FINE.replace(b'"a"', b"9" * 4000),
        FINE.replace(b'"a"', b"9" * 5000),
        FINE.replace(b'"a"', b"[" * 50_000),
        FINE.replace(b": 4", b": 4.0").replace(b": 2", b": 2e0"),
        FINE.replace(b": 4", b": 04"),
        FINE + b" x",
        b"\t " + FINE + b" \r\n",
        b" \r\n",
        FINE[:-1],
        b"",
    ],
)
def test_line_of_another_form_is_read_like_alone(line):
    lines = [FINE, line, FINE]
    assert together(SHIPPED, lines) == alone(SHIPPED, lines)


@pytest.mark.parametrize("time", [-1, -0.0, None, True, "1", 1e308, 10**400])
def test_odd_time_is_read_like_alone(time):
    lines = [encoded(GOOD | {"seconds": SECONDS | {"P1": time}}), FINE]
    assert together(SHIPPED, lines) == alone(SHIPPED, lines)


@pytest.mark.parametrize("value", [0, 6, -1, 4.0, 4.5, True, None, "4", 256, 2**64])
def test_odd_answer_is_read_like_alone(value):
    lines = [encoded(GOOD | {"answers": GOOD["answers"] | {"P1": value}}), FINE]
    assert together(SHIPPED, lines) == alone(SHIPPED, lines)


def test_scale_far_from_zero_is_scored_like_alone():
    scale = tuple(Answer(value, {"en": str(value)}) for value in range(-2, 3))
    questionnaire = dataclasses.replace(SHIPPED, scale=scale)
    lines = [encoded({"id": n, "answers": alike(n)}) for n in range(-3, 4)]
    assert together(questionnaire, lines) == alone(questionnaire, lines)


def test_questionnaire_with_one_item_is_scored_like_alone():
    questionnaire = dataclasses.replace(
        SHIPPED,
        items=SHIPPED.items[:1],
        traits=(dataclasses.replace(SHIPPED.traits[0], weight=1.0),),
    )
    lines = [encoded({"id": n, "answers": {KEYS[0]: n}}) for n in range(7)]
    assert together(questionnaire, lines) == alone(questionnaire, lines)


def test_roles_of_both_versions_are_those_of_scoring_alone():
    background = {"B1_sales": "none", "B1_service": 4, "B2": "soon"}
    lines = [
        encoded({"id": field, "answers": towards(field, 1), "background": background})
        for field in ("sales", "service")
    ]
    assert together(VERSION_2, lines) == alone(VERSION_2, lines)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"id": 7},
        {"id": "a:b"},
        {"seconds": None, "background": None},
        {"seconds": SECONDS},
        {"background": BACKGROUND},
        {"seconds": SECONDS, "background": BACKGROUND},
    ],
    ids=str,
)
def test_usual_line_is_not_scored_alone(monkeypatch, more):
    line = encoded(GOOD | more)
    expected = alone(SHIPPED, [line])
    monkeypatch.setattr(answer_batches, "scored_line", None)
    assert together(SHIPPED, [line]) == expected


def test_people_with_the_same_scores_and_flags_are_worked_out_once(monkeypatch):
    calls = []
    worked_out = answer_batches.suggestion_of
    monkeypatch.setattr(
        answer_batches, "suggestion_of", lambda *given: calls.append(1) or worked_out(*given)
    )
    lines = [encoded(GOOD | {"id": n}) for n in range(50)]
    assert together(SHIPPED, lines) == alone(SHIPPED, lines)
    assert len(calls) == 1


def test_memory_does_not_grow_with_the_number_of_batches():
    lines = [encoded(GOOD | {"id": n}) for n in range(100)]
    scorer = BatchScorer(SHIPPED)
    scorer.scored(lines)
    peaks = []
    tracemalloc.start()
    for batches in (1, 10):
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(batches):
            scorer.scored(lines)
        peaks.append(tracemalloc.get_traced_memory()[1] - before)
    tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]
