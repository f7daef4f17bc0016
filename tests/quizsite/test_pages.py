"""Accessibility statement, manifest and style page; size and colors of the static files."""

import gzip
import json
import re
import struct
from http import HTTPStatus
from io import BytesIO

import pytest
from django.contrib.staticfiles.finders import find
from PIL import Image

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

KB = 1000  # bytes


def asset(name: str) -> bytes:
    with open(find(f"quizsite/{name}"), "rb") as file:
        return file.read()


def png_size(data: bytes) -> tuple[int, int]:
    return struct.unpack(">II", data[16:24])


class TestAccessibility:
    def test_every_page_links_to_the_statement(self, client):
        for path in ("/", "/quiz/", "/roles/", "/nowhere/"):
            assert 'href="/accessibility/"' in client.get(path).content.decode()

    def test_contact_address_is_shown_if_set(self, client, settings):
        assert "mailto:" not in client.get("/accessibility/").content.decode()
        settings.CONTACT_EMAIL = "help@quiz.example"
        assert 'href="mailto:help@quiz.example"' in client.get("/accessibility/").content.decode()

    def test_statement_needs_no_database_query(self, client, django_assert_num_queries):
        with django_assert_num_queries(0):
            client.get("/accessibility/")


class TestManifest:
    @pytest.fixture
    def manifest(self, client):
        response = client.get("/manifest.webmanifest")
        assert response["Content-Type"] == "application/manifest+json"
        return json.loads(response.content)

    def test_app_starts_at_the_home_page_within_the_site(self, manifest):
        assert (manifest["start_url"], manifest["scope"], manifest["id"]) == ("/", "/", "/")
        assert manifest["name"] == "Sales or service?"
        assert manifest["display"] in ("standalone", "minimal-ui")

    def test_icons_have_the_sizes_that_the_manifest_states(self, manifest):
        assert {"any", "maskable"} == {icon["purpose"] for icon in manifest["icons"]}
        for icon in manifest["icons"]:
            data = asset(icon["src"].rpartition("/")[2])
            if icon["type"] == "image/png":
                width, height = png_size(data)
                assert icon["sizes"] == f"{width}x{height}"
            else:
                assert b"<svg" in data

    def test_home_page_links_to_manifest_and_touch_icon(self, client):
        page = client.get("/").content.decode()
        assert '<link rel="manifest" href="/manifest.webmanifest">' in page
        assert "icon-180.png" in page
        assert png_size(asset("icon-180.png")) == (180, 180)


class TestStylePage:
    def test_style_page_is_a_404_in_production(self, client):
        assert client.get("/style/").status_code == HTTPStatus.NOT_FOUND

    def test_style_page_shows_every_color_in_debug_mode(self, client, settings):
        settings.DEBUG = True
        page = client.get("/style/").content.decode()
        named = re.findall(r"--([\w-]+): #", asset("site.css").decode())
        assert {f"<code>--{name}</code>" in page for name in named} == {True}

    def test_style_page_fills_the_strip_of_pay(self, client, settings):
        settings.DEBUG = True
        page = client.get("/style/").content.decode()
        strip = page[page.index('<svg class="range ') : page.index('class="dots ')]
        assert re.findall(r"\$[\d,]+", strip) == ["$30,000", "$49,000", "$81,000", "$118,000"]
        assert '=""' not in strip


class TestStyleSheet:
    def test_style_sheet_is_at_most_12_kb_compressed(self):
        assert len(gzip.compress(asset("site.css"))) <= 12 * KB

    def test_script_of_the_quiz_is_at_most_5_kb_compressed(self):
        assert len(gzip.compress(asset("quiz.js"))) <= 5 * KB

    def test_dark_theme_is_the_same_by_choice_and_by_device(self):
        css = asset("site.css").decode()
        by_device = re.search(r":root:not\(\[data-theme=light\]\) \{(.*?)\}", css, re.S)[1]
        by_choice = re.search(r":root\[data-theme=dark\] \{(.*?)\}", css, re.S)[1]
        assert by_device.split() == by_choice.split()
        assert "--paper" in by_device

    def test_admin_uses_the_colors_of_the_site(self):
        css, admin = asset("site.css").decode(), asset("admin.css").decode()
        light, dark = css.split("@media", 1)
        for name, in_light, in_dark in re.findall(r"--([\w-]+): light-dark\((\S+), (\S+)\)", admin):
            if f"--{name}: " in light:
                assert f"--{name}: {in_light};" in light
                assert f"--{name}: {in_dark};" in dark

    def test_manifest_and_icon_use_the_colors_of_the_site(self, client):
        css = asset("site.css").decode()
        manifest = client.get("/manifest.webmanifest").json()
        assert f"--paper: {manifest['background_color']};" in css
        assert f"--act: {manifest['theme_color']};" in css
        assert manifest["theme_color"].encode() in asset("level.svg")

    @pytest.mark.parametrize(
        ("chosen", "papers"), [("", ["light", "dark"]), ("light", ["light"]), ("dark", ["dark"])]
    )
    def test_bars_of_the_browser_have_the_color_of_the_paper(self, client, chosen, papers):
        light, dark = re.findall(r"--paper: (#\w+);", asset("site.css").decode())[:2]
        paper = {"light": light, "dark": dark}
        if chosen:
            client.post("/theme/", {"go": chosen})
        page = client.get("/").content.decode()
        found = re.findall(r'<meta name="theme-color" content="(#\w+)"([^>]*)>', page)
        assert [color for color, _media in found] == [paper[each] for each in papers]
        media = [f' media="(prefers-color-scheme: {each})"' for each in papers]
        assert [each for _color, each in found] == (media if not chosen else [""])

    def test_favicon_is_an_icon_in_three_sizes(self, client):
        response = client.get("/favicon.ico")
        assert response["Content-Type"] == "image/x-icon"
        assert "max-age" in response["Cache-Control"]
        icon = Image.open(BytesIO(response.content))
        assert icon.format == "ICO"
        assert icon.info["sizes"] == {(16, 16), (32, 32), (48, 48)}

    def test_rules_use_only_named_colors(self):
        css = asset("site.css").decode()
        rules = re.sub(r":root[^{]*\{.*?\}", "", css, flags=re.S)
        assert re.findall(r"#[0-9a-f]{3,6}\b", rules) == []
