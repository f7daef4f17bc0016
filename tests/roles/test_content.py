"""The shipped files compared with an independently compiled list of figures."""

import csv
import re
from decimal import Decimal
from pathlib import Path

import pytest

from roles import content
from roles.content import figures_in, read, role_files
from roles.measures import CATEGORIES, MEASURES, WORKFORCE, section_of

SALES, SERVICE = "sales-representative", "customer-service-representative"
SALES_LEAD, SERVICE_LEAD = "sales-manager", "customer-service-manager"
FIGURES_PER_FILE = {None: 8, SALES: 46, SERVICE: 54, SALES_LEAD: 64, SERVICE_LEAD: 62}


# Notes that the files word differently from the list.
ASSUMED_USD = (
    "base pay; the article names no country and no currency, so we assume US dollars in the "
    "United States"
)
REWORDED = {
    # What follows the first two words of the list is in the job's note on pay.
    "base pay range; commission comes on top; high performers and managers can reach six figures": (
        ASSUMED_USD
    ),
    "base pay range": ASSUMED_USD,
    'printed with "$" and no currency': (
        'printed with "$"; the article names no currency, so we assume Canadian dollars'
    ),
    "percent of what is not stated": "the source doesn't say what these are percentages of",
}


def all_files():
    return {None: read("all-occupations")} | {file["slug"]: file for file in role_files()}


def all_figures():
    return [(slug, figure) for slug, file in all_files().items() for figure in figures_in(file)]


def listed_figures():
    """Each row of the independent list as (role, measure, category, value, ...)."""
    with (Path(__file__).parent / "role-figures.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            measure, _colon, category = row["measure"].partition(":")
            note, percentile = row["note"], ()
            if found := re.fullmatch(r"(.+); percentile ([\d.]+) of (\d+) occupations", note):
                note, percentile = found[1], (Decimal(found[2]), int(found[3]))
            if measure.endswith("_share") and measure.split("_")[0] in ("education", "experience"):
                category, note = note, ""
            yield (
                None if row["role"] == "all-occupations" else row["role"],
                measure,
                category,
                row["value"],
                row["unit"],
                row["region"],
                row["period"],
                row["occupation"].split(" ")[0],
                row["source"],
                row["url"],
                row["licence"],
                REWORDED.get(note, note),
                percentile,
            )


def shipped_figures():
    """The figures of the files as tuples in the form of `listed_figures`."""
    sources = {source["key"]: source for source in read("sources")["sources"]}
    for slug, figure in all_figures():
        value = figure["text"]["en"] if "text" in figure else str(figure["value"])
        if "value_high" in figure:
            value += f"-{figure['value_high']}"
        percentile = (
            (figure["percentile"], figure["percentile_of"]) if "percentile" in figure else ()
        )
        source = sources[figure["source"]]
        yield (
            slug,
            figure["measure"],
            figure.get("category", ""),
            value,
            figure.get("unit", ""),
            figure["region"],
            figure["period"],
            figure["occupation"].split(" ")[0],
            source["name"]["en"],
            figure["url"],
            source["licence"],
            figure.get("note", {}).get("en", ""),
            percentile,
        )


def prose():
    """Every text except figures, with the name of its place."""

    def texts(value, place):
        if isinstance(value, dict):
            for name, inner in value.items():
                if name != "figures":
                    yield from texts(inner, f"{place}.{name}")
        elif isinstance(value, list):
            for number, inner in enumerate(value):
                yield from texts(inner, f"{place}[{number}]")
        elif isinstance(value, str):
            yield place, value

    for file in role_files():
        yield from texts(file, file["slug"])
    yield from texts(read("comparison"), "comparison")


# ---------------------------------------------------------------- contents of the files


def test_files_contain_every_listed_figure_with_all_its_values():
    assert sorted(shipped_figures(), key=str) == sorted(listed_figures(), key=str)


def test_each_file_has_the_expected_number_of_figures():
    counts = {slug: len(list(figures_in(file))) for slug, file in all_files().items()}
    assert counts == FIGURES_PER_FILE
    assert sum(counts.values()) == 234


@pytest.mark.parametrize(
    ("slug", "source", "measure", "unit", "value"),
    [
        (SALES, "bls-oews", "median_pay", "USD/year", 72080),
        (SERVICE, "bls-oews", "median_pay", "USD/year", 44770),
        (SALES_LEAD, "bls-oews", "median_pay", "USD/year", 148270),
        (SERVICE_LEAD, "bls-oews", "median_pay", "USD/year", 69500),
        (None, "bls-oews", "median_pay", "USD/year", 50980),
        (SALES_LEAD, "zippia", "average_pay", "USD/year", 73952),
        (SERVICE_LEAD, "zippia", "average_pay", "USD/year", 61487),
        (SALES_LEAD, "zippia", "average_pay_hourly", "USD/hour", Decimal("35.55")),
        (SERVICE_LEAD, "zippia", "average_pay_hourly", "USD/hour", Decimal("29.56")),
        (SALES_LEAD, "zippia", "pay_low", "USD/year", 42000),
        (SALES_LEAD, "zippia", "pay_high", "USD/year", 129000),
        (SERVICE_LEAD, "zippia", "pay_low", "USD/year", 35000),
        (SERVICE_LEAD, "zippia", "pay_high", "USD/year", 105000),
        (SALES_LEAD, "zippia", "growth_rate", "percent", 5),
        (SERVICE_LEAD, "zippia", "growth_rate", "percent", 6),
        (SALES_LEAD, "zippia", "number_of_jobs", "jobs", 119066),
        (SERVICE_LEAD, "zippia", "number_of_jobs", "jobs", 313110),
        (SALES_LEAD, "zippia", "bachelors_share", "percent", 63),
        (SERVICE_LEAD, "zippia", "bachelors_share", "percent", 46),
        (SALES_LEAD, "zippia", "years_of_experience", "years", 8),
        (SERVICE_LEAD, "zippia", "years_of_experience", "years", 6),
        (SALES, "article-glassdoor", "pay_low", "USD/year", 40000),
        (SALES, "article-glassdoor", "pay_high", "USD/year", 80000),
        (SERVICE, "article-glassdoor", "average_pay", "CAD/year", 40594),
        (SERVICE, "article-glassdoor", "average_additional_cash", "CAD/year", 6317),
        (SERVICE, "article-glassdoor", "additional_cash_low", "CAD/year", 413),
        (SERVICE, "article-glassdoor", "additional_cash_high", "CAD/year", 96690),
        (SERVICE, "article-glassdoor", "salaries_submitted", "salaries", 1924),
        (SERVICE, "article-ziprecruiter", "average_pay", "USD/year", 47279),
        (SERVICE, "bls-outlook", "outlook", "percent", -5),
        (SALES, "bls-outlook", "outlook", "percent", 1),
        (SALES_LEAD, "bls-outlook", "outlook", "percent", 5),
        (SERVICE, "bls-outlook", "openings_per_year", "jobs", 341700),
    ],
)
def test_key_figures_are_in_the_files(slug, source, measure, unit, value):
    found = [
        figure["value"]
        for owner, figure in all_figures()
        if (owner, figure["source"], figure["measure"], figure.get("unit"))
        == (slug, source, measure, unit)
    ]
    assert found == [value]


@pytest.mark.parametrize(("slug", "years"), [(SERVICE_LEAD, (4, 6)), (SALES_LEAD, (6, 8))])
def test_years_to_become_a_manager_are_a_range(slug, years):
    (figure,) = (f for s, f in all_figures() if s == slug and f["measure"] == "years_to_become")
    assert (figure["value"], figure["value_high"]) == years


def test_canadian_pay_has_canadian_currency():
    vancouver = [figure for _slug, figure in all_figures() if "Vancouver" in figure["region"]]
    assert len(vancouver) == 5
    assert {f["unit"] for f in vancouver} == {"CAD/year", "salaries"}
    canadian = [figure for _slug, figure in all_figures() if "CAD" in figure.get("unit", "")]
    assert {f["region"] for f in canadian} == {"Vancouver, BC, Canada"}


def test_articles_without_a_currency_say_what_is_assumed():
    notes = {
        figure["region"]: figure["note"]["en"]
        for _slug, figure in all_figures()
        if figure["source"] == "article-glassdoor"
        and "currency" in figure.get("note", {"en": ""})["en"]
    }
    assert "assume US dollars in the United States" in notes["United States"]
    assert "assume Canadian dollars" in notes["Vancouver, BC, Canada"]


def test_closest_occupation_has_no_official_outlook():
    outlook = {s for s, f in all_figures() if f["source"] == "bls-outlook"}
    assert outlook == {SALES, SERVICE, SALES_LEAD}
    closest = {role["slug"] for role in role_files() if role["occupation_is_closest"]}
    assert closest == {SERVICE_LEAD}


def test_only_workforce_figures_are_unpublished():
    unpublished = [f for _slug, f in all_figures() if not f.get("is_published", True)]
    assert len(unpublished) == 8
    for _slug, figure in all_figures():
        is_workforce = section_of(figure["measure"], figure.get("unit", "")) == WORKFORCE
        assert figure.get("is_published", True) != is_workforce, figure


def test_every_measure_and_category_has_a_label():
    assert {f["measure"] for _s, f in all_figures()} - set(MEASURES) == set()
    assert {f["category"] for _s, f in all_figures() if "category" in f} - set(CATEGORIES) == set()


def test_every_rating_has_a_gloss_to_start_a_sentence_with():
    rated = {figure["category"] for _slug, figure in all_figures() if figure["measure"] == "rating"}
    assert len(rated) == 17
    assert {name for name in rated if not str(CATEGORIES[name].gloss)[:1].islower()} == set()


def test_there_are_seven_differences_and_five_shared_skills():
    comparison = read("comparison")
    topics = [row["topic"]["en"] for row in comparison["differences"]]
    levels = [row["level"] for row in comparison["differences"]]
    assert topics[:7] == [
        "Focus and goals",
        "Who makes the first move",
        "Timing of contact",
        "Conversion or care",
        "Skills and traits",
        "How the work is measured",
        "The relationship",
    ]
    assert levels == ["individual"] * 7 + ["manager"] * (len(levels) - 7)
    assert len(levels) > 12
    assert [row["name"]["en"] for row in comparison["shared_skills"]] == [
        "Communication",
        "Empathy and emotional intelligence",
        "Problem-solving",
        "Product knowledge",
        "Resilience and adaptability",
    ]
    assert {row["key"] for row in comparison["passages"]} == {
        *("sales", "customer-service", "part-of-sales", "managers")
    }


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (SALES, ["leads", "commission", "refusals", "close the deal", "negotiat"]),
        (SERVICE, ["complaint", "respond", "solve", "stay", "listening"]),
        (SALES_LEAD, ["quota", "equity", "SEO", "distributors", "Americas", "renewals", "CRM"]),
        (SERVICE_LEAD, ["WIC", "ACD", "PBX", "Facebook", "CRM", "ISO", "average time", "floor"]),
        ("comparison", ["proactive", "reactive", "retention", "conversion", "objections"]),
    ],
)
def test_texts_contain_the_facts_of_the_source_documents(place, words):
    text = " ".join(text for where, text in prose() if where.startswith(place))
    assert [word for word in words if word.lower() not in text.lower()] == []


AMOUNT = re.compile(
    r"[$€£]\s*\d|\d[\d.,]*\s*(?:k\b|thousand|dollar|USD|CAD)|(?<![-\d])\d{1,3},\d{3}"
    r"|(?<![-\d])\d{4,}"
)


def test_prose_contains_no_pay_amounts():
    assert [(place, text) for place, text in prose() if AMOUNT.search(text)] == []


@pytest.mark.parametrize("text", ["about $45", "44,800 a year", "45k", "148270", "50 dollars"])
def test_pay_amounts_in_prose_would_be_found(text):
    assert AMOUNT.search(text)


@pytest.mark.parametrize("path", sorted(content.DATA.glob("*.toml")), ids=lambda path: path.name)
def test_content_files_start_with_a_comment_on_their_format(path):
    opening = path.read_text(encoding="utf-8").split("\n\n")[0]
    assert opening.startswith("# ")
