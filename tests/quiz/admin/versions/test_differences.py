"""Comparing two versions in the admin."""

import pytest

from quiz.questionnaires.models import QuestionnaireVersion
from tests.answers import SHIPPED
from tests.pages import page_of, text_of
from tests.quiz.admin.pages import BEYOND_64_BIT, client_who_may

pytestmark = pytest.mark.django_db


def shown(client, version, **query):
    return client.get(page_of(version, "differences"), query)


def test_draft_is_compared_with_the_live_version(admin_client, live, draft):
    draft.items.filter(key="P1").update(text_en="I like new words.")
    response = shown(admin_client, draft)
    assert response.context["other"] == live
    [difference] = response.context["found"]
    assert difference.new == "I like new words."
    assert "<ins>" in text_of(response)
    assert "<del>" in text_of(response)


def test_published_version_is_compared_with_the_one_before(admin_client, live, draft):
    draft.publish()
    assert shown(admin_client, draft).context["other"] == live


def test_any_other_version_can_be_chosen(admin_client, draft):
    other = QuestionnaireVersion.objects.add(SHIPPED, title="Other")
    other.items.filter(key="P2").update(text_en="Quite different.")
    [difference] = shown(admin_client, draft, **{"with": other.pk}).context["found"]
    assert difference.old == "Quite different."


def test_identical_versions_have_no_differences(admin_client, draft):
    response = shown(admin_client, draft)
    assert response.context["other"] is not None
    assert list(response.context["found"]) == []


def test_only_version_has_no_comparison(admin_client, live):
    assert shown(admin_client, live).context["other"] is None


def test_texts_are_escaped(admin_client, draft):
    draft.items.filter(key="P1").update(text_en="<script>alert(1)</script>")
    assert "<script>alert" not in text_of(shown(admin_client, draft))


@pytest.mark.parametrize("pk", ["0", "abc", "-1", BEYOND_64_BIT])
def test_unknown_version_is_404(admin_client, draft, pk):
    assert shown(admin_client, draft, **{"with": pk}).status_code == 404


def test_differences_require_permission_to_view_versions(client, draft):
    client_who_may(client, "view_role")
    assert shown(client, draft).status_code == 403


def test_differences_take_few_queries(admin_client, draft, django_assert_max_num_queries):
    with django_assert_max_num_queries(22):
        shown(admin_client, draft)
