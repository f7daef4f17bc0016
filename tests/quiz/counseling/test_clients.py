"""Adding, changing and deleting clients; foreign clients look like missing ones."""

import re
from uuid import uuid4

import pytest
from django.core import mail

from quiz.attempts.models import Attempt
from quiz.counseling.caseload import Chosen, caseload_page
from quiz.counseling.clients import get_or_create_by_name
from quiz.counseling.models import AuditEntry, Client, ClientInvitation, Disclosure, Note, Tag
from tests.factories import disclose, make_client, make_counselor
from tests.pages import text_of
from tests.quiz.counseling.pages import ADD, invitation, new_client, url_of
from tests.tasks import run_tasks

pytestmark = pytest.mark.both_databases


class TestAdding:
    def test_client_is_added_with_an_invitation(self, desk, counselor):
        response = desk.post(ADD, new_client())
        client = Client.objects.of(counselor).get()
        assert response.url == url_of(client)
        page = text_of(desk.get(response.url))
        assert f'value="{invitation(client).url}"' in page
        assert mail.outbox == []

    def test_form_says_what_the_client_sees_on_their_data_page(self, desk):
        lede = text_of(desk.get(ADD)).split('class="lede"')[1].split("</p>")[0]
        said = " ".join(lede.split())
        assert (
            "On their data page they see the name, address, group and tags that you enter" in said
        )

    def test_submitting_the_form_twice_adds_one_client(self, desk):
        data = new_client(email="kim@example.org", sends_email="on")
        first, second = desk.post(ADD, data), desk.post(ADD, data)
        run_tasks()
        assert first.url == second.url
        assert Client.objects.count() == ClientInvitation.objects.count() == 1
        assert len(mail.outbox) == 1

    def test_each_form_has_a_new_id(self, desk):
        ids = {re.search(r'name="id" value="([^"]+)"', text_of(desk.get(ADD)))[1] for _ in "12"}
        assert len(ids) == 2

    def test_id_of_another_counselors_client_still_adds_a_client(self, desk, counselor):
        foreign = make_client(make_counselor(), "Stranger")
        response = desk.post(ADD, new_client(id=str(foreign.pk)))
        own = Client.objects.of(counselor).get()
        assert response.url == url_of(own)
        assert own.pk != foreign.pk
        assert Client.objects.get(pk=foreign.pk).name == "Stranger"

    @pytest.mark.parametrize("row_id", ["", "x", "9" * 500])
    def test_invalid_id_still_adds_a_client(self, desk, row_id):
        desk.post(ADD, new_client(id=row_id))
        assert Client.objects.get().name == "Kim"

    def test_group_and_tags_are_saved(self, desk, counselor):
        desk.post(ADD, new_client(new_group="Class 9b", tags="autumn,  Late , autumn, AUTUMN,"))
        client = Client.objects.get()
        assert client.group.name == "Class 9b"
        assert client.group.counselor == counselor
        assert sorted(tag.name for tag in client.tags.all()) == ["Late", "autumn"]

    def test_new_group_with_an_existing_name_is_reused(self, desk, counselor):
        group = counselor.groups.create(name="Class 9b")
        desk.post(ADD, new_client(new_group="class 9B"))
        assert Client.objects.get().group == group

    def test_groups_and_tags_of_other_counselors_are_not_reused(self, desk, counselor):
        other = make_counselor()
        other.tags.create(name="autumn")
        other.groups.create(name="9b")
        desk.post(ADD, new_client(new_group="9b", tags="autumn"))
        client = Client.objects.get()
        assert client.group.counselor == client.tags.get().counselor == counselor

    def test_foreign_group_is_refused_like_a_missing_one(self, desk):
        foreign = make_counselor().groups.create(name="9b")
        refused = [desk.post(ADD, new_client(group=str(pk))) for pk in (foreign.pk, uuid4())]
        assert [response.status_code for response in refused] == [400, 400]
        errors = [re.findall(r'class="error"[^>]*>([^<]*)', text_of(each)) for each in refused]
        assert errors[0] == errors[1] != []
        assert not Client.objects.exists()

    @pytest.mark.parametrize(
        ("values", "says"),
        [
            ({"name": ""}, "Type a name, so that you can find this client"),
            ({"name": " \u2028 "}, "Type a name, so that you can find this client"),
            ({"name": "\u200b"}, "at least one letter or digit"),
            ({"name": "\u3164 \u200b"}, "at least one letter or digit"),
            ({"name": "- ?"}, "at least one letter or digit"),
            ({"new_group": "\u200b"}, "at least one letter or digit"),
            ({"name": "x" * 121}, "at most 120"),
            ({"name": "K\0im"}, "be seen"),
            ({"email": "kim"}, "t an e-mail address"),
            ({"email": "kim@example.org\nBcc: all@example.org"}, "t an e-mail address"),
            ({"email": "x" * 250 + "@example.org"}, "at most 254"),
            ({"sends_email": "on", "email": ""}, "Type the address"),
            ({"tags": "x" * 41}, "up to 40 characters"),
            ({"tags": ",".join(f"tag {n}" for n in range(21))}, "Up to 20 tags"),
            ({"tags": "x" * 9000}, "at most 840"),
            ({"new_group": "x" * 121}, "at most 120"),
            ({"group": "x" * 3000}, 'class="error"'),
        ],
        ids=lambda value: str(value)[:40],
    )
    def test_invalid_values_are_refused_with_a_reason(self, desk, values, says):
        response = desk.post(ADD, new_client(**values))
        assert response.status_code == 400
        assert says in text_of(response)
        assert not Client.objects.exists()

    def test_refused_form_keeps_what_was_typed(self, desk):
        page = text_of(desk.post(ADD, new_client(name="", email="typed@example.org")))
        assert 'value="typed@example.org"' in page

    @pytest.mark.parametrize("name", ["7", "O.", "李", "עברית", "👩‍💻 Zoë"])
    def test_one_letter_or_digit_of_any_script_is_a_name(self, desk, name):
        desk.post(ADD, new_client(name=name))
        assert Client.objects.get().name == name

    @pytest.mark.parametrize(
        ("typed", "saved"),
        [
            ("  E\u0301va\r\n Lang ", "Éva Lang"),
            ("\u202egnaL\u202c \u2066Kim\u200b", "gnaL Kim"),
            ("Kim\x1b[31m", "Kim[31m"),
        ],
        ids=ascii,
    )
    def test_names_are_cleaned(self, desk, typed, saved):
        desk.post(ADD, new_client(name=typed, new_group=typed, tags=typed))
        client = Client.objects.get()
        assert (client.name, client.group.name, client.tags.get().name) == (saved,) * 3

    def test_name_written_without_a_form_is_cleaned_too(self, counselor):
        client = make_client(counselor, "\u202egnaL")
        client.refresh_from_db()
        assert (client.name, client.folded) == ("gnaL", "gnal")


class TestGetOrCreateByName:
    def test_new_name_is_created(self, counselor):
        assert get_or_create_by_name(counselor.tags, "Autumn").name == "Autumn"

    @pytest.mark.parametrize(
        ("saved", "typed"),
        [("Autumn", "aUTUMN"), ("Überblick", "uberblick"), ("Groß", "GROSS"), ("İş", "is")],
    )
    def test_name_is_found_ignoring_case_and_accents(self, counselor, saved, typed):
        tag = counselor.tags.create(name=saved)
        assert get_or_create_by_name(counselor.tags, typed) == tag

    def test_same_name_of_another_counselor_is_separate(self, counselor):
        foreign = make_counselor().tags.create(name="Autumn")
        assert get_or_create_by_name(counselor.tags, "Autumn") != foreign


class TestChanging:
    def test_form_shows_the_saved_values(self, desk, counselor, kim):
        kim.group = counselor.groups.create(name="9b")
        kim.save()
        kim.tags.set([counselor.tags.create(name="autumn"), counselor.tags.create(name="late")])
        page = text_of(desk.get(url_of(kim, "edit/")))
        assert 'value="Kim"' in page
        assert 'value="autumn, late"' in page
        assert f'<option value="{kim.group.pk}" selected>' in page

    def test_change_is_saved_and_logged(self, desk, kim):
        data = {"name": "Kim Lang", "email": "", "tags": "late"}
        assert desk.post(url_of(kim, "edit/"), data).url == url_of(kim)
        kim.refresh_from_db()
        assert (kim.name, kim.email, kim.tags.get().name) == ("Kim Lang", "", "late")
        assert AuditEntry.objects.get().action == AuditEntry.CHANGED

    def test_new_name_is_found_and_the_old_one_is_not(self, desk, counselor, kim):
        desk.post(url_of(kim, "edit/"), {"name": "Zoë", "email": "", "tags": ""})
        found = [caseload_page(counselor, Chosen(search=name)).total for name in ("zoe", "kim")]
        assert found == [1, 0]

    def test_unused_tag_is_deleted(self, desk, counselor, kim):
        kim.tags.add(counselor.tags.create(name="autumn"))
        other = make_counselor().tags.create(name="autumn")
        desk.post(url_of(kim, "edit/"), {"name": "Kim", "tags": ""})
        assert list(Tag.objects.all()) == [other]


class TestDeleting:
    def test_deleting_asks_first(self, desk, kim):
        url = url_of(kim, "delete/")
        assert f'method="post" action="{url}"' in text_of(desk.get(url))
        assert Client.objects.filter(pk=kim.pk).exists()

    def test_deleting_keeps_only_the_persons_attempts(self, desk, counselor, kim):
        disclosure = disclose(kim)
        Note.objects.create(client=kim, author=counselor, text="Well")
        assert desk.post(url_of(kim, "delete/")).url == "/counselor/"
        assert not Client.objects.exists()
        assert not Note.objects.exists()
        assert not Disclosure.objects.exists()
        attempt = Attempt.objects.get()
        assert attempt.pk == disclosure.attempt_id
        assert attempt.client is None
        assert attempt.is_finished

    def test_deletion_is_logged_without_a_name(self, desk, counselor, kim):
        desk.post(url_of(kim, "delete/"))
        entry = AuditEntry.objects.get()
        assert (entry.counselor, entry.action, entry.client, entry.detail) == (
            *(counselor, AuditEntry.DELETED),
            *(None, ""),
        )

    def test_deleting_twice_is_not_an_error(self, desk, kim):
        answers = [desk.post(url_of(kim, "delete/")).status_code for _click in range(2)]
        assert answers == [302, 404]


PAGES = [
    ("get", "/counselor/clients/{client}/"),
    ("get", "/counselor/clients/{client}/edit/"),
    ("post", "/counselor/clients/{client}/edit/"),
    ("get", "/counselor/clients/{client}/delete/"),
    ("post", "/counselor/clients/{client}/delete/"),
    ("get", "/counselor/clients/{client}/handover/"),
    ("post", "/counselor/clients/{client}/handover/"),
    ("post", "/counselor/clients/{client}/invite/"),
    ("post", "/counselor/clients/{client}/uninvite/"),
    ("post", "/counselor/clients/{client}/notes/"),
    ("post", "/counselor/clients/{client}/notes/{note}/delete/"),
    ("get", "/counselor/results/{disclosure}/"),
    ("get", "/counselor/results/{disclosure}/preparation/"),
    ("get", "/counselor/results/{disclosure}/preparation.pdf"),
    ("get", "/counselor/results/{disclosure}.pdf"),
]


class TestSeparation:
    @pytest.mark.parametrize(("method", "path"), PAGES, ids=lambda value: value[:60])
    def test_foreign_id_answers_like_a_missing_one(self, desk, method, path):
        other = make_counselor("Other")
        stranger = make_client(other, "Stranger", email="stranger@example.org")
        note = Note.objects.create(client=stranger, author=other, text="Theirs")
        foreign = {"client": stranger.pk, "disclosure": disclose(stranger).pk, "note": note.pk}
        missing = dict.fromkeys(foreign, uuid4())
        # In the same format as existing ones.
        answers = [
            getattr(desk, method)(path.format(**ids), {"name": "Changed", "id": str(uuid4())})
            for ids in (foreign, missing)
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content
        for answer in answers:
            del answer["X-Request-ID"]  # each has its own
        assert answers[0].headers == answers[1].headers
        stranger.refresh_from_db()
        assert stranger.name == "Stranger"
        assert stranger.counselor == other
        assert Note.objects.filter(pk=note.pk).exists()
        assert not stranger.invitations.exists()
        assert not AuditEntry.objects.exists()

    @pytest.mark.parametrize(("method", "path"), PAGES, ids=lambda value: value[:60])
    def test_a_visitor_without_an_account_is_led_to_the_log_in(self, client, kim, method, path):
        note = Note.objects.create(client=kim, author=kim.counselor, text="Well")
        ids = {"client": kim.pk, "disclosure": disclose(kim).pk, "note": note.pk}
        response = getattr(client, method)(path.format(**ids))
        assert response.status_code == 302
        assert "/counselor/account/" in response.url
        assert Client.objects.filter(pk=kim.pk).exists()

    @pytest.mark.parametrize("garbage", ["x", "1", "9" * 40, "%27", "0" * 32])
    def test_malformed_id_is_not_found(self, desk, garbage):
        for place in ("clients", "results", "groups"):
            assert desk.get(f"/counselor/{place}/{garbage}/").status_code == 404
