"""Role pages for other sites and programs: metadata, JSON-LD, social pictures, the API."""

import html
import json
import re
from io import BytesIO

import jsonschema
import pytest
from PIL import Image

from roles.measures import WORKFORCE_MEASURES
from roles.models import Figure, Role
from roles.social_picture import social_picture
from tests.roles.pages import FOUR, PAIRS, ROLE_PAGES, SALES, SALES_LEAD, SERVICE_LEAD, SLUGS

pytestmark = pytest.mark.usefixtures("content")

SITE = "https://quiz.example"
# A page of each kind: comparisons differ by their jobs alone.
KINDS = ["/roles/", *ROLE_PAGES, f"/roles/compare/{'/'.join(PAIRS[0])}/", FOUR]

PICTURES = ["/preview.png", *(f"/roles/{slug}/preview.png" for slug in SLUGS)]

# schema.org's definition of an Occupation and its pay, as far as the site uses it.
AMOUNT = {
    "type": "object",
    "required": ["@type", "name", "currency", "duration", "median"],
    "additionalProperties": False,
    "properties": {
        "@type": {"const": "MonetaryAmountDistribution"},
        "name": {"const": "base"},
        "currency": {"pattern": "^[A-Z]{3}$"},
        "duration": {"const": "P1Y"},
        **{
            name: {"type": "number", "exclusiveMinimum": 0}
            for name in ("percentile10", "percentile25", "median", "percentile75", "percentile90")
        },
    },
}
OCCUPATION = {
    "type": "object",
    "required": ["@context", "@type", "name", "description", "estimatedSalary"],
    "properties": {
        "@context": {"const": "https://schema.org"},
        "@type": {"const": "Occupation"},
        "name": {"type": "string", "minLength": 1},
        "description": {"type": "string", "minLength": 1},
        "estimatedSalary": {"type": "array", "minItems": 1, "items": AMOUNT},
        "occupationLocation": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["@type", "name"],
                "properties": {"@type": {"const": "Country"}},
            },
        },
        "occupationalCategory": {
            "type": "object",
            "properties": {"codeValue": {"pattern": r"^\d\d-\d{4}$"}},
        },
        "skills": {"type": "array", "items": {"type": "string"}},
        "responsibilities": {"type": "array", "items": {"type": "string"}},
    },
}


@pytest.fixture
def page(client, settings):
    settings.SITE_URL = SITE

    def get(address):
        return client.get(address).content.decode()

    return get


def data_in(page):
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return [json.loads(block) for block in blocks]


def head_of(page, name):
    pattern = rf'<meta (?:property|name)="{name}" content="([^"]*)">'
    return [html.unescape(each) for each in re.findall(pattern, page)]


class TestMetadata:
    @pytest.mark.parametrize("address", KINDS)
    def test_every_page_has_one_canonical_address_on_the_site(self, page, address):
        found = re.findall(r'<link rel="canonical" href="([^"]*)">', page(address))
        assert len(found) == 1
        assert found[0].startswith(f"{SITE}/roles/")

    def test_comparisons_in_any_order_share_a_canonical_address(self, page):
        reverse_order = f"/roles/compare/{'/'.join(reversed(SLUGS))}/"
        found = [
            re.findall(r'<link rel="canonical" href="([^"]*)">', page(address))
            for address in (FOUR, reverse_order)
        ]
        assert found[0] == found[1]

    @pytest.mark.parametrize("address", KINDS)
    def test_social_card_has_title_description_and_picture(self, page, address):
        text = page(address)
        (title,) = head_of(text, "og:title")
        (description,) = head_of(text, "og:description")
        (picture,) = head_of(text, "og:image")
        assert title
        assert description == head_of(text, "description")[0]
        assert picture.startswith(f"{SITE}/")
        assert picture.endswith("preview.png")

    def test_forged_host_header_never_appears_in_a_response(self, client, settings):
        settings.SITE_URL = SITE
        settings.ALLOWED_HOSTS = ["*"]
        for address in (f"/roles/{SALES}/", "/sitemap.xml", f"/api/v1/roles/{SALES}/"):
            assert (
                "evil.example"
                not in client.get(address, headers={"host": "evil.example"}).content.decode()
            ), address


class TestJsonLd:
    @pytest.mark.parametrize("slug", SLUGS)
    def test_role_is_a_valid_schema_org_occupation(self, page, slug):
        (data,) = data_in(page(f"/roles/{slug}/"))
        jsonschema.validate(data, OCCUPATION)
        for salary in data["estimatedSalary"]:
            parts = ("percentile10", "percentile25", "median", "percentile75", "percentile90")
            amounts = [salary[name] for name in parts if name in salary]
            assert amounts == sorted(amounts)

    def test_pay_comes_from_the_official_survey(self, page):
        (data,) = data_in(page(f"/roles/{SALES_LEAD}/"))
        (salary,) = data["estimatedSalary"]
        assert (salary["median"], salary["percentile10"], salary["percentile90"]) == (
            148270,
            73170,
            290540,
        )
        assert data["occupationLocation"] == [{"@type": "Country", "name": "United States"}]

    def test_texts_cannot_close_the_script_element(self, page):
        Role.objects.filter(slug=SALES).update(summary_en="</script><script>alert(1)</script> & <")
        text = page(f"/roles/{SALES}/")
        (data,) = data_in(text)
        assert data["description"].startswith("</script><script>alert(1)")
        assert "<script>alert" not in text

    def test_unpublished_figures_are_left_out(self, page):
        Figure.objects.filter(measure="median_pay").update(is_published=False)
        (data,) = data_in(page(f"/roles/{SALES_LEAD}/"))
        assert "estimatedSalary" not in data


class TestSocialPicture:
    @pytest.mark.parametrize(
        "address", ["/preview.png", *(f"/roles/{s}/preview.png" for s in SLUGS)]
    )
    def test_picture_is_a_cacheable_png_of_1200_by_630(self, client, address):
        response = client.get(address)
        picture = Image.open(BytesIO(response.content))
        assert (picture.format, picture.size) == ("PNG", (1200, 630))
        assert response["Content-Type"] == "image/png"
        assert "public" in response["Cache-Control"]

    def test_long_title_stays_inside_the_margins(self):
        long = Image.open(BytesIO(social_picture("Very long word " * 12, "Below"))).convert("L")
        margin = long.crop((1140, 0, 1200, 430))
        assert margin.getextrema()[0] > 200

    def test_every_role_has_its_own_picture(self, client):
        found = {client.get(f"/roles/{slug}/preview.png").content for slug in SLUGS}
        assert len(found) == len(SLUGS)

    def test_unknown_role_has_no_picture(self, client):
        assert client.get("/roles/plumber/preview.png").status_code == 404


class TestApi:
    def test_list_links_to_the_page_and_api_of_every_role(self, client, settings):
        settings.SITE_URL = SITE
        roles = client.get("/api/v1/roles/").json()
        assert {role["slug"] for role in roles} == set(SLUGS)
        for role in roles:
            assert role["page"] == f"{SITE}/roles/{role['slug']}/"
            assert client.get(role["api"].removeprefix(SITE)).json()["title"] == role["title"]

    @pytest.mark.parametrize("slug", SLUGS)
    def test_role_includes_every_published_figure_with_its_source(self, client, slug):
        role = client.get(f"/api/v1/roles/{slug}/").json()
        held = Figure.objects.filter(role__slug=slug).published()
        assert len(role["figures"]) == held.count() > 40
        sources = {source["key"]: source for source in role["sources"]}
        for figure in (*role["figures"], *role["all_occupations"]):
            assert figure["licence"] == sources[figure["source"]]["licence"]
            assert figure["region"]
            assert figure["checked_on"]
            assert figure["value"] is not None or figure["text"]
        for source in sources.values():
            assert source["kind"] == "article" or source["attribution"]

    def test_figure_includes_value_currency_unit_period_and_occupation(self, client):
        role = client.get(f"/api/v1/roles/{SALES_LEAD}/").json()
        (median,) = [
            each
            for each in role["figures"]
            if (each["measure"], each["source"]) == ("median_pay", "bls-oews")
        ]
        assert float(median["value"]) == 148270
        assert (median["currency"], median["unit"], median["period"]) == ("USD", "year", "May 2025")
        assert median["occupation"] == "11-2022 Sales Managers"
        assert role["occupation"] == {
            "code": "11-2022",
            "title": "Sales Managers",
            "is_closest": False,
        }

    def test_closest_occupation_is_marked(self, client):
        role = client.get(f"/api/v1/roles/{SERVICE_LEAD}/").json()
        assert role["occupation"]["is_closest"] is True

    def test_workforce_figures_appear_only_when_published_and_are_marked(self, client):
        figure = Figure.objects.filter(measure__in=WORKFORCE_MEASURES)[0]
        address = f"/api/v1/roles/{figure.role.slug}/"
        assert not [f for f in client.get(address).json()["figures"] if f["about"] != "work"]
        figure.is_published = True
        figure.save()
        figures = client.get(address).json()["figures"]
        assert [f["measure"] for f in figures if f["about"] == "workforce"] == [figure.measure]

    @pytest.mark.parametrize("slug", ["plumber", "9" * 3000])
    def test_unknown_role_is_a_404_in_json(self, client, slug):
        response = client.get(f"/api/v1/roles/{slug}/")
        assert response.status_code == 404
        assert response["Content-Type"] == "application/problem+json"

    def test_openapi_document_lists_the_paths(self, client):
        described = client.get("/api/v1/openapi.json").json()
        assert {"/api/v1/roles/", "/api/v1/roles/{slug}/"} <= set(described["paths"])

    def test_writing_methods_are_refused(self, client):
        for method in ("post", "put", "patch", "delete"):
            assert getattr(client, method)("/api/v1/roles/").status_code == 405
