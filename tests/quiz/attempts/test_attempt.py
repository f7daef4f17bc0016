from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from quiz.attempts.codes import hash_of
from quiz.attempts.models import Attempt
from quiz.core.scoring import Result
from quiz.questionnaires.models import QuestionnaireVersion
from tests.answers import SHIPPED, towards

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PAGE_1 = ["P1", "E2", "T1", "P4", "E3", "T4"]


def start(now=NOON):
    version_id = QuestionnaireVersion.objects.live_id()
    attempt, _code = Attempt.objects.start(version_id, language="en", is_first=True, now=now)
    return attempt


def answer_all(attempt, answers=None, seconds_a_page=60):
    answers = answers or towards("sales")
    now = attempt.saved_at
    for page, items in enumerate(SHIPPED.item_pages, start=1):
        now += timedelta(seconds=seconds_a_page)
        values = {item.key: answers[item.key] for item in items}
        assert attempt.save_answers(values, page=page, now=now)
    return now


class TestCode:
    def test_attempt_is_found_by_the_hash_of_its_code(self):
        version_id = QuestionnaireVersion.objects.live_id()
        attempt, code = Attempt.objects.start(version_id, language="en", is_first=True, now=NOON)
        assert attempt.code_hash == hash_of(code)
        assert code not in str(Attempt.objects.filter(pk=attempt.pk).values().get())
        assert Attempt.objects.by_code(code) == attempt
        assert Attempt.objects.by_code(code.lower()) is None


class TestSaving:
    def test_answer_is_saved_with_value_position_and_time(self):
        attempt = start()
        attempt.save_answers(dict.fromkeys(PAGE_1, 4), page=1, now=NOON + timedelta(seconds=30))
        stored = Attempt.objects.get(pk=attempt.pk)
        assert stored.answers["P1"] == {"value": 4, "position": 1, "ms": 5000}
        assert stored.answers["T4"] == {"value": 4, "position": 6, "ms": 5000}

    def test_positions_continue_from_page_to_page(self):
        attempt = start()
        attempt.save_answers({"E7": 2}, page=4, now=NOON)
        assert attempt.answers["E7"]["position"] == 24

    def test_time_of_a_page_runs_from_the_previous_save_to_its_first(self):
        attempt = start()
        attempt.save_answers({"P1": 4}, page=1, now=NOON + timedelta(seconds=30))
        attempt.save_answers({"P1": 5, "E2": 5}, page=1, now=NOON + timedelta(seconds=90))
        assert attempt.answers["P1"] == {"value": 5, "position": 1, "ms": 5000}
        assert attempt.answers["E2"]["ms"] == 5000
        attempt.save_answers({"P3": 1}, page=2, now=NOON + timedelta(seconds=102))
        assert attempt.answers["P3"]["ms"] == 2000

    @pytest.mark.parametrize("taken", [timedelta(minutes=30, seconds=1), timedelta(seconds=-1)])
    def test_page_left_open_or_a_clock_set_back_gives_no_time(self, taken):
        attempt = start()
        attempt.save_answers({"P1": 4}, page=1, now=NOON + taken)
        assert attempt.answers["P1"]["ms"] is None

    def test_page_saves_only_its_own_items(self):
        attempt = start()
        attempt.save_answers({"P1": 4, "E7": 4}, page=1, now=NOON)
        assert attempt.answers.keys() == {"P1"}

    def test_different_answers_of_two_tabs_are_both_saved(self):
        attempt = start()
        one, two = Attempt.objects.get(pk=attempt.pk), Attempt.objects.get(pk=attempt.pk)
        assert one.save_answers({"P1": 4}, page=1, now=NOON)
        assert two.save_answers({"E2": 2}, page=1, now=NOON)
        assert Attempt.objects.get(pk=attempt.pk).values() == {"P1": 4, "E2": 2}

    def test_later_tab_wins_where_both_answered(self):
        attempt = start()
        one, two = Attempt.objects.get(pk=attempt.pk), Attempt.objects.get(pk=attempt.pk)
        one.save_answers({"P1": 4}, page=1, now=NOON)
        two.save_answers({"P1": 2}, page=1, now=NOON)
        assert Attempt.objects.get(pk=attempt.pk).values() == {"P1": 2}

    def test_saving_single_answers_does_not_set_the_time_of_the_page(self):
        """Saved one by one or together: the time of a page ends at its first save."""
        attempt = start()
        attempt.keep_answers({"P1": 4}, page=1)
        attempt.keep_answers({"P1": 5, "E2": 2}, page=1)
        stored = Attempt.objects.get(pk=attempt.pk)
        assert stored.answers == {
            "P1": {"value": 5, "position": 1},
            "E2": {"value": 2, "position": 2},
        }
        assert stored.saved_at == NOON
        stored.save_answers(dict.fromkeys(PAGE_1, 4), page=1, now=NOON + timedelta(seconds=30))
        assert {answer["ms"] for answer in stored.answers.values()} == {5000}

    def test_saving_an_answer_again_keeps_the_time_of_its_page(self):
        attempt = start()
        attempt.save_answers(dict.fromkeys(PAGE_1, 4), page=1, now=NOON + timedelta(seconds=30))
        attempt.keep_answers({"P1": 1}, page=1)
        assert attempt.answers["P1"] == {"value": 1, "position": 1, "ms": 5000}

    def test_answers_saved_one_by_one_have_no_time(self):
        attempt = start()
        answers = towards("sales")
        for page, items in enumerate(SHIPPED.item_pages, start=1):
            attempt.keep_answers({item.key: answers[item.key] for item in items}, page=page)
        assert attempt.finish({}, now=NOON + timedelta(seconds=1))
        assert "time" not in [flag["index"] for flag in attempt.result["flags"]]

    def test_no_answer_is_saved_after_finishing(self):
        attempt = start()
        attempt.finish({}, now=answer_all(attempt))
        assert not attempt.keep_answers({"P1": 1}, page=1)

    def test_background_answers_are_merged(self):
        attempt = start()
        attempt.save_background({"B1": "6", "B2": "now"}, now=NOON)
        attempt.save_background({"B1": "4"}, now=NOON)
        assert Attempt.objects.get(pk=attempt.pk).background == {"B1": "4", "B2": "now"}

    def test_empty_background_answer_clears_an_earlier_one(self):
        attempt = start()
        attempt.save_background({"B1": "6", "B2": "now"}, now=NOON)
        attempt.save_background({"B1": ""}, now=NOON)
        assert Attempt.objects.get(pk=attempt.pk).background == {"B2": "now"}


class TestFinishing:
    def test_result_is_written_once_next_to_the_answers(self):
        attempt = start()
        now = answer_all(attempt)
        assert attempt.finish({"B2": "now"}, now=now)
        stored = Attempt.objects.get(pk=attempt.pk)
        assert stored.is_finished
        assert stored.finished_at == now
        assert stored.background == {"B2": "now"}
        result = Result.from_data(stored.result)
        assert (result.band, result.field) == ("clear", "sales")
        assert result.questionnaire == 1

    def test_finishing_is_refused_while_an_answer_is_missing(self):
        attempt = start()
        attempt.save_answers({"P1": 4}, page=1, now=NOON)
        assert not attempt.finish({}, now=NOON)
        assert not Attempt.objects.get(pk=attempt.pk).is_finished

    def test_fast_answers_raise_a_flag(self):
        attempt = start()
        now = answer_all(attempt, seconds_a_page=3)
        attempt.finish({}, now=now)
        assert [flag["index"] for flag in attempt.result["flags"]] == ["time"]
        assert attempt.result["band"] == "insufficient"

    def test_finished_attempt_cannot_be_written_even_by_an_older_tab(self):
        attempt = start()
        now = answer_all(attempt)
        stale = Attempt.objects.get(pk=attempt.pk)
        attempt.finish({}, now=now)
        before = Attempt.objects.filter(pk=attempt.pk).values().get()
        assert not stale.save_answers({"P1": 1}, page=1, now=now)
        assert not attempt.save_background({"B1": "0"}, now=now)
        assert not Attempt.objects.get(pk=attempt.pk).finish({"B1": "0"}, now=now)
        assert stale.is_finished
        assert Attempt.objects.filter(pk=attempt.pk).values().get() == before

    def test_answers_saved_by_another_tab_in_the_meantime_are_scored(self):
        attempt = start()
        now = answer_all(attempt)
        stale = Attempt.objects.get(pk=attempt.pk)
        attempt.save_answers({"P1": 1}, page=1, now=now)
        assert stale.finish({}, now=now)
        assert stale.result["pulls"]["P1"] < 0

    @pytest.mark.parametrize("half", [{"finished_at": NOON}, {"result": {"band": "clear"}}])
    def test_database_refuses_a_finish_without_a_result(self, half):
        attempt = start()
        with pytest.raises(IntegrityError), transaction.atomic():
            Attempt.objects.filter(pk=attempt.pk).update(**half)


class TestFirstOpenPage:
    def test_first_open_page_has_the_first_missing_answer(self):
        attempt = start()
        assert attempt.first_open_page() == 1
        attempt.save_answers(dict.fromkeys(PAGE_1, 4), page=1, now=NOON)
        assert attempt.first_open_page() == 2
        answer_all(attempt)
        assert attempt.first_open_page() == 5


def test_order_of_the_two_fields_is_random():
    drawn = {start(timezone.now()).shows_sales_first for _ in range(40)}
    assert drawn == {True, False}
