"""Everything that names the site names the organization, and nothing keeps the name before."""

import re

import pytest
from django.core import mail
from django.template.loader import render_to_string

from organization.models import Organization
from quiz.attempts.models import Attempt
from quiz.results.pdf import PROCESS
from tests.answers import towards
from tests.factories import make_counselor, signed_in
from tests.pages import take_quiz

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

OLD = "Sales or service?"
PAGES = [
    *("/", "/quiz/", "/quiz/1/", "/quiz/result/", "/quiz/data/", "/quiz/resume/", "/method/"),
    *("/accessibility/", "/roles/", "/roles/sales-manager/", "/nowhere/"),
    "/roles/compare/sales-manager/sales-representative/",
]
# Where "Sales or service?" is the program's name: who changed O*NET, and who has the copyright.
PROGRAM = re.compile(r"Sales or service\? (has modified|contributors)")


def body(client, path):
    return client.get(path).content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_no_page_shows_the_old_name_after_a_change(client, path):
    if path == "/quiz/1/":
        client.post("/quiz/")
    else:
        take_quiz(client, towards("sales", 1))
    for _visit in range(2):
        assert OLD in body(client, path)
    Organization.objects.create(name="Northside <Careers>")
    page = PROGRAM.sub("", body(client, path))
    assert OLD not in page
    assert "Northside &lt;Careers&gt;</title>" in page
    Organization.objects.update(name="Southside")
    Organization.objects.get().save()
    assert "Northside" not in body(client, path)


def test_manifest_has_both_names_and_another_address(client, northside):
    link = re.search(r'rel="manifest" href="([^"]+)"', body(client, "/"))[1]
    assert re.fullmatch(r"/manifest\.webmanifest\?of=[0-9a-f]{12}", link)
    manifest = client.get(link).json()
    assert (manifest["name"], manifest["short_name"]) == ("Northside <Careers>", "Northside")


def test_addresses_of_pictures_change_with_the_name(client, northside):
    pages = [body(client, path) for path in ("/accessibility/", "/roles/sales-manager/")]
    links = [re.search(r'og:image" content="([^"]+)"', page)[1] for page in pages]
    assert all(re.search(r"/preview\.png\?of=[0-9a-f]{12}$", link) for link in links)
    assert all('og:site_name" content="Northside &lt;Careers&gt;"' in page for page in pages)


@pytest.mark.parametrize("path", ["/preview.png", "/roles/sales-manager/preview.png"])
def test_picture_is_drawn_with_the_name(client, path):
    before = client.get(path).content
    Organization.objects.create(name="Northside")
    assert client.get(path).content != before


def test_pdf_is_laid_out_with_the_name(client, monkeypatch):
    pages = []
    monkeypatch.setattr(PROCESS, "lay_out", lambda page: pages.append(page) or b"%PDF")
    take_quiz(client, towards("sales", 1))
    client.get("/quiz/result.pdf")
    Organization.objects.create(name="Northside")
    client.get("/quiz/result.pdf")
    before, after = (page.html for page in pages)
    assert OLD in before
    assert OLD not in after
    assert "Northside" in after


def test_emails_have_the_name_in_subject_text_and_sender(client, northside, settings):
    settings.DEFAULT_FROM_EMAIL = "quiz@example.org"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    take_quiz(client, towards("sales", 1))
    client.post("/quiz/code/", {"email": "kim@example.org"})
    (sent,) = mail.outbox
    assert sent.subject == "Your return code for “Northside <Careers>”"
    assert "in the quiz “Northside <Careers>”" in sent.body
    assert sent.from_email == "Northside <quiz@example.org>"
    assert OLD not in sent.subject + sent.body


def test_invitation_of_a_counselor_has_the_name(northside):
    text = render_to_string("counseling/account_email.txt", {"invitation": None})
    assert "on “Northside <Careers>”" in text


def test_admin_is_named_too(admin_client, northside):
    assert "Northside &lt;Careers&gt; Admin" in body(admin_client, "/admin/")


def test_authenticator_app_shows_the_name(northside):
    from quizsite.accounts import SecondFactor

    assert SecondFactor().get_totp_issuer() == "Northside <Careers>"


def test_counselors_pages_have_the_name(northside):
    browser = signed_in(make_counselor())
    assert OLD not in body(browser, "/counselor/")


class TestContactAndLegalLinks:
    def test_own_contact_is_on_results_and_own_data(self, client, northside, settings):
        take_quiz(client, towards("sales", 1))
        for path in ("/quiz/result/", "/quiz/data/"):
            page = body(client, path)
            assert '<a href="mailto:ada@northside.example">Ms. Ada Brown</a>' in page
            assert '<a href="tel:+15550100">+1 (555) 0100 ext. 7</a>' in page

    def test_accessibility_page_has_the_contact_without_an_address(self, client, northside):
        northside.contact_link = "https://northside.example/"
        northside.save()
        assert "Ms. Ada Brown" in body(client, "/accessibility/")

    def test_legal_links_are_in_the_footer(self, client, northside):
        page = body(client, "/")
        assert '<a href="https://northside.example/privacy?a=1&amp;b=2">Privacy</a>' in page
        assert '<a href="https://northside.example/imprint">Imprint</a>' in page

    def test_without_them_the_footer_is_as_before(self, client):
        assert "Imprint" not in body(client, "/")


class TestRetention:
    def test_pages_say_the_shorter_time(self, client, northside):
        assert "20 days" in body(client, "/quiz/data/")

    def test_older_results_are_deleted(self, client, northside):
        from datetime import timedelta

        from django.utils import timezone

        take_quiz(client, towards("sales", 1))
        in_three_weeks = timezone.now() + timedelta(days=21)
        assert Attempt.objects.results_past_keeping(in_three_weeks).count() == 1
        assert Attempt.objects.get().keep_until < in_three_weeks


@pytest.mark.parametrize("country", ["CA", "GB"])
@pytest.mark.parametrize("slug", ["sales-manager", "customer-service-representative"])
def test_job_pages_are_there_in_every_country(client, country, slug):
    Organization.objects.create(country=country)
    assert client.get(f"/roles/{slug}/").status_code == 200
    assert client.get(f"/roles/compare/{slug}/sales-representative/").status_code == 200


def test_job_page_that_was_kept_follows_a_change(client):
    kept = body(client, "/roles/sales-manager/")
    Organization.objects.create(country="CA")
    page = body(client, "/roles/sales-manager/")
    assert "jobbank.gc.ca" not in kept
    assert "jobbank.gc.ca" in page
