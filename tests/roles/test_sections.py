"""Building the tables of a page from figures."""

import pytest

from organization import current
from organization.current import CurrentOrganization
from roles.highlights import most_named, outlook_fact, standouts, tiles
from roles.measures import CATEGORIES, MEASURES, WORKFORCE_MEASURES
from roles.models import Figure, Role, Source
from roles.queries import figures_by_role
from roles.sections import PERCENTILES, Column, sections

pytestmark = pytest.mark.usefixtures("content")


def columns_of(*slugs):
    roles = [Role.objects.get(slug=slug) for slug in slugs]
    figures = figures_by_role(roles)
    benchmark = Column("All occupations", figures[None], is_benchmark=True)
    return [*(Column(role.title, figures[role]) for role in roles), benchmark]


@pytest.fixture
def tables():
    return lambda *slugs: sections(columns_of(*slugs))


def titles(columns):
    return tuple(column.title for column in columns)


def test_pay_table_has_one_source_region_period_and_currency(tables):
    pay = tables("customer-service-representative")["pay"]
    origins = [(table.source.key, table.region, table.period) for table in pay]
    assert origins == [
        ("bls-oews", "United States", "May 2025"),
        ("article-glassdoor", "Vancouver, BC, Canada", ""),
        ("article-ziprecruiter", "United States", "June 2023"),
    ]
    for table in pay:
        money = [cell.exact for row in table.rows for cell in row.cells if "$" in cell.exact]
        currencies = {"CAD" if "C$" in each else "USD" for each in money}
        assert len(currencies) == 1


@pytest.mark.parametrize(
    ("country", "regions"),
    [
        ("", ["United States", "Vancouver, BC, Canada", "United States"]),
        ("US", ["United States", "United States", "Vancouver, BC, Canada"]),
        ("CA", ["Vancouver, BC, Canada", "United States", "United States"]),
        ("GB", ["United States", "Vancouver, BC, Canada", "United States"]),
    ],
)
def test_figures_of_the_organization_s_country_come_first(tables, country, regions):
    current.keep(CurrentOrganization(country=country))
    pay = tables("customer-service-representative")["pay"]
    assert [table.region for table in pay] == regions


def test_benchmark_column_is_left_out_without_figures(tables):
    pay = tables("sales-manager")["pay"]
    assert [titles(table.columns) for table in pay] == [
        ("Sales manager", "All occupations"),
        ("Sales manager",),
    ]


def test_role_without_figures_in_a_table_is_listed_as_missing(tables):
    pay = tables("sales-representative", "customer-service-representative")["pay"]
    assert [(table.source.cites, titles(table.missing)) for table in pay] == [
        ("", ()),
        ("Glassdoor", ("Sales representative",)),
        ("ZipRecruiter", ("Sales representative",)),
        ("Glassdoor", ("Customer service representative",)),
    ]


def test_pay_range_needs_all_four_percentiles(tables):
    Figure.objects.filter(role__slug="sales-manager", measure="pay_p75").delete()
    assert tables("sales-manager")["pay"][0].ranges == ()
    both = tables("sales-manager", "customer-service-manager")["pay"][0]
    assert [drawn.column.title for drawn in both.ranges] == [
        "Customer service manager",
        "All occupations",
    ]


@pytest.mark.parametrize("change", [{"currency": "CAD"}, {"unit": "hour"}])
def test_pay_ranges_with_different_units_or_currencies_are_not_drawn(tables, change):
    Figure.objects.filter(role__slug="sales-manager", measure__in=PERCENTILES).update(**change)
    assert tables("sales-manager")["pay"][0].ranges == ()


def test_shares_are_in_their_natural_order(tables):
    (table,) = tables("sales-representative", "customer-service-manager")["experience"]
    labels = [str(row.label) for row in table.rows]
    ends = ("None", "Up to and including 1 month", "Over 10 years")
    assert [*labels[:2], labels[-1]] == [str(CATEGORIES[name].label) for name in ends]


def test_note_for_a_whole_column_appears_once(tables):
    outlook = tables("sales-representative")["outlook"]
    (table,) = (table for table in outlook if table.source.key == "bls-outlook")
    assert [(note.about, note.text[:7]) for note in table.notes] == [("", "41-4000")]


def test_note_for_some_rows_names_them(tables):
    (table,) = tables("sales-manager")["other"]
    assert [note.about for note in table.notes] == [""]
    pay = tables("customer-service-representative")["pay"]
    (glassdoor,) = (table for table in pay if table.source.cites == "Glassdoor")
    labels = [MEASURES[measure].label for measure in ("average_pay", "salaries_submitted")]
    assert [note.about for note in glassdoor.notes] == labels


def test_published_workforce_figures_stay_out_of_the_sections(tables):
    Figure.objects.update(is_published=True)
    by_section = tables("sales-manager", "customer-service-manager")
    assert "workforce" not in by_section
    labels = {str(row.label) for each in by_section.values() for t in each for row in t.rows}
    assert not {str(MEASURES[measure].label) for measure in WORKFORCE_MEASURES} & labels


def test_unknown_measure_goes_to_the_other_section(tables):
    Figure.objects.filter(measure="job_satisfaction").update(measure="brand_new")
    (table,) = tables("sales-manager")["other"]
    assert [row.label for row in table.rows] == ["brand new"]


def test_official_tables_come_before_others(tables):
    outlook = tables("sales-manager")["outlook"]
    assert [table.source.key for table in outlook] == ["bls-outlook", "zippia"]


def test_pay_survey_count_of_people_is_in_the_pay_section(tables):
    official = tables("sales-manager")["pay"][0]
    people = Figure.objects.get(role__slug="sales-manager", measure="employment", unit="persons")
    assert people.exact in [row.cells[0].exact for row in official.rows]


def test_pay_survey_counts_people_and_the_forecast_counts_jobs(tables):
    by_section = tables("sales-manager")
    labels = {
        row.cells[0].exact: str(row.label)
        for name in ("pay", "outlook")
        for table in by_section[name]
        for row in table.rows
    }
    assert labels["637,080 people"] == "People who do this work"
    assert labels["619,500 jobs"] == "Number of jobs"


def test_row_without_enough_roles_is_left_out():
    pair = columns_of("sales-representative", "customer-service-representative")
    pay = sections(pair, fewest=2)["pay"]
    assert [table.source.key for table in pay] == ["bls-oews"]
    cells = [
        cell
        for tables in sections(pair, fewest=2).values()
        for table in tables
        for row in table.rows
        for cell in row.cells
    ]
    assert cells
    assert not [cell for cell in cells if cell.is_missing]


def test_official_table_names_the_occupation_that_stands_in():
    role = Role.objects.get(slug="customer-service-manager")
    figures = figures_by_role([role])
    column = Column(role.title, figures[role], stands_in=role.occupation_title)
    by_source = {table.source.key: titles(table.columns) for table in sections([column])["pay"]}
    assert by_source == {"bls-oews": (role.occupation_title,), "zippia": (role.title,)}
    official = sections([column])["pay"][0]
    assert [(each.column, each.occupation) for each in official.counted] == [
        (role.title, f"{role.occupation_code} {role.occupation_title}")
    ]


@pytest.mark.parametrize(("rank", "dots"), [("97.1", 5), ("60.0", 3), ("39.9", 2)])
def test_rating_has_one_to_five_dots(tables, rank, dots):
    rated = Figure.objects.filter(role__slug="sales-manager", category="Persuasion")
    rated.update(percentile=rank)
    (cell,) = (
        row.cells[0]
        for table in tables("sales-manager")["skills"]
        for row in table.rows
        if row.label == CATEGORIES["Persuasion"].label
    )
    assert cell.dots == dots


def test_standouts_of_one_role_are_its_highest_and_lowest_ratings(tables):
    rows = standouts(tables("customer-service-representative"))
    shown = [float(row.cells[0].bar) for row in rows]
    every = [
        float(row.cells[0].bar)
        for section in ("skills", "work_styles", "interests")
        for table in tables("customer-service-representative")[section]
        for row in table.rows
    ]
    assert len(every) == 17
    assert shown == sorted(every)[::-1][:3] + sorted(every)[::-1][-2:]


def test_standouts_of_two_roles_are_their_largest_differences(tables):
    rows = standouts(tables("sales-representative", "customer-service-representative"))
    apart = [abs(float(row.cells[0].bar) - float(row.cells[1].bar)) for row in rows]
    assert apart == sorted(apart, reverse=True)
    assert rows[0].label == CATEGORIES["Achievement Orientation"].label


def test_most_named_picks_an_answer_category_not_a_single_share(tables):
    named = most_named(tables("sales-manager")["education"])
    degree = CATEGORIES["Bachelor's Degree"].label
    assert [(each.row.label, each.cell.exact) for each in named] == [(degree, "65.22%")]


@pytest.mark.parametrize(
    ("slug", "fact"),
    [
        ("sales-manager", "about 620,000 jobs now, +5% from 2024 to 2034"),
        ("customer-service-manager", "No official forecast"),
    ],
)
def test_key_fact_of_the_outlook_counts_jobs_and_not_people(slug, fact):
    role = Role.objects.get(slug=slug)
    assert outlook_fact(figures_by_role([role])[role]) == fact


class TestTiles:
    @pytest.fixture
    def tiles_of(self):
        def of(slug):
            role = Role.objects.get(slug=slug)
            figures = figures_by_role([role])
            return {tile.name: tile.value for tile in tiles(figures[role], figures[None])}

        return of

    @pytest.mark.parametrize(
        "slug", ["sales-representative", "customer-service-representative", "sales-manager"]
    )
    def test_official_figures_are_shown(self, tiles_of, slug):
        assert list(tiles_of(slug)) == [
            *("median_pay", "outlook", "entry_education", "openings_per_year")
        ]

    def test_education_named_most_often_and_size_replace_what_is_missing(self, tiles_of):
        assert tiles_of("customer-service-manager") == {
            "median_pay": "$69,500",
            "outlook": "No official forecast",
            "education_share": "Bachelor's degree",
            "employment": "1,440,000",
        }

    def test_figures_of_other_sources_are_not_used(self, tiles_of):
        Source.objects.update(kind=Source.Kind.ARTICLE)
        assert list(tiles_of("customer-service-manager")) == ["outlook"]
