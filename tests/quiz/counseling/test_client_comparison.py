"""A few clients side by side, each within the scope they share."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quiz.core.scopes import TRAITS, VERDICT
from quiz.counseling.models import AuditEntry, Disclosure
from quiz.questionnaires.models import QuestionnaireVersion
from tests.answers import SHIPPED, towards
from tests.factories import (
    NOON,
    disclose,
    finished_attempt,
    make_client,
    make_counselor,
    started_attempt,
)
from tests.quiz.counseling.pages import main_of, verdicts_on

pytestmark = pytest.mark.both_databases

URL = "/counselor/compare/"


def compare(desk, *clients):
    return desk.get(URL, {"client": [str(getattr(client, "pk", client)) for client in clients]})


def sharing(counselor, name, scope=TRAITS, **values):
    client = make_client(counselor, name)
    disclose(client, scope, **values)
    return client


class TestComparison:
    def test_each_client_has_a_column_in_the_order_given(self, desk, counselor):
        kim, bo = sharing(counselor, "Kim"), sharing(counselor, "Bo")
        page = main_of(compare(desk, kim, bo))
        assert page.index(">Kim</a>") < page.index(">Bo</a>")

    def test_page_shows_verdict_lean_and_preferences(self, desk, counselor):
        kim = sharing(counselor, "Kim", answers=towards("sales"))
        bo = sharing(counselor, "Bo", answers=towards("service"))
        page = main_of(compare(desk, kim, bo))
        assert verdicts_on(page) == [("clear", "sales"), ("clear", "service")]
        assert page.count('class="gloss"') == 6

    def test_preferences_outside_the_scope_are_hidden(self, desk, counselor):
        kim, bo = sharing(counselor, "Kim"), sharing(counselor, "Bo", VERDICT)
        page = main_of(compare(desk, kim, bo))
        assert page.count('class="gloss"') == page.count('class="none"') == 3

    def test_preference_that_a_version_lacks_is_not_called_unshared(self, desk, counselor):
        kim, cy = sharing(counselor, "Kim"), sharing(counselor, "Cy", VERDICT)
        trait = SHIPPED.traits[0]
        versions = QuestionnaireVersion.objects
        one = versions.add(
            replace(
                SHIPPED,
                traits=(replace(trait, weight=1.0),),
                items=SHIPPED.items_by_trait[trait.key],
                items_per_page=8,
            ),
            title="One preference",
        )
        one.publish()
        bo = make_client(counselor, "Bo")
        attempt = started_attempt(bo)
        attempt.save_answers({i.key: 3 for i in attempt.questionnaire.items}, page=1, now=NOON)
        attempt.finish({}, now=NOON)
        shared = Disclosure.objects.create(attempt=attempt, client=bo, scope=TRAITS, at=NOON)
        page = main_of(compare(desk, kim, bo))
        assert page.count("not asked") == 2
        assert "not shared" not in page
        # With the suggestion alone, the one preference they were asked about isn't shared.
        Disclosure.objects.filter(pk=shared.pk).update(scope=VERDICT)
        page = main_of(compare(desk, kim, bo))
        assert (page.count("not asked"), page.count("not shared")) == (2, 1)
        assert main_of(compare(desk, kim, cy)).count("not shared") == 3

    def test_no_shared_preferences_give_no_rows(self, desk, counselor):
        page = main_of(compare(desk, *(sharing(counselor, name, VERDICT) for name in "AB")))
        assert len(verdicts_on(page)) == 2
        assert 'class="gloss"' not in page
        assert 'class="none"' not in page

    def test_newest_shared_result_is_compared(self, desk, counselor):
        kim = sharing(counselor, "Kim", answers=towards("service"), at=NOON + timedelta(days=9))
        disclose(kim, answers=towards("sales"))
        finished_attempt(kim, towards("sales"), at=NOON + timedelta(days=99))
        page = main_of(compare(desk, kim, sharing(counselor, "Bo")))
        assert verdicts_on(page)[0] == ("clear", "service")
        assert ("clear", "sales") not in verdicts_on(page)

    def test_client_who_shares_nothing_has_an_empty_column(self, desk, counselor):
        kim = make_client(counselor, "Kim")
        finished_attempt(kim, towards("sales"))
        page = main_of(compare(desk, kim, sharing(counselor, "Bo", answers=towards("service"))))
        assert page.count('class="none"') == 6
        assert verdicts_on(page) == [("clear", "service")]

    def test_comparison_is_logged_for_each_client_seen(self, desk, counselor):
        kim, bo = sharing(counselor, "Kim"), sharing(counselor, "Bo")
        compare(desk, kim, bo, make_client(counselor, "Silent"))
        entries = AuditEntry.objects.filter(counselor=counselor, action=AuditEntry.COMPARED)
        assert {entry.client for entry in entries} == {kim, bo}

    @pytest.mark.parametrize("count", [0, 1, 5])
    def test_wrong_number_of_clients_shows_an_explanation(self, desk, counselor, count):
        clients = [sharing(counselor, f"Kim {number}") for number in range(count)]
        response = compare(desk, *clients)
        assert response.status_code == 200
        error = re.search('class="error-summary".*?</div>', main_of(response), re.S)[0]
        assert re.search(rf"\b{count}\b", error)
        assert verdicts_on(main_of(response)) == []
        assert not AuditEntry.objects.exists()

    def test_duplicate_client_counts_once(self, desk, counselor):
        kim = sharing(counselor, "Kim")
        assert "You checked 1 client." in main_of(compare(desk, kim, kim))

    def test_names_are_never_html(self, desk, counselor):
        bad = "<script>alert(1)</script>"
        page = main_of(compare(desk, *(sharing(counselor, bad) for _place in range(2))))
        assert "<script>" not in page

    def test_query_count_does_not_grow_with_clients(self, desk, counselor):
        clients = [sharing(counselor, f"Kim {number}") for number in range(4)]

        def queries_with(count):
            with CaptureQueriesContext(connection) as captured:
                compare(desk, *clients[:count])
            return [q for q in captured if not q["sql"].startswith(("INSERT", "SAVEPOINT"))]

        assert len(queries_with(2)) == len(queries_with(4))


class TestSeparation:
    def test_foreign_client_answers_like_a_missing_one(self, desk, counselor):
        own = [sharing(counselor, name) for name in ("Kim", "Bo")]
        foreign = sharing(make_counselor(), "Stranger")
        answers = [compare(desk, *own, other) for other in (foreign, uuid4(), "x", "", "9" * 99)]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1
        assert not AuditEntry.objects.exists()

    @pytest.mark.parametrize("count", [0, 5])
    def test_foreign_client_answers_the_same_for_any_number(self, desk, counselor, count):
        own = [make_client(counselor, f"Kim {number}") for number in range(count)]
        foreign = make_client(make_counselor(), "Stranger")
        answers = [compare(desk, *own, other) for other in (foreign, uuid4())]
        assert {answer.status_code for answer in answers} == {404}

    def test_a_visitor_without_an_account_is_led_to_the_log_in(self, client, content):
        assert "/counselor/account/" in client.get(URL).url

    def test_it_can_only_be_read(self, desk):
        assert desk.post(URL).status_code == 405
