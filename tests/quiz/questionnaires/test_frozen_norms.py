import json
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string

from quiz.attempts.models import Attempt
from quiz.core.scopes import Scope
from quiz.core.scoring import Result, score
from quiz.evidence.figures import NormsError
from quiz.evidence.folding import fold
from quiz.evidence.stored import freeze_norms
from quiz.questionnaires.models import NormSet
from quiz.questionnaires.models.norms import frozen_norms, norms_in_use
from quiz.results.display import result_values
from tests.answers import SHIPPED, leaning
from tests.factories import NOON, many_finished
from tests.pages import lasting_text_of, take_quiz

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

LATER = NOON + timedelta(days=3)
CALM = leaning("sales", 7)


@pytest.fixture
def admin(db):
    return User.objects.create_user("norma")


def freeze(live, by=None):
    fold(LATER)
    return freeze_norms(live.pk, "en", by=by, now=LATER)


@pytest.fixture
def norms(live, admin):
    """Norms of 200 people, half of whom finished in May."""
    many_finished(100)
    many_finished(100, seed=2, at=NOON - timedelta(days=190))
    return freeze(live, admin)


def page(client, path="/quiz/result/"):
    return lasting_text_of(client.get(path))


class TestFreezing:
    def test_norms_get_the_next_number_and_keep_who_is_behind_them(self, live, admin, norms):
        assert (norms.number, norms.people, norms.frozen_by) == (1, 200, admin)
        assert (norms.since, norms.until) == ("2026-05", "2026-11")
        assert freeze(live, admin).number == 2
        assert norms_in_use(live.pk, "en").number == 2

    def test_norms_read_back_equal_the_estimates(self, norms):
        answers = [attempt.values() for attempt in Attempt.objects.all()]
        scores = [score(SHIPPED, each).scores["targets"] for each in answers]
        mean = sum(scores) / len(scores)
        sd = (sum((each - mean) ** 2 for each in scores) / (len(scores) - 1)) ** 0.5
        group = frozen_norms(1)
        assert group.norms.sd["targets"] == pytest.approx(sd, abs=1e-9)
        assert 0.5 < group.norms.reliability["targets"] < 0.99
        assert group.norms.correlation("targets", "proactive") == pytest.approx(0, abs=0.2)
        assert sum(group.points["targets"]) == 200
        assert group.mean["targets"] == pytest.approx(mean, abs=1e-9)
        leans = [score(SHIPPED, each).lean for each in answers]
        assert group.norms.mean_lean == pytest.approx(sum(leans) / len(leans), abs=1e-9)

    def test_fewer_than_200_people_give_no_norms(self, live):
        many_finished(199)
        with pytest.raises(NormsError, match=r"^199\b"):
            freeze(live)
        assert not NormSet.objects.exists()

    def test_no_norms_before_anyone_is_counted(self, live):
        with pytest.raises(NormsError, match="no one"):
            freeze_norms(live.pk, "en", by=None, now=NOON)

    def test_norms_leave_out_retakes_and_careless_answers(self, live):
        many_finished(199)
        many_finished(1, seed=3, is_first=False)
        many_finished(1, seed=4, ms=300)
        with pytest.raises(NormsError, match="199"):
            freeze(live)


class TestTheDatabase:
    def test_database_refuses_to_change_or_delete_norms(self, norms):
        with pytest.raises(IntegrityError, match="frozen norms"), transaction.atomic():
            NormSet.objects.update(mean_lean=1)
        with pytest.raises(IntegrityError, match="frozen norms"), transaction.atomic():
            norms.delete()

    def test_account_that_froze_norms_can_be_deleted(self, admin, norms):
        admin.delete()
        norms.refresh_from_db()
        assert norms.frozen_by is None


class TestNewResults:
    def test_new_results_use_the_norms_and_name_them(self, client, norms):
        take_quiz(client, CALM)
        result = Attempt.objects.latest("pk").result
        expected = score(SHIPPED, CALM, norms=frozen_norms(1).norms).to_data()
        plain = json.loads(json.dumps(expected))
        assert {k: result[k] for k in ("norms", "agreement", "sem", "band")} == {
            k: plain[k] for k in ("norms", "agreement", "sem", "band")
        }
        assert result["norms"] == 1

    def test_earlier_results_keep_their_norms(self, client, live, admin):
        take_quiz(client, CALM)
        before = Attempt.objects.get().result
        html = page(client)
        many_finished(200)
        freeze(live, admin)
        assert Attempt.objects.first().result == before
        assert page(client) == html
        assert Result.from_data(before).sem == score(SHIPPED, CALM).sem

    def test_another_language_still_uses_the_defaults(self, live, norms):
        assert norms_in_use(live.pk, "de") is None

    def test_finishing_queries_the_norms_once(self, client, norms, django_assert_num_queries):
        attempt = Attempt.objects.start(norms.version_id, language="en", is_first=True, now=NOON)[0]
        attempt.answers = {k: {"value": v, "position": 1, "ms": 9000} for k, v in CALM.items()}
        frozen_norms(1), attempt.questionnaire
        with django_assert_num_queries(4):  # the number, and one write in a savepoint
            attempt.finish({}, now=NOON)


class TestPages:
    def test_scores_show_percentiles_with_number_people_and_dates(self, client, norms):
        take_quiz(client, CALM)
        html = page(client)
        group = frozen_norms(1)
        scores = score(SHIPPED, CALM).scores
        rank = round(group.percentile("proactive", scores["proactive"]))
        shown = re.findall(r'data-further-than="(\d+)">(.*?)</p>', html, re.S)
        assert len(shown) == 3
        assert int(shown[0][0]) == rank
        assert "“Proactive”" in shown[0][1]
        assert all(re.search(rf"\b{percentile}\b", words) for percentile, words in shown)
        (norms_used,) = re.findall('<p[^>]* data-norms="1"[^>]*>(.*?)</p>', html, re.S)
        assert "200 people" in norms_used
        assert "between May 2026 and November 2026" in norms_used

    def test_page_without_norms_says_it_uses_typical_values(self, client, content):
        take_quiz(client, CALM)
        html = page(client)
        (defaults,) = re.findall('<p[^>]* data-norms="0"[^>]*>(.*?)</p>', html, re.S)
        for value in ("14", "22", ".60", ".80", ".10", ".50"):
            assert f" {value}" in defaults
        assert "data-further-than" not in html

    def test_json_file_shows_the_same(self, client, norms):
        take_quiz(client, CALM)
        data = json.loads(page(client, "/quiz/result.json"))
        assert data["norms_of"] == {"people": 200, "since": "2026-05", "until": "2026-11"}
        score_of = data["traits"]["persuasion"]["score"]
        percentile = data["traits"]["persuasion"]["percentile"]
        assert percentile == frozen_norms(1).percentile("persuasion", score_of)

    def test_scope_with_only_the_suggestion_shows_no_percentile(self, client, norms):
        take_quiz(client, CALM)
        attempt = Attempt.objects.latest("pk")
        html = render_to_string(
            "quiz/result/_result.html", result_values(attempt, Scope("verdict"), is_own=False)
        )
        assert 'data-agreement-low="' in html
        assert "data-further-than" not in html
