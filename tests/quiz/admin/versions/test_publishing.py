"""Starting, publishing and retiring a version in the admin."""

import dataclasses

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import IntegrityError, connection
from django.db.models import Value
from django.db.models.functions import Concat
from django.utils.html import escape

from quiz.questionnaires.models import QuestionnaireVersion
from tests.answers import SHIPPED, leaning
from tests.factories import sign_in
from tests.pages import lasting_text_of, page_of, page_url, take_quiz, text_of
from tests.quiz.admin.pages import (
    BEYOND_64_BIT,
    VERSIONS,
    client_who_may,
    levels_of,
    messages_of,
    publish,
    stored,
    values_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]


class TestNewDraft:
    def address(self, version):
        return page_of(version, "new-draft")

    def start(self, client, version, title="Spring"):
        response = client.post(self.address(version), {"title": title})
        assert response.status_code == 302, text_of(response)
        draft = QuestionnaireVersion.objects.drafts().get(title=title)
        assert response["Location"] == page_of(draft)
        return draft

    def test_every_version_offers_a_new_draft(self, admin_client, live, small_draft):
        for version in (live, small_draft):
            assert self.address(version) in text_of(admin_client.get(page_of(version)))

    def test_list_starts_a_draft_of_the_live_version_on_the_same_page(
        self, admin_client, live, small_draft
    ):
        assert f'href="{VERSIONS}add/"' in text_of(admin_client.get(VERSIONS))
        assert admin_client.get(f"{VERSIONS}add/").url == self.address(live)

    def test_someone_who_may_only_add_starts_from_a_file(self, client, live):
        client_who_may(client, "add_questionnaireversion")
        assert client.get(f"{VERSIONS}add/").url == f"{VERSIONS}import/"

    def test_another_version_can_be_chosen_on_the_page(self, admin_client, live, small_draft):
        data = {"start": small_draft.pk, "title": "Small"}
        admin_client.post(self.address(live), data)
        draft = QuestionnaireVersion.objects.get(title="Small")
        assert stored(draft).items == stored(small_draft).items

    @time_machine.travel("2026-11-30 12:00")
    def test_title_offers_the_date_and_counts_on(self, client, live):
        sign_in(client, User.objects.create_superuser("mona"))  # on that day
        offered = client.get(self.address(live)).context["adminform"].form["title"].value()
        assert offered == "Draft of November 30, 2026"
        self.start(client, live, offered)
        again = client.get(self.address(live)).context["adminform"].form["title"].value()
        assert again == "Draft of November 30, 2026 (2)"

    def test_opening_the_form_creates_no_draft(self, admin_client, live):
        admin_client.get(self.address(live))
        assert QuestionnaireVersion.objects.count() == 1

    def test_new_draft_copies_everything(self, admin_client, live):
        draft = self.start(admin_client, live)
        assert stored(draft) == dataclasses.replace(SHIPPED, number=None)

    def test_copying_leaves_the_version_unchanged(self, admin_client, live):
        self.start(admin_client, live)
        assert stored(live) == SHIPPED

    def test_draft_and_retired_version_can_be_copied(self, admin_client, live, draft):
        draft.items.filter(key="P1").update(rationale="Edited.")
        assert "Edited." in str(stored(self.start(admin_client, draft, "From a draft")))
        QuestionnaireVersion.objects.add(SHIPPED, title="Next").publish()
        assert stored(self.start(admin_client, live, "From a retired one")).items == SHIPPED.items

    @pytest.mark.slow
    def test_copy_can_be_edited_and_published(self, admin_client, live):
        draft = self.start(admin_client, live)
        values = values_of(admin_client, draft) | {"items-0-text_en": "I like new words."}
        admin_client.post(page_of(draft), values)
        publish(admin_client, draft, follow=False)
        assert QuestionnaireVersion.objects.published().get() == draft

    @pytest.mark.parametrize("title", ["", " ", "x" * 81, "a\0b"])
    def test_impossible_title_is_a_form_error(self, admin_client, live, title):
        response = admin_client.post(self.address(live), {"title": title})
        assert 'class="errorlist"' in text_of(response)
        assert QuestionnaireVersion.objects.count() == 1

    def test_version_with_the_longest_title_can_be_copied(self, admin_client):
        version = QuestionnaireVersion.objects.add(SHIPPED, title="x" * 80)
        offered = admin_client.get(self.address(version)).context["adminform"].form["title"]
        self.start(admin_client, version, offered.value())

    def test_log_says_who_started_the_draft(self, admin_client, admin_user, live):
        draft = self.start(admin_client, live)
        assert LogEntry.objects.get(object_id=str(draft.pk)).user == admin_user

    @pytest.mark.parametrize("pk", ["0", "abc", BEYOND_64_BIT])
    def test_unknown_version_is_404(self, admin_client, pk):
        assert admin_client.post(f"{VERSIONS}{pk}/new-draft/").status_code == 404

    @pytest.mark.parametrize("lacking", ["add", "view"])
    def test_new_draft_requires_permission_to_view_and_add_versions(self, client, live, lacking):
        given = {"add", "view"} - {lacking}
        client_who_may(client, *(f"{right}_questionnaireversion" for right in given))
        assert client.post(self.address(live), {"title": "x"}).status_code == 403


class TestPublishing:
    def address(self, version):
        return page_of(version, "publish")

    def test_publishing_is_offered_for_drafts_only(self, admin_client, live, small_draft):
        for version in (small_draft, live):
            html = text_of(admin_client.get(page_of(version)))
            assert (self.address(version) in html) == version.is_draft

    def test_publish_page_changes_nothing_and_names_the_live_version(
        self, admin_client, live, draft
    ):
        assert f"“{live}” retires" in text_of(admin_client.get(self.address(draft)))
        draft.refresh_from_db()
        assert draft.is_draft

    def test_publishing_makes_the_draft_live_and_retires_the_old_version(
        self, admin_client, live, draft
    ):
        response = publish(admin_client, draft)
        assert levels_of(response) == ["success"]
        assert QuestionnaireVersion.objects.published().get() == draft
        live.refresh_from_db()
        assert live.status == "retired"

    def test_log_says_who_published_the_version(self, admin_client, admin_user, draft):
        publish(admin_client, draft, follow=False)
        entry = LogEntry.objects.get(object_id=str(draft.pk))
        assert (entry.user, entry.change_message) == (admin_user, "Published as version 2.")

    @pytest.mark.slow
    def test_draft_with_errors_stays_a_draft(self, admin_client, live, draft):
        draft.items.filter(key="P1").update(keying=-1)
        response = publish(admin_client, draft)
        assert set(levels_of(response)) == {"error"}
        assert draft.errors()[0].message in messages_of(response)
        assert QuestionnaireVersion.objects.published().get() == live
        assert not LogEntry.objects.exists()

    def test_publish_page_shows_errors(self, admin_client, draft):
        draft.items.filter(key="P1").update(keying=-1)
        page = text_of(admin_client.get(self.address(draft)))
        assert escape(draft.errors()[0].message) in page
        assert 'type="submit"' not in page.split("<main")[1]

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_published_version_cannot_be_published_again(self, admin_client, draft, method):
        publish(admin_client, draft, follow=False)
        response = getattr(admin_client, method)(self.address(draft), follow=True)
        assert levels_of(response) == ["success", "error"]
        draft.refresh_from_db()
        assert (draft.number, draft.status) == (2, "published")

    @pytest.mark.slow
    def test_losing_the_race_to_publish_is_reported(self, admin_client, live, draft, monkeypatch):
        def lose_the_race(self):
            raise IntegrityError("one_version_is_live")

        monkeypatch.setattr(QuestionnaireVersion, "publish", lose_the_race)
        response = publish(admin_client, draft)
        assert levels_of(response) == ["error"]

    @pytest.mark.parametrize("pk", ["0", "abc", BEYOND_64_BIT])
    def test_unknown_version_is_404(self, admin_client, pk):
        assert admin_client.post(f"{VERSIONS}{pk}/publish/").status_code == 404

    def test_publishing_requires_permission_to_publish(self, client, draft):
        client_who_may(client, "view_questionnaireversion", "add_questionnaireversion")
        assert client.post(self.address(draft)).status_code == 403
        draft.refresh_from_db()
        assert draft.is_draft

    def test_visitor_is_sent_to_the_login_page(self, client, draft):
        assert client.post(self.address(draft))["Location"].startswith("/admin/login/")


class TestRetiring:
    def address(self, version):
        return page_of(version, "retire")

    def test_retiring_is_offered_for_the_live_version_only(self, admin_client, live, small_draft):
        for version in (live, small_draft):
            html = text_of(admin_client.get(page_of(version)))
            assert (self.address(version) in html) == (version == live)

    def test_retire_page_changes_nothing_and_warns_that_the_quiz_closes(self, admin_client, live):
        assert "This closes the quiz" in text_of(admin_client.get(self.address(live)))
        assert QuestionnaireVersion.objects.published().get() == live

    def test_retiring_closes_the_quiz_but_not_started_attempts(self, admin_client, client, live):
        client.post("/quiz/")
        response = admin_client.post(self.address(live), follow=True)
        assert levels_of(response) == ["success"]
        live.refresh_from_db()
        assert (live.status, live.retired_at is None) == ("retired", False)
        assert client.get(page_url(1)).status_code == 200
        client.cookies.clear()
        assert client.post("/quiz/").status_code == 503

    def test_log_says_who_retired_the_version(self, admin_client, admin_user, live):
        admin_client.post(self.address(live))
        entry = LogEntry.objects.get(object_id=str(live.pk))
        assert (entry.user, entry.change_message) == (admin_user, "Retired.")
        assert live.history.first().history_user == admin_user

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_draft_cannot_be_retired(self, admin_client, small_draft, method):
        response = getattr(admin_client, method)(self.address(small_draft), follow=True)
        assert levels_of(response) == ["error"]
        small_draft.refresh_from_db()
        assert small_draft.is_draft

    def test_retiring_requires_permission_to_retire(self, client, live):
        client_who_may(client, "change_questionnaireversion", "publish_questionnaireversion")
        assert client.post(self.address(live)).status_code == 403


class TestOldResults:
    def test_old_results_stay_byte_for_byte_the_same(self, admin_client, client_class, live, draft):
        visitor = client_class()
        take_quiz(visitor, leaning("sales", 7), {"B1": "6", "B2": "now"})
        before = as_stored(), lasting_text_of(visitor.get("/quiz/result/"))
        draft.items.filter(key="P1").update(text_en="Other words.")
        draft.traits.filter(key="targets").update(weight=0.45)
        draft.traits.filter(key="proactive").update(weight=0.25)
        draft.clear_from = 0.95
        draft.save()
        publish(admin_client, draft, follow=False)
        admin_client.post(page_of(draft, "retire"))
        assert (as_stored(), lasting_text_of(visitor.get("/quiz/result/"))) == before

    def test_started_attempt_keeps_its_version(self, admin_client, client_class, draft):
        visitor = client_class()
        visitor.post("/quiz/")
        draft.items.update(text_en=Concat("text_en", Value(" (new)")))
        publish(admin_client, draft, follow=False)
        assert "(new)" not in visitor.get(page_url(1)).content.decode()
        other = client_class()
        other.post("/quiz/")
        assert "(new)" in other.get(page_url(1)).content.decode()


def as_stored():
    """Results and answers as the database stores them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT CAST(result AS TEXT), CAST(answers AS TEXT) FROM quiz_attempt")
        return cursor.fetchall()
