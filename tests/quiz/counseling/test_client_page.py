"""A client's page: state, shared results and notes."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quiz.core.scopes import ANSWERS, TRAITS, VERDICT
from quiz.counseling.clients import add_note
from quiz.counseling.models import AuditEntry, Client, Disclosure, Note
from tests.answers import leaning, towards
from tests.factories import (
    NOON,
    disclose,
    finished_attempt,
    make_client,
    make_counselor,
    started_attempt,
)
from tests.pages import shown_date, text_of
from tests.quiz.counseling.pages import main_of, url_of, verdicts_on

pytestmark = pytest.mark.both_databases


def result_url(disclosure: Disclosure, part: str = "") -> str:
    return f"/counselor/results/{disclosure.pk}/{part}"


class TestPage:
    @pytest.mark.parametrize(
        ("step", "words"),
        [
            (lambda client: None, "Not started"),
            (started_attempt, "In progress"),
            (finished_attempt, "Finished, not shared"),
            (disclose, "Shared"),
        ],
        ids=["invited", "started", "finished", "shared"],
    )
    def test_page_shows_the_clients_state(self, desk, kim, step, words):
        step(kim)
        assert f"<strong>{words}</strong>" in text_of(desk.get(url_of(kim)))

    def test_unshared_result_is_hidden(self, desk, kim):
        finished_attempt(kim, towards("sales"))
        page = main_of(desk.get(url_of(kim)))
        assert verdicts_on(page) == []
        assert "verdict" not in page
        assert "/counselor/results/" not in page

    def test_unshared_result_next_to_a_shared_one_is_hidden(self, desk, kim):
        finished_attempt(kim, towards("sales"), at=NOON + timedelta(days=30))
        disclose(kim, answers=towards("service"))
        page = main_of(desk.get(url_of(kim)))
        assert verdicts_on(page) == [("clear", "service")]
        assert "Dec" not in page.split('<section class="screen">')[0]

    def test_shared_result_shows_date_and_scope(self, desk, kim):
        disclosure = disclose(kim, TRAITS, towards("sales"))
        page = main_of(desk.get(url_of(kim)))
        link = re.search(rf'<a href="{result_url(disclosure)}">.*?</a>', page, re.S)[0]
        assert shown_date(2026, 11, 24) in link
        assert verdicts_on(page) == [("clear", "sales")]
        assert 'data-scope="traits"' in page

    def test_withdrawn_result_disappears_immediately(self, desk, kim):
        disclosure = disclose(kim)
        disclosure.delete()
        assert "Clearly" not in main_of(desk.get(url_of(kim)))
        assert desk.get(result_url(disclosure)).status_code == 404

    def test_two_results_are_compared_within_their_scopes(self, desk, kim):
        disclose(kim, TRAITS, leaning("service", 9))
        disclose(kim, TRAITS, leaning("sales", 9), at=NOON + timedelta(days=90))
        page = main_of(desk.get(url_of(kim)))
        assert 'data-change="lean"' in page
        assert 'data-change="proactive"' in page

    def test_unshared_preferences_have_no_row_over_time(self, desk, kim):
        for days in (0, 90):
            disclose(kim, VERDICT, at=NOON + timedelta(days=days))
        page = main_of(desk.get(url_of(kim)))
        assert 'data-change="lean"' in page
        assert 'data-change="proactive"' not in page

    def test_opening_a_page_with_results_is_logged(self, desk, kim):
        finished_attempt(kim)
        desk.get(url_of(kim))
        assert not AuditEntry.objects.exists()
        disclose(kim)
        desk.head(url_of(kim))
        assert not AuditEntry.objects.exists()
        desk.get(url_of(kim))
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.client, entry.detail) == ("saw", kim, "overview")

    def test_page_with_an_invalid_note_is_logged_too(self, desk, kim):
        disclosure = disclose(kim)
        page = text_of(desk.post(url_of(kim, "notes/"), {"id": str(uuid4()), "text": ""}))
        assert f'href="{result_url(disclosure)}"' in page
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.client, entry.detail) == ("saw", kim, "overview")

    def test_saving_a_note_is_not_logged_as_seeing(self, desk, kim):
        disclose(kim)
        desk.post(url_of(kim, "notes/"), {"id": str(uuid4()), "text": "Well"})
        assert not AuditEntry.objects.exists()

    @pytest.mark.parametrize("part", ["", "edit/", "delete/", "handover/"])
    def test_ids_on_a_page_are_unique(self, desk, counselor, kim, part):
        for days in range(2):
            disclose(kim, at=NOON + timedelta(days=days))
        Note.objects.create(client=kim, author=counselor, text="Well")
        desk.post(url_of(kim, "invite/"), {"id": str(uuid4())})
        ids = re.findall(r'\sid="([^"]*)"', text_of(desk.get(url_of(kim, part))))
        assert sorted(ids) == sorted(set(ids))

    def test_names_groups_and_tags_are_escaped(self, desk, counselor):
        bad = "<script>alert(1)</script>"
        client = make_client(counselor, bad, group=counselor.groups.create(name=bad))
        client.tags.add(counselor.tags.create(name=bad))
        Note.objects.create(client=client, author=counselor, text=bad)
        for part in ("", "edit/", "delete/", "handover/"):
            assert "<script>alert" not in text_of(desk.get(url_of(client, part))), part

    def test_query_count_does_not_grow_with_results_and_notes(self, desk, counselor, kim):
        def queries_with(more):
            for number in range(more):
                disclose(kim, at=NOON + timedelta(days=number))
                Note.objects.create(client=kim, author=counselor, text="Well")
            with CaptureQueriesContext(connection) as captured:
                desk.get(url_of(kim))
            return len(captured)

        assert queries_with(2) == queries_with(6)


class TestResult:
    def test_result_page_names_the_client(self, desk, kim):
        disclosure = disclose(kim, answers=towards("sales"))
        response = desk.get(result_url(disclosure))
        page = main_of(response)
        assert 'data-band="clear" data-field="sales"' in page
        assert re.search(r'<p class="step">\s*<bdi>Kim</bdi>', page)

    @pytest.mark.parametrize(
        ("scope", "traits", "answers"),
        [(VERDICT, 0, False), (TRAITS, 3, False), (ANSWERS, 3, True)],
    )
    def test_result_page_stays_within_the_scope(self, desk, kim, scope, traits, answers):
        page = main_of(desk.get(result_url(disclose(kim, scope))))
        assert page.count("data-trait=") == traits
        assert ("All 24 answers" in page) is answers

    def test_background_answers_are_hidden(self, desk, kim):
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
    def test_each_opening_is_logged(self, desk, counselor, kim, part, how):
        disclosure = disclose(kim)
        for _opening in range(2):
            assert desk.get(result_url(disclosure, part)).status_code == 200
        entries = AuditEntry.objects.filter(counselor=counselor, client=kim)
        assert [(entry.action, entry.detail) for entry in entries] == [("saw", how)] * 2

    @pytest.mark.slow
    def test_pdf_is_served_and_logged(self, desk, kim):
        response = desk.get(f"/counselor/results/{disclose(kim).pk}.pdf")
        assert response.content.startswith(b"%PDF")
        assert "Kim" not in response["Content-Disposition"]
        assert AuditEntry.objects.get().detail == "pdf"

    def test_head_request_is_not_logged(self, desk, kim):
        desk.head(result_url(disclose(kim)))
        assert not AuditEntry.objects.exists()

    def test_sheet_stays_within_the_scope(self, desk, kim):
        page = main_of(desk.get(result_url(disclose(kim, VERDICT), "preparation/")))
        assert re.search("<h1>.*<bdi>Kim</bdi></h1>", page)
        assert 'data-scope="verdict"' in page
        assert 'class="words"' not in page

    def test_client_name_is_escaped(self, desk, counselor):
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
        notes = re.findall('<div class="note( note-flag)?">(.*?)</div>', page, re.S)
        assert [
            (bool(flag), text) for flag, note in notes for text in re.findall("<p>(.*?)</p>", note)
        ] == [(True, "Look at the open day."), (False, "Asked about training.")]

    def test_double_click_adds_one_note(self, desk, kim):
        data = {"id": str(uuid4())}
        for _click in range(2):
            assert self.post(desk, kim, **data).status_code == 302
        assert kim.notes.count() == 1

    def test_id_of_another_counselors_note_still_adds_a_note(self, desk, kim):
        other = make_counselor()
        foreign = Note.objects.create(client=make_client(other), author=other, text="Theirs")
        self.post(desk, kim, id=str(foreign.pk))
        assert kim.notes.get().text == "Asked about training."

    @pytest.mark.parametrize("text", ["", "  ", "x" * 5001, "a\0b"], ids=lambda t: repr(t)[:9])
    def test_invalid_note_is_refused_with_a_reason(self, desk, kim, text):
        response = self.post(desk, kim, text=text)
        assert response.status_code == 400
        assert 'class="error"' in text_of(response)
        assert not kim.notes.exists()

    def test_line_break_counts_as_one_character(self, desk, kim):
        self.post(desk, kim, text="\r\n".join("x" * 2500))
        assert len(kim.notes.get().text) == 4999

    def test_note_to_a_client_who_is_gone_is_shown_and_not_saved(self, desk, kim):
        Client.objects.filter(pk=kim.pk).update(counselor=make_counselor("Ana Diaz"))
        response = self.post(desk, kim)
        assert response.status_code == 404
        assert "Asked about training." in text_of(response)
        assert not kim.notes.exists()

    def test_note_that_loses_a_race_with_a_handover_is_not_saved(self, kim):
        Client.objects.filter(pk=kim.pk).update(counselor=make_counselor("Ana Diaz"))
        assert not add_note(kim, uuid4(), "Asked about training.", is_for_client=False)
        assert not kim.notes.exists()

    def test_deleting_a_note_twice_is_not_an_error(self, desk, kim):
        self.post(desk, kim)
        note = kim.notes.get()
        for _click in range(2):
            response = desk.post(url_of(kim, f"notes/{note.pk}/delete/"))
            assert response.url == url_of(kim)
        assert not kim.notes.exists()

    def test_note_of_another_client_is_not_deleted(self, desk, kim):
        other = make_counselor()
        foreign = Note.objects.create(client=make_client(other), author=other, text="Theirs")
        desk.post(url_of(kim, f"notes/{foreign.pk}/delete/"))
        assert Note.objects.filter(pk=foreign.pk).exists()
