"""Previewing a version in the admin, which stores no attempt."""

import re

import pytest
import time_machine
from django.utils import timezone

from quiz.attempts.models import Attempt
from quiz.evidence.folding import delete_attempts
from quiz.visitor.page_forms import blank_fields
from quiz.web import rendering
from tests.answers import SHIPPED, leaning, towards
from tests.pages import page_of, text_of
from tests.quiz.admin.pages import at, client_who_may, levels_of

pytestmark = pytest.mark.django_db

PREVIEW = 'class="preview"'

BACKGROUND = SHIPPED.background_page


@pytest.fixture(autouse=True)
def no_attempt_is_left():
    yield
    assert Attempt.objects.count() == 0


def without_frame(html):
    """Remove the notice of the preview and what differs with every load."""
    html = re.sub(r"\s+", " ", html)
    html = re.sub(r'<aside class="preview".*?</aside> ?', "", html)
    html = re.sub(r'<input type="hidden" name="csrfmiddlewaretoken" value="\w+"> ?', "", html)
    html = re.sub(r'<a href="/quiz/code/">.*?</a>', "", html)
    html = re.sub(r'name="attempt" value="[\w-]+"', "", html)
    html = re.sub(r'action="[^"]*"', "", html)
    return re.sub(r" *(<|>) *", r"\1", html)


def take(client, version, answers, background=None):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.post(at(version))
        for number, items in enumerate(SHIPPED.item_pages, start=1):
            clock.shift(60)
            sent = {item.key: answers[item.key] for item in items}
            response = client.post(at(version, number), sent)
            assert response["Location"] == at(version, number + 1)
        return client.post(at(version, BACKGROUND), background or {})


class TestTaking:
    def test_preview_starts_on_the_introduction(self, admin_client, draft):
        html = text_of(admin_client.get(at(draft)))
        assert PREVIEW in html
        assert f'action="{at(draft)}"' in html
        response = admin_client.post(at(draft))
        assert response["Location"] == at(draft, 1)

    @pytest.mark.parametrize("number", [1, 3, BACKGROUND])
    def test_preview_page_equals_the_page_of_a_visitor(self, admin_client, client, draft, number):
        client.post("/quiz/")
        theirs = text_of(client.get(f"/quiz/{number}/"))
        delete_attempts(Attempt.objects.all())
        admin_client.post(at(draft))
        mine = text_of(admin_client.get(at(draft, number)))
        assert PREVIEW in mine
        assert without_frame(mine) == without_frame(theirs)

    def test_preview_keeps_answers(self, admin_client, draft):
        admin_client.post(at(draft))
        key = SHIPPED.items[0].key
        admin_client.post(at(draft, 1), {key: "4", "go": "back"})
        assert f'id="id_{key}_4" checked' in text_of(admin_client.get(at(draft, 1)))

    def test_every_form_of_a_preview_holds_its_token(self, admin_client, draft):
        admin_client.handler.enforce_csrf_checks = True
        for page in ("", *range(1, BACKGROUND + 1)):
            address = at(draft, page) if page else at(draft)
            html = text_of(admin_client.get(address))
            [token] = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', html))
            sent = {"csrfmiddlewaretoken": token, "go": "back"}
            assert admin_client.post(address, sent).status_code == 302

    def test_preview_autosaves_answers(self, admin_client, draft):
        admin_client.post(at(draft))
        key = SHIPPED.items[0].key
        assert admin_client.post(at(draft, 1), {key: "4", "go": "keep"}).status_code == 204
        assert f'id="id_{key}_4" checked' in text_of(admin_client.get(at(draft, 1)))

    def test_preview_names_missing_answers(self, admin_client, draft):
        admin_client.post(at(draft))
        html = text_of(admin_client.post(at(draft, 1), {SHIPPED.items[0].key: "4"}))
        assert html.count('href="#id_') == 5
        assert PREVIEW in html

    @pytest.mark.parametrize("field", ["sales", "service"])
    def test_preview_ends_with_the_result(self, admin_client, draft, field):
        response = take(admin_client, draft, leaning(field, 7))
        assert response["Location"] == at(draft, "result")
        html = text_of(admin_client.get(at(draft, "result")))
        assert f'data-field="{field}"' in html
        assert PREVIEW in html

    def test_edited_statement_appears_in_the_preview_immediately(self, admin_client, draft):
        admin_client.post(at(draft))
        admin_client.get(at(draft, 1))
        draft.items.filter(order=1).update(text_en="I like new words.")
        assert "I like new words." in text_of(admin_client.get(at(draft, 1)))

    def test_starting_again_drops_the_answers(self, admin_client, draft):
        take(admin_client, draft, towards("sales"))
        admin_client.post(at(draft))
        assert "checked" not in text_of(admin_client.get(at(draft, 1)))

    def test_statement_added_during_a_preview_is_asked_before_the_result(self, admin_client, draft):
        draft.items.filter(key__in=["P1", "P2"]).update(is_asked=False)
        admin_client.post(at(draft))
        answers = {k: v for k, v in towards("sales").items() if k not in ("P1", "P2")}
        form = admin_client.post(at(draft, "answers"), answers)
        assert form["Location"] == at(draft, "result")
        draft.items.filter(key__in=["P1", "P2"]).update(is_asked=True)
        response = admin_client.get(at(draft, "result"))
        assert response["Location"].startswith(at(draft))
        assert admin_client.get(response["Location"]).status_code == 200

    def test_preview_of_another_version_starts_without_answers(self, admin_client, draft, live):
        take(admin_client, draft, towards("sales"))
        assert "checked" not in text_of(admin_client.get(at(live, 1)))

    @pytest.mark.parametrize("number", [0, 9, 10**30])
    def test_unknown_page_is_404(self, admin_client, draft, number):
        assert admin_client.get(f"{at(draft)}{number}/").status_code == 404

    @pytest.mark.both_databases
    @pytest.mark.parametrize("sent", [{"P1": "9"}, {"nothing": "1"}, {"P1": "a\0"}])
    def test_impossible_answer_is_a_bad_request(self, admin_client, draft, sent):
        admin_client.post(at(draft))
        assert admin_client.post(at(draft, 1), sent).status_code == 400

    def test_preview_is_neither_cached_nor_indexed(self, admin_client, draft):
        response = admin_client.get(at(draft, 1))
        assert "no-store" in response["Cache-Control"]
        assert "noindex" in text_of(response)


class TestTypedAnswers:
    def test_form_has_a_box_for_every_asked_statement(self, admin_client, draft):
        draft.items.filter(key__in=["P1", "P2"]).update(is_asked=False)
        html = text_of(admin_client.get(at(draft, "answers")))
        assert 'name="P1"' not in html
        assert html.count("<select") == 22 + len(SHIPPED.background)

    def test_typed_answers_give_a_result(self, admin_client, draft):
        sent = {**leaning("service", 7), "B1": "6", "B2": "now"}
        response = admin_client.post(at(draft, "answers"), sent)
        assert response["Location"] == at(draft, "result")
        html = text_of(admin_client.get(at(draft, "result")))
        assert 'data-field="service"' in html
        assert "/roles/customer-service-manager/" in html

    def test_typed_answers_can_be_edited(self, admin_client, draft):
        admin_client.post(at(draft, "answers"), leaning("service", 7))
        form = admin_client.get(at(draft, "answers")).context["adminform"].form
        assert {key: form[key].value() for key in leaning("service", 7)} == leaning("service", 7)

    def test_statement_may_have_any_key(self, admin_client, draft):
        """A key may equal the name of a form's attribute."""
        for old, new in (("P1", "statements"), ("P2", "answers"), ("P3", "fields")):
            draft.items.filter(key=old).update(key=new)
        renamed = {"P1": "statements", "P2": "answers", "P3": "fields"}
        sent = {renamed.get(key, key): value for key, value in leaning("service", 7).items()}
        assert admin_client.post(at(draft, "answers"), sent)["Location"] == at(draft, "result")

    def test_missing_answer_is_an_error_and_keeps_the_others(self, admin_client, draft):
        sent = leaning("service", 7)
        del sent["P3"]
        response = admin_client.post(at(draft, "answers"), sent)
        assert response.status_code == 200
        assert list(response.context["errors"]) == ["P3"]
        assert response.context["adminform"].form["P1"].value() == str(sent["P1"])

    @pytest.mark.both_databases
    @pytest.mark.parametrize("value", ["9", "x", "a\0", "1" * 40])
    def test_impossible_answer_is_a_form_error(self, admin_client, draft, value):
        response = admin_client.post(at(draft, "answers"), towards("sales") | {"P1": value})
        assert response.status_code == 200


class TestAccess:
    def test_published_version_can_be_previewed_despite_new_rules(
        self, admin_client, live, monkeypatch
    ):
        monkeypatch.setattr(type(live), "errors", lambda self: ["A new rule."])
        assert admin_client.get(at(live)).status_code == 200
        assert admin_client.get(page_of(live, "outcomes")).status_code == 200

    def test_preview_pages_are_not_cached(self, admin_client, draft):
        admin_client.post(at(draft))
        admin_client.get(at(draft, 1))
        assert rendering._page_html.cache_info().currsize == 0
        assert blank_fields.cache_info().currsize == 0

    @pytest.mark.slow
    def test_draft_with_errors_redirects_to_its_page(self, admin_client, draft):
        draft.items.filter(key="P1").update(keying=-1)
        for place in ("", 1, "result", "answers"):
            response = admin_client.get(at(draft, place), follow=True)
            assert response.redirect_chain[-1][0] == page_of(draft)
            assert levels_of(response) == ["error"]

    def test_visitor_is_sent_to_the_login_page(self, client, draft):
        assert client.get(at(draft, 1))["Location"].startswith("/admin/login/")

    def test_preview_requires_permission_to_view_versions(self, client, draft):
        client_who_may(client, "view_role")
        assert client.get(at(draft, 1)).status_code == 403
