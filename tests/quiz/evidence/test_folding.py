from datetime import timedelta
from random import Random

import pytest
import time_machine
from django.core.management import call_command

from quiz.attempts.models import Attempt
from quiz.core.verdict import Verdict
from quiz.evidence.folding import delete_attempts, fold, refold
from quiz.evidence.models import Folding, TalliedAttempt, Tally
from quiz.evidence.stored import evidence_of
from quiz.evidence.tally import TallyCounts
from quiz.questionnaires.models import QuestionnaireVersion
from tests.answers import SHIPPED, alike, leaning, towards
from tests.factories import NOON, finished, likely_answers, many_finished
from tests.pages import take_quiz

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

DAY = timedelta(days=1)
LATER = NOON + 3 * DAY
PAGES = len(SHIPPED.item_pages)
CALM = leaning("sales", 7)


def tally(**row):
    return TallyCounts.from_data(Tally.objects.get(**row).data)


def all_data():
    return list(Tally.objects.order_by("version", "language").values_list("language", "data"))


def started(pages=0, now=NOON):
    """A person who has saved this many pages."""
    attempt, _code = Attempt.objects.start(
        QuestionnaireVersion.objects.live_id(), language="en", is_first=True, now=now
    )
    save_pages(attempt, range(1, pages + 1), now)
    return attempt


def save_pages(attempt, pages, now):
    for page in pages:
        now += timedelta(minutes=1)
        values = {item.key: CALM[item.key] for item in SHIPPED.item_pages[page - 1]}
        assert attempt.save_answers(values, page=page, now=now)


def left_after(pages, day="2026-11-24"):
    return tally().ways[day].tolist()[pages]


class TestWhoCounts:
    def test_finished_attempt_counts_with_answers_verdict_time_and_month(self):
        finished(CALM).save()
        assert fold(LATER) == 1
        found = tally()
        assert found.n == 1
        assert found.moments.sums.tolist() == [CALM[item.key] for item in SHIPPED.items]
        assert found.people["2026-11"].tolist() == [1]
        assert found.verdicts["2026-11"][Verdict.LEANING_SALES.order] == 1
        assert found.times[:, 8].tolist() == [1] * PAGES  # 4 s
        assert found.ways["2026-11-24"].tolist() == [0] * (PAGES + 1) + [1]

    @pytest.mark.parametrize(
        ("answers", "more"),
        [(alike(3), {}), (CALM, {"is_first": False}), (CALM, {"ms": 500})],
        ids=["flagged", "a retake", "too quick"],
    )
    def test_flagged_attempts_and_retakes_only_count_for_verdicts_and_ways(self, answers, more):
        finished(answers, **more).save()
        fold(LATER)
        found = tally()
        assert (found.n, found.people) == (0, {})
        assert found.steps.sum() == found.times.sum() == found.halves.sum() == 0
        assert found.finished.sum() == 1
        assert left_after(-1) == 1

    def test_each_language_has_its_own_tally(self):
        Attempt.objects.bulk_create([finished(CALM), finished(towards("sales", 1), language="de")])
        fold(LATER)
        assert [row for row, _data in all_data()] == ["de", "en"]
        assert tally(language="en").n == 1

    @pytest.mark.parametrize(
        "damage",
        [{"result": {"band": 1}}, {"result": []}, {"answers": {}}, {"answers": {"P1": 3}}],
        ids=["band", "result", "no answers", "answers of another shape"],
    )
    def test_damaged_attempt_does_not_stop_folding(self, damage):
        finished(CALM, **damage).save()
        finished(CALM).save()
        assert fold(LATER) == 2
        assert tally().n == 1
        assert left_after(-1) == 2

    def test_answer_off_the_scale_excludes_all_answers(self):
        attempt = finished(CALM)
        attempt.answers["P1"]["value"] = 6
        attempt.save()
        fold(LATER)
        assert tally().n == 0


class TestWays:
    def test_attempt_idle_for_a_day_counts_as_left_after_its_saved_pages(self):
        started(2)
        fold(NOON + DAY)
        assert not Tally.objects.exists()
        fold(NOON + DAY + timedelta(minutes=2))
        assert left_after(2) == 1

    def test_answers_without_a_saved_page_do_not_count_as_a_page(self):
        attempt = started(1)
        values = {item.key: 3 for item in SHIPPED.item_pages[1]}
        attempt.keep_answers(values, page=2)
        fold(LATER)
        assert left_after(1) == 1

    def test_continued_attempt_is_recounted_at_its_new_page(self):
        attempt = started(1)
        fold(NOON + 2 * DAY)
        save_pages(attempt, [2, 3], NOON + 10 * DAY)
        fold(NOON + 12 * DAY)
        assert left_after(1) == 0
        assert left_after(3) == 1

    def test_attempt_that_finishes_later_only_counts_as_finished(self):
        attempt = started(3)
        fold(NOON + 2 * DAY)
        save_pages(attempt, [4], NOON + 10 * DAY)
        attempt.finish({}, now=NOON + 10 * DAY)
        fold(NOON + 10 * DAY)
        assert tally().ways["2026-11-24"].tolist() == [0] * (PAGES + 1) + [1]
        assert tally().people == {"2026-12": [1]}


class TestExactlyOnce:
    def test_folding_again_changes_nothing(self):
        many_finished(5)
        assert fold(LATER) == 5
        before = all_data()
        assert fold(LATER) == 0
        assert all_data() == before

    def test_batch_size_does_not_change_the_tally(self):
        many_finished(7)
        started(2)
        fold(LATER)
        at_once = all_data()
        refold()
        assert fold(LATER, batch=3) == 8
        assert all_data() == at_once

    def test_attempts_saved_at_the_same_moment_all_count(self):
        many_finished(5, at=NOON)
        assert fold(LATER, batch=2) == 5
        assert tally().n == 5

    def test_attempt_saved_with_an_earlier_time_is_found(self):
        """For example from a machine with a slow clock, or in a long transaction."""
        finished(CALM, at=NOON).save()
        fold(NOON)
        finished(CALM, at=NOON - timedelta(minutes=30)).save()
        fold(NOON)
        assert tally().n == 2

    def test_refold_during_a_fold_loses_no_attempt(self, monkeypatch):
        """Another process rebuilds between two batches."""
        for place in range(6):
            finished(CALM, at=NOON + place * 10 * DAY).save()
        pauses = []

        def rebuild(seconds):
            pauses.append(seconds)
            if len(pauses) == 2:
                refold()

        monkeypatch.setattr("quiz.evidence.folding.time.sleep", rebuild)
        fold(NOON + 100 * DAY, batch=2)
        assert tally().n == 6

    def test_fast_clock_hides_no_attempt(self):
        finished(CALM, at=NOON + 3 * DAY).save()
        fold(NOON)
        finished(CALM, at=NOON + timedelta(minutes=5)).save()
        fold(NOON + timedelta(minutes=10))
        assert tally().n == 2

    def test_rebuilding_gives_the_same_tally(self):
        many_finished(6)
        started(0)
        attempt = started(2)
        fold(LATER)
        save_pages(attempt, [3], LATER)
        delete_attempts(Attempt.objects.filter(pk=many_finished(1, seed=2)[0].pk))
        fold(LATER + 2 * DAY)
        before, marks = all_data(), set(TalliedAttempt.objects.values_list())
        with time_machine.travel(LATER + 2 * DAY):
            call_command("fold_evidence", rebuild=True, verbosity=0)
        assert all_data() == before
        assert set(TalliedAttempt.objects.values_list()) == marks

    def test_query_count_does_not_grow_with_people(self, django_assert_num_queries):
        many_finished(1)
        fold(LATER)
        for count in (3, 30):
            many_finished(count, seed=count)
            with django_assert_num_queries(15):
                fold(LATER)


class TestDeleting:
    def test_deleted_attempt_leaves_every_count(self):
        others = many_finished(3)
        fold(LATER)
        before = all_data()
        attempt = finished(likely_answers(Random(99)))
        attempt.save()
        fold(LATER)
        assert all_data() != before
        delete_attempts(Attempt.objects.filter(pk=attempt.pk))
        assert all_data() == before
        assert TalliedAttempt.objects.count() == len(others)

    def test_deleting_the_last_attempt_deletes_the_tally(self):
        started(1)
        many_finished(2)
        fold(LATER)
        delete_attempts(Attempt.objects.all())
        assert all_data() == []

    def test_continued_attempt_is_subtracted_from_where_it_was_counted(self):
        finished(CALM).save()
        attempt = started(1)
        fold(LATER)
        save_pages(attempt, [2], LATER)
        delete_attempts(Attempt.objects.filter(pk=attempt.pk))
        assert tally().ways["2026-11-24"].tolist() == [0] * (PAGES + 1) + [1]

    def test_deleting_an_uncounted_attempt_changes_no_tally(self):
        finished(CALM).save()
        fold(LATER)
        before = all_data()
        delete_attempts(Attempt.objects.filter(pk=started(2, now=LATER).pk))
        assert all_data() == before

    def test_deleting_own_data_subtracts_the_attempt(self, client):
        take_quiz(client, CALM)
        fold(LATER)
        assert tally().n == 1
        client.post("/quiz/data/delete/", {"is_sure": "on"})
        assert all_data() == []

    def test_expired_attempts_are_subtracted(self):
        finished(CALM).save()
        started(1)
        finished(CALM, at=NOON + 100 * DAY).save()
        with time_machine.travel(NOON + 366 * DAY):
            call_command("fold_evidence", verbosity=0)
            call_command("delete_expired", verbosity=0)
        assert tally().people == {"2027-03": [1]}
        assert list(tally().ways) == ["2027-03-04"]


class TestEvidence:
    def test_no_evidence_before_anyone_is_counted(self, live):
        assert evidence_of(live.pk, "en", None) is None

    def test_reading_evidence_takes_a_fixed_number_of_queries(
        self, live, django_assert_num_queries
    ):
        many_finished(30)
        fold(LATER)
        evidence_of(live.pk, "en", None)
        with django_assert_num_queries(2):
            evidence = evidence_of(live.pk, "en", None)
        assert evidence.figures.people == 30

    def test_as_of_is_when_nothing_was_left_to_count(self, live):
        attempts = many_finished(5)
        assert fold(LATER, batch=2, most=2) == 2
        assert Folding.objects.get().folded_at is None
        fold(LATER)
        with time_machine.travel(LATER + 10 * DAY, tick=False):
            delete_attempts(Attempt.objects.filter(pk=attempts[0].pk))
            evidence = evidence_of(live.pk, "en", None)
        assert evidence.as_of == LATER
        assert evidence.changed_on == (LATER + 10 * DAY).date()

    def test_watermark_follows_the_last_saved_attempt(self):
        many_finished(2)
        fold(LATER)
        assert Folding.objects.get().saved_at == NOON


class TestDeletingAnyOtherWay:
    def test_queryset_delete_names_the_right_function(self):
        with pytest.raises(TypeError, match=r"quiz\.evidence\.folding\.delete_attempts"):
            Attempt.objects.all().delete()

    def test_attempt_delete_names_the_right_function(self):
        attempt = started(2, now=LATER)
        with pytest.raises(TypeError, match=r"quiz\.evidence\.folding\.delete_attempts"):
            attempt.delete()
        assert Attempt.objects.filter(pk=attempt.pk).exists()
