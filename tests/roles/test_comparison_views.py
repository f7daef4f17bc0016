"""Comparison pages, and the form that chooses roles for them."""

import itertools
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
    """The figures that a comparison lists as not compared, with the reason."""
    listed = re.search(r'data-part="not-subtracted">(.*?)</ul>', source, re.S)[1]
    return [words_of(each) for each in re.findall("<li>(.*?)</li>", listed, re.S)]


def sentences_of(source):
    """What differs: the sentences by topic, without their source."""
    words = re.search(r'<dl class="words">.*?</dl>', source, re.S)[0]
    topic, found = "", {}
    for name, text in re.findall(r"<dt>(.*?)</dt>|<dd>(.*?)<span class=\"gloss\">", words, re.S):
        topic = name or topic
        if text:
            found.setdefault(topic, []).append(words_of(text).strip())
    return found


def compared_on_both_sides(first, second):
    """Pairs of published figures that have the same kind and origin in two roles."""
    kind = ("measure", "category", "unit", "currency", "source__key", "region", "period")
    of_both = [
        {
            tuple(values)
            for values in Figure.objects.published().filter(role__slug=slug).values_list(*kind)
        }
        for slug in (first, second)
    ]
    return of_both[0] & of_both[1]


@pytest.mark.parametrize(("first", "second"), PAIRS)
class TestRoleComparison:
    def test_shows_the_figures_that_both_roles_have(self, shipped_html_of, first, second):
        words = words_of(shipped_html_of(f"/roles/compare/{first}/{second}/"))
        both = compared_on_both_sides(first, second)
        assert len(both) > 10
        for figure in Figure.objects.published().filter(role__slug__in=[first, second]):
            kind = (*("measure", "category", "unit", "currency"), "source_key", "region", "period")
            if tuple(getattr(figure, name) for name in kind) not in both:
                continue
            said = figure.parts if figure.text else [figure.exact]
            if figure.measure == "top_skills":
                said = [name for name, _share in figure.shares]
            assert [each for each in said if each not in words] == []

    def test_leaves_out_rows_without_a_figure_on_one_side(self, shipped_html_of, first, second):
        assert "no figure" not in words_of(shipped_html_of(f"/roles/compare/{first}/{second}/"))

    def test_asks_which_job_in_the_heading(self, shipped_html_of, first, second):
        source = shipped_html_of(f"/roles/compare/{first}/{second}/")
        title, other = (Role.objects.get(slug=slug).title for slug in (first, second))
        question = f"{title} or {other[0].lower()}{other[1:]}?"
        assert re.search("<h1>(.*?)</h1>", source)[1] == question
        assert f"<title>{question}" in source

    def test_shows_differences_between_fields_only_across_fields(
        self, shipped_html_of, first, second
    ):
        source = shipped_html_of(f"/roles/compare/{first}/{second}/")
        crosses = ("sales" in first) != ("sales" in second)
        are_managers = crosses and first.endswith("manager") and second.endswith("manager")
        compared = {level: Difference.objects.filter(level=level) for level in Role.Level}
        for rows, is_shown in (
            (compared[Role.Level.INDIVIDUAL], crosses and not are_managers),
            (compared[Role.Level.MANAGER], are_managers),
            (SharedSkill.objects.all(), crosses and not are_managers),
        ):
            assert rows
            texts = [row.sales if isinstance(row, Difference) else row.in_sales for row in rows]
            assert {escape(text) in source for text in texts} == {is_shown}
        for key in ("sales", "customer-service", "part-of-sales"):
            text = escape(Passage.objects.get(key=key).text.split("\n\n")[0])
            assert (text in source) == (crosses and not are_managers)
        assert (escape(Passage.objects.get(key="managers").text) in source) == are_managers

    def test_work_comes_before_figures_and_ranks(self, shipped_html_of, first, second):
        source = shipped_html_of(f"/roles/compare/{first}/{second}/")
        for slug in (first, second):
            role = Role.objects.get(slug=slug)
            assert source.index(escape(role.summary)) < source.index('id="words"')
            assert source.index(f'href="/roles/{slug}/"') < source.index('id="words"')
        assert source.index('id="words"') < source.index('id="asks"')

    def test_credits_official_sources(self, html_of, first, second):
        words = words_of(html_of(f"/roles/compare/{first}/{second}/"))
        assert "USDOL/ETA has not approved, endorsed, or tested these modifications." in words
        assert "BLS.gov cannot vouch" in words

    def test_says_which_role_has_no_official_forecast(self, shipped_html_of, first, second):
        without = roles_without_outlook(shipped_html_of(f"/roles/compare/{first}/{second}/"))
        assert without == ([SERVICE_LEAD] if SERVICE_LEAD in (first, second) else [])

    def test_official_figures_that_only_stand_in_name_their_occupation(
        self, shipped_html_of, first, second
    ):
        source = shipped_html_of(f"/roles/compare/{first}/{second}/")
        said = sentences_of(source)
        official = " ".join(
            [*said["Pay"][-1:], *said.get("Outlook", []), *said.get("What the work asks for", [])]
        )
        assert ("customer service managers" in official) is False
        named = Role.objects.get(slug=SERVICE_LEAD).occupation_title
        assert (named in official) == (SERVICE_LEAD in (first, second))
        assert ('data-occupation="closest"' in source) == (SERVICE_LEAD in (first, second))


class TestSentences:
    def test_rank_is_a_sentence_to_read_aloud(self, shipped_html_of):
        said = sentences_of(shipped_html_of(f"/roles/compare/{SALES}/{SERVICE}/"))
        assert said["What the work asks for"][0] == (
            "Setting high goals matters much more in sales (higher than in about 98 of 100 "
            "occupations) than in customer service (about 20 of 100)."
        )

    @pytest.mark.parametrize("order", [(SALES, SERVICE), (SERVICE, SALES)])
    def test_pay_difference_comes_first_and_uses_one_source(self, shipped_html_of, order):
        source = shipped_html_of("/roles/compare/{}/{}/".format(*order))
        first = re.search(r'id="words">.*?<dd>(.*?)</dd>', source, re.S)[1]
        assert sentences_of(source)["Pay"] == [
            "Typical pay is $72,100 a year for sales representatives and $44,800 for customer "
            "service representatives, $27,300 less. Half earn more, half earn less."
        ]
        assert origin(Figure.objects.get(role__slug=SALES, **MEDIAN)) in words_of(first)
        assert re.findall('href="#source-([^"]+)"', first) == ["bls-oews"]

    def test_equal_pay_is_called_the_same(self, html_of):
        Figure.objects.filter(role__slug=SERVICE, **MEDIAN).update(value=72080)
        assert sentences_of(html_of(f"/roles/compare/{SALES}/{SERVICE}/"))["Pay"] == [
            "Typical pay is $72,100 a year for sales representatives and the same for customer "
            "service representatives. Half earn more, half earn less."
        ]

    def test_managers_are_first_compared_by_the_article_that_counts_both(self, shipped_html_of):
        source = shipped_html_of(f"/roles/compare/{SALES_LEAD}/{SERVICE_LEAD}/")
        article, official = sentences_of(source)["Pay"]
        assert article == (
            "On average, sales managers earn $73,952 a year and customer service managers "
            "$61,487, a difference of $12,465."
        )
        assert official.startswith("Typical pay is $148,000 a year for sales managers and $69,500")
        assert "for First-Line Supervisors of Office and Administrative Support Workers" in official
        page = words_of(source[source.index("<h1>") :])
        assert re.findall(r"\$[\d,]*\d", page)[:3] == ["$73,952", "$61,487", "$12,465"]

    def test_outlook_says_more_or_fewer_jobs(self, shipped_html_of):
        said = sentences_of(shipped_html_of(f"/roles/compare/{SALES}/{SERVICE}/"))
        assert said["Outlook"] == [
            "The forecast for 2024 to 2034 is 1% more jobs for sales representatives and 5% fewer "
            "jobs for customer service representatives."
        ]

    def test_missing_forecast_names_the_closest_occupation(self, shipped_html_of):
        said = sentences_of(shipped_html_of(f"/roles/compare/{SALES_LEAD}/{SERVICE_LEAD}/"))
        assert said["Outlook"][0].endswith(
            "We have no official forecast for First-Line Supervisors of Office and Administrative "
            "Support Workers."
        )

    def test_way_in_can_be_read_aloud(self, shipped_html_of):
        (said,) = sentences_of(shipped_html_of(f"/roles/compare/{SALES}/{SERVICE}/"))["Way in"]
        assert " / " not in said
        assert "high school diploma or equivalent and no experience." in said

    def test_years_of_both_managers_are_one_sentence(self, shipped_html_of):
        said = sentences_of(shipped_html_of(f"/roles/compare/{SALES_LEAD}/{SERVICE_LEAD}/"))
        assert said["The way there"] == [
            "Getting there typically takes sales managers 6 to 8 years and customer service "
            "managers 4 to 6 years."
        ]


class TestRoleComparisonDetails:
    @pytest.mark.parametrize(
        ("level", "slugs"),
        [("individual", (SALES, SERVICE)), ("manager", (SALES_LEAD, SERVICE_LEAD))],
    )
    def test_shows_all_differences_of_the_level(self, shipped_html_of, level, slugs):
        source = shipped_html_of("/roles/compare/{}/{}/".format(*slugs))
        rows = Difference.objects.filter(level=level)
        texts = [text for row in rows for text in (row.topic, row.sales, row.service)]
        assert len(texts) >= 21
        assert [text for text in texts if escape(text) not in source] == []

    def test_shows_all_shared_skills(self, shipped_html_of):
        source = shipped_html_of(f"/roles/compare/{SALES}/{SERVICE}/")
        texts = [
            text
            for skill in SharedSkill.objects.all()
            for text in (skill.name, skill.meaning, skill.in_sales, skill.in_service)
        ]
        assert len(texts) == 20
        assert [text for text in texts if escape(text) not in source] == []

    def test_every_fold_has_a_key_fact_and_is_closed(self, shipped_html_of):
        for address in (f"/roles/compare/{first}/{second}/" for first, second in PAIRS):
            source = shipped_html_of(address)
            folds = re.findall(
                r'<details class="fold[^"]*"([^>]*)>\s*<summary>(.*?)</summary>', source, re.S
            )
            assert len(folds) >= 8
            for attributes, summary in folds:
                assert attributes == ""
                assert words_of(re.search('class="fact">(.*?)</span>', summary, re.S)[1]).strip()

    @pytest.mark.parametrize(
        "address", [f"/roles/{SERVICE_LEAD}/", f"/roles/compare/{SALES_LEAD}/{SERVICE_LEAD}/"]
    )
    def test_drawings_and_official_tables_name_the_occupation_that_stands_in(
        self, shipped_html_of, address
    ):
        source = shipped_html_of(address)
        role = Role.objects.get(slug=SERVICE_LEAD)
        drawn = re.search('<figure class="ranges">.*?</figure>', source, re.S)[0]
        strips = re.findall('<strong class="field-service">(.*?)</strong>', drawn)
        assert strips == [role.occupation_title]
        for table in re.findall('<table class="facts.*?</table>', source, re.S):
            if "(public domain)" in table or "(CC BY 4.0)" in table:
                heads = re.findall(r'<th scope="col">(.*?)</th>', table)
                assert role.title not in heads

    def test_key_facts_give_both_sides(self, shipped_html_of):
        source = shipped_html_of(f"/roles/compare/{SALES_LEAD}/{SERVICE_LEAD}/")
        facts = [
            words_of(fact).strip() for fact in re.findall('class="fact">(.*?)</span>', source, re.S)
        ]
        assert "In the middle: $148,000 and $69,500 a year" in facts
        assert "2024 to 2034: +5% and no official forecast" in facts
        assert "Named most often: Bachelor's degree" in facts

    def test_ranks_are_drawn_as_dots_with_a_word(self, shipped_html_of):
        source = shipped_html_of(f"/roles/compare/{SALES}/{SERVICE}/")
        drawn = re.search('<table class="facts stack standouts">.*?</table>', source, re.S)[0]
        rows = re.findall(r'class="dots dots-(\d)".*?<strong>(\w+)</strong>', drawn, re.S)
        assert rows[:2] == [("5", "much"), ("2", "little")]
        assert len(rows) == 10

    def test_same_role_twice_redirects_to_its_page(self, client):
        response = client.get(f"/roles/compare/{SALES}/{SALES}/")
        assert (response.status_code, response.headers["Location"]) == (302, f"/roles/{SALES}/")

    def test_pay_from_different_periods_is_not_subtracted_and_the_reason_is_shown(self, html_of):
        official = Figure.objects.filter(role__slug=SALES, source__key="bls-oews")
        official.update(period="May 2024")
        source = html_of(f"/roles/compare/{SERVICE}/{SALES}/")
        assert "Pay" not in sentences_of(source)
        pay = [each for each in not_subtracted_on(source) if "May 2024" in each]
        assert len(pay) == 1
        assert str(NAMES["period"]) in pay[0].lower()
        assert str(NAMES["source_key"]) not in pay[0].lower()

    def test_pay_from_two_sources_is_shown_with_the_reason_for_not_subtracting(
        self, shipped_html_of
    ):
        source = shipped_html_of(f"/roles/compare/{SALES_LEAD}/{SERVICE_LEAD}/")
        figures = Figure.objects.filter(role__slug=SALES_LEAD)
        other = figures.get(measure="average_pay")
        (said,) = [each for each in not_subtracted_on(source) if other.exact in each]
        assert origin(other) in said
        for name in ("measure", "source_key", "period"):
            assert str(NAMES[name]) in said.lower()
        assert figures.get(**MEDIAN).exact in words_of(source)

    @pytest.mark.parametrize(
        "choice", [*itertools.permutations(SLUGS[:3]), SLUGS, SLUGS[::-1]], ids="/".join
    )
    def test_three_and_four_roles_appear_in_the_order_of_the_address(self, shipped_html_of, choice):
        source = shipped_html_of(f"/roles/compare/{'/'.join(choice)}/")
        titles = [Role.objects.get(slug=slug).title for slug in choice]
        later = [title[0].lower() + title[1:] for title in titles[1:]]
        heading = re.search(r"<h1>(.*?)</h1>", source)[1]
        assert heading == ", ".join([titles[0], *later[:-1]]) + f" or {later[-1]}?"
        sides = re.search(r'<div class="sides">.*?</div>', source, re.S)[0]
        assert re.findall(r">([^<>]+)</a>", sides) == titles

    def test_four_roles_show_the_figures_that_two_of_them_have(self, shipped_html_of):
        words = words_of(shipped_html_of(FOUR))
        for measure in ("median_pay", "years_to_become", "rating", "top_skills"):
            for figure in Figure.objects.published().filter(measure=measure, role__isnull=False):
                said = [name for name, _share in figure.shares] if figure.text else [figure.exact]
                assert [each for each in said if each not in words] == []
        assert "no figure" not in words_of(shipped_html_of(f"/roles/compare/{SALES}/{SERVICE}/"))

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

    def test_figures_of_one_side_are_a_link_away(self, shipped_html_of):
        source = shipped_html_of(f"/roles/compare/{SALES}/{SERVICE}/")
        for slug in (SALES, SERVICE):
            assert f'href="/roles/{slug}/#figures"' in source

    def test_ratings_from_different_months_show_their_month(self, shipped_html_of):
        source = shipped_html_of(f"/roles/compare/{SALES}/{SERVICE}/")
        for slug, period in ((SALES, "08/2020"), (SERVICE, "08/2022")):
            rating = Figure.objects.get(role__slug=slug, category="Persuasion")
            assert rating.period == period
            cell = rf"<span>{rating.exact};[^<]*\b{rating.percentile}\b[^<]*"
            assert re.search(rf'{cell}<span class="gloss when">{period}</span>', source)


class TestRoleChoice:
    def test_form_offers_every_role_on_its_own_page_and_on_the_list(self, shipped_html_of):
        for address in ("/roles/compare/", "/roles/"):
            source = shipped_html_of(address)
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

    def test_comparison_page_offers_the_form_with_its_roles_checked(self, shipped_html_of):
        source = shipped_html_of(f"/roles/compare/{SALES}/{SALES_LEAD}/")
        assert re.findall(r'value="([^"]+)"[^>]* checked', source) == [SALES, SALES_LEAD]
