"""What a statement would read of a large table, by the plan that the database makes for it."""

import re
from datetime import timedelta
from uuid import uuid4

from django.db import connection

from quiz.attempts.models import Attempt
from quiz.questionnaires.models import QuestionnaireVersion

ROWS = 10_000_000
HELD = 400  # rows of attempts that a planner draws its statistics from
# A step of a plan that reads a whole table; SQLite names the table or its alias.
READS_ALL = {"postgresql": "Seq Scan on {}\\b", "sqlite": "^SCAN (?:{}|U\\d)$"}


def large_table_of_attempts(now):
    """Add attempts of the last HELD days, and let the database plan as if they were millions."""
    version_id = QuestionnaireVersion.objects.live_id()
    attempts = []
    for day in range(HELD):
        code_hash, at = uuid4().hex * 2, now - timedelta(days=day)
        is_finished = day % 10 < 7
        attempts.append(
            Attempt(
                code_hash=code_hash,
                version_id=version_id,
                language="en",
                is_first=True,
                shows_sales_first=True,
                result={} if is_finished else None,
                allows_research=is_finished and day % 2 == 0,
                started_at=at,
                saved_at=at,
                finished_at=at if is_finished else None,
            )
        )
    Attempt.objects.bulk_create(attempts)
    if connection.vendor == "postgresql":  # SQLite plans by its indexes alone
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE quiz_attempt")
            cursor.execute(
                "UPDATE pg_class SET reltuples = %s WHERE oid = 'quiz_attempt'::regclass", [ROWS]
            )


def reading_all_attempts(captured):
    """Return those captured statements whose plan reads the whole table of attempts."""
    whole = READS_ALL[connection.vendor].format("quiz_attempt")
    statements = [each["sql"] for each in captured.captured_queries]
    planned = [each for each in statements if re.match("SELECT|UPDATE|DELETE", each)]
    return [each for each in planned if re.search(whole, plan_of(each), re.MULTILINE)]


def plan_of(statement):
    """Return the steps of a statement, one per line. They name the indexes that are read."""
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {statement}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())
