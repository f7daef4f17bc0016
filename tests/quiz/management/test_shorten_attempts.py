"""`shorten_attempts`: whatever reads stored results says the same before and after."""

import csv
import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from quiz.attempts.models import Attempt
from quiz.counseling.caseload import RESULT, Chosen, caseload_page
from quiz.evidence.folding import fold, refold
from quiz.evidence.impact_rows import measure_impact
from quiz.evidence.models import Interest, InterestCount, Tally
from quiz.evidence.research import FILES
from tests.answers import SHIPPED, alike, leaning
from tests.factories import NOON, disclose, make_client, many_finished, started_attempt
from tests.quiz.counseling.exporting.files import whole

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]


def run():
    said = io.StringIO()
    call_command("shorten_attempts", stdout=said)
    return said.getvalue()


@pytest.fixture
def results(counselor):
    """Results of every scope that a counselor sees, with a flag, and of others; all long."""
    for name, scope, answers in (
        ("Ann", "answers", leaning("sales", 20)),
        ("Bob", "traits", leaning("service", 9)),
        ("Cy", "verdict", leaning("sales", 1)),
        ("Di", "answers", alike(3)),
    ):
        shared = disclose(make_client(counselor, name), scope, answers)
        Interest.objects.say(shared.attempt, {"sales-manager": "yes"}, NOON)
    many_finished(5, allows_research=True)
    started_attempt().save_answers({"P1": 4}, page=1, now=NOON)
    for attempt in Attempt.objects.all():
        long = {"answers": attempt.answers, "result": attempt.result, "series": attempt.person}
        Attempt.objects.filter(pk=attempt.pk).update(**long)


def what_readers_say(counselor, folder):
    refold()
    fold(timezone.now())
    call_command("export_research_data", str(folder), stdout=io.StringIO())
    research = [(folder / name).read_text("utf-8-sig") for name in FILES]
    return {
        "export": whole(counselor),
        "research": [
            [{**row, "id": ""} for row in csv.DictReader(io.StringIO(text))] for text in research
        ],
        "tallies": list(Tally.objects.values_list("language", "data")),
        "interest": list(InterestCount.objects.order_by("pk").values_list("band", "fit", "people")),
        "impact": measure_impact(SHIPPED),
        "caseload": [row.client.name for row in caseload_page(counselor, Chosen(sort=RESULT)).rows],
    }


def test_all_readers_say_the_same_before_and_after(counselor, results, tmp_path):
    before = what_readers_say(counselor, tmp_path / "before")
    assert run() == "Shortened 10 of 10 attempts.\n"
    after = what_readers_say(counselor, tmp_path / "after")
    assert after == before
    assert before["caseload"] == ["Bob", "Cy", "Ann", "Di"]
    assert before["impact"].rescored == 9
    assert len(before["interest"]) > 1


def test_attempts_that_stay_long_are_named(counselor, results):
    odd = Attempt.objects.order_by("pk").first()
    Attempt.objects.filter(pk=odd.pk).update(result=odd.result | {"questionnaire": 9})
    assert run() == (
        "Shortened 10 of 10 attempts.\n"
        f"1 keep the long form, because they would not read back the same: {odd.pk}.\n"
    )
