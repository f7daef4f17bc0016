"""Two versions side by side in the admin."""

import pytest

from quiz.questionnaires.models import QuestionnaireVersion
from tests.answers import SHIPPED
from tests.pages import page_of, text_of
from tests.quiz.admin.pages import BEYOND_64_BIT, client_who_may

pytestmark = pytest.mark.django_db


def shown(client, version, **query):
    return client.get(page_of(version, "differences"), query)


def test_a_draft_is_set_against_what_is_live(admin_client, live, draft):
    draft.items.filter(key="P1").update(text_en="I like new words.")
    response = shown(admin_client, draft)
    assert response.context["other"] == live
    [difference] = response.context["found"]
    assert difference.new == "I like new words."
    assert "<ins>" in text_of(response)
    assert "<del>" in text_of(response)


def test_a_published_version_is_set_against_the_one_before(admin_client, live, draft):
    draft.publish()
    assert shown(admin_client, draft).context["other"] == live


def test_any_other_can_be_chosen(admin_client, draft):
    other = QuestionnaireVersion.objects.add(SHIPPED, title="Other")
    other.items.filter(key="P2").update(text_en="Quite different.")
    [difference] = shown(admin_client, draft, **{"with": other.pk}).context["found"]
    assert difference.old == "Quite different."


def test_two_that_say_the_same_say_so(admin_client, draft):
    assert "word by word" in text_of(shown(admin_client, draft))


def test_the_only_version_has_nothing_to_be_compared_with(admin_client, live):
    assert "no other version" in text_of(shown(admin_client, live))


def test_words_are_escaped(admin_client, draft):
    draft.items.filter(key="P1").update(text_en="<script>alert(1)</script>")
    assert "<script>alert" not in text_of(shown(admin_client, draft))


@pytest.mark.parametrize("pk", ["0", "abc", "-1", BEYOND_64_BIT])
def test_one_that_does_not_exist_is_not_found(admin_client, draft, pk):
    assert shown(admin_client, draft, **{"with": pk}).status_code == 404


def test_it_takes_the_right_to_see_versions(client, draft):
    client_who_may(client, "view_role")
    assert shown(client, draft).status_code == 403


def test_it_takes_a_few_statements(admin_client, draft, django_assert_max_num_queries):
    with django_assert_max_num_queries(22):
        shown(admin_client, draft)
