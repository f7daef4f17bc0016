"""A form with faults: the title says "Error:", the top lists each fault, and the words are ours."""

import ast
import re
from gettext import GNUTranslations
from pathlib import Path

import django_tasks
import django_tasks_db
import pytest
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.template import Context
from django.urls import reverse

from organization.models import Organization
from quiz.attempts.models import ShareLink
from quiz.questionnaires.models import QuestionnaireVersion
from tests.factories import PASSWORD, make_counselor, set_up_second_factor
from tests.faulty_forms import FRAMEWORK, FRAMEWORKS, Page, assert_says_what_to_fix, sentences_of
from tests.matrix_rows import ADMIN, COUNSELOR, NO_ONE, OWNER, TAKER
from tests.matrix_world import OWN, World
from tests.pages import give_password, list_of, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

OUR_CATALOG = settings.LOCALE_PATHS[0] / "en" / "LC_MESSAGES" / "django"


def forms_in(response):
    """Return the class of each form with faults on a page."""
    contexts = response.context or []
    flat = {}
    for each in contexts:
        flat |= each.flatten() if isinstance(each, Context) else each
    found = [each for each in flat.values() if isinstance(each, forms.BaseForm)]
    return {type(each) for each in found if each.is_bound and each.errors}


@pytest.fixture
def world():
    return World()


# Each case: who sends it, the address (its name, and the object in it), and what is sent.
LONG = "x" * 6000
NOT_AN_ADDRESS = "name at example"
CASES = [
    (TAKER, "answer_page", "", {"go": "next"}, {"page": 1}),
    (OWNER, "code", "", {"email": ""}),
    (OWNER, "code", "", {"email": NOT_AN_ADDRESS}),
    (NO_ONE, "resume", "", {"code": ""}),
    (NO_ONE, "resume", "", {"code": LONG}),
    (NO_ONE, "resume", "", {"code": "wrong"}),
    (OWNER, "shares", "", {"scope": "", "until": ""}),
    (OWNER, "shares", "", {"scope": "all", "until": "8", "shown_name": LONG, "passphrase": LONG}),
    (OWNER, "shares", "", {"scope": "traits", "until": "date", "date": "soon"}),
    (OWNER, "shares", "", {"scope": "traits", "until": "date", "date": ""}),
    (OWNER, "delete", "", {}),
    (OWNER, "next_step", "", {"next_step": LONG}),
    (NO_ONE, "invitation_code", "", {"code": ""}),
    (NO_ONE, "invitation_code", "", {"code": "2345 6789"}),
    (OWNER, "interest", "", {}, {"role_slug": "sales-manager"}),
    (NO_ONE, "group_invitation", "class", {"name": ""}),
    (NO_ONE, "group_invitation", "class", {"name": LONG}),
    (NO_ONE, "join", "join", {}),
    (NO_ONE, "join", "join", {"name": "..", "password1": "short", "password2": "shorter"}),
    (COUNSELOR, "client_add", "", {}),
    (COUNSELOR, "client_add", "", {"name": LONG, "email": NOT_AN_ADDRESS, "tags": LONG}),
    (COUNSELOR, "client_add", "", {"name": "Kim", "group": "none", "tags": LONG[:60]}),
    (COUNSELOR, "client_edit", "client", {"name": "", "new_group": LONG}),
    (COUNSELOR, "client_handover", "client", {}),
    (COUNSELOR, "client_handover", "client", {"email": NOT_AN_ADDRESS, "is_sure": "on"}),
    (COUNSELOR, "clients_import", "", {}),
    (COUNSELOR, "clients_import", "", {"text": "email\nx"}),
    (COUNSELOR, "clients_import", "", {"text": f"name,email\n{LONG[:200]},x"}),
    (COUNSELOR, "clients_bulk", "", {}),
    (COUNSELOR, "clients_bulk", "", {"client": "none", "do": "dance", "tags": LONG}),
    (COUNSELOR, "note_add", "client", {"text": ""}),
    (COUNSELOR, "note_add", "client", {"text": LONG * 2}),
    (COUNSELOR, "meeting_hold", "shared client", {}),
    (COUNSELOR, "meeting_hold", "shared client", {"mark-suggestion": "maybe", "agreement": LONG}),
    (COUNSELOR, "meeting_edit", "meeting", {"agreement": "", "next_step": LONG}),
    (COUNSELOR, "client_groups", "", {"name": ""}),
    (COUNSELOR, "client_group_edit", "group", {"name": LONG}),
    (COUNSELOR, "group_link", "group", {"places": ""}),
    (COUNSELOR, "group_link", "group", {"places": "100000"}),
    (COUNSELOR, "group_link", "group", {"places": "many"}),
    (NO_ONE, "account_login", "", {}),
    (NO_ONE, "account_login", "", {"login": NOT_AN_ADDRESS, "password": "x"}),
    (NO_ONE, "account_login", "", {"login": "no-one@example.com", "password": "x"}),
    (COUNSELOR, "account_reauthenticate", "", {}),
    (COUNSELOR, "account_reauthenticate", "", {"password": "wrong"}),
    (COUNSELOR, "account_change_password", "", {}),
    (
        COUNSELOR,
        "account_change_password",
        "",
        {"oldpassword": "wrong", "password1": "password1234", "password2": "other"},
    ),
    (ADMIN, "account_change_password", "", {"oldpassword": "x", "password1": "x"}),
    (COUNSELOR, "mfa_reauthenticate", "", {}),
    (COUNSELOR, "mfa_reauthenticate", "", {"code": "000"}),
    (NO_ONE, "account_reset_password", "", {"email": "no address"}),
    (NO_ONE, "mfa_login_webauthn", "", {"credential": "1"}),
]


def send(world, who, name, about, data, more=None):
    kwargs = world.kwargs[OWN][about] | (more or {})
    address = name if name in ADDRESSES_WITHOUT_ROOM else f"quiz:{name}"
    return world.browsers[who].post(reverse(address, kwargs=kwargs), data)


ADDRESSES_WITHOUT_ROOM = {case[1] for case in CASES if case[1].startswith(("account_", "mfa_"))}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[1]} {str(case[3])[:40]}")
def test_form_of_the_site_says_what_to_fix(world, case):
    assert_says_what_to_fix(send(world, *case))


@pytest.mark.slow
def test_every_form_of_the_site_is_sent_with_faults(world, client):
    """Fails for a new form that `CASES` leaves out."""
    sent = set().union(*(forms_in(send(world, *case)) for case in CASES))
    sent |= forms_in(code_of_a_second_step(client)) | forms_in(first_code_of_an_app(client))
    sent |= forms_in(wrong_passphrase(world))
    names = {each.__name__ for each in sent}
    assert names >= {each.__name__ for each in own_forms() if each.__name__ not in NEVER_FAULTY}


# Base classes and hidden values; filters, which ignore what they don't know; forms that the page
# draws without an object (`PageForm`, `InterestForm`, tested above by their pages); the choice of
# what a counselor sees, where only a forged request could send something else.
NEVER_FAULTY = {
    "PlainForm",
    "CountedCode",
    "LinkForm",
    "GroupAndTagForm",
    "CaseloadForm",
    "ExportForm",
} | {
    *("PageForm", "AnswersForm", "BackgroundForm", "InterestForm", "StartForm", "DisclosureForm"),
    # tests/quizsite/test_passkeys.py
    *("AddForm", "CountedPasskey", "LogInStepForm", "ConfirmForm"),
    "NewPasswordByLinkForm",  # tests/quizsite/test_password_reset.py
}


def own_forms():
    """Return every form class of the site outside the admin."""
    rooms = ("quiz.visitor", "quiz.counseling", "quiz.web", "quizsite")
    return [each for each in _descendants(forms.BaseForm) if each.__module__.startswith(rooms)]


def _descendants(base):
    for each in base.__subclasses__():
        yield each
        yield from _descendants(each)


def code_of_a_second_step(client):
    counselor = make_counselor("Lee Ash")
    set_up_second_factor(counselor)
    give_password(client, counselor)
    return client.post(reverse("mfa_authenticate"), {"code": "000000"})


def first_code_of_an_app(client):
    counselor = make_counselor("Lou Oak")
    client.force_login(counselor.user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.get(reverse("mfa_activate_totp"))
    return client.post(reverse("mfa_activate_totp"), {"code": ""})


def wrong_passphrase(world):
    link = ShareLink.objects.get(pk=world.kwargs[OWN]["link"]["link_id"])
    shared = ShareLink.objects.make(
        attempt=link.attempt, scope="traits", expires_at=link.expires_at
    )
    ShareLink.objects.filter(pk=shared.pk).update(passphrase_hash=make_password("bubble"))
    return world.browsers[NO_ONE].post(shared.path, {"passphrase": "tube"})


def test_second_step_says_what_to_fix(client):
    assert_says_what_to_fix(code_of_a_second_step(client))


def test_setting_up_two_step_login_says_what_to_fix(client):
    assert_says_what_to_fix(first_code_of_an_app(client))


def test_passphrase_says_what_to_fix(world):
    assert_says_what_to_fix(wrong_passphrase(world))


def test_page_whose_cookie_was_lost_says_what_to_fix(client):
    response = client.post("/quiz/1/", {"attempt": "mark", "P1": "3", "code": "wrong"})
    assert_says_what_to_fix(response)


def test_choice_of_roles_says_what_to_tick(client):
    assert_says_what_to_fix(client.get(reverse("roles:role_choice"), {"role": "sales-manager"}))


def test_comparison_of_one_client_says_what_to_tick(world):
    client_id = world.kwargs[OWN]["client"]["client_id"]
    address = reverse("quiz:client_comparison")
    assert_says_what_to_fix(world.browsers[COUNSELOR].get(address, {"client": client_id}))


def test_filter_that_no_list_offers_is_no_fault_of_a_form(world):
    address = reverse("quiz:caseload")
    page = Page(world.browsers[COUNSELOR].get(address, {"state": "none", "group": "none"}))
    assert not page.title.strip().startswith("Error")
    assert page.summaries == []


# ---------------------------------------------------------------- the admin


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model.__name__)
def test_form_that_adds_a_row_in_the_admin_says_what_to_fix(admin_client, rf, model):
    request = rf.get("/")
    request.user = User.objects.get(username="admin")
    has_form = admin.site._registry[model].has_add_permission(request)
    if not has_form or model is QuestionnaireVersion:
        return  # a version is added by its page for a new draft, tested below
    address = f"{list_of(model)}add/"
    form = admin_client.get(address).context
    management = {
        field.html_name: field.value()
        for inline in form["inline_admin_formsets"]
        for field in inline.formset.management_form
    }
    assert_says_what_to_fix(admin_client.post(address, management))


ADMIN_PAGES = {
    "import": ("admin:quiz_questionnaireversion_import", {}),
}


@pytest.mark.parametrize("name", ADMIN_PAGES)
def test_other_form_of_the_admin_says_what_to_fix(admin_client, name):
    address, data = ADMIN_PAGES[name]
    assert_says_what_to_fix(admin_client.post(reverse(address), data))


@pytest.mark.parametrize("page", ["new-draft", "preview/answers"])
def test_form_about_a_version_says_what_to_fix(admin_client, page):
    live = QuestionnaireVersion.objects.published().get()
    assert_says_what_to_fix(admin_client.post(page_of(live, page), {}))


def test_password_of_another_user_says_what_to_fix(admin_client):
    user = User.objects.create_user("someone")
    address = reverse("admin:auth_user_password_change", args=[user.pk])
    data = {"usable_password": "true", "password1": "short", "password2": "shorter"}
    assert_says_what_to_fix(admin_client.post(address, data))


def test_page_without_faults_has_neither_title_nor_summary(client, admin_client):
    for response in (client.get("/quiz/resume/"), admin_client.get("/admin/auth/group/add/")):
        page = Page(response)
        assert not page.title.strip().startswith("Error")
        assert page.summaries == []


# ---------------------------------------------------------------- our words


def test_compiled_catalog_has_the_words_of_the_readable_one():
    """If this fails, the first lines of django.po say how to compile it."""
    with OUR_CATALOG.with_suffix(".mo").open("rb") as file:
        compiled = GNUTranslations(file)._catalog
    readable = OUR_CATALOG.with_suffix(".po").read_text("utf-8")
    values = re.findall(r"^msgstr(?:\[\d\])? ((?:\".*\"\n?)+)", readable, re.M)
    texts = {"".join(map(ast.literal_eval, each.splitlines())) for each in values}
    assert {text for text in texts if "\n" not in text} == {
        text for key, text in compiled.items() if key
    }


def test_every_sentence_we_replace_is_one_of_a_framework():
    """A sentence that Django or allauth no longer has would replace nothing."""
    known = {
        text
        for each in FRAMEWORKS
        for text in sentences_of(each / "locale" / "en" / "LC_MESSAGES" / "django.po")
    }
    replaced = set(sentences_of(OUR_CATALOG.with_suffix(".po")))
    assert {text for text in replaced - known if f'"{text}"' not in words_of_tasks()} == set()


def words_of_tasks():
    """The source of the packages for background tasks, which ship no catalog."""
    folders = [Path(django_tasks.__file__).parent, Path(django_tasks_db.__file__).parent]
    return "".join(
        path.read_text("utf-8") for folder in folders for path in sorted(folder.glob("*.py"))
    )


# No form of ours has these fields.
UNUSED = {forms.DurationField, forms.ImageField, forms.JSONField}


def test_messages_of_form_fields_are_ours():
    fields = {*_descendants(forms.Field)} - UNUSED
    assert forms.EmailField in fields
    messages = {
        str(text)
        for field in fields
        for text in getattr(field, "default_error_messages", {}).values()
    }
    assert [text for text in messages for each in FRAMEWORK if each.fullmatch(text)] == []


def test_form_of_the_organization_says_what_to_fix(admin_client):
    wrong = {"privacy_url": "http://a.example/", "contact_hours": "Mondays", "light_act": "red"}
    address = f"{list_of(Organization)}add/"
    assert_says_what_to_fix(admin_client.post(address, {**wrong, "most_finished_days": "0"}))
