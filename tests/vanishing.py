"""Delete something while a page is being made: before each of its queries in turn.

A request that is in no transaction sees from its next query on what others delete, so the same
connection can do it there. What a transaction protects is tried by real requests (`make drill`).
"""

from contextlib import contextmanager, suppress

from django.db import connection, transaction
from django.db.models import ProtectedError

OF_TRANSACTIONS = ("SAVEPOINT", "RELEASE", "ROLLBACK")


class Deletion:
    """Wraps queries; deletes before query number `at` of those outside a transaction.

    At the end of each transaction after that, references are checked as a commit would check them.
    """

    def __init__(self, delete, at):
        self.delete, self.at = delete, at
        self.count = 0
        self.is_under_way = False

    def __call__(self, execute, sql, params, many, context):
        is_of_request = not self.is_under_way and not sql.startswith(OF_TRANSACTIONS)
        if is_of_request and not connection.savepoint_ids:
            self.count += 1
            if self.count == self.at:
                with self._unnoticed(), suppress(ProtectedError), transaction.atomic():
                    self.delete()
        is_commit = sql.startswith("RELEASE") and not connection.savepoint_ids
        if is_commit and self.at <= self.count and not self.is_under_way:
            with self._unnoticed():
                connection.check_constraints()
        return execute(sql, params, many, context)

    @contextmanager
    def _unnoticed(self):
        self.is_under_way = True
        try:
            yield
        finally:
            self.is_under_way = False


def server_errors(browser, method, url, data, delete):
    """Send a request once for each of its queries; return those that ended in a 500, with why."""
    found, at, is_over = [], 0, False
    browser.raise_request_exception = False
    while not is_over:
        at += 1
        deletion = Deletion(delete, at)
        savepoint = transaction.savepoint()
        connection.savepoint_ids.clear()  # the request starts outside a transaction
        with connection.execute_wrapper(deletion):
            response = getattr(browser, method)(url, data)
            if response.streaming:
                list(response)
        if response.status_code >= 500:
            found.append((method, url, at, repr(response.exc_info and response.exc_info[1])))
        transaction.savepoint_rollback(savepoint)
        is_over = deletion.count < at
    return found


def deletions(row):
    """Return what can be deleted under a row: itself, and each row it belongs to."""
    rows = [row]
    for field in row._meta.concrete_fields:
        if field.is_relation and getattr(row, field.attname):
            rows.append(getattr(row, field.name))
    return {str(each._meta.model_name): deleting(each) for each in rows}


def deleting(row):
    def delete():
        for found in type(row)._base_manager.filter(pk=row.pk):
            found.delete()

    return delete
