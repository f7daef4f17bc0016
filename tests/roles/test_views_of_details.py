"""The page of one job."""

import re
from datetime import date

import pytest
from django.db.models import Q
from django.utils.html import escape

from roles.ladder import ASKED_FOR, YEARS
from roles.measures import short_name
from roles.models import (
    Advice,
    Difference,
    Duty,
    Figure,
    Passage,
    Role,
    SharedSkill,
    Skill,
    Source,
)
from roles.numbers import in_thousands, money, rounded
from roles.page_cache import clear
from roles.sentences import origin
from tests.pages import shown_date
from tests.roles.pages import (
    FOUR,
    ROLE_PAGES,
    SALES,
    SALES_LEAD,
    SERVICE,
    SERVICE_LEAD,
    SLUGS,
    roles_without_outlook,
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


@pytest.mark.parametrize("slug", SLUGS)
class TestRoleDetail:
    def test_shows_every_published_figure_exactly_with_source_region_and_period(
        self, shipped_html_of, slug
    ):
        words = words_of(shipped_html_of(f"/roles/{slug}/"))
        figures = Figure.objects.published().filter(role__slug=slug).select_related("source")
        assert len(figures) >= 46
        for figure in figures:
            said = figure.parts if figure.text else [figure.exact]
            if figure.measure == "top_skills":
                said = [f"{name}: {share}" for name, share in figure.shares]
            if figure.percentile is not None:
                said.append(
                    f"percentile {figure.percentile} of {figure.percentile_of}".replace(".0 ", " ")
                )
            said += [figure.source.name, f"{figure.region}, ", figure.period or "undated"]
            said += [figure.note] if figure.note else []
            assert [each for each in said if each.lower() not in words.lower()] == []

    def test_shows_the_benchmark_next_to_official_pay(self, shipped_html_of, slug):
        words = words_of(shipped_html_of(f"/roles/{slug}/"))
        benchmark = Figure.objects.filter(role=None)
        assert len(benchmark) == 8
        assert [figure.exact for figure in benchmark if figure.exact not in words] == []

    def test_draws_the_pay_of_the_role_and_of_all_occupations(self, shipped_html_of, slug):
        source = shipped_html_of(f"/roles/{slug}/")
        assert source.count('<svg class="range ') == 2
        assert source.count('<svg class="range range-all"') == 1

    def test_strip_says_what_the_ends_and_the_middle_half_earn(self, shipped_html_of, slug):
        source = shipped_html_of(f"/roles/{slug}/")
        strip = re.search(r'<p class="parts">(.*?)</p>', source, re.S)[1]
        official = Figure.objects.filter(role__slug=slug, source__key="bls-oews", unit="year")
        pay = {each.measure: money(in_thousands(each.value), "USD") for each in official}
        assert [words_of(part).strip() for part in re.findall("<span>(.*?)</span>", strip)] == [
            f"1 in 10 earn under {pay['pay_p10']}",
            f"half earn {pay['pay_p25']} to {pay['pay_p75']}",
            f"1 in 10 over {pay['pay_p90']}",
        ]

    def test_shows_all_texts_duties_and_skills(self, shipped_html_of, slug):
        source = shipped_html_of(f"/roles/{slug}/")
        role = Role.objects.get(slug=slug)
        texts = [duty.text for duty in role.duties.all()]
        texts += [text for skill in role.skills.all() for text in (skill.name, skill.meaning)]
        texts += [role.summary, role.measured_by, role.pay_note, role.outlook_note]
        texts += [role.education_note, *role.work.split("\n\n"), *role.pathway.split("\n\n")]
        assert [text for text in texts if escape(text) not in source] == []

    def test_credits_official_sources(self, html_of, slug):
        words = words_of(html_of(f"/roles/{slug}/"))
        assert "USDOL/ETA has not approved, endorsed, or tested these modifications." in words
        assert "O*NET® is a trademark of USDOL/ETA. Sales or service? has modified" in words
        assert "O*NET 29.3 Database by the U.S. Department of Labor" in words
        assert "O*NET 30.1 Database by the U.S. Department of Labor" in words
        assert "BLS.gov cannot vouch for the data or analyses derived from these data" in words

    def test_credits_only_sources_it_uses(self, html_of, slug):
        Figure.objects.filter(source__key__startswith="onet").delete()
        Advice.objects.filter(
            Q(source__key__startswith="onet") | Q(text_en__contains="O*NET")
        ).delete()
        words = words_of(html_of(f"/roles/{slug}/"))
        assert "O*NET" not in words
        assert "BLS.gov cannot vouch" in words

    def test_sentences_on_pay_use_one_source(self, shipped_html_of, slug):
        """The tile with its benchmark, the summary of the fold, and the two strips."""
        source = shipped_html_of(f"/roles/{slug}/")
        official = Figure.objects.filter(source__key="bls-oews", unit="year", currency="USD")
        amounts = {
            money(near(figure.value), "USD")
            for figure in official
            for near in (rounded, in_thousands)
        }
        tile = re.search(r'data-tile="median_pay".*?</dd>', source, re.S)[0]
        fact = re.search(r'<span class="fact">([^<]*8 in 10[^<]*)</span>', source)[1]
        drawn = re.search(r'<figure class="ranges">.*?</figure>', source, re.S)[0]
        found = [re.findall(r"\$[\d,]*\d", words_of(text)) for text in (tile, fact, drawn)]
        assert [len(each) for each in found] == [2, 2, 9]  # the axis has an end, too
        assert {amount for each in found for amount in each[:8]} <= amounts

    def test_links_to_the_other_level_the_other_field_and_the_quiz(self, shipped_html_of, slug):
        source = shipped_html_of(f"/roles/{slug}/")
        role, roles = Role.objects.get(slug=slug), list(Role.objects.all())
        other_level = role.at_level("individual" if role.level == "manager" else "manager", roles)
        other_field = role.in_other_field(roles)
        assert f'href="{other_level.get_absolute_url()}"' in source
        assert f'href="{other_field.get_absolute_url()}"' in source
        assert f'href="/roles/compare/{slug}/{other_field.slug}/"' in source
        assert 'href="/quiz/"' in source


class TestRoleDetailExamples:
    def test_both_pay_figures_of_sales_managers_are_shown_with_the_reason(self, shipped_html_of):
        words = words_of(shipped_html_of(f"/roles/{SALES_LEAD}/"))
        role = Role.objects.get(slug=SALES_LEAD)
        pay = role.figures.filter(measure__in=["average_pay", "median_pay"])
        assert {figure.value for figure in pay} == {73952, 148270}
        assert [figure.exact for figure in pay if figure.exact not in words] == []
        assert role.pay_note
        assert role.pay_note in words

    @pytest.mark.parametrize("slug", [SALES, SALES_LEAD])
    def test_six_figures_are_about_high_performers_and_managers(self, shipped_html_of, slug):
        words = words_of(shipped_html_of(f"/roles/{slug}/"))
        assert (
            "high performers and managers in sales can make six figures or more after bonuses and "
            "incentives" in words
        )
        notes = Figure.objects.filter(measure="pay_low").values_list("note_en", flat=True)
        assert not [note for note in notes if "six figures" in note]

    @pytest.mark.parametrize("slug", [SERVICE, SERVICE_LEAD])
    def test_service_pages_do_not_promise_six_figures(self, shipped_html_of, slug):
        assert "six figures" not in words_of(shipped_html_of(f"/roles/{slug}/"))

    def test_glassdoor_range_says_that_country_and_currency_are_assumed(self, shipped_html_of):
        words = words_of(shipped_html_of(f"/roles/{SALES}/"))
        assert (
            words.count("assume US dollars in the United States") >= 2
        )  # in words, at the figures

    @pytest.mark.parametrize("address", [f"/roles/{SALES}/", f"/roles/compare/{SALES}/{SERVICE}/"])
    def test_job_zone_4_is_reconciled_with_the_diploma(self, shipped_html_of, address):
        words = words_of(shipped_html_of(address))
        way_in = words[words.index("Preparation needed") :]
        assert "job zone 4, which means considerable preparation" in words
        assert "4 on a scale from 1 to 5" in way_in

    def test_cases_solved_are_a_share(self, shipped_html_of):
        for address in (f"/roles/{SERVICE}/", f"/roles/compare/{SALES}/{SERVICE}/"):
            words = words_of(shipped_html_of(address))
            assert "the share of cases you solve" in words
            assert "how many cases you solve" not in words

    @pytest.mark.parametrize("slug", SLUGS)
    def test_number_of_people_and_number_of_jobs_are_not_mixed(self, shipped_html_of, slug):
        source = shipped_html_of(f"/roles/{slug}/")
        rows = re.findall(r'<th scope="row">Number of jobs.*?</tr>', source, re.S)
        assert not [row for row in rows if "people" in words_of(row)]
        assert re.search(r"People who do this work\s*</th>.*? people", source, re.S)

    @pytest.mark.parametrize("slug", [SALES, SERVICE])
    def test_way_in_without_a_diploma_is_on_the_page(self, shipped_html_of, slug):
        source = shipped_html_of(f"/roles/{slug}/")
        way_in = source[source.index('id="education"') :]
        assert "<dt>Without a diploma</dt>" in way_in
        assert "The page says what else leads there" not in source

    def test_vancouver_pay_is_in_canadian_dollars(self, shipped_html_of):
        words = words_of(shipped_html_of(f"/roles/{SERVICE}/"))
        assert "C$40,594 a year" in words
        assert " $40,594" not in words
        notes = {figure.note for figure in Figure.objects.filter(currency="CAD")}
        assert [note for note in notes if note not in words] == []

    def test_only_the_role_without_an_exact_occupation_says_so(self, shipped_html_of):
        said = [s for s in SLUGS if 'data-occupation="closest"' in shipped_html_of(f"/roles/{s}/")]
        assert said == [SERVICE_LEAD]

    def test_only_the_role_without_an_official_forecast_says_so(self, shipped_html_of):
        said = {slug: roles_without_outlook(shipped_html_of(f"/roles/{slug}/")) for slug in SLUGS}
        assert said == {SALES: [], SERVICE: [], SALES_LEAD: [], SERVICE_LEAD: [SERVICE_LEAD]}

    @pytest.mark.parametrize(("slug", "years"), [(SERVICE_LEAD, (4, 6)), (SALES_LEAD, (6, 8))])
    def test_manager_page_shows_the_years_it_takes(self, shipped_html_of, slug, years):
        figure = Figure.objects.get(role__slug=slug, measure="years_to_become")
        assert (figure.value, figure.value_high) == years
        assert figure.exact in words_of(shipped_html_of(f"/roles/{slug}/"))

    def test_unpublished_figures_are_not_shown(self, html_of):
        titles = Figure.objects.filter(measure="job_titles")
        advised = set(Advice.objects.values_list("title_en", flat=True))
        longest = max(set(titles.filter(role__slug=SALES)[0].parts) - advised, key=len)
        assert longest in html_of(f"/roles/{SALES}/")
        titles.update(is_published=False)
        clear()
        assert longest not in html_of(f"/roles/{SALES}/")

    def test_texts_from_the_database_are_escaped(self, html_of):
        hostile = "<script>alert(1)</script>"
        role = Role.objects.get(slug=SALES)
        Duty.objects.create(role=role, order=99, text_en=hostile)
        Role.objects.update(
            title_en=hostile, summary_en=hostile, work_en=hostile, pay_note_en=hostile
        )
        Source.objects.update(name_en=hostile, attribution_en=hostile, about_en=hostile)
        Figure.objects.filter(role=role).update(note_en=hostile, region=hostile)
        Figure.objects.filter(measure="entry_education").update(text_en=hostile)
        Passage.objects.update(text_en=hostile, heading_en=hostile)
        Skill.objects.update(name_en=hostile, meaning_en=hostile)
        Difference.objects.update(topic_en=hostile, sales_en=hostile, service_en=hostile)
        SharedSkill.objects.update(meaning_en=hostile, in_sales_en=hostile, in_service_en=hostile)
        for address in ("/roles/", f"/roles/{SALES}/", f"/roles/compare/{SALES}/{SERVICE}/"):
            assert hostile not in html_of(address)
            assert "<script>" not in html_of(address)
            assert "&lt;script&gt;" in html_of(address)

    def test_role_without_figures_and_texts_has_a_page(self, html_of):
        Role.objects.create(slug="new", field="sales", level="individual", title_en="New")
        source = html_of("/roles/new/")
        assert "<h1>New</h1>" in source
        assert roles_without_outlook(source) == ["new"]
        html_of(f"/roles/compare/new/{SALES_LEAD}/")


class TestProvenance:
    """The expandable captions with source, license, occupation and date of the last check."""

    CHECKED = shown_date(2026, 11, 24)

    @pytest.fixture
    def captions(self, html_of):
        """Give a function: the words of each caption of a page, with the key of its source."""
        return lambda address: [
            (re.search(r'href="#source-([^"]+)"', each)[1], words_of(each))
            for each in re.findall(r'<details class="origin">.*?</details>', html_of(address), re.S)
        ]

    @pytest.mark.parametrize("address", [*ROLE_PAGES, FOUR])
    def test_every_table_states_license_occupation_and_date(self, captions, address):
        sources = Source.objects.in_bulk(field_name="key")
        found = captions(address)
        assert len(found) >= 10
        for key, words in found:
            source = sources[key]
            assert f"({source.get_licence_display()})" in words
            assert self.CHECKED in words
            has_code = re.search(r"\b\d\d-\d{4}\b", words) is not None
            assert has_code == (source.kind == Source.Kind.OFFICIAL)

    def test_pay_survey_is_described_in_full(self, captions):
        words = next(words for key, words in captions(f"/roles/{SALES_LEAD}/") if key == "bls-oews")
        source = Source.objects.get(key="bls-oews")
        said = [short_name(source.key), "United States, May 2025", source.name]
        said += [source.get_licence_display(), "“Sales manager”: 11-2022 Sales Managers"]
        said += ["“All occupations”: 00-0000 All Occupations", self.CHECKED]
        places = [words.find(str(each)) for each in said]
        assert -1 not in places
        assert places == sorted(places)

    def test_figures_checked_on_different_days_show_their_own_date(self, html_of, captions):
        official = Figure.objects.filter(role__slug=SALES_LEAD, source__key="bls-oews", unit="year")
        figure = official.get(measure="median_pay")
        figure.checked_on = date(2027, 1, 15)
        figure.save()
        source = html_of(f"/roles/{SALES_LEAD}/")
        for each in official:
            day = shown_date(2027, 1, 15) if each == figure else self.CHECKED
            assert re.search(
                rf'{re.escape(each.exact)}\s*<span class="gloss">[^<]*{day}</span>', source
            )
        words = [words for key, words in captions(f"/roles/{SALES_LEAD}/") if key == "bls-oews"]
        assert [each for each in words if self.CHECKED in each] == []

    def test_figure_that_was_never_checked_says_so(self, html_of):
        Figure.objects.filter(role__slug=SALES_LEAD, source__key="zippia").update(checked_on=None)
        assert "Not checked since it was entered." in words_of(html_of(f"/roles/{SALES_LEAD}/"))


class TestLadder:
    @pytest.mark.parametrize(
        ("slug", "lead", "years"),
        [
            (SALES, SALES_LEAD, "6 to 8 years"),
            (SERVICE, SERVICE_LEAD, "4 to 6 years"),
        ],
    )
    def test_steps_run_from_role_to_lead_role_with_the_years_it_takes(
        self, shipped_html_of, slug, lead, years
    ):
        for here in (slug, lead):
            source = shipped_html_of(f"/roles/{here}/")
            ladder = re.search(r'<ol class="ladder">.*?</ol>', source, re.S)[0]
            words = words_of(ladder)
            first, second = (Role.objects.get(slug=each).title for each in (slug, lead))
            assert words.index(first) < words.index(second) < words.index(years)
            figures = Figure.objects.filter(measure__in=[*ASKED_FOR, *YEARS])
            steps = figures.filter(role__slug__in=[slug, lead])
            assert {figure.source.key for figure in steps} == {"bls-outlook", "zippia"}
            assert [figure for figure in steps if origin(figure) not in words] == []
            current = re.search(r'<li aria-current="step">.*?</li>', ladder, re.S)[0]
            assert Role.objects.get(slug=here).title in current
