import re
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

SITE = "https://quiz.example"
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def addresses(client, content, settings):
    settings.SITE_URL = SITE
    response = client.get("/sitemap.xml")
    assert response.status_code == 200
    tree = ElementTree.fromstring(response.content)
    return [each.text for each in tree.iter(f"{NAMESPACE}loc")]


def test_every_public_page_is_listed_once(addresses):
    assert len(addresses) == len(set(addresses))
    paths = [address.removeprefix(SITE) for address in addresses]
    assert {"/", "/roles/", "/roles/compare/", "/accessibility/"} <= set(paths)
    assert len([path for path in paths if re.fullmatch(r"/roles/[a-z-]+/", path)]) == 4 + 1
    assert len([path for path in paths if path.startswith("/roles/compare/")]) == 6 + 4 + 1 + 1


@pytest.mark.slow
def test_every_listed_address_works_and_is_canonical(client, addresses):
    for address in addresses:
        assert address.startswith(f"{SITE}/")
        page = client.get(address.removeprefix(SITE))
        assert page.status_code == 200, address
        for lasting in re.findall(r'rel="canonical" href="([^"]*)"', page.content.decode()):
            assert urlsplit(lasting).path == urlsplit(address).path


def test_robots_txt_names_the_sitemap_and_disallows_the_admin(client, settings):
    settings.SITE_URL = SITE
    said = client.get("/robots.txt")
    assert said["Content-Type"].startswith("text/plain")
    assert f"Sitemap: {SITE}/sitemap.xml" in said.content.decode()
    assert "Disallow: /admin/" in said.content.decode()
