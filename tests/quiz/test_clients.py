"""A client's page: adding, inviting, results that are shared, notes, deleting."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quiz.clients import named
from quiz.models import Attempt, AuditEntry, Client, ClientInvitation, Disclosure, Note, Tag
from quiz.scopes import ANSWERS, TRAITS, VERDICT
from tests.quiz.answer_sets import leaning, towards
from tests.quiz.counseling_rows import disclose, finished_attempt, make_client, started_attempt
from tests.quiz.counselors import make_counselor, signed_in
from tests.quiz.visits import NOON

ADD = "/counselor/clients/new/"


@pytest.fixture
def counselor(content):
    return make_counselor("Dana Reed")


@pytest.fixture
def desk(counselor):
    """The browser in which the counselor works."""
    return signed_in(counselor)


@pytest.fixture
def kim(counselor):
    return make_client(counselor, "Kim", email="kim@example.org")


def url_of(client: Client, part: str = "") -> str:
    return f"/counselor/clients/{client.pk}/{part}"


def result_url(disclosure: Disclosure, part: str = "") -> str:
    return f"/counselor/results/{disclosure.pk}/{part}"


def text_of(response) -> str:
    return response.content.decode()


def main_of(response) -> str:
    """Return what a page says itself, without the frame."""
    return text_of(response).split("<main")[1].split("</main>")[0]


def new_client(**values):
    return {"id": str(uuid4()), "name": "Kim", "email": "", "new_group": "", "tags": ""} | values


def invitation(client: Client) -> ClientInvitation:
    return client.invitations.get()


class TestAdding:
    def test_a_client_is_added_with_a_link_to_hand_over(self, desk, counselor):
        response = desk.post(ADD, new_client())
        client = Client.objects.of(counselor).get()
        assert response.url == url_of(client)
        page = text_of(desk.get(response.url))
        assert f'value="{invitation(client).url}"' in page
        assert mail.outbox == []

    def test_the_form_is_the_same_client_however_often_it_is_sent(self, desk):
        data = new_client(email="kim@example.org", sends_email="on")
        first, second = desk.post(ADD, data), desk.post(ADD, data)
        assert first.url == second.url
        assert Client.objects.count() == ClientInvitation.objects.count() == 1
        assert len(mail.outbox) == 1

    def test_each_form_shown_is_for_another_client(self, desk):
        ids = {re.search(r'name="id" value="([^"]+)"', text_of(desk.get(ADD)))[1] for _ in "12"}
        assert len(ids) == 2

    def test_an_id_that_somebody_elses_client_has_is_taken_like_any_other(self, desk, counselor):
        foreign = make_client(make_counselor(), "Stranger")
        response = desk.post(ADD, new_client(id=str(foreign.pk)))
        own = Client.objects.of(counselor).get()
        assert response.url == url_of(own)
        assert own.pk != foreign.pk
        assert Client.objects.get(pk=foreign.pk).name == "Stranger"

    @pytest.mark.parametrize("row_id", ["", "x", "9" * 500])
    def test_an_id_that_is_none_still_makes_a_client(self, desk, row_id):
        desk.post(ADD, new_client(id=row_id))
        assert Client.objects.get().name == "Kim"

    def test_group_and_tags_are_kept(self, desk, counselor):
        desk.post(ADD, new_client(new_group="Class 9b", tags="autumn,  Late , autumn, AUTUMN,"))
        client = Client.objects.get()
        assert client.group.name == "Class 9b"
        assert client.group.counselor == counselor
        assert sorted(tag.name for tag in client.tags.all()) == ["Late", "autumn"]

    def test_a_new_group_with_a_known_name_is_the_known_one(self, desk, counselor):
        group = counselor.groups.create(name="Class 9b")
        desk.post(ADD, new_client(new_group="class 9B"))
        assert Client.objects.get().group == group

    def test_another_counselors_words_stay_their_own(self, desk, counselor):
        other = make_counselor()
        other.tags.create(name="autumn")
        other.groups.create(name="9b")
        desk.post(ADD, new_client(new_group="9b", tags="autumn"))
        client = Client.objects.get()
        assert client.group.counselor == client.tags.get().counselor == counselor

    def test_a_foreign_group_is_refused_like_a_missing_one(self, desk):
        foreign = make_counselor().groups.create(name="9b")
        refused = [desk.post(ADD, new_client(group=str(pk))) for pk in (foreign.pk, uuid4())]
        assert [response.status_code for response in refused] == [400, 400]
        errors = [re.findall(r'class="error"[^>]*>([^<]*)', text_of(each)) for each in refused]
        assert errors[0] == errors[1] != []
        assert not Client.objects.exists()

    @pytest.mark.parametrize(
        ("values", "says"),
        [
            ({"name": ""}, "Give this client a name"),
            ({"name": " \u2028 "}, "Give this client a name"),
            ({"name": "\u200b"}, "at least one letter or digit"),
            ({"name": "\u3164 \u200b"}, "at least one letter or digit"),
            ({"name": "- ?"}, "at least one letter or digit"),
            ({"new_group": "\u200b"}, "at least one letter or digit"),
            ({"name": "x" * 121}, "at most 120"),
            ({"name": "K\0im"}, "Null characters"),
            ({"email": "kim"}, "no e-mail address"),
            ({"email": "kim@example.org\nBcc: all@example.org"}, "no e-mail address"),
            ({"email": "x" * 250 + "@example.org"}, "at most 254"),
            ({"sends_email": "on", "email": ""}, "Type the address"),
            ({"tags": "x" * 41}, "up to 40 letters"),
            ({"tags": ",".join(f"tag {n}" for n in range(21))}, "up to 20 tags"),
            ({"tags": "x" * 9000}, "at most 840"),
            ({"new_group": "x" * 121}, "at most 120"),
            ({"group": "x" * 3000}, 'class="error"'),
        ],
        ids=lambda value: str(value)[:40],
    )
    def test_what_cannot_be_is_refused_with_a_reason(self, desk, values, says):
        response = desk.post(ADD, new_client(**values))
        assert response.status_code == 400
        assert says in text_of(response)
        assert not Client.objects.exists()

    def test_what_was_typed_is_kept_where_something_is_refused(self, desk):
        page = text_of(desk.post(ADD, new_client(name="", email="typed@example.org")))
        assert 'value="typed@example.org"' in page

    @pytest.mark.parametrize("name", ["7", "O.", "李", "עברית", "👩‍💻 Zoë", "\u200bKim"])
    def test_one_letter_or_digit_of_any_language_is_a_name(self, desk, name):
        desk.post(ADD, new_client(name=name))
        assert Client.objects.get().name == name

    def test_a_name_is_written_on_one_line_in_one_spelling(self, desk):
        desk.post(ADD, new_client(name="  E\u0301va\r\n Lang "))
        assert Client.objects.get().name == "Éva Lang"


class TestNamed:
    def test_a_name_that_is_new_is_made(self, counselor):
        assert named(counselor.tags, "Autumn").name == "Autumn"

    def test_a_name_is_found_whatever_letters_are_capitals(self, counselor):
        tag = counselor.tags.create(name="Autumn")
        assert named(counselor.tags, "aUTUMN") == tag

    def test_the_same_name_of_somebody_else_is_another_one(self, counselor):
        foreign = make_counselor().tags.create(name="Autumn")
        assert named(counselor.tags, "Autumn") != foreign


class TestPage:
    @pytest.mark.parametrize(
        ("step", "words"),
        [
            (lambda client: None, "Invited"),
            (started_attempt, "Has begun"),
            (finished_attempt, "Finished, not shared"),
            (disclose, "Shared a result"),
        ],
        ids=["invited", "started", "finished", "shared"],
    )
    def test_it_says_how_far_the_client_is(self, desk, kim, step, words):
        step(kim)
        assert f"<strong>{words}</strong>" in text_of(desk.get(url_of(kim)))

    def test_nothing_of_a_result_shows_before_it_is_shared(self, desk, kim):
        finished_attempt(kim, towards("sales"))
        page = main_of(desk.get(url_of(kim)))
        assert "Clearly sales" not in page
        assert "verdict" not in page
        assert "/counselor/results/" not in page

    def test_an_unshared_result_beside_a_shared_one_stays_unseen(self, desk, kim):
        finished_attempt(kim, towards("sales"), at=NOON + timedelta(days=30))
        disclose(kim, answers=towards("service"))
        page = main_of(desk.get(url_of(kim)))
        assert "Clearly customer service" in page
        assert "Clearly sales" not in page
        assert "Dec" not in page.split("Invitation</h2>")[0]

    def test_a_shared_result_stands_with_its_day_and_what_may_be_seen(self, desk, kim):
        disclosure = disclose(kim, TRAITS, towards("sales"))
        page = main_of(desk.get(url_of(kim)))
        assert f'href="{result_url(disclosure)}">Result of Nov. 24, 2026' in page
        assert "Clearly sales" in page
        assert "The suggestion and the three preferences" in page

    def test_withdrawing_takes_it_off_the_page_at_once(self, desk, kim):
        disclosure = disclose(kim)
        disclosure.delete()
        assert "Clearly" not in main_of(desk.get(url_of(kim)))
        assert desk.get(result_url(disclosure)).status_code == 404

    def test_two_results_are_set_side_by_side_within_their_scopes(self, desk, kim):
        disclose(kim, TRAITS, leaning("service", 9))
        disclose(kim, TRAITS, leaning("sales", 9), at=NOON + timedelta(days=90))
        page = main_of(desk.get(url_of(kim)))
        assert "Over time" in page
        assert 'data-change="lean"' in page
        assert 'data-change="proactive"' in page

    def test_preferences_that_are_not_shared_have_no_row_over_time(self, desk, kim):
        for days in (0, 90):
            disclose(kim, VERDICT, at=NOON + timedelta(days=days))
        page = main_of(desk.get(url_of(kim)))
        assert 'data-change="lean"' in page
        assert 'data-change="proactive"' not in page

    def test_opening_it_is_written_down_once_it_says_something_of_a_result(self, desk, kim):
        finished_attempt(kim)
        desk.get(url_of(kim))
        assert not AuditEntry.objects.exists()
        disclose(kim)
        desk.head(url_of(kim))
        assert not AuditEntry.objects.exists()
        desk.get(url_of(kim))
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.client, entry.detail) == ("saw", kim, "overview")

    def test_it_is_written_down_too_where_it_comes_back_with_a_note_refused(self, desk, kim):
        disclose(kim)
        page = text_of(desk.post(url_of(kim, "notes/"), {"id": str(uuid4()), "text": ""}))
        assert "Result of Nov. 24, 2026" in page
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.client, entry.detail) == ("saw", kim, "overview")

    def test_a_note_that_is_saved_is_no_look_at_the_results(self, desk, kim):
        disclose(kim)
        desk.post(url_of(kim, "notes/"), {"id": str(uuid4()), "text": "Well"})
        assert not AuditEntry.objects.exists()

    @pytest.mark.parametrize("part", ["", "edit/", "delete/", "handover/"])
    def test_no_two_things_on_a_page_have_the_same_id(self, desk, counselor, kim, part):
        for days in range(2):
            disclose(kim, at=NOON + timedelta(days=days))
        Note.objects.create(client=kim, author=counselor, text="Well")
        desk.post(url_of(kim, "invite/"), {"id": str(uuid4())})
        ids = re.findall(r'\sid="([^"]*)"', text_of(desk.get(url_of(kim, part))))
        assert sorted(ids) == sorted(set(ids))

    def test_names_groups_and_tags_are_never_html(self, desk, counselor):
        bad = "<script>alert(1)</script>"
        client = make_client(counselor, bad, group=counselor.groups.create(name=bad))
        client.tags.add(counselor.tags.create(name=bad))
        Note.objects.create(client=client, author=counselor, text=bad)
        for part in ("", "edit/", "delete/", "handover/"):
            assert "<script>alert" not in text_of(desk.get(url_of(client, part))), part

    def test_queries_do_not_grow_with_results_and_notes(self, desk, counselor, kim):
        def queries_with(more):
            for number in range(more):
                disclose(kim, at=NOON + timedelta(days=number))
                Note.objects.create(client=kim, author=counselor, text="Well")
            with CaptureQueriesContext(connection) as captured:
                desk.get(url_of(kim))
            return len(captured)

        assert queries_with(2) == queries_with(6)


class TestInviting:
    def post(self, desk, client, **data):
        return desk.post(url_of(client, "invite/"), {"id": str(uuid4())} | data)

    def test_a_new_link_takes_the_place_of_the_unspent_one(self, desk, kim):
        self.post(desk, kim)
        first = invitation(kim)
        self.post(desk, kim)
        assert invitation(kim).pk != first.pk

    def test_a_spent_link_stays_known(self, desk, kim):
        self.post(desk, kim)
        kim.invitations.update(spent_at=timezone.now())
        self.post(desk, kim)
        assert kim.invitations.count() == 2

    def test_a_link_is_good_for_thirty_days(self, desk, kim):
        self.post(desk, kim)
        age = invitation(kim).expires_at - timezone.now()
        assert timedelta(days=29, hours=23) < age <= timedelta(days=30)

    def test_an_expired_link_is_not_shown(self, desk, kim):
        self.post(desk, kim)
        url = invitation(kim).url
        kim.invitations.update(expires_at=timezone.now())
        page = text_of(desk.get(url_of(kim)))
        assert url not in page
        assert "There is no open link" in page

    def test_a_double_click_makes_one_link_and_sends_one_email(self, desk, kim):
        data = {"id": str(uuid4()), "email": "1"}
        for _click in range(2):
            assert desk.post(url_of(kim, "invite/"), data).url == url_of(kim)
        assert kim.invitations.count() == len(mail.outbox) == 1
        assert AuditEntry.objects.filter(action=AuditEntry.INVITED, detail="email").count() == 1

    def test_an_id_of_a_foreign_invitation_is_taken_like_any_other(self, desk, kim):
        foreign = ClientInvitation.objects.make(
            client=make_client(make_counselor()), expires_at=timezone.now() + timedelta(days=1)
        )
        self.post(desk, kim, id=str(foreign.pk))
        assert invitation(kim).pk != foreign.pk
        assert ClientInvitation.objects.filter(pk=foreign.pk).exists()

    def test_taking_back_ends_the_link(self, desk, kim):
        self.post(desk, kim)
        url = invitation(kim).path
        assert desk.post(url_of(kim, "uninvite/")).url == url_of(kim)
        assert not kim.invitations.exists()
        assert desk.get(url).status_code == 404

    def test_taking_back_twice_is_no_error(self, desk, kim):
        for _click in range(2):
            assert desk.post(url_of(kim, "uninvite/")).status_code == 302

    @pytest.mark.parametrize("part", ["invite/", "uninvite/"])
    def test_opening_the_address_does_nothing(self, desk, kim, part):
        assert desk.get(url_of(kim, part)).status_code == 405
        assert not kim.invitations.exists()

    def test_the_link_stands_in_a_field_with_a_label_and_as_a_code_to_scan(self, desk, kim):
        self.post(desk, kim)
        page = text_of(desk.get(url_of(kim)))
        assert re.search(
            r'<label for="invitation-link">[^<]+</label><input id="invitation-link"', page
        )
        assert "readonly" in page
        assert re.search(r"<svg [^>]*viewBox", page.split('class="qr')[1])


class TestEmail:
    def send(self, desk, client):
        return desk.post(url_of(client, "invite/"), {"id": str(uuid4()), "email": "1"}, follow=True)

    def test_it_goes_to_the_client_with_the_link_from_the_configured_address(
        self, desk, kim, settings
    ):
        settings.SITE_URL = "https://quiz.example.org"
        settings.ALLOWED_HOSTS = ["*"]
        desk.post(
            url_of(kim, "invite/"),
            {"id": str(uuid4()), "email": "1"},
            headers={"host": "evil.example.com"},
        )
        (message,) = mail.outbox
        assert message.to == ["kim@example.org"]
        assert "https://quiz.example.org/invitation/" in message.body
        assert "evil" not in message.body
        assert invitation(kim).sent_to == "kim@example.org"

    def test_its_link_opens_the_invitation(self, desk, kim, client):
        self.send(desk, kim)
        path = re.search(r"(/invitation/[^/]+/)", mail.outbox[0].body)[1]
        assert client.get(path).status_code == 200

    def test_its_subject_holds_nothing_that_anybody_typed(self, desk, counselor):
        client = make_client(counselor, "Nobody\nBcc: all@example.org", email="kim@example.org")
        self.send(desk, client)
        (message,) = mail.outbox
        assert "Nobody" not in message.subject
        assert message.recipients() == ["kim@example.org"]
        assert "Bcc" not in dict(message.message().items())

    def test_names_stand_in_it_as_they_were_typed(self, desk, counselor):
        self.send(desk, make_client(counselor, "O'Neill & <Kim>", email="kim@example.org"))
        assert "Hello O'Neill & <Kim>," in mail.outbox[0].body
        assert "Dana Reed invites you" in mail.outbox[0].body

    def test_a_post_office_that_fails_is_told_and_the_link_stays(self, desk, kim, monkeypatch):
        def fails(*args, **kwargs):
            raise ConnectionRefusedError("no post office")

        monkeypatch.setattr("quiz.inviting.send_mail", fails)
        page = text_of(self.send(desk, kim))
        assert "could not be sent" in page
        assert invitation(kim).url in page
        assert invitation(kim).sent_to == ""

    def test_adding_a_client_survives_a_post_office_that_fails(self, desk, monkeypatch):
        def fails(*args, **kwargs):
            raise TimeoutError

        monkeypatch.setattr("quiz.inviting.send_mail", fails)
        response = desk.post(ADD, new_client(email="kim@example.org", sends_email="on"))
        assert response.status_code == 302
        assert invitation(Client.objects.get()).sent_to == ""

    def test_without_an_address_nothing_is_sent_or_replaced(self, desk, counselor):
        client = make_client(counselor)
        assert "Add one first" in text_of(self.send(desk, client))
        assert mail.outbox == []
        assert not client.invitations.exists()


class TestResult:
    def test_it_is_the_clients_result_under_the_clients_name(self, desk, kim):
        disclosure = disclose(kim, answers=towards("sales"))
        response = desk.get(result_url(disclosure))
        page = main_of(response)
        assert 'data-band="clear" data-field="sales"' in page
        assert re.search(r'<p class="step">Kim ·', page)
        assert "Your result" not in page

    @pytest.mark.parametrize(
        ("scope", "traits", "answers"),
        [(VERDICT, 0, False), (TRAITS, 3, False), (ANSWERS, 3, True)],
    )
    def test_it_shows_no_more_than_was_chosen(self, desk, kim, scope, traits, answers):
        page = main_of(desk.get(result_url(disclose(kim, scope))))
        assert page.count("data-trait=") == traits
        assert ("All 24 answers" in page) is answers

    def test_background_answers_are_never_seen(self, desk, kim):
        attempt = finished_attempt(kim, towards("sales"), background={"B1": "B1-leads"})
        plain = finished_attempt(kim, towards("sales"))
        pages = [
            main_of(
                desk.get(
                    result_url(
                        Disclosure.objects.create(attempt=each, client=kim, scope=ANSWERS, at=NOON)
                    )
                )
            )
            for each in (attempt, plain)
        ]
        without_ids = [re.sub(r"[0-9a-f-]{36}", "", page) for page in pages]
        assert without_ids[0] == without_ids[1]

    @pytest.mark.parametrize(
        ("part", "how"),
        [("", "page"), ("preparation/", "sheet"), ("preparation.pdf", "sheet")],
        ids=["page", "sheet", "sheet as a pdf"],
    )
    def test_each_opening_is_written_down(self, desk, counselor, kim, part, how):
        disclosure = disclose(kim)
        for _opening in range(2):
            assert desk.get(result_url(disclosure, part)).status_code == 200
        entries = AuditEntry.objects.filter(counselor=counselor, client=kim)
        assert [(entry.action, entry.detail) for entry in entries] == [("saw", how)] * 2

    def test_the_pdf_is_one_and_is_written_down(self, desk, kim):
        response = desk.get(f"/counselor/results/{disclose(kim).pk}.pdf")
        assert response.content.startswith(b"%PDF")
        assert "Kim" not in response["Content-Disposition"]
        assert AuditEntry.objects.get().detail == "pdf"

    def test_asking_for_the_head_alone_is_no_opening(self, desk, kim):
        desk.head(result_url(disclose(kim)))
        assert not AuditEntry.objects.exists()

    def test_the_sheet_keeps_within_the_scope(self, desk, kim):
        page = main_of(desk.get(result_url(disclose(kim, VERDICT), "preparation/")))
        assert "A talk with Kim" in page
        assert "Strengths" not in page

    def test_the_clients_name_is_never_html(self, desk, counselor):
        disclosure = disclose(make_client(counselor, "<script>alert(1)</script>"))
        for part in ("", "preparation/"):
            assert "<script>alert" not in text_of(desk.get(result_url(disclosure, part)))


class TestNotes:
    def post(self, desk, client, **data):
        data = {"id": str(uuid4()), "text": "Asked about training."} | data
        return desk.post(url_of(client, "notes/"), data)

    def test_a_note_is_private_unless_it_is_for_the_client(self, desk, kim):
        self.post(desk, kim)
        self.post(desk, kim, text="Look at the open day.", is_for_client="on")
        notes = {note.text: note.is_for_client for note in kim.notes.all()}
        assert notes == {"Asked about training.": False, "Look at the open day.": True}
        page = main_of(desk.get(url_of(kim)))
        assert "Private ·" in page
        assert "For the client ·" in page

    def test_a_double_click_writes_one_note(self, desk, kim):
        data = {"id": str(uuid4())}
        for _click in range(2):
            assert self.post(desk, kim, **data).status_code == 302
        assert kim.notes.count() == 1

    def test_an_id_of_a_foreign_note_is_taken_like_any_other(self, desk, kim):
        other = make_counselor()
        foreign = Note.objects.create(client=make_client(other), author=other, text="Theirs")
        self.post(desk, kim, id=str(foreign.pk))
        assert kim.notes.get().text == "Asked about training."

    @pytest.mark.parametrize("text", ["", "  ", "x" * 5001, "a\0b"], ids=lambda t: repr(t)[:9])
    def test_a_note_that_cannot_be_kept_is_refused_with_a_reason(self, desk, kim, text):
        response = self.post(desk, kim, text=text)
        assert response.status_code == 400
        assert 'class="error"' in text_of(response)
        assert not kim.notes.exists()

    def test_a_line_end_counts_as_one_letter(self, desk, kim):
        self.post(desk, kim, text="\r\n".join("x" * 2500))
        assert len(kim.notes.get().text) == 4999

    def test_a_note_can_be_deleted_also_twice(self, desk, kim):
        self.post(desk, kim)
        note = kim.notes.get()
        for _click in range(2):
            response = desk.post(url_of(kim, f"notes/{note.pk}/delete/"))
            assert response.url == url_of(kim)
        assert not kim.notes.exists()

    def test_a_foreign_note_cannot_be_deleted_through_an_own_client(self, desk, kim):
        other = make_counselor()
        foreign = Note.objects.create(client=make_client(other), author=other, text="Theirs")
        desk.post(url_of(kim, f"notes/{foreign.pk}/delete/"))
        assert Note.objects.filter(pk=foreign.pk).exists()


class TestChanging:
    def test_what_was_kept_stands_in_the_form(self, desk, counselor, kim):
        kim.group = counselor.groups.create(name="9b")
        kim.save()
        kim.tags.set([counselor.tags.create(name="autumn"), counselor.tags.create(name="late")])
        page = text_of(desk.get(url_of(kim, "edit/")))
        assert 'value="Kim"' in page
        assert 'value="autumn, late"' in page
        assert f'<option value="{kim.group.pk}" selected>' in page

    def test_a_change_is_kept_and_written_down(self, desk, kim):
        data = {"name": "Kim Lang", "email": "", "tags": "late"}
        assert desk.post(url_of(kim, "edit/"), data).url == url_of(kim)
        kim.refresh_from_db()
        assert (kim.name, kim.email, kim.tags.get().name) == ("Kim Lang", "", "late")
        assert AuditEntry.objects.get().action == AuditEntry.CHANGED

    def test_a_tag_that_nobody_has_any_more_goes(self, desk, counselor, kim):
        kim.tags.add(counselor.tags.create(name="autumn"))
        other = make_counselor().tags.create(name="autumn")
        desk.post(url_of(kim, "edit/"), {"name": "Kim", "tags": ""})
        assert list(Tag.objects.all()) == [other]


class TestDeleting:
    def test_it_asks_first(self, desk, kim):
        assert "can't be undone" in text_of(desk.get(url_of(kim, "delete/")))
        assert Client.objects.filter(pk=kim.pk).exists()

    def test_everything_goes_but_the_persons_own_attempts(self, desk, counselor, kim):
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

    def test_the_log_keeps_that_it_happened_and_no_name(self, desk, counselor, kim):
        desk.post(url_of(kim, "delete/"))
        entry = AuditEntry.objects.get()
        assert (entry.counselor, entry.action, entry.client, entry.detail) == (
            *(counselor, AuditEntry.DELETED),
            *(None, ""),
        )

    def test_deleting_twice_is_no_error(self, desk, kim):
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
    def test_a_foreign_id_is_answered_exactly_like_a_missing_one(self, desk, method, path):
        other = make_counselor("Other")
        stranger = make_client(other, "Stranger", email="stranger@example.org")
        note = Note.objects.create(client=stranger, author=other, text="Theirs")
        foreign = {"client": stranger.pk, "disclosure": disclose(stranger).pk, "note": note.pk}
        missing = dict.fromkeys(foreign, uuid4())
        # Of the same form as those that exist.
        answers = [
            getattr(desk, method)(path.format(**ids), {"name": "Changed", "id": str(uuid4())})
            for ids in (foreign, missing)
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content
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
    def test_an_id_that_can_be_none_is_no_page(self, desk, garbage):
        for place in ("clients", "results", "groups"):
            assert desk.get(f"/counselor/{place}/{garbage}/").status_code == 404
