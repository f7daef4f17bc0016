"""Loading the shipped questionnaire: on a new site, and on one that has version 1 live."""

import dataclasses

import pytest
from django.db import connection

from quiz.questionnaires.freezing import drop_triggers
from quiz.questionnaires.models import QuestionnaireVersion
from quiz.questionnaires.shipped import load_questionnaire, offered_version_id
from roles.content import load_roles
from tests.answers import SHIPPED, VERSION_2

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def rows():
    """Return every version by title: its status, number and questionnaire."""
    return {
        version.title: (version.status, version.number, version.questionnaire())
        for version in QuestionnaireVersion.objects.with_parts()
    }


VERSION_1_LIVE = {"As shipped": ("published", 1, SHIPPED)}
OFFERED = {"Reworded statements": ("draft", None, dataclasses.replace(VERSION_2, number=None))}


class TestNewSite:
    @pytest.fixture(autouse=True)
    def no_versions(self, content):
        drop_triggers(connection)
        QuestionnaireVersion.objects.all().delete()

    def test_version_2_is_live_and_the_only_one(self):
        assert load_questionnaire() == "version 2 published"
        assert rows() == {"As shipped": ("published", 2, VERSION_2)}

    def test_loading_again_adds_nothing(self):
        load_questionnaire()
        before = rows()
        assert load_questionnaire() == "kept"
        assert rows() == before

    def test_the_next_version_that_editors_publish_is_number_3(self):
        load_questionnaire()
        draft = QuestionnaireVersion.objects.add(VERSION_2, title="Ours")
        draft.publish()
        assert draft.number == 3


@pytest.mark.usefixtures("content")
class TestSiteWithVersion1:
    def test_version_2_is_added_as_a_draft_and_version_1_stays_live(self):
        assert "draft" in load_questionnaire()
        assert rows() == VERSION_1_LIVE | OFFERED

    def test_loading_again_adds_no_second_draft(self):
        load_questionnaire()
        assert load_questionnaire() == "kept"
        assert rows() == VERSION_1_LIVE | OFFERED

    def test_renamed_and_edited_draft_stays_as_it_is(self):
        load_questionnaire()
        draft = QuestionnaireVersion.objects.drafts().get()
        draft.items.filter(key="P1").update(text_en="I like to call.")
        QuestionnaireVersion.objects.filter(pk=draft.pk).update(title="Ours")
        before = rows()
        load_questionnaire()
        assert rows() == before

    def test_deleted_draft_never_comes_back(self):
        load_questionnaire()
        QuestionnaireVersion.objects.drafts().get().delete()
        load_questionnaire()
        assert rows() == VERSION_1_LIVE

    def test_drafts_of_editors_stay_next_to_it(self):
        own = {"Ours": ("draft", None, dataclasses.replace(SHIPPED, number=None))}
        QuestionnaireVersion.objects.add(SHIPPED, title="Ours")
        load_questionnaire()
        assert rows() == VERSION_1_LIVE | own | OFFERED

    def test_published_draft_is_version_2_and_version_1_keeps_its_words(self):
        load_questionnaire()
        QuestionnaireVersion.objects.drafts().get().publish()
        assert rows() == {
            "As shipped": ("retired", 1, SHIPPED),
            "Reworded statements": ("published", 2, VERSION_2),
        }
        assert load_questionnaire() == "kept"

    def test_it_is_known_which_version_was_added(self):
        assert offered_version_id() is None
        load_questionnaire()
        assert offered_version_id() == QuestionnaireVersion.objects.drafts().get().pk

    def test_loading_roles_leaves_the_record_of_the_questionnaire(self):
        load_questionnaire()
        added = offered_version_id()
        load_roles()
        assert offered_version_id() == added


@pytest.mark.usefixtures("content")
class TestSiteWithAnotherVersion:
    def test_live_version_of_editors_is_kept_without_a_draft(self):
        QuestionnaireVersion.objects.add(SHIPPED, title="Ours").publish()
        assert load_questionnaire() == "kept"
        assert [version.title for version in QuestionnaireVersion.objects.all()] == [
            "Ours",
            "As shipped",
        ]

    def test_closed_quiz_stays_closed(self):
        QuestionnaireVersion.objects.published().get().retire()
        assert load_questionnaire() == "kept"
        assert rows() == {"As shipped": ("retired", 1, SHIPPED)}
