"""Two copies of a form that adds something, at the same moment."""

import threading

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from quiz.counseling.models import CounselorInvitation
from tests.factories import sign_in
from tests.pages import list_of


@pytest.mark.both_databases
@pytest.mark.slow
def test_copies_that_arrive_together_add_one_invitation(own_site, monkeypatch):
    """The second request looks for the row while the first one hasn't committed it."""
    user = User.objects.create_superuser("root")
    browsers = [sign_in(Client(), user) for _ in range(2)]
    page = f"{list_of(CounselorInvitation)}add/"
    form = browsers[0].get(page)
    values = {
        "csrfmiddlewaretoken": str(form.context["csrf_token"]),
        "email": "kim@counselors.example",
        "expires_at_0": "2099-01-01",
        "expires_at_1": "12:00",
    }
    is_looking, add = threading.Event(), CounselorInvitation.objects.make

    def noticed(execute, sql, params, many, context):
        # With a lock it waits in this query. Without one it has seen no row after the other.
        if "NO KEY UPDATE" in sql:
            is_looking.set()
        found = execute(sql, params, many, context)
        if sql.startswith("SELECT") and "django_admin_log" in sql:
            is_looking.set()
        return found

    def send_again():
        with connection.execute_wrapper(noticed):
            browsers[1].post(page, values)
        connection.close()

    second = threading.Thread(target=send_again)

    def add_slowly(_manager, **fields):
        if threading.current_thread() is not second:
            second.start()
            # On SQLite a transaction waits for the one before it, so the second can't look yet.
            assert connection.vendor == "sqlite" or is_looking.wait(60)
        return add(**fields)

    monkeypatch.setattr(type(CounselorInvitation.objects), "make", add_slowly)
    browsers[0].post(page, values)
    second.join(60)
    assert CounselorInvitation.objects.count() == 1
