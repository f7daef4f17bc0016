"""The form of the organization in the admin."""

import pytest
from django.contrib.auth.models import Permission, User

from organization.models import Organization
from tests.factories import sign_in
from tests.pages import text_of, values_at

pytestmark = pytest.mark.django_db

LIST = "/admin/organization/organization/"
ADD, CHANGE = f"{LIST}add/", f"{LIST}1/change/"


def test_list_leads_to_the_form(admin_client):
    assert admin_client.get(LIST)["Location"] == ADD
    admin_client.post(ADD, {"name": "Northside"})
    assert admin_client.get(LIST)["Location"] == CHANGE
    assert Organization.objects.get().name == "Northside"


def test_change_is_in_the_history_with_its_author(admin_client):
    Organization.objects.create(name="Northside")
    admin_client.post(CHANGE, {**values_at(admin_client, CHANGE), "name": "Southside"})
    newest = Organization.objects.get().history.first()
    assert (newest.name, newest.history_user.username) == ("Southside", "admin")


def test_earlier_state_can_be_restored(admin_client):
    row = Organization.objects.create(name="Northside")
    row.name = "Southside"
    row.save()
    first = row.history.earliest()
    address = f"{LIST}1/history/{first.history_id}/"
    admin_client.post(address, {"name": first.name})
    assert Organization.objects.get().name == "Northside"
    assert "Northside Admin" in text_of(admin_client.get("/admin/"))


def test_wrong_form_says_what_to_fix_and_keeps_what_was_typed(admin_client):
    typed = {
        "name": "Northside Careers",
        "privacy_url": "http://northside.example/",
        "contact_hours": "Mondays",
        "most_finished_days": "9999",
    }
    response = admin_client.post(ADD, typed)
    page = text_of(response)
    assert all(f'value="{text}"' in page for text in typed.values())
    assert "The settings of this site keep them for 365 days." in page
    assert not Organization.objects.exists()


def test_who_has_the_permission_may_fill_it_in(client):
    user = User.objects.create_user("petra", is_staff=True)
    sign_in(client, user)
    assert client.get(LIST).status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="change_organization"))
    assert client.get(LIST)["Location"] == ADD
    assert client.post(ADD, {"name": "Northside"}).status_code == 302
