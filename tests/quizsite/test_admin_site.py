"""The admin's menu is grouped by job, and lists each model once."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User

from quizsite.admin_site import MENU
from tests.factories import sign_in

pytestmark = [pytest.mark.django_db]


def groups_of(client):
    """Return the names of the models in each group, by the group's heading."""
    apps = client.get("/admin/").context["app_list"]
    return {str(app["name"]): [model["object_name"] for model in app["models"]] for app in apps}


def test_menu_is_grouped_by_job(admin_client):
    assert list(groups_of(admin_client)) == [
        *("Questionnaire", "Job pages", "Counselors", "Accounts"),
        *("This site", "Background work"),
    ]


def test_every_model_is_listed_once():
    named = [name for _group, _heading, names in MENU for name in names]
    assert sorted(named) == sorted(model.__name__ for model in admin.site._registry)


def test_heading_opens_the_first_list_of_its_group(admin_client):
    apps = admin_client.get("/admin/").context["app_list"]
    assert all(app["app_url"] == app["models"][0]["admin_url"] for app in apps)


def test_group_without_anything_to_see_is_left_out(client):
    user = User.objects.create_user("someone", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_counselor"))
    sign_in(client, user)
    assert groups_of(client) == {"Counselors": ["Counselor"]}


def test_page_of_an_app_lists_its_models(admin_client):
    response = admin_client.get("/admin/auth/")
    assert [app["app_label"] for app in response.context["app_list"]] == ["auth"]
