"""Comparison pages, and the form that chooses roles for them."""

import re

import pytest
from django.utils.html import escape

from roles.models import (
    Difference,
    Figure,
    Passage,
    Role,
    SharedSkill,
)
from roles.sentences import NAMES, origin
from tests.roles.pages import (
    CHOICES,
    FOUR,
    PAIRS,
    SALES,
    SALES_LEAD,
    SERVICE,
    SERVICE_LEAD,
    SLUGS,
    roles_without_outlook,
    words_of,
)

MEDIAN = {"measure": "median_pay", "source__key": "bls-oews"}

pytestmark = pytest.mark.usefixtures("content")


def not_subtracted_on(source):
    """What a comparison lists below pay as figures that are not subtracted."""
    pay = source[source.index('id="pay"') :]
    items = re.search(r'<ul class="plain">(.*?)</ul>\s*</details>\s*</section>', pay, re.S)[1]
    return [words_of(each) for each in re.findall("<li>(.*?)</li>", items, re.S)]


@pytest.mark.parametrize(("first", "second"), PAIRS)
class TestRoleComparison:
    def test_shows_the_figures_of_both_roles(self, html_of, first, second):
        words = words_of(html_of(f"/roles/compare/{first}/{second}/"))
        for figure in Figure.objects.published().filter(role__slug__in=[first, second]):
            said = figure.parts if figure.text else [figure.exact]
            if figure.measure == "top_skills":
                said = [name for name, _share in figure.shares]
            assert [each for each in said if each not in words] == []

    def test_shows_differences_between_fields_only_across_fields(self, html_of, first, second):
        source = html_of(f"/roles/compare/{first}/{second}/")
        crosses = ("sales" in first) != ("sales" in second)
        are_managers = crosses and first.endswith("manager") and second.endswith("manager")
        headings = [words_of(each) for each in re.findall("<h[23].*?</h[23]>", source, re.S)]
        compared = {level: Difference.objects.filter(level=level) for level in Role.Level}
        for rows, is_shown in (
            (compared[Role.Level.INDIVIDUAL], crosses),
            (compared[Role.Level.MANAGER], are_managers),
            (SharedSkill.objects.all(), crosses),
        ):
            assert rows
            texts = [row.sales if isinstance(row, Difference) else row.in_sales for row in rows]
            assert {escape(text) in source for text in texts} == {is_shown}
        for count in (7, 5):
            assert any(heading.strip().startswith(f"{count} ") for heading in headings) == crosses
        for key in ("sales", "part-of-sales"):
            assert (f" {Passage.objects.get(key=key).heading} " in headings) == crosses

    def test_credits_official_sources(self, html_of, first, second):
        words = words_of(html_of(f"/roles/compare/{first}/{second}/"))
        assert "USDOL/ETA has not approved, endorsed, or tested these modifications." in words
        assert "BLS.gov cannot vouch" in words

    def test_says_which_role_has_no_official_forecast(self, html_of, first, second):
        without = roles_without_outlook(html_of(f"/roles/compare/{first}/{second}/"))
        assert without == ([SERVICE_LEAD] if SERVICE_LEAD in (first, second) else [])


class TestRoleComparisonDetails:
    def test_shows_all_differences_shared_skills_and_passages(self, html_of):
        source = html_of(f"/roles/compare/{SALES_LEAD}/{SERVICE_LEAD}/")
        texts = [text for row in Difference.objects.all() for text in (row.topic, row.sales)]
        texts += [row.service for row in Difference.objects.all()]
        for skill in SharedSkill.objects.all():
            texts += [skill.name, skill.meaning, skill.in_sales, skill.in_service]
        texts += [text for row in Passage.objects.all() for text in row.text.split("\n\n")]
        assert len(texts) > 65
        assert [text for text in texts if escape(text) not in source] == []

    def test_same_role_twice_redirects_to_its_page(self, client):
        response = client.get(f"/roles/compare/{SALES}/{SALES}/")
        assert (response.status_code, response.headers["Location"]) == (302, f"/roles/{SALES}/")

    @pytest.mark.parametrize("order", [(SALES, SERVICE), (SERVICE, SALES)])
    def test_pay_difference_comes_first_and_uses_one_source(self, html_of, order):
        source = html_of("/roles/compare/{}/{}/".format(*order))
        first = re.search(r'id="words">.*?<dd>(.*?)</dd>', source, re.S)[1]
        sentence, exact = words_of(first).split(
            origin(Figure.objects.get(role__slug=SALES, **MEDIAN))
        )
        # Which of the two is higher is the point of the sentence.
        assert "Sales representatives earn about 27,300 US dollars a year more than customer" in (
            sentence
        )
        assert "27,310 US dollars a year" in exact
        assert re.findall('href="#source-([^"]+)"', first) == ["bls-oews"]

    def test_pay_from_different_periods_is_not_subtracted_and_the_reason_is_shown(self, html_of):
        official = Figure.objects.filter(role__slug=SALES, source__key="bls-oews")
        official.update(period="May 2024")
        source = html_of(f"/roles/compare/{SERVICE}/{SALES}/")
        in_words = re.search(r'<dl class="words">.*?</dl>', source, re.S)[0]
        assert "#source-bls-oews" not in in_words
        pay = [each for each in not_subtracted_on(source) if "May 2024" in each]
        assert len(pay) == 1
        assert str(NAMES["period"]) in pay[0].lower()
        assert str(NAMES["source_key"]) not in pay[0].lower()

    def test_pay_from_two_sources_is_shown_with_the_reason_for_not_subtracting(self, html_of):
        source = html_of(f"/roles/compare/{SALES_LEAD}/{SERVICE_LEAD}/")
        figures = Figure.objects.filter(role__slug=SALES_LEAD)
        other = figures.get(measure="average_pay")
        (said,) = [each for each in not_subtracted_on(source) if other.exact in each]
        assert origin(other) in said
        for name in ("measure", "source_key", "period"):
            assert str(NAMES[name]) in said.lower()
        assert figures.get(**MEDIAN).exact in words_of(source)

    @pytest.mark.parametrize("choice", [c for c in CHOICES if len(c) > 2], ids="/".join)
    def test_three_and_four_roles_appear_in_the_order_of_the_address(self, html_of, choice):
        source = html_of(f"/roles/compare/{'/'.join(choice)}/")
        titles = [Role.objects.get(slug=slug).title for slug in choice]
        heading = re.search(r"<h1>(.*?)</h1>", source)[1]
        assert heading == ", ".join(titles[:-1]) + f" and {titles[-1]}"
        first_table = re.search(r"<thead>.*?</thead>", source, re.S)[0]
        assert re.findall(r">([^<>]+)</a>", first_table) == titles

    def test_four_roles_show_all_their_figures(self, html_of):
        words = words_of(html_of(FOUR))
        for figure in Figure.objects.published():
            said = figure.parts if figure.text else [figure.exact]
            if figure.measure == "top_skills":
                said = [name for name, _share in figure.shares]
            assert [each for each in said if each not in words] == []

    @pytest.mark.parametrize(
        ("asked", "leads_to"),
        [
            ((SALES, SERVICE, SALES), f"/roles/compare/{SALES}/{SERVICE}/"),
            ((SALES, SALES, SALES, SALES), f"/roles/{SALES}/"),
            (
                (SALES, SERVICE, SALES, SALES_LEAD),
                f"/roles/compare/{SALES}/{SERVICE}/{SALES_LEAD}/",
            ),
        ],
    )
    def test_repeated_role_redirects_to_the_address_without_it(self, client, asked, leads_to):
        response = client.get(f"/roles/compare/{'/'.join(asked)}/")
        assert (response.status_code, response.headers["Location"]) == (302, leads_to)

    def test_source_without_figures_for_a_role_says_so(self, html_of):
        source = html_of(f"/roles/compare/{SALES}/{SERVICE}/")
        title = Role.objects.get(slug=SALES).title
        said = re.findall(rf"<p>{title}: ([^<]*)</p>", source)
        notes = tuple(escape(figure.note) for figure in Figure.objects.all() if figure.note)
        # What Glassdoor (from Vancouver) and ZipRecruiter pay is known for customer service only.
        assert len([text for text in said if not text.endswith(notes)]) == 2

    def test_ratings_from_different_months_show_their_month(self, html_of):
        source = html_of(f"/roles/compare/{SALES}/{SERVICE}/")
        for slug, period in ((SALES, "08/2020"), (SERVICE, "08/2022")):
            rating = Figure.objects.get(role__slug=slug, category="Persuasion")
            assert rating.period == period
            cell = rf"<span>{rating.exact};[^<]*\b{rating.percentile}\b[^<]*"
            assert re.search(rf'{cell}<span class="gloss when">{period}</span>', source)


class TestRoleChoice:
    def test_form_offers_every_role_on_its_own_page_and_on_the_list(self, html_of):
        for address in ("/roles/compare/", "/roles/"):
            source = html_of(address)
            assert re.findall(r'name="role" value="([^"]+)"', source) == SLUGS
            assert "error-summary" not in source

    def test_choice_redirects_to_the_canonical_address(self, client):
        response = client.get("/roles/compare/", {"role": [SERVICE_LEAD, SALES, SALES_LEAD]})
        expected = f"/roles/compare/{SALES}/{SALES_LEAD}/{SERVICE_LEAD}/"
        assert (response.status_code, response.headers["Location"]) == (302, expected)

    @pytest.mark.parametrize("ticked", [[SALES], ["plumber"], [SALES, SALES], [SALES, "plumber"]])
    def test_wrong_number_of_roles_shows_an_error_and_keeps_the_choice(self, client, ticked):
        response = client.get("/roles/compare/", {"role": ticked})
        source = response.content.decode()
        assert response.status_code == 200
        assert "error-summary" in source
        assert re.findall(r'value="([^"]+)"[^>]* checked', source) == [
            slug for slug in SLUGS if slug in ticked
        ]

    def test_comparison_page_offers_the_form_with_its_roles_checked(self, html_of):
        source = html_of(f"/roles/compare/{SALES}/{SALES_LEAD}/")
        assert re.findall(r'value="([^"]+)"[^>]* checked', source) == [SALES, SALES_LEAD]
