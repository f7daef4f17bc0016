"""A meeting: what can be marked, what is kept, and who can read it later."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from quiz.attempts.deletions import delete_for_good
from quiz.counseling import meetings
from quiz.counseling.clients import delete_client
from quiz.counseling.handover import Part, hand_over
from quiz.counseling.meetings import CHANGED_FOR, Meeting, delete_as_client
from quiz.counseling.models import AuditEntry, Client, Counselor, Disclosure
from quiz.evidence.folding import delete_attempts
from quiz.management.expired import delete
from tests.answers import leaning, scoring
from tests.factories import (
    code_of,
    disclose,
    make_client,
    make_counselor,
    set_up_second_factor,
    signed_in,
)
from tests.pages import text_of
from tests.quiz.counseling.meeting_pages import (
    AGREED,
    held,
    hold,
    hold_url,
    marks_on,
    meeting_url,
    reasons_on,
    revision_on,
)
from tests.quiz.counseling.pages import main_of, url_of

pytestmark = pytest.mark.both_databases

SUGGESTION = "mark-suggestion"
TRAITS = ["mark-trait-proactive", "mark-trait-persuasion", "mark-trait-targets"]
# The first two are on the side of sales; the third is in the middle.
ANSWERS = scoring(93.75, 75, 50)


def later(monkeypatch, seconds=1):
    """Let every meeting be too old to be changed."""
    monkeypatch.setattr(meetings, "CHANGED_FOR", timedelta(seconds=-seconds))


class TestWhatCanBeMarked:
    @pytest.mark.parametrize(
        ("scope", "names"),
        [
            ("verdict", [SUGGESTION]),
            ("traits", [SUGGESTION, *TRAITS]),
            ("answers", [SUGGESTION, *TRAITS]),
        ],
    )
    def test_reasons_are_those_that_the_scope_shows(self, desk, kim, scope, names):
        page = desk.get(hold_url(disclose(kim, scope, ANSWERS)))
        assert sorted(reasons_on(page)) == sorted(names)

    def test_reasons_are_the_sentences_of_the_result(self, desk, kim):
        reasons = reasons_on(desk.get(hold_url(disclose(kim, answers=ANSWERS))))
        assert reasons[TRAITS[0]] == ("You like to make the first move. This points to sales.")
        assert reasons[TRAITS[2]].endswith(": no strong preference either way.")

    def test_each_reason_is_a_group_of_radio_buttons_that_starts_unmarked(self, desk, kim):
        page = desk.get(hold_url(disclose(kim)))
        assert marks_on(page) == dict.fromkeys([SUGGESTION, *TRAITS], "")
        values = re.findall(f'name="{SUGGESTION}" value="([^"]*)"', text_of(page))
        assert values == ["agree", "not-me", "talk", ""]
        assert len(re.findall("<h1", text_of(page))) == 1

    def test_screen_shows_no_notes_and_no_other_client(self, desk, counselor, kim):
        make_client(counselor, "Zebulon")
        kim.notes.create(author=counselor, text="Private thoughts")
        page = text_of(desk.get(hold_url(disclose(kim))))
        assert "Private thoughts" not in page
        assert "Zebulon" not in page


class TestSaving:
    def test_marks_and_agreement_are_saved_and_shown(self, desk, kim):
        marks = {SUGGESTION: "agree", TRAITS[0]: "not-me", TRAITS[1]: "talk"}
        disclosure = disclose(kim, answers=ANSWERS)
        meeting = held(desk, disclosure, **marks)
        page = main_of(desk.get(meeting_url(meeting)))
        for text in ("Agree", "Not me", "Talk about it", "visit a call center", "Kim calls"):
            assert text in page
        assert [each.mark for each in meeting.marked] == ["agree", "not-me", "talk"]
        assert (meeting.attempt_id, meeting.client) == (disclosure.attempt_id, kim)

    def test_only_what_was_marked_is_stored_of_the_result(self, desk, kim):
        meeting = held(desk, disclose(kim, answers=ANSWERS), **{TRAITS[0]: "talk"})
        ((stored),) = meeting.reasons
        assert set(stored) == {"key", "text", "mark"}
        assert "make the first move" in stored["text"]

    def test_submitting_the_form_twice_saves_one_meeting(self, desk, kim):
        disclosure, form = disclose(kim), {"id": str(uuid4())}
        first, second = hold(desk, disclosure, **form), hold(desk, disclosure, **form)
        assert first.url == second.url == meeting_url(Meeting.objects.get())

    def test_id_of_another_counselors_meeting_still_saves_one(self, desk, kim):
        other = make_counselor("Ana Diaz")
        theirs = held(signed_in(other), disclose(make_client(other)))
        hold(desk, disclose(kim), id=str(theirs.pk), agreement="Ours")
        assert kim.meetings.get().agreement == "Ours"
        theirs.refresh_from_db()
        assert theirs.agreement != "Ours"

    @pytest.mark.parametrize(
        "sent",
        [
            pytest.param({"agreement": "", "next_step": " "}, id="nothing"),
            pytest.param({"agreement": "x" * 301}, id="long agreement"),
            pytest.param({"next_step": "x" * 201}, id="long step"),
            pytest.param({SUGGESTION: "maybe"}, id="unknown mark"),
            pytest.param({"agreement": "a\0b"}, id="NUL"),
        ],
    )
    def test_faulty_form_keeps_what_was_typed_and_marked(self, desk, kim, sent):
        sent = {TRAITS[0]: ""} | sent
        if sent.get("agreement") != "":
            sent[TRAITS[0]] = "talk"
        response = hold(desk, disclose(kim), **sent)
        assert response.status_code == 400
        assert not Meeting.objects.exists()
        assert marks_on(response)[TRAITS[0]] == sent[TRAITS[0]]
        typed = (AGREED | sent)["next_step"].strip()
        assert typed in text_of(response)

    def test_agreement_alone_and_a_mark_alone_can_be_saved(self, desk, kim):
        disclosure = disclose(kim)
        for sent in ({"agreement": "Yes"}, {SUGGESTION: "agree"}):
            empty = {"agreement": "", "next_step": ""}
            assert hold(desk, disclosure, **empty | sent).status_code == 302
        assert Meeting.objects.count() == 2

    def test_form_that_comes_after_sharing_stopped_shows_what_was_typed(self, desk, kim):
        disclosure = disclose(kim)
        delete_for_good(Disclosure.objects.all())
        response = hold(desk, disclosure, **{TRAITS[0]: "talk"})
        assert response.status_code == 409
        assert "We visit a call center." in text_of(response)
        assert "Kim calls" in text_of(response)
        assert not Meeting.objects.exists()
        assert desk.get(hold_url(disclosure)).status_code == 404

    @pytest.mark.parametrize("is_new", [True, False])
    def test_form_that_comes_after_a_handover_shows_what_was_typed(
        self, desk, kim, counselor, is_new
    ):
        disclosure = disclose(kim)
        url = hold_url(disclosure) if is_new else meeting_url(held(desk, disclosure), "/edit/")
        hand_over(counselor, make_counselor("Ana Diaz"), Part({kim.pk}))
        response = desk.post(url, {"revision": "1", "agreement": "Late", "next_step": ""})
        assert response.status_code == 404
        assert "Late" in text_of(response)
        assert "Kim" not in main_of(response)
        assert not Meeting.objects.filter(agreement="Late").exists()
        assert desk.post(url, {"revision": "1"}).status_code == 404

    def test_nothing_is_saved_about_a_client_who_was_handed_over(self, kim, counselor):
        disclosure = disclose(kim)
        disclosure.client.counselor = counselor
        hand_over(counselor, make_counselor("Ana Diaz"), Part({kim.pk}))
        with pytest.raises(meetings.Gone):
            meetings.hold(disclosure, uuid4(), {"agreement": "Late"}, timezone.now())
        assert not Meeting.objects.exists()

    def test_nothing_is_saved_about_a_result_that_was_deleted(self, kim):
        disclosure = Disclosure.objects.get(pk=disclose(kim).pk)
        delete_attempts(type(disclosure.attempt).objects.all())
        with pytest.raises(meetings.Gone):
            meetings.hold(disclosure, uuid4(), {"agreement": "Late"}, timezone.now())
        assert not Meeting.objects.exists()

    def test_nothing_is_saved_of_a_result_that_is_shared_less_since_then(self, kim):
        disclosure = Disclosure.objects.get(pk=disclose(kim).pk)
        Disclosure.objects.update(scope="verdict")
        with pytest.raises(meetings.Gone):
            meetings.hold(disclosure, uuid4(), {"agreement": "Late"}, timezone.now())


class TestChanging:
    def test_second_visit_continues_the_meeting(self, desk, kim):
        disclosure = disclose(kim)
        meeting = held(desk, disclosure, **{TRAITS[0]: "talk"})
        page = desk.get(hold_url(disclosure), follow=True)
        assert page.redirect_chain == [(meeting_url(meeting, "/edit/"), 302)]
        assert marks_on(page)[TRAITS[0]] == "talk"
        assert "We visit a call center." in text_of(page)
        sent = {"revision": revision_on(page), TRAITS[0]: "agree", TRAITS[1]: "not-me"}
        desk.post(meeting_url(meeting, "/edit/"), AGREED | sent)
        meeting.refresh_from_db()
        assert {each.key: each.mark for each in meeting.marked} == {
            "trait-proactive": "agree",
            "trait-persuasion": "not-me",
        }

    def test_mark_that_is_removed_is_not_kept(self, desk, kim):
        meeting = held(desk, disclose(kim), **{TRAITS[0]: "talk"})
        desk.post(meeting_url(meeting, "/edit/"), AGREED | {"revision": "1", TRAITS[0]: ""})
        meeting.refresh_from_db()
        assert meeting.reasons == []

    def test_two_windows_do_not_overwrite_each_other_unseen(self, desk, kim):
        meeting = held(desk, disclose(kim))
        edit = meeting_url(meeting, "/edit/")
        desk.post(edit, AGREED | {"revision": "1", "agreement": "From one window"})
        response = desk.post(edit, AGREED | {"revision": "1", "agreement": "From the other"})
        assert response.status_code == 400
        assert "From one window" in text_of(response)
        assert "From the other" in text_of(response)
        meeting.refresh_from_db()
        assert meeting.agreement == "From one window"
        again = {"revision": revision_on(response), "agreement": "Both"}
        assert desk.post(edit, AGREED | again).status_code == 302
        meeting.refresh_from_db()
        assert meeting.agreement == "Both"

    def test_same_change_sent_twice_is_saved_once(self, desk, kim):
        meeting = held(desk, disclose(kim))
        sent = AGREED | {"revision": "1", "agreement": "Changed"}
        for _click in range(2):
            response = desk.post(meeting_url(meeting, "/edit/"), sent)
            assert response.url == meeting_url(meeting)
        assert Meeting.objects.get().revision == 2

    def test_first_form_sent_again_with_other_words_overwrites_nothing(self, desk, kim):
        disclosure, form = disclose(kim), {"id": str(uuid4())}
        hold(desk, disclosure, **form)
        response = hold(desk, disclosure, **form, agreement="Something else")
        assert response.status_code == 400
        assert "Something else" in text_of(response)
        assert Meeting.objects.get().agreement == AGREED["agreement"]

    @pytest.mark.parametrize("revision", ["", "x", "99999999999999999999", "-1", "²"])
    def test_invalid_revision_overwrites_nothing(self, desk, kim, revision):
        meeting = held(desk, disclose(kim))
        sent = AGREED | {"revision": revision, "agreement": "Other"}
        assert desk.post(meeting_url(meeting, "/edit/"), sent).status_code == 400
        assert Meeting.objects.get().agreement == AGREED["agreement"]

    def test_meeting_stays_as_agreed_after_the_day(self, desk, kim, monkeypatch):
        disclosure = disclose(kim)
        meeting = held(desk, disclosure)
        later(monkeypatch)
        edit = meeting_url(meeting, "/edit/")
        assert desk.get(edit).url == meeting_url(meeting)
        assert "/edit/" not in main_of(desk.get(meeting_url(meeting)))
        response = desk.post(edit, AGREED | {"revision": "1", "agreement": "Too late"})
        assert response.status_code == 400
        assert "Too late" in text_of(response)
        assert Meeting.objects.get().agreement == AGREED["agreement"]
        assert desk.get(hold_url(disclosure)).status_code == 200  # the next meeting

    def test_it_can_be_changed_for_as_long_as_a_login_lasts(self):
        now, counselor = timezone.now(), Counselor(pk=1)
        held_at = now - CHANGED_FOR
        just_before = Meeting(counselor=counselor, held_at=held_at + timedelta(seconds=1))
        assert just_before.can_change(counselor, now)
        assert not Meeting(counselor=counselor, held_at=held_at).can_change(counselor, now)

    def test_colleague_who_takes_over_holds_a_meeting_of_their_own(self, desk, kim, counselor):
        disclosure, receiver = disclose(kim), make_counselor("Ana Diaz")
        meeting = held(desk, disclosure)
        hand_over(counselor, receiver, Part({kim.pk}))
        colleague = signed_in(receiver)
        assert colleague.get(meeting_url(meeting, "/edit/")).url == meeting_url(meeting)
        assert colleague.get(hold_url(disclosure)).status_code == 200
        sent = AGREED | {"revision": "1", "agreement": "Theirs"}
        response = colleague.post(meeting_url(meeting, "/edit/"), sent)
        assert response.status_code == 400
        assert "Theirs" in text_of(response)
        assert Meeting.objects.get().agreement == AGREED["agreement"]
        hold(colleague, disclosure)
        page = main_of(colleague.get(url_of(meeting.client)))
        assert page.count("<bdi>Dana Reed</bdi>") == 1

    def test_form_sent_after_the_client_deleted_the_meeting_shows_what_was_typed(self, desk, kim):
        meeting = held(desk, disclose(kim))
        delete_for_good(Meeting.objects.all())
        response = desk.post(meeting_url(meeting, "/edit/"), AGREED | {"revision": "1"})
        assert response.status_code == 409
        assert "Kim calls" in text_of(response)
        assert not Meeting.objects.exists()

    def test_first_form_sent_again_does_not_bring_back_what_the_client_deleted(self, desk, kim):
        disclosure, form = disclose(kim), {"id": str(uuid4())}
        delete_as_client(held(desk, disclosure, **form))
        again = hold(desk, disclosure, **form)
        assert again.status_code == 409
        assert AGREED["next_step"] in text_of(again)
        assert not Meeting.objects.exists()


class TestAfterSharingStopped:
    @pytest.fixture
    def meeting(self, desk, kim):
        disclosure = disclose(kim, answers=ANSWERS)
        meeting = held(desk, disclosure, **{TRAITS[0]: "talk"})
        delete_for_good(Disclosure.objects.all())
        return meeting

    def test_record_stays_readable(self, desk, meeting):
        page = main_of(desk.get(meeting_url(meeting)))
        assert "You like to make the first move." in page
        assert "We visit a call center." in page
        assert meeting_url(meeting) in main_of(desk.get(url_of(meeting.client)))

    @pytest.mark.parametrize("part", ["", "/edit/", ".txt"])
    def test_nothing_else_of_the_result_is_shown(self, desk, meeting, part):
        page = text_of(desk.get(meeting_url(meeting, part)))
        assert "make the first move" in page
        for hidden in ("preference", "persua", "target", "suits", "data-band", "of 100"):
            assert hidden not in page.split("<main")[-1].split("</main>")[0], hidden

    def test_only_what_was_marked_can_be_marked_differently(self, desk, meeting):
        edit = meeting_url(meeting, "/edit/")
        assert set(reasons_on(desk.get(edit))) == {TRAITS[0]}
        sent = {"revision": "1", TRAITS[0]: "not-me", TRAITS[1]: "agree", SUGGESTION: "agree"}
        desk.post(edit, AGREED | sent)
        assert [each.mark for each in Meeting.objects.get().marked] == ["not-me"]

    def test_smaller_scope_hides_what_was_not_marked(self, desk, kim):
        meeting = held(desk, disclose(kim, answers=ANSWERS), **{TRAITS[0]: "talk"})
        Disclosure.objects.update(scope="verdict")
        page = desk.get(meeting_url(meeting, "/edit/"))
        assert set(reasons_on(page)) == {SUGGESTION, TRAITS[0]}


class TestEnds:
    def test_counselor_who_deletes_the_client_leaves_it_to_the_person(self, desk, kim):
        meeting = held(desk, disclose(kim))
        url = meeting_url(meeting)
        assert delete_client(Client.objects.get(pk=kim.pk))
        kept = Meeting.objects.get()
        assert (kept.client, kept.agreement) == (None, AGREED["agreement"])
        assert desk.get(url).status_code == 404

    def test_it_is_handed_over_with_the_client(self, desk, kim, counselor):
        meeting = held(desk, disclose(kim))
        receiver = make_counselor("Ana Diaz")
        hand_over(counselor, receiver, Part({kim.pk}))
        assert desk.get(meeting_url(meeting)).status_code == 404
        page = main_of(signed_in(receiver).get(meeting_url(meeting)))
        assert "<bdi>Dana Reed</bdi>" in page

    def test_it_goes_with_the_result(self, desk, kim):
        meeting = held(desk, disclose(kim))
        delete_attempts(type(meeting.attempt).objects.all())
        assert not Meeting.objects.exists()

    def test_result_deleted_by_the_release_before_takes_it_along_too(self, desk, kim):
        """That release doesn't know the table, and there is no constraint to stop it."""
        meeting = held(desk, disclose(kim))
        other = held_by_another()
        Disclosure.objects.filter(client=kim).delete()
        type(meeting.attempt).objects.filter(pk=meeting.attempt_id)._raw_delete("default")
        assert desk.get(meeting_url(meeting)).status_code == 404
        assert meeting_url(meeting) not in text_of(desk.get(url_of(kim)))
        dict(delete(timezone.now() - timedelta(days=365)))
        assert Meeting.objects.get() == other


def held_by_another():
    counselor = make_counselor("Ana Diaz")
    client = make_client(counselor, "Sam")
    hold(signed_in(counselor), disclose(client, answers=leaning("service", 9)))
    return client.meetings.get()


class TestLog:
    def entries(self):
        rows = AuditEntry.objects.order_by("pk").values_list("action", "detail")
        return list(rows)

    def test_opening_and_saving_are_logged_without_content(self, desk, kim):
        disclosure = disclose(kim)
        desk.get(hold_url(disclosure))
        meeting = held(desk, disclosure)
        for part in ("", ".txt"):
            desk.get(meeting_url(meeting, part))
        assert self.entries() == [
            (AuditEntry.SAW, "meeting"),
            (AuditEntry.MET, "saved"),
            (AuditEntry.MET, "opened"),
            (AuditEntry.MET, "text"),
        ]
        page = main_of(desk.get("/counselor/log/"))
        for words in ("in a meeting", "Meeting · saved", "Meeting · opened", "Meeting · as text"):
            assert words in page
        assert "call center" not in page

    def test_pdf_is_logged(self, desk, kim, monkeypatch):
        monkeypatch.setattr("quiz.counseling.meeting_files.laid_out", lambda html, **more: b"%PDF")
        meeting = held(desk, disclose(kim))
        assert desk.get(meeting_url(meeting, ".pdf"))["Content-Type"] == "application/pdf"
        assert self.entries()[-1] == (AuditEntry.MET, "pdf")

    def test_head_request_is_not_logged(self, desk, kim):
        disclosure = disclose(kim)
        meeting = held(desk, disclosure)
        before = self.entries()
        for url in (meeting_url(meeting), meeting_url(meeting, "/edit/"), hold_url(disclosure)):
            desk.head(url)
        assert self.entries() == before


class TestFiles:
    def test_text_names_the_client_and_holds_all(self, desk, kim):
        meeting = held(desk, disclose(kim, answers=ANSWERS), **{TRAITS[0]: "talk"})
        response = desk.get(meeting_url(meeting, ".txt"))
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        text = text_of(response)
        assert text.startswith("Meeting with Kim, ")
        assert "\nTalk about it\n- You like to make the first move." in text
        assert "\nWhat we agreed\nWe visit a call center.\nKim asks about shifts.\n" in text
        assert "\nOne next step\nKim calls\n" in text

    def test_pdf_holds_the_same(self, desk, kim, monkeypatch):
        pages = []
        monkeypatch.setattr(
            "quiz.counseling.meeting_files.laid_out",
            lambda html, **more: pages.append(html) or b"%PDF",
        )
        desk.get(meeting_url(held(desk, disclose(kim), **{SUGGESTION: "agree"}), ".pdf"))
        assert "<bdi>Kim</bdi>" in pages[0]
        assert "We visit a call center.<br>Kim asks about shifts." in pages[0]

    def test_what_was_typed_is_escaped(self, desk, kim):
        meeting = held(desk, disclose(kim), agreement="<script>alert(1)</script>")
        assert "<script>alert" not in text_of(desk.get(meeting_url(meeting)))
        assert "<script>alert" in text_of(desk.get(meeting_url(meeting, ".txt")))


def test_form_that_comes_late_is_saved_after_the_new_code(clock, settings, kim, counselor):
    secret = set_up_second_factor(counselor)
    browser = signed_in(counselor)
    disclosure = disclose(kim)
    clock.shift(settings.IDLE)
    asked = hold(browser, disclosure)
    assert not Meeting.objects.exists()
    browser.post(asked.url, {"code": code_of(secret)}, follow=True)
    assert Meeting.objects.get().agreement == AGREED["agreement"]
