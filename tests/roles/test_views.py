import csv
import html
import itertools
import re
from decimal import Decimal
from pathlib import Path

import pytest

from roles.measures import MEASURES, WORKFORCE_MEASURES
from roles.models import (
    Figure,
    Role,
)
from tests.roles.pages import (
    FOUR,
    PAGES,
    ROLE_PAGES,
    SALES,
    SALES_LEAD,
    SERVICE,
    SERVICE_LEAD,
    SLUGS,
    Outline,
    words_of,
)

UNKNOWN_ADDRESSES = [
    "/roles/plumber/",
    "/roles/sales-representative%00/",
    "/roles/%00/",
    "/roles/99999999999999999999999999999999/",
    f"/roles/{'9' * 5000}/",
    "/roles/compare/sales-manager/",
    f"{FOUR}sales-manager/",
    "/roles/compare/sales-manager/plumber/",
    "/roles/compare/plumber/sales-manager/",
    "/roles/compare/plumber/plumber/",
    "/roles/compare/sales-manager/%00/",
    "/roles/compare/sales-manager/99999999999999999999999999999999/",
]

pytestmark = pytest.mark.usefixtures("content")


def listed():
    with (Path(__file__).parent / "role-figures.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def exact_parts(value):
    """The parts of a listed value as a page writes them, such as both ends of a range."""
    if not re.fullmatch(r"[-+]?[\d.]+(-[\d.]+)?", value):
        return re.findall(r"[^;\s][^;]*?(?=(?: [\d.]+)?(?:;|$))", value)
    return [f"{Decimal(part).normalize():,f}" for part in value.lstrip("+-").split("-")]


def traces_of_workforce(words):
    """The labels and entries of figures on who holds the jobs, as far as a page has them."""
    figures = Figure.objects.filter(measure__in=WORKFORCE_MEASURES)
    traces = {str(MEASURES[name].label) for name in WORKFORCE_MEASURES}
    traces |= {name for figure in figures for name, _share in figure.shares}
    traces |= {figure.exact for figure in figures if figure.measure == "average_age"}
    return [each for each in traces if re.search(rf"\b{re.escape(each)}\b", words)]


@pytest.mark.parametrize("address", PAGES)
class TestEveryPage:
    def test_first_visit_takes_at_most_eight_queries_and_the_next_one(
        self, client, address, django_assert_max_num_queries, django_assert_num_queries
    ):
        with django_assert_max_num_queries(8) as captured:
            client.get(address)
        assert len(captured) > 1
        with django_assert_num_queries(1):
            client.get(address)

    def test_has_one_h1_and_skips_no_heading_level(self, shipped_html_of, address):
        levels = Outline(shipped_html_of(address)).headings
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(below - above <= 1 for above, below in itertools.pairwise(levels))

    def test_rows_of_a_table_have_equally_many_cells(self, shipped_html_of, address):
        assert all(len(set(rows)) == 1 for rows in Outline(shipped_html_of(address)).tables)

    def test_has_no_inline_style_or_script(self, shipped_html_of, address):
        source = shipped_html_of(address)
        names = {name for _tag, name, _value in Outline(source).attributes}
        assert not [name for name in names if name == "style" or name.startswith("on")]
        # Browsers don't run scripts of this type: it is data.
        kinds = re.findall(r"<script\b([^>]*)>", source)
        assert kinds == ([' type="application/ld+json"'] if address in ROLE_PAGES else [])
        assert "<style" not in source

    def test_uses_no_id_twice(self, shipped_html_of, address):
        ids = [
            value
            for _tag, name, value in Outline(shipped_html_of(address)).attributes
            if name == "id"
        ]
        assert len(ids) == len(set(ids))

    def test_answers_head_and_refuses_post(self, client, address):
        assert client.post(address).status_code == 405
        assert client.head(address).status_code == 200

    def test_hides_unpublished_workforce_figures(self, shipped_html_of, address):
        source = shipped_html_of(address)
        assert 'class="workforce"' not in source
        assert traces_of_workforce(words_of(source)) == []


def test_every_page_has_its_own_title_and_description(shipped_html_of):
    heads = [
        re.findall(r'<title>(.*?)</title>|<meta name="description" content="(.*?)"', source)
        for source in map(shipped_html_of, PAGES)
    ]
    assert all(len(found) == 2 for found in heads)
    for place in (0, 1):
        assert len({found[place] for found in heads}) == len(PAGES)


class TestWorkforce:
    """Once an editor publishes such figures, only the page of their role shows them."""

    @pytest.fixture
    def published(self):
        figures = Figure.objects.filter(role__slug=SALES_LEAD, measure__in=WORKFORCE_MEASURES)
        figures.update(is_published=True)
        return list(figures)

    def test_published_figures_are_in_a_closed_section(self, html_of, published):
        source = html_of(f"/roles/{SALES_LEAD}/")
        section = re.search(r'<details class="workforce">.*', source, re.S)[0]
        words = words_of(section)
        assert "they play no part in the quiz" in words
        assert len(published) == 4
        for figure in published:
            said = (
                [f"{n}: {share}" for n, share in figure.shares] if figure.text else [figure.exact]
            )
            assert [each for each in said if each not in words] == []
            assert figure.source.name in words
        assert len(traces_of_workforce(words)) > 4
        assert "78.2%" in words

    def test_rest_of_the_page_does_not_mention_them(self, html_of, published):
        source = html_of(f"/roles/{SALES_LEAD}/")
        rest = words_of(source[: source.index('<details class="workforce">')])
        assert traces_of_workforce(rest) == []

    def test_comparisons_and_other_roles_do_not_mention_them(self, html_of, published):
        for address in (FOUR, f"/roles/{SERVICE_LEAD}/", "/roles/"):
            assert traces_of_workforce(words_of(html_of(address))) == []


@pytest.mark.both_databases
@pytest.mark.parametrize("address", UNKNOWN_ADDRESSES, ids=lambda address: address[:60])
def test_unknown_address_is_a_404(client, address):
    assert client.get(address).status_code == 404


class TestRoleList:
    def test_links_to_every_role(self, shipped_html_of):
        source = shipped_html_of("/roles/")
        assert [f'href="/roles/{slug}/"' in source for slug in SLUGS] == [True] * 4

    def test_links_to_comparisons_of_fields_and_levels(self, shipped_html_of):
        found = re.findall(
            r'href="/roles/compare/([a-z-]+)/([a-z-]+)/"', shipped_html_of("/roles/")
        )
        assert found == [
            (SALES, SERVICE),
            (SALES_LEAD, SERVICE_LEAD),
            (SALES, SALES_LEAD),
            (SERVICE, SERVICE_LEAD),
        ]

    def test_list_without_roles_is_shown(self, html_of):
        Role.objects.all().delete()
        assert "<h1>" in html_of("/roles/")


@pytest.mark.parametrize("slug", SLUGS)
def test_every_listed_figure_is_shown_with_source_and_period(shipped_html_of, slug):
    text = html.unescape(re.sub(r"<[^>]*>", " ", shipped_html_of(f"/roles/{slug}/"))).lower()
    facts = [
        row
        for row in listed()
        if row["role"] in (slug, "all-occupations")
        and row["measure"].partition(":")[0] not in WORKFORCE_MEASURES
    ]
    assert len(facts) > 45
    for fact in facts:
        said = exact_parts(fact["value"])
        said += [fact["source"], fact["region"], fact["period"] or "undated"]
        assert [each for each in said if each.lower() not in text] == [], fact
