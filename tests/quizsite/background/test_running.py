"""One task: it is claimed once, run, tried again after growing pauses, and logged."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max

from quiz.web.background import waiting_tasks
from quizsite.background.running import PAUSES, claim, give_back, log, run, write
from quizsite.logs import Lines
from tests import tasks
from tests.tasks import only_task, run_tasks

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def make_due() -> None:
    DBTaskResult.objects.update(run_after=timezone.now() - timedelta(hours=1))


class TestClaiming:
    def test_task_is_claimed_once(self):
        tasks.add.enqueue(1, 2)
        assert claim("default", "first").worker_ids == ["first"]
        assert claim("default", "second") is None

    def test_task_of_another_queue_is_left_alone(self):
        tasks.add.using(queue_name="mail").enqueue(1, 2)
        assert claim("default", "a worker") is None
        assert claim("mail", "a worker")

    def test_tasks_come_by_priority_then_in_their_order(self):
        for number in (1, 2):
            tasks.add.enqueue(number, 0)
        tasks.add.using(priority=5).enqueue(3, 0)
        claimed = [claim("default", "a worker").args_kwargs["args"][0] for _ in range(3)]
        assert claimed == [3, 1, 2]

    def test_looking_without_a_task_takes_one_statement_and_no_write(
        self, django_assert_num_queries
    ):
        with django_assert_num_queries(1) as statements:
            claim("default", "a worker")
        assert statements.captured_queries[0]["sql"].startswith("SELECT")


class TestOutcomes:
    def test_task_that_returns_is_done_and_keeps_no_arguments(self):
        tasks.add.enqueue(1, second=2)
        assert run_tasks() == 1
        row = only_task()
        assert (row.status, row.return_value) == ("SUCCESSFUL", 3)
        assert row.args_kwargs == {"args": [], "kwargs": {}}
        assert row.finished_at

    def test_task_may_ask_which_try_it_is(self):
        tasks.tell_try.enqueue()
        run_tasks()
        assert only_task().return_value == 1

    def test_pauses_between_tries_grow_and_then_the_task_stays_failed(self):
        tasks.fail.enqueue("no")
        for pause in PAUSES:
            assert run_tasks() == 1
            row = only_task()
            assert row.status == "READY"
            assert abs(row.run_after - row.started_at - pause) < timedelta(minutes=1)
            assert run_tasks() == 0
            make_due()
        run_tasks()
        assert only_task().status == "FAILED"
        assert len(only_task().worker_ids) == 5
        assert list(PAUSES) == sorted(PAUSES)
        make_due()
        assert run_tasks() == 0

    def test_task_that_succeeds_later_shows_no_error(self, monkeypatch):
        tasks.fail.enqueue("no")
        run_tasks()
        DBTaskResult.objects.update(
            task_path="tests.tasks.add", args_kwargs={"args": [1, 2], "kwargs": {}}
        )
        make_due()
        run_tasks()
        row = only_task()
        assert (row.status, row.exception_class_path, row.traceback) == ("SUCCESSFUL", "", "")

    def test_task_that_gives_up_is_not_tried_again(self):
        tasks.give_up.enqueue()
        run_tasks()
        assert only_task().status == "FAILED"

    @pytest.mark.parametrize("task", [tasks.leave, tasks.return_object])
    def test_whatever_a_task_does_the_worker_goes_on(self, task):
        task.enqueue()
        assert run_tasks() == 1
        assert only_task().status == "READY"

    def test_task_that_an_update_has_removed_is_an_error_of_that_task(self):
        tasks.add.enqueue(1, 2)
        DBTaskResult.objects.update(task_path="tests.tasks.gone")
        run_tasks()
        assert only_task().exception_class_path == "builtins.ImportError"

    def test_error_is_kept_without_tokens_and_addresses(self):
        tasks.fail.enqueue("ann@example.org has AbCdEfGh1234567890-_\nDETAIL: Kim")
        run_tasks()
        text = only_task().traceback
        assert "ValueError: [hidden] has [hidden]" in text
        assert "in fail" in text
        assert "Kim" not in text

    def test_worker_that_was_given_up_writes_nothing(self):
        """It was taken for dead, and another one has claimed its task."""
        tasks.add.enqueue(1, 2)
        late = claim("default", "late")
        give_back(late)
        claim("default", "other")
        assert not write(late, run(late)[0])
        assert only_task().status == "RUNNING"

    def test_task_that_is_given_back_waits_again_and_has_no_try_more(self):
        tasks.add.enqueue(1, 2)
        give_back(claim("default", "a worker"))
        assert (only_task().worker_ids, only_task().run_after) == ([], get_date_max())
        assert waiting_tasks().count() == 1


class TestLog:
    @pytest.fixture
    def lines(self, caplog):
        caplog.set_level("INFO")
        caplog.handler.setFormatter(Lines())
        return lambda: [json.loads(line) for line in caplog.text.splitlines()]

    def test_each_run_is_one_line_without_arguments(self, lines):
        tasks.add.enqueue(12345, 67890)
        run_tasks()
        (line,) = lines()
        assert line["logger"] == "task"
        assert {key: line[key] for key in ("task", "try", "outcome")} == {
            "task": "add",
            "try": 1,
            "outcome": "done",
        }
        assert line["id"] == str(only_task().pk)
        assert "12345" not in json.dumps({**line, "id": "", "time": ""})

    def test_failure_is_logged_by_its_class(self, lines):
        tasks.fail.enqueue("ann@example.org")
        run_tasks()
        (line,) = lines()
        assert (line["level"], line["outcome"]) == ("WARNING", "to be tried again")
        assert line["error"] == "builtins.ValueError"
        assert "example.org" not in json.dumps(line)

    def test_last_failure_is_an_error(self, lines):
        log({"task": "fail", "outcome": "failed"})
        assert lines()[0]["level"] == "ERROR"
