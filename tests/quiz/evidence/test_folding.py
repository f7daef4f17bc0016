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


def begun(pages=0, now=NOON):
    """Somebody who has saved so many pages."""
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
    def test_whoever_finished_counts_with_answers_verdict_time_and_month(self):
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
    def test_flagged_ones_and_retakes_count_for_verdicts_and_ways_alone(self, answers, more):
        finished(answers, **more).save()
        fold(LATER)
        found = tally()
        assert (found.n, found.people) == (0, {})
        assert found.steps.sum() == found.times.sum() == found.halves.sum() == 0
        assert found.finished.sum() == 1
        assert left_after(-1) == 1

    def test_each_language_of_a_version_has_a_tally_of_its_own(self):
        Attempt.objects.bulk_create([finished(CALM), finished(towards("sales", 1), language="de")])
        fold(LATER)
        assert [row for row, _data in all_data()] == ["de", "en"]
        assert tally(language="en").n == 1

    @pytest.mark.parametrize(
        "damage",
        [{"result": {"band": 1}}, {"result": []}, {"answers": {}}, {"answers": {"P1": 3}}],
        ids=["band", "result", "no answers", "answers of another shape"],
    )
    def test_a_damaged_one_stops_nothing(self, damage):
        finished(CALM, **damage).save()
        finished(CALM).save()
        assert fold(LATER) == 2
        assert tally().n == 1
        assert left_after(-1) == 2

    def test_an_answer_off_the_scale_keeps_the_whole_set_out(self):
        attempt = finished(CALM)
        attempt.answers["P1"]["value"] = 6
        attempt.save()
        fold(LATER)
        assert tally().n == 0


class TestWays:
    def test_who_has_gone_for_a_day_has_left_after_the_pages_they_saved(self):
        begun(2)
        fold(NOON + DAY)
        assert not Tally.objects.exists()
        fold(NOON + DAY + timedelta(minutes=2))
        assert left_after(2) == 1

    def test_what_was_chosen_but_not_saved_is_no_page(self):
        attempt = begun(1)
        values = {item.key: 3 for item in SHIPPED.item_pages[1]}
        attempt.keep_answers(values, page=2)
        fold(LATER)
        assert left_after(1) == 1

    def test_who_goes_on_later_is_counted_where_they_are_then(self):
        attempt = begun(1)
        fold(NOON + 2 * DAY)
        save_pages(attempt, [2, 3], NOON + 10 * DAY)
        fold(NOON + 12 * DAY)
        assert left_after(1) == 0
        assert left_after(3) == 1

    def test_who_finishes_after_all_is_counted_as_that_alone(self):
        attempt = begun(3)
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

    def test_batches_of_any_size_come_to_the_same(self):
        many_finished(7)
        begun(2)
        fold(LATER)
        at_once = all_data()
        refold()
        assert fold(LATER, batch=3) == 8
        assert all_data() == at_once

    def test_of_many_at_the_same_moment_none_is_left_out_between_batches(self):
        many_finished(5, at=NOON)
        assert fold(LATER, batch=2) == 5
        assert tally().n == 5

    def test_one_that_was_written_down_late_is_found(self):
        """A machine whose clock is behind, or a transaction that took its time."""
        finished(CALM, at=NOON).save()
        fold(NOON)
        finished(CALM, at=NOON - timedelta(minutes=30)).save()
        fold(NOON)
        assert tally().n == 2

    def test_what_is_forgotten_while_a_fold_is_under_way_is_counted_by_it(self, monkeypatch):
        """Somebody rebuilds, between two batches of somebody else's."""
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

    def test_a_clock_that_is_ahead_hides_nobody(self):
        finished(CALM, at=NOON + 3 * DAY).save()
        fold(NOON)
        finished(CALM, at=NOON + timedelta(minutes=5)).save()
        fold(NOON + timedelta(minutes=10))
        assert tally().n == 2

    def test_rebuilding_from_nothing_gives_the_same(self):
        many_finished(6)
        begun(0)
        attempt = begun(2)
        fold(LATER)
        save_pages(attempt, [3], LATER)
        delete_attempts(Attempt.objects.filter(pk=many_finished(1, seed=2)[0].pk))
        fold(LATER + 2 * DAY)
        before, marks = all_data(), set(TalliedAttempt.objects.values_list())
        with time_machine.travel(LATER + 2 * DAY):
            call_command("fold_evidence", rebuild=True, verbosity=0)
        assert all_data() == before
        assert set(TalliedAttempt.objects.values_list()) == marks

    def test_the_number_of_queries_does_not_grow_with_people(self, django_assert_num_queries):
        many_finished(1)
        fold(LATER)
        for count in (3, 30):
            many_finished(count, seed=count)
            with django_assert_num_queries(13):
                fold(LATER)


class TestTakingOut:
    def test_whoever_is_deleted_is_in_no_figure_any_more(self):
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

    def test_with_the_last_one_the_tally_goes(self):
        begun(1)
        many_finished(2)
        fold(LATER)
        delete_attempts(Attempt.objects.all())
        assert all_data() == []

    def test_who_was_counted_as_gone_and_went_on_is_taken_out_of_where_they_were_counted(self):
        finished(CALM).save()
        attempt = begun(1)
        fold(LATER)
        save_pages(attempt, [2], LATER)
        delete_attempts(Attempt.objects.filter(pk=attempt.pk))
        assert tally().ways["2026-11-24"].tolist() == [0] * (PAGES + 1) + [1]

    def test_who_was_never_counted_takes_nothing_along(self):
        finished(CALM).save()
        fold(LATER)
        before = all_data()
        delete_attempts(Attempt.objects.filter(pk=begun(2, now=LATER).pk))
        assert all_data() == before

    def test_people_who_delete_their_data_are_taken_out(self, client):
        take_quiz(client, CALM)
        fold(LATER)
        assert tally().n == 1
        client.post("/quiz/data/delete/", {"is_sure": "on"})
        assert all_data() == []

    def test_what_the_site_deletes_in_time_is_taken_out(self):
        finished(CALM).save()
        begun(1)
        finished(CALM, at=NOON + 100 * DAY).save()
        with time_machine.travel(NOON + 366 * DAY):
            call_command("fold_evidence", verbosity=0)
            call_command("delete_expired", verbosity=0)
        assert tally().people == {"2027-03": [1]}
        assert list(tally().ways) == ["2027-03-04"]


class TestEvidence:
    def test_before_anybody_is_counted_there_is_none(self, live):
        assert evidence_of(live.pk, "en", None) is None

    def test_it_is_read_from_as_many_rows_however_many_people_there_are(
        self, live, django_assert_num_queries
    ):
        many_finished(30)
        fold(LATER)
        evidence_of(live.pk, "en", None)
        with django_assert_num_queries(2):
            evidence = evidence_of(live.pk, "en", None)
        assert evidence.figures.people == 30

    def test_it_is_as_of_the_last_time_that_nothing_was_left_to_count(self, live):
        attempts = many_finished(5)
        assert fold(LATER, batch=2, most=2) == 2
        assert Folding.objects.get().folded_at is None
        fold(LATER)
        with time_machine.travel(LATER + 10 * DAY, tick=False):
            delete_attempts(Attempt.objects.filter(pk=attempts[0].pk))
            evidence = evidence_of(live.pk, "en", None)
        assert evidence.as_of == LATER
        assert evidence.changed_on == (LATER + 10 * DAY).date()

    def test_the_watermark_moves_on_with_the_last_that_was_saved(self):
        many_finished(2)
        fold(LATER)
        assert Folding.objects.get().saved_at == NOON


class TestDeletingAnyOtherWay:
    def test_a_queryset_refuses_and_names_the_function(self):
        with pytest.raises(TypeError, match=r"quiz\.evidence\.folding\.delete_attempts"):
            Attempt.objects.all().delete()

    def test_an_attempt_refuses_and_names_the_function(self):
        attempt = begun(2, now=LATER)
        with pytest.raises(TypeError, match=r"quiz\.evidence\.folding\.delete_attempts"):
            attempt.delete()
        assert Attempt.objects.filter(pk=attempt.pk).exists()
