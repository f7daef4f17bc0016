"""Taking, resuming, sharing and deleting in any order; `make drill` takes thousands of steps."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.quiz.visitor.states import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

FEW = settings(
    max_examples=6,
    stateful_step_count=30,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.generate,),  # to shrink a failure takes minutes
    suppress_health_check=list(HealthCheck),
)


class RolledBack(Site):
    """Starts each example from the same database."""

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.savepoint()

    def teardown(self):
        transaction.savepoint_rollback(self.savepoint)


@pytest.mark.slow
def test_database_holds_what_people_did_in_any_order():
    run_state_machine_as_test(RolledBack, settings=FEW)
    assert Site.steps > 100
