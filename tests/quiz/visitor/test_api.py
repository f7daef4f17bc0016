"""What other programs get from the quiz: its statements, and scores that are stored nowhere."""

import json
from dataclasses import replace
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from quiz.visitor.api import person_schema
from quiz.web.models import CacheEntry
from tests import log_watch
from tests.answers import SHIPPED, VERSION_2, alike, towards
from tests.strategies import ANSWERS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

QUESTIONNAIRES, SCORE = "/api/v1/questionnaires/", "/api/v1/score"


@pytest.fixture
def score(client):
    """Give a function that sends one person, and returns the response."""

    def score(*body, **person):
        sent = body[0] if body else json.dumps({"answers": towards("sales"), **person})
        return client.post(SCORE, sent, content_type="application/json")

    return score


@pytest.fixture
def version_2(versions):
    """Version 2, which is live then; version 1 is retired."""
    versions.add(VERSION_2, title="Second").publish()


def line_of(person):
    """Return what the command `score_answers` makes of a person."""
    out = StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", TextIOWrapper(BytesIO(json.dumps(person).encode())))
        call_command("score_answers", "-", stdout=out)
    return json.loads(out.getvalue())


BACKGROUND = st.fixed_dictionaries(
    {},
    optional={
        question.key: st.sampled_from([option.value for option in question.options])
        for question in SHIPPED.background
    },
)
SECONDS = st.fixed_dictionaries(
    {}, optional={item.key: st.none() | st.floats(0, 60) for item in SHIPPED.items}
)


class TestScore:
    @pytest.mark.slow
    @settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(answers=ANSWERS, seconds=SECONDS, background=BACKGROUND)
    def test_line_of_the_command_gets_the_same_numbers(self, score, answers, seconds, background):
        person = {"id": "a", "answers": answers, "seconds": seconds, "background": background}
        assert score(**person).json() == line_of(person)

    def test_id_can_be_left_out(self, score):
        person = {"answers": towards("service")}
        assert score(**person).json() == {
            key: value for key, value in line_of(person | {"id": 1}).items() if key != "id"
        }

    def test_answers_are_to_the_live_version_unless_the_person_says_which(
        self, score, version_2, monkeypatch
    ):
        asked = []
        monkeypatch.setattr(
            "quiz.visitor.api.score_person",
            lambda questionnaire, _person: asked.append(questionnaire.number) or {},
        )
        for more in ({}, {"questionnaire": None}, {"questionnaire": 1}, {"questionnaire": 2.0}):
            assert score(**more).status_code == 200
        assert asked == [2, 2, 1, 2]

    def test_background_may_be_that_of_version_1_whatever_is_live(self, score, version_2):
        years = {"B1": 6, "B2": "soon"}
        assert score(background=years).json()["role"] == "sales-manager"
        assert score(background={"B1_sales": "6", "B2": "soon"}).json()["role"] == "sales-manager"

    @pytest.mark.parametrize("number", [7, 0, -1, 2**80])
    def test_unknown_version_is_a_404_that_names_it(self, score, number):
        response = score(questionnaire=number)
        assert response.status_code == 404
        assert response.json()["detail"] == f"There is no questionnaire {number}."

    def test_draft_cannot_be_scored(self, score, whole_draft):
        assert score(questionnaire=whole_draft.pk).status_code == 404

    def test_closed_quiz_says_to_name_a_version(self, score, live):
        live.retire()
        assert "Send the number" in score().json()["detail"]
        assert score(questionnaire=live.number).status_code == 200

    @pytest.mark.parametrize(
        ("person", "pointer", "says"),
        [
            ({"answers": alike(3) | {"P1": 6}}, "#/answers/P1", "from 1 to 5, not 6"),
            ({"answers": alike(3) | {"Z9": 3}}, "#/answers", "Z9"),
            ({"answers": {"P1": 3}}, "#/answers", "no answer to E2"),
            ({"answers": [3]}, "#/answers", "not an object"),
            ({"seconds": {"P1": -1}}, "#/seconds/P1", "P1"),
            ({"seconds": {"Z9": 1}}, "#/seconds", "Z9"),
            ({"seconds": 3}, "#/seconds", "not an object"),
            ({"background": {"B2": "tomorrow"}}, "#/background/B2", "now, soon, later, no"),
            ({"background": {"B9": 1}}, "#/background", "B9"),
            ({"background": "B2"}, "#/background", "not an object"),
            ({"questionnaire": "1"}, "#/questionnaire", "number of a version"),
            ({"questionnaire": True}, "#/questionnaire", "number of a version"),
            ({"name": "Dana"}, "#", "name"),
        ],
        ids=range(13),
    )
    def test_fault_names_its_place(self, score, person, pointer, says):
        response = score(**person)
        assert response.status_code == 422
        (fault,) = response.json()["errors"]
        assert fault["pointer"] == pointer
        assert says in fault["detail"]
        assert fault["detail"] in response.json()["detail"]

    @pytest.mark.parametrize("body", ["[]", "3", "null", '"text"', "{}"])
    def test_body_that_is_no_person_is_a_422(self, score, body):
        assert score(body).status_code == 422

    @pytest.mark.parametrize(
        "body",
        [
            *("{", '{"answers": {}, "answers": {}}', '{"id": NaN}', "[" * 100_000, b"\xff"),
            '{"id": ' + "9" * 5000 + "}",
        ],
        ids=range(6),
    )
    def test_body_that_can_not_be_read_is_a_400(self, score, body):
        assert score(body).status_code == 400

    def test_id_that_json_cannot_carry_is_a_422(self, score):
        body = json.dumps({"id": 0, "answers": alike(3)}).replace("0", "1e999", 1)
        assert score(body).json()["errors"][0]["pointer"] == "#/id"

    @pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
    def test_form_of_another_site_is_refused(self, client, content_type):
        response = client.post(SCORE, "answers=3", content_type=content_type)
        assert response.status_code == 415

    def test_nothing_of_the_person_is_stored_or_logged(self, score):
        def stored():
            models = [m for m in apps.get_models() if m is not CacheEntry]
            return {model: list(model.objects.values_list()) for model in models}

        before = stored()
        assert score(id="Dana-of-class-9b", background={"B2": "soon"}).status_code == 200
        assert score(id="Dana-of-class-9b", answers={"P1": 87654}).status_code == 422
        assert stored() == before
        # The only counter is that of a network, under the hash of its address.
        assert [entry.value for entry in CacheEntry.objects.all()] == ["2"]
        lines = "".join(log_watch.watch().lines)
        assert "Dana" not in lines
        assert "87654" not in lines

    def test_cookies_are_neither_read_nor_set(self, client, score):
        plain = score().content
        for name in ("attempt", "session", "csrf", "theme", "device"):
            client.cookies[name] = "forged"
        response = score()
        assert (response.content, response.cookies) == (plain, {})
        assert "Cookie" not in response.get("Vary", "")


class TestQuestionnaires:
    def test_live_version_is_listed_with_what_a_page_shows(self, client, live):
        (found,) = client.get(QUESTIONNAIRES).json()
        assert (found["questionnaire"], found["language"]) == (live.number, "en")
        assert found["published_at"][:19] == live.published_at.isoformat()[:19]
        assert [each["key"] for each in found["statements"]] == [i.key for i in SHIPPED.items]
        assert {each["page"] for each in found["statements"][6:12]} == {2}
        assert found["statements"][0]["text"] == SHIPPED.items[0].text["en"]
        assert [each["value"] for each in found["scale"]] == [1, 2, 3, 4, 5]
        assert [each["key"] for each in found["background"]] == ["B1", "B2", "B3"]
        assert found["background"][1]["options"][0]["value"] == "now"

    def test_nothing_says_how_answers_are_scored(self, client):
        text = client.get(QUESTIONNAIRES).content.decode()
        traits = [trait.key for trait in SHIPPED.traits]
        for word in ("weight", "keying", "trait", "rationale", "clear_from", *traits):
            assert word not in text
        (found,) = json.loads(text)
        for statement in found["statements"]:
            assert statement.keys() == {"key", "text", "page"}

    def test_each_language_of_the_site_has_an_entry(self, client, settings, monkeypatch):
        settings.LANGUAGES = [("en", "English"), ("de", "German"), ("fr", "French")]
        both = replace(SHIPPED, languages=("en", "de"))
        monkeypatch.setattr("quiz.visitor.api.frozen_questionnaire", lambda _version_id: both)
        found = client.get(QUESTIONNAIRES).json()
        assert [each["language"] for each in found] == ["en", "de"]

    def test_new_version_replaces_the_one_before(self, client, version_2):
        (found,) = client.get(QUESTIONNAIRES).json()
        assert found["questionnaire"] == 2
        keys = [each["key"] for each in found["background"]]
        assert keys == [question.key for question in VERSION_2.background]

    def test_closed_quiz_has_none(self, client, live):
        live.retire()
        assert client.get(QUESTIONNAIRES).json() == []


class TestCost:
    @pytest.mark.parametrize(
        ("ask", "queries"),
        [
            # Each counts the request first, in a savepoint of the test's transaction.
            (lambda client: client.get(QUESTIONNAIRES), 2),
            (lambda client: client.post(SCORE, {"answers": alike(3)}, "application/json"), 2),
            (lambda client: client.get("/api/v1/roles/"), 2),
            (lambda client: client.get("/api/v1/roles/sales-manager/"), 2),
            (lambda client: client.get("/api/v1/openapi.json"), 3),
        ],
        ids=["questionnaires", "score", "roles", "role", "openapi"],
    )
    def test_queries_once_everything_is_loaded(self, client, ask, queries):
        assert ask(client).status_code == 200
        with CaptureQueriesContext(connection) as captured:
            ask(client)
        asked = [each["sql"] for each in captured if "SAVEPOINT" not in each["sql"]]
        assert len(asked) == queries, asked


class TestSchemaOfAPerson:
    def test_each_published_version_has_its_own(self, version_2, whole_draft):
        assert [each["title"] for each in person_schema()["anyOf"]] == [
            "Answers to questionnaire 2",
            "Answers to questionnaire 1",
        ]

    @pytest.mark.parametrize(
        ("person", "is_right"),
        [
            ({}, True),
            ({"id": ["x"], "seconds": None, "background": None, "questionnaire": None}, True),
            ({"questionnaire": 1, "seconds": {"P1": 0.5, "E2": None}}, True),
            ({"background": {"B1": 6, "B2": "", "B3": None}}, True),
            ({"background": {"B1": "6", "B1_sales": "none", "B3": "student"}}, True),
            ({"questionnaire": 1, "background": {"B1_sales": "none"}}, False),
            ({"background": {"B2": "tomorrow"}}, False),
            ({"seconds": {"P1": -1}}, False),
            ({"answers": alike(6)}, False),
            ({"answers": {}}, False),
            ({"answers": alike(3) | {"P1": True}}, False),
            ({"name": "Dana"}, False),
        ],
        ids=range(12),
    )
    def test_it_agrees_with_what_is_scored(self, score, version_2, person, is_right):
        validator = Draft202012Validator(person_schema())
        person = {"answers": towards("sales"), **person}
        assert validator.is_valid(person) is is_right
        assert score(**person).status_code == (200 if is_right else 422)
