"""Lists keep one order on every visit, whatever order the rows are stored in."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db.models import F

from quiz.attempts.models import Opening, ShareLink
from quiz.core.scopes import SCOPES, TRAITS
from quiz.counseling.models import AuditEntry, Client, CounselorInvitation, Disclosure, Note
from quiz.evidence.models import Interest
from tests.factories import NOON, disclose, finished_attempt, make_client, make_counselor
from tests.pages import list_of, take_quiz, text_of
from tests.quiz.counseling.pages import url_of

pytestmark = pytest.mark.both_databases

# Made in this order, their keys are in another one.
KEYS = [UUID(int=number) for number in (2, 3, 1)]


def stir(model):
    """Write the rows again, one by one: PostgreSQL then returns them in another order."""
    column = next(field.attname for field in model._meta.fields if not field.primary_key)
    for row in reversed(model._base_manager.order_by("pk")[1:]):
        model._base_manager.filter(pk=row.pk).update(**{column: F(column)})


def places(page: str, words) -> list[str]:
    """Return the words in the order in which a page first shows them."""
    return sorted(map(str, words), key=lambda word: page.index(word))


@pytest.mark.parametrize(
    "model",
    [model for name in ("quiz", "roles") for model in apps.get_app_config(name).get_models()],
    ids=lambda model: model.__name__,
)
def test_order_of_a_model_leaves_no_two_rows_in_any_order(model):
    ordering = [str(getattr(each, "name", each)).lstrip("-") for each in model._meta.ordering]
    unique = {"pk", "id", "history_id"} | {
        field.name for field in model._meta.get_fields() if getattr(field, "unique", False)
    }
    for constraint in model._meta.constraints:
        if set(getattr(constraint, "fields", ["?"])) - {"version"} <= set(ordering):
            unique |= set(ordering)  # parts of a version, which are never listed with another's
    assert not ordering or set(ordering) & unique


def test_groups_are_in_the_order_of_their_names(desk, counselor):
    for key, name in zip(KEYS, ("Éb", "ea", "Ec"), strict=True):
        counselor.groups.create(pk=key, name=name)
    stir(type(counselor.groups.get(pk=KEYS[0])))
    response = desk.get("/counselor/groups/")
    assert places(text_of(response), ["Éb<", "ea<", "Ec<"]) == ["ea<", "Éb<", "Ec<"]
    # The order of a count depends on the database's plan, and may be right by chance.
    assert response.context["groups"].ordered


@pytest.mark.parametrize("url", ["/counselor/", "/counselor/groups/{group}/"])
def test_clients_are_in_the_order_of_their_names_and_tags_too(desk, counselor, url):
    group = counselor.groups.create(name="9b")
    for key, name in zip(KEYS, ("Éb", "ea", "Ec"), strict=True):
        client = Client.objects.create(pk=key, counselor=counselor, name=name, group=group)
    client.tags.set([counselor.tags.create(name=name) for name in ("wé", "Wa", "wz")])
    stir(Client)
    page = text_of(desk.get(url.format(group=group.pk)))
    assert places(page, ["Éb</a>", "ea</a>", "Ec</a>"]) == ["ea</a>", "Éb</a>", "Ec</a>"]
    page = text_of(desk.get(url_of(client)))
    assert places(page, ["wé<", "Wa<", "wz<"]) == ["Wa<", "wé<", "wz<"]


class TestLinks:
    @pytest.fixture
    def links(self, client, content):
        """Three links of the visitor in `client`, the oldest first."""
        take_quiz(client, finished_attempt().values())
        attempt = ShareLink._meta.get_field("attempt").related_model.objects.latest("pk")
        made = [
            ShareLink.objects.make(
                pk=key, attempt=attempt, scope=scope, expires_at=NOON + timedelta(days=9999)
            )
            for key, scope in zip(KEYS, SCOPES, strict=True)
        ]
        for number, link in enumerate(made):
            moment = NOON + timedelta(minutes=number)
            ShareLink.objects.filter(pk=link.pk).update(created_at=moment)
            Opening.objects.create(link=link, at=moment)
        stir(ShareLink)
        return made

    def numbers(self, page: str) -> dict[str, str]:
        """Return the number in the name of each link's button, by the link's key."""
        found = re.findall(r'action="/quiz/shares/([\w-]+)/revoke/".*?\(link (\d+)\)', page, re.S)
        return dict(found)

    def test_newest_link_comes_first(self, client, links):
        response = client.get("/quiz/shares/")
        page = text_of(response)
        assert response.context["links"].ordered
        keys = [str(link.pk) for link in links]
        assert places(page, [f"shares/{key}/" for key in keys]) == [
            f"shares/{key}/" for key in reversed(keys)
        ]

    def test_number_of_a_link_stays_when_another_is_opened_or_added(self, client, links):
        before = self.numbers(text_of(client.get("/quiz/shares/")))
        assert before == {str(link.pk): str(n) for n, link in enumerate(links, start=1)}
        Opening.objects.create(link=links[1], at=NOON)
        client.post("/quiz/shares/", {"id": uuid4(), "scope": TRAITS, "until": "7"})
        stir(ShareLink)
        after = self.numbers(text_of(client.get("/quiz/shares/")))
        assert len(after) == 4
        assert before.items() <= after.items()

    def test_links_made_at_the_same_moment_keep_their_order(self, client, links):
        ShareLink.objects.update(created_at=NOON)
        pages = []
        for _visit in range(2):
            stir(ShareLink)
            pages.append(self.numbers(text_of(client.get("/quiz/shares/"))))
        assert pages[0] == pages[1]


def test_page_of_a_client_lists_the_newest_first(desk, counselor, kim):
    for number, key in enumerate(KEYS):
        moment = NOON + timedelta(days=number)
        shared = disclose(kim, TRAITS, at=moment)
        Note.objects.create(pk=key, client=kim, author=counselor, text=f"note {number}.")
        Note.objects.filter(pk=key).update(written_at=moment)
        Disclosure.objects.filter(pk=shared.pk).update(at=moment)
    for model in (Note, Disclosure):
        stir(model)
    page = text_of(desk.get(url_of(kim)))
    days = [f"Result of November {day}, 2026" for day in (24, 25, 26)]
    assert places(page, days) == days[::-1]
    assert places(page, ["note 0.", "note 1.", "note 2."]) == ["note 2.", "note 1.", "note 0."]


def test_log_lists_the_newest_first(desk, counselor, kim):
    for number in range(3):
        AuditEntry.objects.log(counselor, AuditEntry.CHANGED, kim, detail=f"entry {number}.")
    AuditEntry.objects.update(at=NOON)
    stir(AuditEntry)
    entries = [f"entry {number}." for number in range(3)]
    assert places(text_of(desk.get("/counselor/log/")), entries) == entries[::-1]


def test_data_file_lists_interests_by_role(client, content):
    take_quiz(client, finished_attempt().values())
    attempt = Interest._meta.get_field("attempt").related_model.objects.latest("pk")
    for role in ("c", "a", "b"):
        Interest.objects.create(attempt=attempt, role=role, answer="yes", said_at=NOON)
    stir(Interest)
    said = client.get("/quiz/data.json").json()["attempts"][-1]["said_of_roles"]
    assert [each["role"] for each in said] == ["a", "b", "c"]


def test_admin_lists_counselors_by_name_and_invitations_newest_first(admin_client, content):
    names = ["Éb", "ea", "Ec"]
    for name in names:
        make_counselor(name, email=f"{ord(name[1])}@example.org")
        CounselorInvitation.objects.make(email=f"{name[1]}@example.org", expires_at=NOON)
    page = text_of(admin_client.get(list_of(type(make_counselor("Zoe")))))
    assert places(page, ["Éb<", "ea<", "Ec<"]) == ["ea<", "Éb<", "Ec<"]
    page = text_of(admin_client.get(list_of(CounselorInvitation)))
    addresses = [f"{name[1]}@example.org" for name in names]
    assert places(page, addresses) == addresses[::-1]


def test_admin_lists_drafts_before_published_versions(admin_client, content):
    versions = apps.get_model("quiz", "QuestionnaireVersion").objects
    for title in ("First draft", "Second draft"):
        versions.create(title=title)
    page = text_of(admin_client.get(list_of(versions.model)))
    live = versions.published().get().title
    expected = ["Second draft<", "First draft<", f"{live}<"]
    assert places(page, expected) == expected


def test_tied_results_of_a_person_keep_their_order(client, content):
    """Two results that were finished at the same moment."""
    take_quiz(client, finished_attempt().values())
    take_quiz(client, finished_attempt().values())
    pages = {text_of(client.get("/quiz/results/")).split("<main")[1] for _visit in range(2)}
    assert len(pages) == 1


def test_client_in_three_browsers_is_listed_once(desk, counselor):
    kim = make_client(counselor, "Kim")
    for _browser in range(3):
        disclose(kim, TRAITS)
    assert text_of(desk.get("/counselor/")).count(">Kim</a>") == 1
