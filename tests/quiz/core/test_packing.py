"""The short form of answers and results reads back the same, byte for byte in JSON."""

import hashlib
import json
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.core.packing import (
    LEAN_PLACE,
    SCORING,
    VERDICT_PLACE,
    answers_in_full,
    figures_in_full,
    is_packed_result,
    packed_answers,
    packed_result,
    unpacked_answers,
    unpacked_result,
)
from quiz.core.precision import default_norms
from quiz.core.questionnaire import Answer
from quiz.core.scoring import score
from quiz.core.verdict import Verdict
from tests.answers import SHIPPED, VERSION_2, leaning
from tests.strategies import ANSWERS

pytestmark = pytest.mark.pure

PAGES = SHIPPED.item_pages
MS = st.none() | st.integers(0, 30 * 60 * 1000)
# Norms as a site freezes them, with numbers that no one would choose.
MEASURED = replace(
    default_norms(SHIPPED),
    number=3,
    people=412,
    sd={"proactive": 17.123456789, "persuasion": 15.9, "targets": 21.300000000000004},
    reliability={"proactive": 0.7123, "persuasion": 0.81, "targets": 0.6999999999999},
    mean_lean=-3.217,
)
# Six steps and 7 or 6 items per trait, so that hardly any figure is exact in binary.
UNEVEN = replace(
    SHIPPED,
    scale=tuple(Answer(value, {}) for value in range(1, 7)),
    items=SHIPPED.items[:-4],
)


@st.composite
def sittings(draw):
    """Answers as an attempt stores them: some pages saved, then one with answers that are not."""
    values = draw(ANSWERS)
    given_keys = draw(st.sets(st.sampled_from(list(values))))
    saved = draw(st.integers(0, len(PAGES)))
    answers = {}
    for page, items in enumerate(PAGES):
        ms = {"ms": draw(MS)} if page < saved else {}
        for item in items:
            if item.key in given_keys:
                position = SHIPPED.items.index(item) + 1
                answers[item.key] = {"value": values[item.key], "position": position, **ms}
    return answers


def scored(values, questionnaire=SHIPPED, seconds=None, norms=None):
    """Return answers and their result as an attempt stores them."""
    answers = {
        item.key: {"value": values[item.key], "position": place, "ms": 4000}
        for place, item in enumerate(questionnaire.items, start=1)
    }
    seconds = dict.fromkeys(values, seconds)
    return answers, score(questionnaire, values, seconds=seconds, norms=norms).to_data()


def as_stored(data):
    return json.loads(json.dumps(data))


class TestAnswers:
    @given(sittings())
    def test_any_answers_read_back_the_same(self, answers):
        packed = packed_answers(SHIPPED, answers)
        unpacked = unpacked_answers(SHIPPED, packed) if isinstance(packed, str) else packed
        assert json.dumps(unpacked) == json.dumps(answers)

    @settings(max_examples=20)
    @given(ANSWERS, MS)
    def test_complete_answers_are_one_short_text(self, values, ms):
        answers, _result = scored(values)
        timed = {key: {**answer, "ms": ms} for key, answer in answers.items()}
        packed = packed_answers(SHIPPED, timed)
        assert packed.split(" ")[1:] == ["-" if ms is None else str(ms)] * len(PAGES)

    def test_answers_of_a_page_that_is_not_saved_have_no_time(self):
        answers = {"P1": {"value": 4, "position": 1}}
        packed = packed_answers(SHIPPED, answers)
        assert packed == "4" + "-" * (len(SHIPPED.items) - 1)
        assert unpacked_answers(SHIPPED, packed) == answers

    def test_order_of_keys_becomes_that_of_the_version(self):
        answers, _result = scored(leaning("sales", 9))
        backwards = dict(reversed(answers.items()))
        assert list(unpacked_answers(SHIPPED, packed_answers(SHIPPED, backwards))) == list(answers)

    @pytest.mark.parametrize(
        "odd",
        [
            {"value": 4, "position": 2, "ms": 1},  # shown elsewhere
            {"value": 4, "position": 1, "ms": 7},  # another time than the rest of its page
            {"value": 4, "position": 1},  # answered after its page was saved
            {"value": 12, "position": 1, "ms": 1},
            {"value": True, "position": 1, "ms": 1},
            {"value": 4.0, "position": 1, "ms": 1},
            {"value": "4", "position": 1, "ms": 1},
            {"value": 4, "position": 1, "ms": 1, "seen": 2},
            {"position": 1, "ms": 1},
            5,
            None,
        ],
        ids=str,
    )
    def test_what_would_read_back_otherwise_keeps_the_long_form(self, odd):
        answers = {"P1": odd, "E2": {"value": 2, "position": 2, "ms": 1}}
        assert packed_answers(SHIPPED, answers) is answers

    @pytest.mark.parametrize("odd", [[], None, {"P9": {"value": 1, "position": 1}}, {"P1": []}])
    def test_answers_to_other_items_keep_the_long_form(self, odd):
        assert packed_answers(SHIPPED, odd) is odd

    def test_scale_beyond_nine_keeps_the_long_form(self):
        wide = replace(SHIPPED, scale=tuple(Answer(value, {}) for value in range(11)))
        answers = {"P1": {"value": 10, "position": 1}}
        assert packed_answers(wide, answers) is answers


class TestResults:
    @given(ANSWERS, st.sampled_from([None, 0.5, 1.5, 4]), st.sampled_from([None, MEASURED]))
    @pytest.mark.parametrize("questionnaire", [SHIPPED, VERSION_2], ids=["version 1", "version 2"])
    def test_any_result_reads_back_byte_for_byte(self, questionnaire, values, seconds, norms):
        answers, result = scored(values, questionnaire, seconds, norms)
        packed = packed_result(questionnaire, answers, result)
        assert is_packed_result(packed)
        again = unpacked_result(questionnaire, answers, as_stored(packed))
        assert json.dumps(again) == json.dumps(result)

    def test_sql_finds_verdict_and_lean_in_their_places(self):
        answers, result = scored(leaning("service", 20))
        packed = packed_result(SHIPPED, answers, result)
        assert packed[VERDICT_PLACE] == Verdict.CLEAR_SERVICE.order
        assert packed[LEAN_PLACE] == result["lean"]

    def test_result_from_before_the_range_reads_back_without_it(self):
        answers, result = scored(leaning("sales", 9))
        old = {key: value for key, value in result.items() if not key.startswith("agreement_")}
        packed = packed_result(SHIPPED, answers, old)
        assert is_packed_result(packed)
        assert json.dumps(unpacked_result(SHIPPED, answers, packed)) == json.dumps(as_stored(old))

    @pytest.mark.parametrize(
        "change",
        [
            {"questionnaire": 2},
            {"band": "sure"},
            {"field": None},
            {"more": 1},
            {"lean": 3.0},
            {"lean_se": "5"},
            {"agreement_low": None},
            {"flags": [{"index": "time", "level": "review", "at": 3}]},
            {"pulls": {}},
            {"tips": {"targets": 1.0}},
            {"scores": {"targets": 50.0}},
            {"edges": {"clear": [1.0, 2.0]}},
        ],
        ids=str,
    )
    def test_what_would_read_back_otherwise_keeps_the_long_form(self, change):
        answers, result = scored(leaning("sales", 9))
        odd = result | change
        assert packed_result(SHIPPED, answers, odd) is odd

    @pytest.mark.parametrize("odd", [{}, [], [1], None, "", {"band": 5, "field": None}], ids=str)
    def test_damaged_result_keeps_its_form(self, odd):
        assert packed_result(SHIPPED, {}, odd) is odd

    def test_result_of_another_scoring_is_refused(self):
        answers, result = scored(leaning("sales", 9))
        _scoring, *rest = packed_result(SHIPPED, answers, result)
        with pytest.raises(ValueError, match="no such scoring: 99"):
            unpacked_result(SHIPPED, answers, [99, *rest])


class TestReadingText:
    def test_short_and_long_text_say_the_same(self):
        answers, result = scored(leaning("sales", 9), seconds=0.5)
        packed = json.dumps(packed_answers(SHIPPED, answers))
        assert json.loads(answers_in_full(SHIPPED, packed)) == answers
        figures = figures_in_full(SHIPPED, json.dumps(packed_result(SHIPPED, answers, result)))
        known = json.loads(figures)
        assert known == {key: as_stored(result)[key] for key in known}
        assert {"norms", "band", "field", "flags", "lean", "scores", "sem"} < known.keys()

    @pytest.mark.parametrize("text", ["", "{}", "[]", "[1, 0]", '"', '"12"', "null", '{"a": 1}'])
    def test_anything_else_stays_as_it_is(self, text):
        assert answers_in_full(SHIPPED, text) == figures_in_full(SHIPPED, text) == text


class TestSize:
    """What guards the size of the database: see docs/decisions/2026-11-30-compact-storage.md."""

    @settings(max_examples=20)
    @given(ANSWERS)
    def test_answers_take_at_most_60_bytes_and_results_at_most_320(self, values):
        answers, result = scored(values)
        timed = {key: {**answer, "ms": 123_456} for key, answer in answers.items()}
        assert len(json.dumps(packed_answers(SHIPPED, timed))) <= 60
        unflagged = packed_result(SHIPPED, answers, result)[: LEAN_PLACE + 2]
        assert len(json.dumps(unflagged)) <= 320


class TestScoringNumber:
    def test_scoring_1_gives_the_results_that_it_always_gave(self):
        """If this fails, stored results would change: give the new arithmetic the next number.

        The code for SCORING 1 must stay for the results that are stored with it.
        """
        rng = random.Random(2026)
        digest = hashlib.sha256()
        for questionnaire in (SHIPPED, VERSION_2, UNEVEN):
            for _ in range(100):
                values = {
                    item.key: rng.randint(questionnaire.low, questionnaire.high)
                    for item in questionnaire.items
                }
                answers, result = scored(values, questionnaire)
                packed = packed_result(questionnaire, answers, result)
                # Without what is stored as it is: only arithmetic is the same on any machine.
                exact = ("questionnaire", "scores", "contributions", "pulls", "tips")
                unpacked = unpacked_result(questionnaire, answers, packed)
                digest.update(json.dumps([unpacked[name] for name in exact]).encode())
        assert SCORING == 1
        assert digest.hexdigest() == (
            "f7c8f6d5e9715e0ff88996ef87007d1ea76cc653ee7e10ae6d06f80b85a48d45"
        )
