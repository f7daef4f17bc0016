"""Users in the admin: names that people can see."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User

from tests.factories import set_up_second_factor
from tests.pages import list_of, page_of, values_at

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

PASSWORD = {"password1": "a level and a bubble", "password2": "a level and a bubble"}


JOINED = {"date_joined_0": "2026-11-24", "date_joined_1": "12:00:00"}


def changed(admin_client, user, **values):
    address = page_of(user)
    return admin_client.post(address, values_at(admin_client, address) | JOINED | values)


@pytest.fixture
def user():
    return User.objects.create_user("kim")


@pytest.mark.parametrize("name", ["\u3164", "\uffa0\u115f", "ki\u3164m"], ids=ascii)
def test_user_name_that_no_one_can_see_is_refused(admin_client, user, name):
    new = {"username": name, "usable_password": "true", **PASSWORD}
    assert admin_client.post(f"{list_of(User)}add/", new).status_code == 200
    assert changed(admin_client, user, username=name).status_code == 200
    assert set(User.objects.values_list("username", flat=True)) == {"admin", "kim"}


@pytest.mark.parametrize("name", ["kim.lang@example.org", "Σοφία", "李伟"])
def test_user_name_of_any_script_is_accepted(admin_client, user, name):
    assert changed(admin_client, user, username=name).status_code == 302
    user.refresh_from_db()
    assert user.username == name


def test_first_and_last_name_are_cleaned(admin_client, user):
    changed(admin_client, user, first_name="\u202eKim\u200b", last_name=" La\u0308ng ")
    user.refresh_from_db()
    assert (user.first_name, user.last_name) == ("Kim", "Läng")
    assert changed(admin_client, user, first_name="\u3164").status_code == 200


def test_action_resets_two_step_login_of_the_chosen_people(admin_client, admin_user, user):
    set_up_second_factor(user)
    data = {"action": "reset_two_step_login", "_selected_action": [user.pk]}
    page = admin_client.post(list_of(User), data, follow=True)
    assert "1 person sets up a new app at the next login." in page.content.decode()
    assert Authenticator.objects.get().user == admin_user
