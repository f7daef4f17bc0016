"""What a result shows of its jobs: rendered once, until an editor changes something."""

import pytest

from quiz.core.suggestions import suggested_roles
from quiz.results.shown_jobs import shown_jobs
from roles.models import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]


def shown(field="sales", *, is_own=True, **background):
    suggested = suggested_roles(field, background, shows_sales_first=True)
    return shown_jobs(suggested, background, is_own=is_own, is_suggestion=bool(field))


def test_second_result_with_the_same_jobs_costs_one_query(django_assert_num_queries):
    first = shown(B3="hs")
    with django_assert_num_queries(1):
        assert shown(B3="ba") is first


def test_sentence_about_schooling_is_only_for_those_whom_it_fits():
    first, second, third = shown(B3="hs"), shown(B3="none"), shown()
    assert 'data-schooling="enough"' in first.items
    assert 'data-schooling="less"' in second.items
    assert "data-schooling" not in third.items


def test_ideas_for_this_week_are_for_the_owner_only():
    assert "data-step" in shown().items
    assert "data-step" not in shown(is_own=False).items


def test_edited_title_appears_in_each_part_immediately():
    shown()
    for slug in ("sales-representative", "sales-manager"):
        role = Role.objects.get(slug=slug)
        role.title_en = f"Edited {slug}"
        role.save()
    after = shown()
    assert "Edited sales-representative" in after.buttons
    assert "Edited sales-representative" in after.items
    assert "Edited sales-manager" in after.later_items


def test_job_that_was_deleted_is_left_out():
    shown()
    Role.objects.get(slug="sales-representative").delete()
    assert "sales-representative/" not in shown().items
