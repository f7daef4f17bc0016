"""Handing a client over to a colleague: confirmed, logged on both sides, and final."""

import re

import pytest

from quiz.counseling.handover import Moved, Part, colleague_of, hand_over
from quiz.counseling.models import AuditEntry, Client, Note
from quiz.counseling.views import client as views
from quiz.counseling.views.own import own_client
from tests.factories import disclose, make_client, make_counselor, signed_in
from tests.pages import fields_with_errors, text_of

pytestmark = pytest.mark.both_databases

EMAIL = "ana.diaz@example.org"


@pytest.fixture
def giver(content):
    return make_counselor("Dana Reed", email="dana.reed@example.org")


@pytest.fixture
def receiver(content):
    return make_counselor("Ana Diaz", email=EMAIL)


@pytest.fixture
def kim(giver):
    client = make_client(giver, "Kim", group=giver.groups.create(name="9b"))
    client.tags.add(giver.tags.create(name="autumn"))
    return client


@pytest.fixture
def desk(giver):
    """The giver's browser."""
    return signed_in(giver)


def url_of(client: Client) -> str:
    return f"/counselor/clients/{client.pk}/handover/"


class TestHandover:
    def test_form_says_what_is_handed_over(self, desk, kim):
        page = text_of(desk.get(url_of(kim)))
        assert "including private ones" in page
        assert "A group stays with you" in page

    def test_colleague_gets_the_client(self, desk, receiver, kim):
        response = desk.post(url_of(kim), {"email": EMAIL, "is_sure": "on"}, follow=True)
        assert response.redirect_chain == [("/counselor/", 302)]
        (message,) = response.context["messages"]
        assert "Ana Diaz" in str(message)
        colleague = signed_in(receiver)
        assert "Kim" in text_of(colleague.get("/counselor/"))

    def test_giver_loses_access_to_every_page(self, desk, giver, receiver, kim):
        disclosure = disclose(kim)
        Note.objects.create(client=kim, author=giver, text="Private thoughts")
        desk.post(url_of(kim), {"email": EMAIL, "is_sure": "on"})
        for path in (
            f"/counselor/clients/{kim.pk}/",
            f"/counselor/results/{disclosure.pk}/",
            f"/counselor/results/{disclosure.pk}/preparation/",
            f"/counselor/results/{disclosure.pk}.pdf",
            f"/counselor/compare/?client={kim.pk}",
            url_of(kim),
        ):
            assert desk.get(path).status_code == 404, path
        desk.get("/counselor/")  # shows once where the client went
        assert ">Kim<" not in text_of(desk.get("/counselor/"))

    def test_results_and_notes_move_with_their_author(self, desk, giver, receiver, kim):
        disclosure = disclose(kim)
        Note.objects.create(client=kim, author=giver, text="Thoughts")
        desk.post(url_of(kim), {"email": EMAIL, "is_sure": "on"})
        colleague = signed_in(receiver)
        page = text_of(colleague.get(f"/counselor/clients/{kim.pk}/"))
        assert "Thoughts" in page
        assert re.search(r"· <bdi>Dana Reed</bdi>\s*</p>", page)
        assert colleague.get(f"/counselor/results/{disclosure.pk}/").status_code == 200

    def test_group_stays_with_the_giver_and_tags_go_along(self, desk, giver, receiver, kim):
        desk.post(url_of(kim), {"email": EMAIL, "is_sure": "on"})
        kim.refresh_from_db()
        assert kim.group is None
        assert giver.groups.count() == 1
        assert [(tag.name, tag.counselor) for tag in kim.tags.all()] == [("autumn", receiver)]
        assert not giver.tags.exists()

    def test_group_goes_along_if_its_box_is_checked(self, desk, giver, receiver, kim):
        data = {"email": EMAIL, "is_sure": "on", "groups": str(kim.group_id)}
        desk.post(url_of(kim), data)
        kim.refresh_from_db()
        assert (kim.counselor, kim.group.counselor) == (receiver, receiver)

    def test_group_with_other_clients_is_not_offered(self, desk, giver, receiver, kim):
        assert 'name="groups"' in text_of(desk.get(url_of(kim)))
        make_client(giver, "Bo", group=kim.group)
        assert 'name="groups"' not in text_of(desk.get(url_of(kim)))

    def test_handover_is_in_both_logs(self, desk, giver, receiver, kim):
        desk.post(url_of(kim), {"email": EMAIL, "is_sure": "on"})
        entries = AuditEntry.objects.filter(action=AuditEntry.HANDED_OVER, client=kim)
        assert {(entry.counselor, entry.detail) for entry in entries} == {
            (giver, f"to {receiver.pk}"),
            (receiver, f"from {giver.pk}"),
        }

    def test_capitals_in_the_address_do_not_matter(self, desk, receiver, kim):
        desk.post(url_of(kim), {"email": EMAIL.upper(), "is_sure": "on"})
        kim.refresh_from_db()
        assert kim.counselor == receiver

    def test_handover_needs_confirmation(self, desk, giver, receiver, kim):
        response = desk.post(url_of(kim), {"email": EMAIL})
        assert response.status_code == 400
        assert fields_with_errors(response) == {"is_sure"}
        assert f'value="{EMAIL}"' in text_of(response)
        kim.refresh_from_db()
        assert kim.counselor == giver

    def test_second_handover_is_not_an_error(self, desk, receiver, kim):
        data = {"email": EMAIL, "is_sure": "on"}
        assert [desk.post(url_of(kim), data).status_code for _click in range(2)] == [302, 404]
        assert AuditEntry.objects.filter(action=AuditEntry.HANDED_OVER).count() == 2

    def test_simultaneous_second_handover_moves_nothing(self, giver, receiver, kim):
        third = make_counselor("Third")
        assert hand_over(giver, receiver, Part({kim.pk})) == Moved(1, 0)
        assert hand_over(giver, third, Part({kim.pk})) == Moved(0, 0)
        kim.refresh_from_db()
        assert kim.counselor == receiver


class TestLateRequests:
    @pytest.fixture
    def handed_over_in_between(self, monkeypatch, receiver):
        """Hand the client over right after the giver's request has loaded it."""

        def looked_up(counselor, client_id):
            client = own_client(counselor, client_id)
            hand_over(counselor, receiver, Part({client_id}))
            return client

        monkeypatch.setattr(views, "own_client", looked_up)

    def test_late_change_does_not_touch_the_colleagues_client(
        self, desk, giver, receiver, kim, handed_over_in_between
    ):
        data = {"name": "Changed", "group": str(kim.group.pk), "tags": "late"}
        assert desk.post(f"/counselor/clients/{kim.pk}/edit/", data).status_code == 404
        kim.refresh_from_db()
        assert (kim.name, kim.group, kim.counselor) == ("Kim", None, receiver)
        assert [tag.name for tag in kim.tags.all()] == ["autumn"]
        assert not AuditEntry.objects.filter(action=AuditEntry.CHANGED).exists()

    def test_late_deletion_does_not_touch_the_colleagues_client(
        self, desk, kim, handed_over_in_between
    ):
        assert desk.post(f"/counselor/clients/{kim.pk}/delete/").status_code == 404
        assert Client.objects.filter(pk=kim.pk).exists()
        assert not AuditEntry.objects.filter(action=AuditEntry.DELETED).exists()


class TestReceiver:
    def closed(self):
        counselor = make_counselor(email="closed@example.org")
        counselor.user.is_active = False
        counselor.user.save()

    def test_account_that_was_closed_in_the_meantime_gets_no_one(self, giver, receiver, kim):
        receiver.user.is_active = False
        receiver.user.save()
        assert hand_over(giver, receiver, Part(is_all=True)) == Moved(0, 0)
        kim.refresh_from_db()
        assert kim.counselor == giver

    def test_every_unsuitable_address_gets_the_same_error(self, desk, giver, receiver, kim):
        self.closed()
        errors = set()
        for email in ("nobody@example.org", "dana.reed@example.org", "closed@example.org"):
            response = desk.post(url_of(kim), {"email": email, "is_sure": "on"})
            assert response.status_code == 400
            assert fields_with_errors(response) == {"email"}
            errors |= set(re.findall('<p class="error".*?</p>', text_of(response), re.S))
            assert f'value="{email}"' in text_of(response)
        assert len(errors) == 1
        kim.refresh_from_db()
        assert kim.counselor == giver

    @pytest.mark.parametrize(
        "email",
        ["", "x", "a@b", "x" * 300 + "@example.org", "a@example.org\nb@example.org"],
        ids=lambda value: repr(value)[:12],
    )
    def test_invalid_address_is_refused(self, desk, giver, kim, email):
        assert desk.post(url_of(kim), {"email": email, "is_sure": "on"}).status_code == 400
        kim.refresh_from_db()
        assert kim.counselor == giver

    def test_account_without_counselor_is_refused(self, giver, django_user_model):
        django_user_model.objects.create_user("editor", "editor@example.org")
        assert colleague_of(giver, "editor@example.org") is None
