"""The verdicts that a version would give, as an editor sees them before publishing."""

import re

import pytest
from django.utils import timezone

from quiz.attempts.models import Attempt
from quiz.core.scoring import score
from quiz.evidence.folding import delete_attempts
from tests.answers import SHIPPED, leaning, towards
from tests.pages import page_of, text_of
from tests.quiz.admin.pages import client_who_may, levels_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def finished(live):
    """Five people have finished."""
    now = timezone.now()
    sets = [leaning("sales", 7), towards("service"), leaning("sales", 1), leaning("service", 1)]
    for values in [*sets, towards("service")]:
        answers = {
            key: {"value": value, "position": n, "ms": 4000}
            for n, (key, value) in enumerate(values.items(), start=1)
        }
        Attempt.objects.create(
            code_hash=str(Attempt.objects.count()),
            version=live,
            language="en",
            is_first=True,
            shows_sales_first=True,
            answers=answers,
            result=score(SHIPPED, values).to_data(),
            started_at=now,
            saved_at=now,
            finished_at=now,
        )


def shown(client, version):
    response = client.get(page_of(version, "outcomes"))
    assert response.status_code == 200
    return response


def words_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", text_of(response)).split())


class TestSimulation:
    def test_shares_are_shown_as_a_picture_and_as_numbers(self, admin_client, draft):
        response = shown(admin_client, draft)
        assert text_of(response).count("<rect") == 12
        for outcomes in zip(*(o.percents for o in response.context["outcomes"]), strict=True):
            assert sum(outcomes) == pytest.approx(100)
        assert "10,000 simulated people" in words_of(response)

    def test_simulation_uses_the_draft_and_not_the_live_version(self, admin_client, draft):
        before = [o.counts for o in shown(admin_client, draft).context["outcomes"]]
        draft.clear_from = 0.99
        draft.save()
        assert [o.counts for o in shown(admin_client, draft).context["outcomes"]] != before


class TestImpact:
    def test_comparison_is_empty_without_attempts(self, admin_client, draft):
        assert shown(admin_client, draft).context["impact"].looked_at == 0

    @pytest.mark.usefixtures("finished")
    def test_comparison_is_hidden_below_five_people(self, admin_client, draft):
        delete_attempts(Attempt.objects.filter(pk=Attempt.objects.first().pk))
        response = shown(admin_client, draft)
        assert 'data-impact="too-few"' in text_of(response)
        assert text_of(response).count('<div class="shares">') == 1

    @pytest.mark.usefixtures("finished")
    def test_relabeled_answers_are_counted(self, admin_client, draft):
        draft.scale_answers.filter(value=5).update(label_en="Fully agree")
        assert 'data-relabelled="5"' in text_of(shown(admin_client, draft))

    @pytest.mark.usefixtures("finished")
    def test_identical_draft_changes_no_verdict(self, admin_client, draft):
        html = text_of(shown(admin_client, draft))
        assert 'data-impact="shown" data-looked-at="5"' in html
        assert 'data-changed="0"' in html

    @pytest.mark.usefixtures("finished")
    def test_changed_verdict_is_shown_with_its_cause(self, admin_client, draft):
        draft.leaning_from = 0.86
        draft.save()
        response = shown(admin_client, draft)
        words = words_of(response)
        assert 'data-changed="1"' in text_of(response)
        assert re.search(r"\b20\.0 ?%", words)
        before, after = (SHIPPED.texts[key]["en"] for key in ("leaning_sales", "close"))
        assert f"{before} {after} 1" in words
        assert [count for _cause, count in response.context["impact_causes"]] == [1]
        assert str(response.context["impact_causes"][0][0]) in words

    @pytest.mark.usefixtures("finished")
    def test_reworded_statements_are_counted(self, admin_client, draft):
        draft.items.filter(key="P1").update(text_en="Other words.")
        (said,) = re.findall(
            '<li data-reworded="P1">(.*?)</li>', text_of(shown(admin_client, draft)), re.S
        )
        assert re.search(r"\b5\b", said)

    @pytest.mark.usefixtures("finished")
    def test_attempts_without_an_answer_cannot_be_compared(self, admin_client, draft):
        draft.items.filter(key="P1").update(key="NEW")
        html = text_of(shown(admin_client, draft))
        assert 'data-not-compared="5"' in html
        (said,) = re.findall('<li data-missing="NEW">(.*?)</li>', html, re.S)
        assert re.search(r"\b5\b", said)

    @pytest.mark.usefixtures("finished")
    def test_outcomes_take_few_queries(self, admin_client, draft, django_assert_max_num_queries):
        with django_assert_max_num_queries(20):
            shown(admin_client, draft)


class TestAccess:
    @pytest.mark.slow
    def test_draft_with_errors_redirects_to_its_page(self, admin_client, draft):
        draft.items.filter(key="P1").update(keying=-1)
        response = admin_client.get(page_of(draft, "outcomes"), follow=True)
        assert response.redirect_chain[-1][0] == page_of(draft)
        assert levels_of(response) == ["error"]

    def test_outcomes_require_permission_to_view_versions(self, client, draft):
        client_who_may(client, "view_role")
        assert client.get(page_of(draft, "outcomes")).status_code == 403
