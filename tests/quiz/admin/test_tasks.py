"""The list of background tasks: what it shows, what it doesn't, and trying again."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from tests import tasks
from tests.pages import list_of, page_of, text_of
from tests.quiz.admin.pages import client_who_may, messages_of
from tests.tasks import only_task, run_tasks

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

SECRET = "quill feather"


def retry(client, *rows):
    data = {"action": "try_again", "_selected_action": [row.pk for row in rows]}
    return client.post(list_of(DBTaskResult), data, follow=True)


def test_page_shows_tries_error_and_next_try_but_no_arguments(admin_client):
    tasks.note.enqueue("/no/such/folder", SECRET)
    run_tasks()
    for address in (list_of(DBTaskResult), page_of(only_task())):
        page = text_of(admin_client.get(address))
        assert SECRET not in page
        assert "NotADirectoryError" in page or "FileNotFoundError" in page
        assert "Waiting" in page
    assert "in note" in page


def test_result_of_a_task_is_shown(admin_client):
    tasks.add.enqueue(40, 2)
    run_tasks()
    page = text_of(admin_client.get(page_of(only_task())))
    assert "Done" in page
    assert ">42<" in page


def test_retrying_gives_a_failed_task_all_its_tries_again(admin_client):
    tasks.give_up.enqueue()
    run_tasks()
    assert "1 failed task starts again." in messages_of(retry(admin_client, only_task()))
    assert (only_task().status, only_task().worker_ids) == ("READY", [])
    assert run_tasks() == 1


def test_retrying_leaves_other_tasks_as_they_are(admin_client):
    tasks.add.enqueue(1, 2)
    run_tasks()
    assert "0 failed tasks start again." in messages_of(retry(admin_client, only_task()))
    assert only_task().status == "SUCCESSFUL"


def test_someone_who_may_only_view_tasks_cannot_retry_them(client):
    tasks.give_up.enqueue()
    run_tasks()
    retry(client_who_may(client, "view_dbtaskresult"), only_task())
    assert only_task().status == "FAILED"


def test_list_is_in_the_menu_under_a_name_of_its_own(admin_client):
    page = text_of(admin_client.get("/admin/"))
    assert "Background work" in page
    assert "Background tasks" in page
    assert "Task Results" not in page


def test_next_try_is_shown_only_while_there_is_one(admin_client):
    tasks.fail.enqueue("no")
    run_tasks()
    column = "field-next_try"
    assert f'<td class="{column} nowrap">' in text_of(admin_client.get(list_of(DBTaskResult)))
    DBTaskResult.objects.update(status="FAILED", run_after=timezone.now() - timedelta(hours=1))
    assert f'<td class="{column}">-</td>' in text_of(admin_client.get(list_of(DBTaskResult)))
