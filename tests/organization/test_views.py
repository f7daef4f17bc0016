"""Colors and logo as they are served, and where pages and files use them."""

import re

import pytest

from organization import current
from organization.models import Logo, Organization
from organization.palette import LIGHT, Palette
from quiz.results.pdf import PROCESS
from roles.social_picture import social_picture
from tests.answers import towards
from tests.organization.images import picture, upload
from tests.pages import take_quiz, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

ADD = "/admin/organization/organization/add/"
CHANGE = "/admin/organization/organization/1/change/"
GREEN = "#00552b"
FOR_GOOD = "max-age=31536000, public, immutable"


def link_in(page, end):
    (link,) = re.findall(rf'(?:href|src)="(/look/[^"]+\.{end})"', text_of(page))
    return link


class TestColors:
    def test_without_colors_no_page_links_to_any(self, client):
        assert "/look/" not in text_of(client.get("/"))
        assert client.get("/look/x.css").status_code == 404

    def test_page_links_to_the_chosen_colors_after_the_site_s_own(self, client):
        Organization.objects.create(light_act=GREEN)
        page = client.get("/")
        link = link_in(page, "css")
        assert text_of(page).index("site.css") < text_of(page).index(link)
        sheet = client.get(link)
        assert f"--act: {GREEN};" in sheet.content.decode()
        assert sheet["Content-Type"] == "text/css; charset=utf-8"
        assert sheet["X-Content-Type-Options"] == "nosniff"
        assert sheet["Cache-Control"] == FOR_GOOD

    def test_other_colors_have_another_address(self, client):
        row = Organization.objects.create(light_act=GREEN)
        before = link_in(client.get("/"), "css")
        row.light_act = "#112233"
        row.save()
        assert link_in(client.get("/"), "css") != before
        late = client.get(before)
        assert "--act: #112233;" in late.content.decode()
        assert late["Cache-Control"] == "no-cache"

    def test_browser_s_own_frame_gets_the_background(self, client):
        Organization.objects.create(light_paper="#ffffff", light_act=GREEN)
        assert 'name="theme-color" content="#ffffff"' in text_of(client.get("/"))
        manifest = client.get("/manifest.webmanifest").json()
        assert (manifest["background_color"], manifest["theme_color"]) == ("#ffffff", GREEN)

    def test_pdf_is_painted_with_them(self, client, monkeypatch):
        pages = []
        monkeypatch.setattr(PROCESS, "lay_out", lambda page: pages.append(page) or b"%PDF")
        take_quiz(client, towards("sales", 1))
        client.get("/quiz/result.pdf")
        Organization.objects.create(light_sales=GREEN)
        client.get("/quiz/result.pdf")
        before, after = (page.style + page.picture_style for page in pages)
        assert "#a14505" in before
        assert "#a14505" not in after
        assert GREEN in after

    def test_pictures_are_drawn_with_them(self):
        palette = Palette.of({LIGHT: {"act": GREEN}})
        assert social_picture("A", "b", palette=palette) != social_picture("A", "b")


class TestLogo:
    def test_logo_stands_for_the_name_in_the_header(self, client, admin_client):
        admin_client.post(ADD, {"name": 'North "side"', "new_logo": upload(picture())})
        page = client.get("/")
        header = re.search(r'<a class="brand".*?</a>', text_of(page), re.DOTALL)[0]
        assert 'alt="North &quot;side&quot;"' in header
        assert 'width="300" height="100"' in header
        assert "<svg" not in header
        served = client.get(link_in(page, "png"))
        assert served.content.startswith(b"\x89PNG")
        assert served["Content-Type"] == "image/png"
        assert served["X-Content-Type-Options"] == "nosniff"
        assert served["Cache-Control"] == FOR_GOOD

    def test_reading_the_organization_does_not_load_the_picture(
        self, admin_client, django_assert_num_queries
    ):
        admin_client.post(ADD, {"new_logo": upload(picture())})
        current.forget()
        with django_assert_num_queries(1):
            assert current.current_organization().logo.width == 300

    def test_other_fields_keep_the_logo(self, admin_client):
        admin_client.post(ADD, {"new_logo": upload(picture())})
        admin_client.post(CHANGE, {"name": "Northside"})
        assert Organization.objects.get().logo is not None

    def test_logo_can_be_removed_and_is_restored_with_an_earlier_state(self, client, admin_client):
        admin_client.post(ADD, {"name": "Northside", "new_logo": upload(picture())})
        admin_client.post(CHANGE, {"name": "Northside", "remove_logo": "on"})
        row = Organization.objects.get()
        assert row.logo is None
        assert "/look/" not in text_of(client.get("/"))
        earlier = row.history.earliest()
        admin_client.post(f"{CHANGE[:-7]}history/{earlier.pk}/", {"name": "Northside"})
        assert Organization.objects.get().logo == Logo.objects.get()

    def test_same_logo_is_kept_once(self, admin_client):
        admin_client.post(ADD, {"new_logo": upload(picture())})
        admin_client.post(CHANGE, {"new_logo": upload(picture(), "again.png")})
        assert Logo.objects.count() == 1

    @pytest.mark.parametrize("content", [b"<svg/>", b""])
    def test_wrong_file_is_refused_and_the_rest_is_kept(self, admin_client, content):
        response = admin_client.post(ADD, {"name": "Northside", "new_logo": upload(content)})
        assert response.status_code == 200
        assert "new_logo" in response.context_data["adminform"].form.errors
        assert 'value="Northside"' in text_of(response)

    def test_fault_elsewhere_says_to_choose_the_logo_again(self, admin_client):
        wrong = {"light_act": "red", "new_logo": upload(picture())}
        response = admin_client.post(ADD, wrong)
        errors = response.context_data["adminform"].form.errors
        assert errors["new_logo"] == ["Choose the logo again when the rest is fixed."]
        assert not Logo.objects.exists()

    def test_unknown_logo_is_not_found(self, client):
        assert client.get("/look/0123.png").status_code == 404
