"""The form of the organization in the admin."""

import html
import re

import pytest
from django.contrib.auth.models import Permission, User

from organization.forms import ColorField
from organization.models import Organization
from organization.palette import CHOSEN, DEFAULTS
from tests.factories import sign_in
from tests.pages import text_of, values_at
from tests.quiz.admin.pages import BEYOND_64_BIT, fields_without_help

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


def test_every_field_has_a_help_text(admin_client):
    assert fields_without_help(admin_client.get(ADD)) == set()


@pytest.mark.parametrize("address", [ADD, CHANGE])
@pytest.mark.parametrize("value", [BEYOND_64_BIT, "a\0b", "-1"])
def test_impossible_values_are_form_errors(admin_client, address, value):
    if address == CHANGE:
        Organization.objects.create()
    forged = dict.fromkeys(values_at(admin_client, address, empty=value), value)
    response = admin_client.post(address, forged)
    assert response.status_code == 200
    assert {"country", "privacy_url", "light_act", "contact_link"} <= set(
        response.context_data["adminform"].form.errors
    )


@pytest.mark.parametrize("page", ["2/change/", "abc/change/", f"{'9' * 30}/history/"])
def test_there_is_no_other_row(admin_client, page):
    Organization.objects.create()
    assert admin_client.get(f"{LIST}{page}").status_code == 302


def test_row_can_be_neither_deleted_nor_added_twice(admin_client):
    Organization.objects.create(name="Northside")
    assert admin_client.post(f"{LIST}1/delete/", {"post": "yes"}).status_code == 403
    assert admin_client.post(ADD, {"name": "Southside"}).status_code == 403
    assert Organization.objects.get().name == "Northside"


def test_form_that_is_sent_twice_leads_to_the_row(admin_client):
    token = {"csrfmiddlewaretoken": str(admin_client.get(ADD).context["csrf_token"])}
    for _press in range(2):
        assert admin_client.post(ADD, {"name": "Northside", **token}).status_code == 302
    assert Organization.objects.get().history.count() == 1


def test_who_may_only_view_sees_no_field(client):
    Organization.objects.create(name="Northside")
    user = User.objects.create_user("petra", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_organization"))
    page = text_of(sign_in(client, user).get(CHANGE))
    assert "Northside" in page
    assert 'name="name"' not in page
    assert "Preview the colors" not in page


class TestColors:
    def test_color_with_too_little_contrast_is_refused_with_the_nearest_that_passes(
        self, admin_client
    ):
        response = admin_client.post(ADD, {"name": "Northside", "light_act": "#ffcc00"})
        (message,) = response.context_data["adminform"].form.errors["light_act"]
        assert re.search(r"is 1\.\d\d to 1 and must be at least 4\.5\. Use #[0-9a-f]{6}", message)
        nearest = re.search(r"Use (#\w+)", message)[1]
        assert 'value="Northside"' in text_of(response)
        admin_client.post(ADD, {"name": "Northside", "light_act": nearest})
        assert Organization.objects.get().light_act == nearest

    def test_message_names_both_colors(self, admin_client):
        typed = {"light_paper": "#ffffff", "light_ink": "#aaaaaa"}
        response = admin_client.post(ADD, typed)
        (message,) = response.context_data["adminform"].form.errors["light_ink"]
        assert re.match(r"The contrast with [a-z ]+ \(#[0-9a-f]{6}\) is", message)

    def test_background_of_the_wrong_theme_is_refused(self, admin_client):
        response = admin_client.post(ADD, {"light_paper": "#222222", "dark_paper": "#eeeeee"})
        errors = response.context_data["adminform"].form.errors
        assert "too dark for a light background" in errors["light_paper"][0]
        assert "too light for a dark background" in errors["dark_paper"][0]

    @pytest.mark.parametrize("typed", ["0A5", "#0a5", "#00AA55", "00aa55"])
    def test_usual_ways_to_write_a_color_are_understood(self, typed):
        assert ColorField().clean(typed) == "#00aa55"

    @pytest.mark.parametrize("typed", ["red", "#12345", "#fff}a{}", "rgb(1,2,3)"])
    def test_anything_else_is_refused(self, admin_client, typed):
        response = admin_client.post(ADD, {"light_act": typed})
        assert "light_act" in response.context_data["adminform"].form.errors

    def test_help_names_the_color_of_an_empty_field(self, admin_client):
        page = text_of(admin_client.get(ADD))
        assert all(f"If empty, {DEFAULTS['dark'][token]}." in page for token in CHOSEN)

    def test_preview_shows_both_themes_and_saves_nothing(self, admin_client):
        typed = {"name": "Northside", "light_act": "#FFCC00", "dark_act": "x'); }"}
        shown = admin_client.post(f"{LIST}preview/", typed, follow=True)
        assert shown.request["QUERY_STRING"] == "light_act=%23ffcc00"
        page = text_of(shown)
        assert "Links and buttons, light: The contrast with" in page
        (style,) = re.findall(r'href="([^"]+preview\.css[^"]*)"', page)
        sheet = admin_client.get(html.unescape(style)).content.decode()
        assert ".in-light {" in sheet
        assert "--act: #ffcc00;" in sheet
        assert f"--act: {DEFAULTS['dark']['act']};" in sheet
        assert not Organization.objects.exists()

    def test_address_of_the_preview_takes_colors_only(self, admin_client):
        query = {"light_act": "#fff; } body { display: none", "dark_act": "#00aa55", "x": "#123456"}
        sheet = admin_client.get(f"{LIST}preview.css", query).content.decode()
        assert "display" not in sheet
        assert "#123456" not in sheet
        assert "--act: #00aa55;" in sheet
