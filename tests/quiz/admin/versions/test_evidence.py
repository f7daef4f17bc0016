"""The admin's page on how well a version measures."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User

from quiz.admin.attention import attention
from quiz.attempts.models import Attempt
from quiz.evidence.folding import fold
from quiz.questionnaires.models import NormSet
from tests.answers import leaning
from tests.factories import NOON, finished, many_finished
from tests.pages import page_of, text_of
from tests.quiz.admin.pages import client_who_may, levels_of, messages_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

LATER = NOON + timedelta(days=3)
CALM = leaning("sales", 7)
FREEZE = 'name="do" value="freeze"'
HIDDEN = '<input type="hidden" name="(do|after)" value="([^"]*)"'


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(LATER, tick=False) as clock:
        yield clock


def shown(client, version, query=""):
    response = client.get(page_of(version, "evidence") + query)
    assert response.status_code == 200
    return response


def words_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", text_of(response)).split())


def send(client, version, do):
    return client.post(page_of(version, "evidence"), {"do": do}, follow=True)


class TestBelowThirty:
    def test_page_without_counted_people_says_so(self, admin_client, live):
        response = shown(admin_client, live)
        assert response.context["evidence"] is None
        assert 'data-figures="too-few" data-people="0"' in text_of(response)

    def test_only_the_number_of_29_people_is_shown(self, admin_client, live):
        many_finished(29)
        fold(LATER)
        response = shown(admin_client, live)
        assert 'data-figures="too-few" data-people="29"' in text_of(response)
        assert 'data-verdicts="too-few" data-people="29"' in text_of(response)
        assert words_of(response).count("29 people") == 2
        assert "Alpha" not in words_of(response)
        assert "<rect" not in text_of(response)

    def test_statistics_of_30_people_are_shown(self, admin_client, live):
        many_finished(30)
        fold(LATER)
        response = shown(admin_client, live)
        assert 'data-figures="shown" data-people="30"' in text_of(response)
        assert "30 people" in words_of(response)
        assert "in November 2026" in words_of(response)
        assert [len(items) for _trait, items in response.context["traits"]] == [8, 8, 8]
        assert sum(verdict.count for verdict in response.context["display"].verdicts) == 30


class TestStatements:
    def test_statement_against_the_others_is_marked_drop_with_reasons(self, admin_client, live):
        attempts = many_finished(60)
        for attempt in attempts:
            attempt.answers["P1"]["value"] = 6 - attempt.answers["P1"]["value"]
        Attempt.objects.bulk_update(attempts, ["answers"])
        fold(LATER)
        advice_by_key = {
            item.figures.key: advice
            for _trait, items in shown(admin_client, live).context["traits"]
            for item, advice in items
        }
        assert advice_by_key["P1"].what == "Drop"
        against, alpha_without = advice_by_key["P1"].reasons
        assert "It may speak for the other end" in against
        assert re.search(r"\.\d\d", alpha_without)
        assert {advice.what for key, advice in advice_by_key.items() if key[0] != "P"} == {"Keep"}

    def test_statement_that_nearly_everyone_agrees_with_is_noted(self, admin_client, live):
        attempts = many_finished(40)
        for attempt in attempts[:30]:
            attempt.answers["T1"]["value"] = 5
        Attempt.objects.bulk_update(attempts, ["answers"])
        fold(LATER)
        words = words_of(shown(admin_client, live))
        assert re.search(r"\d\d ?% [^.%]*“Strongly agree”", words)


class TestCounting:
    def test_button_counts_new_attempts(self, admin_client, live):
        many_finished(31)
        response = send(admin_client, live, "count")
        assert levels_of(response) == ["success"]
        assert re.findall(r"\d+", messages_of(response)) == ["31"]
        assert response.context["display"].figures.people == 31

    def test_unknown_action_changes_nothing(self, admin_client, live):
        many_finished(3)
        response = send(admin_client, live, "drop everything")
        assert levels_of(response) == ["error"]
        assert response.context["evidence"] is None

    def test_number_of_queries_does_not_grow_with_people(
        self, admin_client, live, django_assert_num_queries
    ):
        many_finished(35)
        fold(LATER)
        shown(admin_client, live)
        with django_assert_num_queries(16) as few:
            shown(admin_client, live)
        many_finished(60, seed=2)
        fold(LATER)
        with django_assert_num_queries(len(few)):
            shown(admin_client, live)

    def test_each_language_has_its_own_statistics(self, admin_client, live):
        many_finished(30)
        many_finished(31, language="de")
        fold(LATER)
        assert shown(admin_client, live).context["display"].figures.people == 30
        assert shown(admin_client, live, "?language=de").context["display"].figures.people == 31
        assert shown(admin_client, live, "?language=xx").context["display"].figures.people in (
            30,
            31,
        )


class TestVerdicts:
    def test_months_with_few_people_are_left_out(self, admin_client, live):
        many_finished(30)
        many_finished(30, seed=2, at=NOON - timedelta(days=60))
        many_finished(5, seed=3, at=NOON - timedelta(days=30))
        fold(LATER)
        response = shown(admin_client, live)
        assert [month.month for month in response.context["display"].months] == [
            "2026-09",
            "2026-11",
        ]
        assert "September 2026 (30 people)" in words_of(response)

    @pytest.mark.parametrize(("others", "warns"), [(10, False), (9, True)])
    def test_suggestion_given_to_over_three_quarters_is_warned_about(
        self, admin_client, live, others, warns
    ):
        away = leaning("service", 7)
        Attempt.objects.bulk_create(
            [*(finished(CALM) for _ in range(30)), *(finished(away) for _ in range(others))]
        )
        fold(LATER)
        user = User.objects.get(username="admin")
        entries = [entry.what for entry in attention(user)]
        words = words_of(shown(admin_client, live))
        said = "77% of people who finish get the suggestion sales."
        assert (said in entries) is warns
        assert (said in words) is warns


class TestFunnel:
    def test_funnel_counts_people_by_last_saved_page(self, admin_client, live, now):
        for _ in range(10):
            Attempt.objects.start(live.pk, language="en", is_first=True, now=NOON)
        many_finished(30)
        fold(LATER)
        steps = re.findall(r"(\d+) \((\d+) ?%\)", words_of(shown(admin_client, live)))
        assert steps == [("40", "100"), *[("30", "75")] * 5]


class TestNorms:
    @pytest.mark.slow
    def test_norms_cannot_be_frozen_below_200_people(self, admin_client, live):
        many_finished(199)
        fold(LATER)
        page = text_of(shown(admin_client, live))
        assert 'data-norms-need="200" data-people="199"' in page
        response = send(admin_client, live, "freeze")
        assert levels_of(response) == ["error"]
        assert "200 people" in messages_of(response)
        assert not NormSet.objects.exists()

    def test_freezing_is_not_offered_without_counted_people(self, admin_client, live):
        page = text_of(shown(admin_client, live))
        assert FREEZE not in page
        assert 'data-norms-need="200" data-people="0"' in page

    @pytest.mark.slow
    def test_preview_uses_frozen_norms(self, admin_client, live):
        many_finished(200)
        fold(LATER)
        send(admin_client, live, "freeze")
        response = admin_client.post(
            page_of(live, "preview/answers"), {k: str(v) for k, v in CALM.items()}, follow=True
        )
        assert "comparison group 1: 200 people" in words_of(response)

    def test_frozen_norms_are_named_and_used(self, admin_client, live):
        many_finished(200)
        fold(LATER)
        page = text_of(shown(admin_client, live))
        assert 'data-norms="0"' in page
        assert FREEZE in page
        response = send(admin_client, live, "freeze")
        assert levels_of(response) == ["success"]
        assert re.findall(r"\d+", messages_of(response)) == ["1", "200"]
        assert 'data-norms="1" data-people="200"' in text_of(response)
        assert NormSet.objects.get().frozen_by.username == "admin"

    def test_form_that_is_sent_again_freezes_nothing(self, admin_client, live):
        many_finished(200)
        fold(LATER)
        hidden = re.findall(HIDDEN, text_of(shown(admin_client, live)))
        for level in ("success", "info"):
            response = admin_client.post(page_of(live, "evidence"), dict(hidden), follow=True)
            assert levels_of(response) == [level]
        assert NormSet.objects.get().number == 1
        hidden = re.findall(HIDDEN, text_of(response))
        admin_client.post(page_of(live, "evidence"), dict(hidden))
        assert NormSet.objects.in_use(live.pk, "en").number == 2

    def test_freezing_requires_permission_to_publish(self, client, live):
        many_finished(200)
        fold(LATER)
        editor = client_who_may(client, "view_questionnaireversion", "change_questionnaireversion")
        assert FREEZE not in text_of(shown(editor, live))
        response = send(editor, live, "freeze")
        assert levels_of(response) == ["error"]
        assert not NormSet.objects.exists()


def test_draft_has_no_link_to_its_evidence(admin_client, draft):
    assert page_of(draft, "evidence") not in text_of(admin_client.get(page_of(draft, "change")))
    assert 'data-figures="too-few" data-people="0"' in text_of(shown(admin_client, draft))
