"""Published versions are frozen, in Python and in the database."""

import dataclasses

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, connection, transaction

from quiz.questionnaires.freezing import VERSION, VERSION_OF_PART, trigger_names
from quiz.questionnaires.models import (
    BackgroundOption,
    BackgroundQuestion,
    Item,
    QuestionnaireVersion,
    ScaleAnswer,
    Trait,
    Wording,
)
from quiz.questionnaires.models.version import frozen_questionnaire
from tests.answers import SHIPPED

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

PARTS = [Wording, ScaleAnswer, Trait, Item, BackgroundQuestion, BackgroundOption]


@pytest.fixture
def live():
    return QuestionnaireVersion.objects.published().get()


@pytest.fixture
def draft():
    return QuestionnaireVersion.objects.add(SHIPPED, title="Draft")


def of(version, part):
    if part is BackgroundOption:
        return part.objects.filter(question__version=version)
    return part.objects.filter(version=version)


def refused():
    return pytest.raises(IntegrityError, match="cannot be changed")


class TestShipped:
    def test_shipped_questionnaire_is_version_1(self, live):
        assert live.number == 1
        assert frozen_questionnaire(live.pk) == SHIPPED

    def test_draft_holds_the_same_without_a_number(self, draft):
        fresh = QuestionnaireVersion.objects.with_parts().get(pk=draft.pk)
        assert fresh.questionnaire() == dataclasses.replace(SHIPPED, number=None)


class TestFrozen:
    @pytest.mark.parametrize("part", PARTS)
    def test_no_part_can_be_changed_added_or_deleted(self, live, part):
        row = of(live, part).first()
        with refused(), transaction.atomic():
            row.save()
        with refused(), transaction.atomic():
            of(live, part).update(id=row.pk + 1000)
        with refused(), transaction.atomic():
            row.delete()
        with refused(), transaction.atomic():
            of(live, part).delete()
        with refused(), transaction.atomic():
            row.pk = None
            part.objects.bulk_create([row])

    @pytest.mark.parametrize("part", PARTS)
    def test_parts_of_a_draft_cannot_be_moved_into_it(self, live, draft, part):
        row = of(draft, part).first()
        with refused(), transaction.atomic():
            if part is BackgroundOption:
                row.question = live.background_questions.first()
            else:
                row.version = live
            row.save()

    @pytest.mark.parametrize("part", PARTS)
    def test_its_parts_cannot_be_moved_out(self, live, draft, part):
        moved = (
            {"question": draft.background_questions.first()}
            if part is BackgroundOption
            else {"version": draft}
        )
        with refused(), transaction.atomic():
            of(live, part).update(**moved)

    @pytest.mark.parametrize(
        "change",
        [
            {"title": "x"},
            {"clear_from": 0.8},
            {"leaning_from": 0.6},
            {"items_per_page": 5},
            {"number": 9},
            {"languages": ["xx"]},
            {"status": "draft", "number": None, "published_at": None},
        ],
    )
    def test_version_itself_cannot_be_changed(self, live, change):
        with refused(), transaction.atomic():
            QuestionnaireVersion.objects.filter(pk=live.pk).update(**change)

    def test_published_version_cannot_be_deleted(self, live):
        with refused(), transaction.atomic():
            live.delete()
        with refused(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {VERSION}")

    @pytest.mark.parametrize("table", VERSION_OF_PART)
    def test_raw_sql_is_refused_too(self, table):
        with refused(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")

    @pytest.mark.parametrize("table", VERSION_OF_PART)
    def test_writing_a_part_waits_while_its_version_is_being_published(self, live, table):
        """Otherwise a text that the check never saw could be published with the rest."""
        if connection.vendor == "sqlite":
            return  # SQLite has one writer at a time anyway
        publisher = connection.copy()
        try:
            with (
                publisher.cursor() as publishing,
                connection.cursor() as writing,
            ):
                publishing.execute("BEGIN")
                publishing.execute(f"SELECT 1 FROM {VERSION} WHERE id = {live.pk} FOR UPDATE")
                writing.execute("SET LOCAL lock_timeout = '100ms'")
                with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
                    writing.execute(f"DELETE FROM {table}")
        finally:
            publisher.close()

    def test_retired_version_stays_frozen_and_cannot_be_published_again(self, live, draft):
        draft.publish()
        for change in ({"status": "published"}, {"retired_at": None}, {"title": "x"}):
            with refused(), transaction.atomic():
                QuestionnaireVersion.objects.filter(pk=live.pk).update(**change)

    def test_every_trigger_exists_after_all_migrations(self):
        names = (
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            if connection.vendor == "sqlite"
            else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        )
        with connection.cursor() as cursor:
            cursor.execute(names)
            assert {row[0] for row in cursor.fetchall()} == trigger_names()


class TestDraft:
    def test_draft_can_be_changed_and_deleted(self, draft):
        of(draft, Item).update(rationale="x")
        of(draft, Wording).first().delete()
        draft.title = "Other"
        draft.save()
        draft.delete()
        assert not QuestionnaireVersion.objects.filter(title="Other").exists()


class TestPublishing:
    def test_publishing_makes_the_draft_live_and_retires_the_version_before(self, live, draft):
        draft.publish()
        live.refresh_from_db()
        assert (draft.number, draft.status) == (2, "published")
        assert (live.status, live.number) == ("retired", 1)
        assert live.retired_at == draft.published_at
        assert QuestionnaireVersion.objects.published().get() == draft

    def test_errors_prevent_publishing_and_change_nothing(self, live, draft):
        of(draft, Item).filter(key="P1").update(keying=-1)
        with pytest.raises(ValidationError, match="Ask as many of each"):
            draft.publish()
        draft.refresh_from_db()
        assert (draft.status, draft.number) == ("draft", None)
        assert QuestionnaireVersion.objects.published().get() == live

    def test_publishing_requires_texts_in_every_language_of_the_site(
        self, live, draft, monkeypatch
    ):
        monkeypatch.setattr(f"{QuestionnaireVersion.__module__}.site_languages", lambda: ["de"])
        with pytest.raises(ValidationError, match="“de”"):
            draft.publish()
        assert QuestionnaireVersion.objects.published().get() == live

    def test_only_a_draft_can_be_published(self, live):
        with pytest.raises(ValidationError, match="draft"):
            live.publish()

    def test_only_one_version_can_be_live(self, draft):
        with pytest.raises(IntegrityError), transaction.atomic():
            QuestionnaireVersion.objects.filter(pk=draft.pk).update(
                status="published", number=7, published_at=draft.created_at
            )

    def test_only_published_versions_are_cached(self, draft):
        with pytest.raises(QuestionnaireVersion.DoesNotExist):
            frozen_questionnaire(draft.pk)
