"""The demo: what it writes, how it lets people in, and when it refuses to run."""

import dataclasses
import io
import re
from datetime import timedelta
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client as Browser
from django.utils import timezone

from quiz.attempts.models import Attempt, Opening, ShareLink
from quiz.core.precision import default_norms
from quiz.core.questionnaire import Answer
from quiz.counseling.meetings import Meeting
from quiz.counseling.models import (
    AuditEntry,
    Client,
    ClientGroup,
    Counselor,
    CounselorInvitation,
    Disclosure,
    Note,
)
from quiz.evidence.figures import figures
from quiz.evidence.models import Tally
from quiz.evidence.tally import TallyCounts
from quiz.management.demo import filling
from quiz.management.demo.answers import likely_answers
from quiz.management.demo.taking import PASSPHRASE
from quiz.questionnaires.models import QuestionnaireVersion
from tests.answers import SHIPPED
from tests.factories import code_of, make_counselor, signed_in, started_attempt
from tests.pages import give_code

pytestmark = pytest.mark.django_db


def run_demo() -> str:
    out = io.StringIO()
    call_command("demo", stdout=out)
    return out.getvalue()


@pytest.fixture(scope="class")
def printed_once(django_db_setup, django_db_blocker):
    """What the demo printed; it runs once per class, and each test has a savepoint of its own."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield run_demo()
        transaction.set_rollback(True)


@pytest.fixture
def printed(printed_once, db):
    return printed_once


@pytest.fixture
def dana(printed):
    return Counselor.objects.get(name="Dana Reed")


def paths_in(printed: str) -> list[str]:
    return re.findall(r"^  (/\S+)", printed, re.MULTILINE)


@pytest.mark.usefixtures("printed")
class TestTheFilledSite:
    @pytest.mark.slow
    def test_there_are_sixty_attempts_over_four_months_and_none_in_the_future(self):
        now = timezone.now()
        attempts = Attempt.objects.order_by("started_at")
        assert attempts.count() == 60
        assert now - timedelta(days=122) < attempts[0].started_at < now - timedelta(days=110)
        assert all(
            attempt.started_at <= attempt.saved_at < now - timedelta(hours=2)
            for attempt in attempts
        )

    def test_nothing_has_expired(self):
        assert not Attempt.objects.unfinished_past_keeping(timezone.now()).exists()
        assert not Attempt.objects.results_past_keeping(timezone.now()).exists()

    def test_there_are_results_of_every_kind(self):
        results = [each.stored_result for each in Attempt.objects.filter(finished_at__isnull=False)]
        assert {(result.band, result.field) for result in results} == {
            ("clear", "sales"),
            ("leaning", "sales"),
            ("close", ""),
            ("leaning", "service"),
            ("clear", "service"),
            ("insufficient", ""),
        }

    def test_enough_people_are_counted_to_publish_figures(self):
        live = QuestionnaireVersion.objects.published().with_parts().get().questionnaire()
        counted = TallyCounts.from_data(Tally.objects.get().data)
        assert figures(counted, live, default_norms(live)).people > 30

    def test_the_draft_has_exactly_one_error(self):
        draft = QuestionnaireVersion.objects.drafts().with_parts().get(title="Shorter statements")
        assert len(draft.errors()) == 1

    def test_the_class_has_24_members_and_18_finished(self):
        group = ClientGroup.objects.get()
        finished = Attempt.objects.filter(client__group=group, finished_at__isnull=False)
        assert group.clients.count() == 24
        assert finished.values("client").distinct().count() == 18

    def test_clients_share_keep_private_and_have_not_started(self):
        states = set(Client.objects.with_state().values_list("state", flat=True))
        assert states == {"invited", "started", "finished", "shared"}
        assert set(Disclosure.objects.values_list("scope", flat=True)) == {
            "verdict",
            "traits",
            "answers",
        }

    def test_notes_log_and_links_are_there(self):
        assert Note.objects.filter(is_for_client=True).exists()
        assert Note.objects.filter(is_for_client=False).exists()
        assert Meeting.objects.get().client.name == "Ann Lee"
        assert ShareLink.objects.count() == 3
        assert Opening.objects.exists()
        assert CounselorInvitation.objects.open_at(timezone.now()).count() == 1

    def test_each_counselor_has_a_log_that_ends_before_now(self):
        for counselor in Counselor.objects.all():
            assert counselor.audit_entries.count() > 5
        assert AuditEntry.objects.latest("at").at < timezone.now() - timedelta(hours=2)

    def test_a_counselor_looks_only_at_what_is_shared_already(self):
        for entry in AuditEntry.objects.filter(action=AuditEntry.SAW).select_related("client"):
            assert entry.client.disclosures.filter(at__lt=entry.at).exists()

    # What it prints.

    @pytest.mark.slow
    def test_every_path_opens(self, printed, admin_client):
        paths = paths_in(printed)
        assert len(paths) == 8
        for path in paths:
            browser = admin_client if path.startswith("/admin/") else Browser()
            assert browser.get(path).status_code == 200, path

    def test_password_and_code_from_the_secret_log_each_counselor_in(self, printed):
        accounts = re.findall(
            r"^  (\S+@\S+)\n +password +(\S+)\n +TOTP secret +(\S+)", printed, re.MULTILINE
        )
        assert len(accounts) == 2
        for email, password, secret in accounts:
            browser = Browser()
            browser.post("/counselor/account/login/", {"login": email, "password": password})
            give_code(browser, code_of(secret))
            assert browser.get("/counselor/").status_code == 200

    def test_the_passphrase_opens_the_locked_link(self, printed):
        locked = ShareLink.objects.exclude(passphrase_hash="").get()
        (line,) = [line for line in printed.splitlines() if locked.path in line]
        assert PASSPHRASE in line
        assert locked.opens_with(PASSPHRASE)

    # Who works there.

    def test_every_page_of_a_counselor_opens(self, dana):
        browser = signed_in(dana)
        group = dana.groups.get()
        ann = dana.clients.get(name="Ann Lee")
        for path in (
            "/counselor/",
            "/counselor/groups/",
            "/counselor/log/",
            f"/counselor/clients/{ann.pk}/",
            f"/counselor/groups/{group.pk}/",
            f"/counselor/groups/{group.pk}/report/",
        ):
            assert browser.get(path).status_code == 200, path

    def test_a_client_who_was_handed_over_is_dana_s(self, dana):
        assert dana.clients.filter(name="Grace Kim").exists()

    def test_the_demo_refuses_to_run_a_second_time(self):
        with pytest.raises(CommandError, match="60 attempts and 2 counselors"):
            run_demo()
        assert Attempt.objects.count() == 60


class TestWhenItRefuses:
    @pytest.mark.usefixtures("content")
    def test_it_refuses_a_database_with_someone_s_attempt(self):
        started_attempt()
        with pytest.raises(CommandError, match="1 attempts and 0 counselors"):
            run_demo()
        assert not Counselor.objects.exists()

    @pytest.mark.usefixtures("content")
    def test_it_refuses_a_database_with_a_counselor(self):
        make_counselor()
        with pytest.raises(CommandError, match="0 attempts and 1 counselors"):
            run_demo()
        assert not Attempt.objects.exists()

    def test_it_says_when_no_version_is_published(self, live):
        live.retire()
        with pytest.raises(CommandError, match="No questionnaire version is published"):
            run_demo()

    @pytest.mark.slow
    @pytest.mark.usefixtures("content")
    def test_a_failure_halfway_leaves_nothing(self, monkeypatch):
        def fail(now):
            raise RuntimeError("the disk is full")

        monkeypatch.setattr(filling, "fold", fail)
        with pytest.raises(RuntimeError):
            run_demo()
        assert not Attempt.objects.exists()
        assert not Counselor.objects.exists()
        assert not QuestionnaireVersion.objects.drafts().exists()


@pytest.mark.slow
@pytest.mark.usefixtures("content")
def test_short_retention_is_no_obstacle(settings):
    settings.KEEP_UNFINISHED = timedelta(days=1)
    assert "The demo has" in run_demo()


@pytest.mark.parametrize(("low", "high"), [(1, 2), (1, 3), (0, 10), (0, 100)])
def test_people_of_the_demo_use_any_scale(low, high):
    scale = tuple(Answer(value, {"en": str(value)}) for value in range(low, high + 1))
    questionnaire = dataclasses.replace(SHIPPED, scale=scale)
    random = Random(1)
    people = [likely_answers(random, questionnaire) for _ in range(30)]
    given = [value for answers in people for value in answers.values()]
    assert min(given) < low + (high - low) / 4
    assert max(given) > high - (high - low) / 4


@pytest.mark.slow
@pytest.mark.usefixtures("content")
def test_the_same_people_take_the_quiz_every_time():
    def answers():
        with transaction.atomic():
            run_demo()
            found = list(Attempt.objects.order_by("pk").values_list("answers", "result"))
            transaction.set_rollback(True)
        return found

    assert answers() == answers()
