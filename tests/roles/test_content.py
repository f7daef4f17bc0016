"""The shipped files against an independent list of facts, and how they get into the database."""

import csv
import re
from decimal import Decimal
from pathlib import Path

import pytest

from roles import content
from roles.content import KEYS, figures_in, load_roles, read, role_files
from roles.measures import CATEGORIES, MEASURES, WORKFORCE, section_of
from roles.models import (
    Difference,
    Duty,
    Figure,
    Passage,
    Role,
    SharedSkill,
    ShippedRow,
    Skill,
    Source,
)

SALES, SERVICE = "sales-representative", "customer-service-representative"
SALES_LEAD, SERVICE_LEAD = "sales-manager", "customer-service-manager"
FIGURES_PER_FILE = {None: 8, SALES: 46, SERVICE: 54, SALES_LEAD: 64, SERVICE_LEAD: 62}


# Notes that read better in other words than in the list's own.
REWORDED = {
    "percent of what is not stated": "the source does not say what these are percentages of",
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
    """Each figure of the files in the same form."""
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
    """Every text that is no figure, with where it stands."""

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


# ---------------------------------------------------------------- what the files hold


def test_the_files_hold_every_listed_figure_with_all_that_is_known_of_it():
    assert sorted(shipped_figures(), key=str) == sorted(listed_figures(), key=str)


def test_each_file_has_its_number_of_figures():
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
def test_a_key_figure_is_there(slug, source, measure, unit, value):
    found = [
        figure["value"]
        for owner, figure in all_figures()
        if (owner, figure["source"], figure["measure"], figure.get("unit"))
        == (slug, source, measure, unit)
    ]
    assert found == [value]


@pytest.mark.parametrize(("slug", "years"), [(SERVICE_LEAD, (4, 6)), (SALES_LEAD, (6, 8))])
def test_the_years_to_become_a_manager_are_a_range(slug, years):
    (figure,) = (f for s, f in all_figures() if s == slug and f["measure"] == "years_to_become")
    assert (figure["value"], figure["value_high"]) == years


def test_canadian_pay_says_that_it_is_canadian():
    vancouver = [figure for _slug, figure in all_figures() if "Vancouver" in figure["region"]]
    assert len(vancouver) == 5
    assert {f["unit"] for f in vancouver} == {"CAD/year", "salaries"}
    canadian = [figure for _slug, figure in all_figures() if "CAD" in figure.get("unit", "")]
    assert {f["region"] for f in canadian} == {"Vancouver, BC, Canada"}


def test_no_official_outlook_is_made_up_for_the_closest_occupation():
    outlook = {s for s, f in all_figures() if f["source"] == "bls-outlook"}
    assert outlook == {SALES, SERVICE, SALES_LEAD}
    closest = {role["slug"] for role in role_files() if role["occupation_is_closest"]}
    assert closest == {SERVICE_LEAD}


def test_who_holds_the_jobs_is_unpublished_and_nothing_else_is():
    unpublished = [f for _slug, f in all_figures() if not f.get("is_published", True)]
    assert len(unpublished) == 8
    for _slug, figure in all_figures():
        is_workforce = section_of(figure["measure"], figure.get("unit", "")) == WORKFORCE
        assert figure.get("is_published", True) != is_workforce, figure


def test_every_measure_and_category_has_words_to_show():
    assert {f["measure"] for _s, f in all_figures()} - set(MEASURES) == set()
    assert {f["category"] for _s, f in all_figures() if "category" in f} - set(CATEGORIES) == set()


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
def test_the_facts_of_the_documents_are_in_the_texts(place, words):
    text = " ".join(text for where, text in prose() if where.startswith(place))
    assert [word for word in words if word.lower() not in text.lower()] == []


AMOUNT = re.compile(
    r"[$€£]\s*\d|\d[\d.,]*\s*(?:k\b|thousand|dollar|USD|CAD)|(?<![-\d])\d{1,3},\d{3}"
    r"|(?<![-\d])\d{4,}"
)


def test_prose_holds_no_amount_of_pay():
    assert [(place, text) for place, text in prose() if AMOUNT.search(text)] == []


@pytest.mark.parametrize("text", ["about $45", "44,800 a year", "45k", "148270", "50 dollars"])
def test_an_amount_of_pay_would_be_noticed(text):
    assert AMOUNT.search(text)


@pytest.mark.parametrize("path", sorted(content.DATA.glob("*.toml")), ids=lambda path: path.name)
def test_a_content_file_opens_with_a_comment_on_its_format(path):
    opening = path.read_text(encoding="utf-8").split("\n\n")[0]
    assert opening.startswith("# ")


# ---------------------------------------------------------------- into the database


@pytest.fixture
def empty(db):
    """A database without content, whatever was loaded before."""
    for model in (*reversed(KEYS), ShippedRow):
        model.objects.all().delete()


@pytest.fixture
def newer_file(monkeypatch):
    """Change what the files hold: give a function that returns changed values, or None to drop."""

    def change(model, key, changed):
        def rows():
            for each, values in original():
                if each is model and all(values[name] == value for name, value in key.items()):
                    if changed is not None:
                        yield each, values | changed
                else:
                    yield each, values

        original = content.shipped_rows
        monkeypatch.setattr(content, "shipped_rows", rows)

    return change


def test_everything_is_loaded_once(empty):
    loaded = load_roles()
    assert loaded.created == sum(model.objects.count() for model in KEYS)
    assert (loaded.updated, loaded.removed, loaded.unchanged, loaded.kept) == (0, 0, 0, 0)
    counts = [model.objects.count() for model in (Role, Source, Figure, SharedSkill, Passage)]
    assert counts == [4, 7, 234, 5, 4]


def test_figures_reach_the_database_as_they_are(empty):
    load_roles()
    years = Figure.objects.get(role__slug=SALES_LEAD, measure="years_to_become")
    assert (years.value, years.value_high, years.unit, years.currency) == (6, 8, "years", "")
    pay = Figure.objects.get(region="Vancouver, BC, Canada", measure="average_pay")
    assert (pay.value, pay.unit, pay.currency, pay.period) == (40594, "year", "CAD", "")
    rating = Figure.objects.get(role__slug=SALES, category="Persuasion")
    assert (rating.value, rating.percentile) == (Decimal("3.75"), Decimal("97.1"))
    assert rating.percentile_of == 879


def test_loading_twice_changes_nothing(empty):
    created = load_roles().created
    before = {model: list(model.objects.order_by("pk").values()) for model in KEYS}
    loaded = load_roles()
    assert (loaded.created, loaded.updated, loaded.removed, loaded.kept) == (0, 0, 0, 0)
    assert loaded.unchanged == created
    assert {model: list(model.objects.order_by("pk").values()) for model in KEYS} == before


@pytest.mark.parametrize(
    ("model", "key", "changed"),
    [
        (Role, {"slug": SALES}, {"summary_en": "Edited."}),
        (Figure, {"role__slug": SALES_LEAD, "measure": "median_pay"}, {"value": Decimal(1)}),
        (Duty, {"role__slug": SALES, "order": 2}, {"text_en": "Edited."}),
        (Skill, {"role__slug": SALES, "order": 2}, {"meaning_en": "Edited."}),
        (Difference, {"level": "individual", "order": 3}, {"sales_en": "Edited."}),
        (Source, {"key": "zippia"}, {"about_en": "Edited."}),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_an_editor_changed_is_kept(empty, newer_file, model, key, changed):
    load_roles()
    model.objects.filter(**key).update(**changed)
    plain = {name.replace("__slug", ""): value for name, value in key.items()}
    newer_file(model, plain, {name: "Newer." for name in changed if name != "value"})
    loaded = load_roles()
    assert (loaded.created, loaded.updated, loaded.kept) == (0, 0, 1)
    row = model.objects.get(**key)
    assert {name: getattr(row, name) for name in changed} == changed


def test_what_an_editor_deleted_stays_away(empty):
    load_roles()
    Duty.objects.get(role__slug=SALES, order=2).delete()
    loaded = load_roles()
    assert (loaded.created, loaded.kept) == (0, 1)
    assert not Duty.objects.filter(role__slug=SALES, order=2).exists()


def test_a_deleted_role_takes_its_texts_along_and_stays_away(empty):
    load_roles()
    Role.objects.get(slug=SALES).delete()
    load_roles()
    assert not Role.objects.filter(slug=SALES).exists()
    assert Figure.objects.count() == 234 - FIGURES_PER_FILE[SALES]


def test_what_an_editor_added_is_kept(empty):
    load_roles()
    Duty.objects.create(role=Role.objects.get(slug=SALES), order=2, text_en="Added.")
    load_roles()
    assert Duty.objects.filter(role__slug=SALES, order=2).count() == 2


def test_an_untouched_row_follows_a_newer_file(empty, newer_file):
    load_roles()
    newer_file(Role, {"slug": SALES}, {"summary_en": "Newer."})
    loaded = load_roles()
    assert (loaded.updated, loaded.kept) == (1, 0)
    assert Role.objects.get(slug=SALES).summary_en == "Newer."
    assert load_roles().updated == 0


def test_an_untouched_row_goes_when_a_newer_file_drops_it(empty, newer_file):
    load_roles()
    newer_file(SharedSkill, {"order": "5"}, None)
    assert load_roles().removed == 1
    assert SharedSkill.objects.count() == 4


def test_an_edited_row_stays_when_a_newer_file_drops_it(empty, newer_file):
    load_roles()
    SharedSkill.objects.filter(order=5).update(name_en="Edited.")
    newer_file(SharedSkill, {"order": "5"}, None)
    assert load_roles().removed == 0
    assert SharedSkill.objects.filter(name_en="Edited.").exists()


def test_a_column_that_comes_later_does_not_look_like_an_edit(empty, newer_file):
    load_roles()
    for entry in ShippedRow.objects.filter(kind="source"):
        del entry.values["cites"]
        entry.save()
    newer_file(Source, {"key": "zippia"}, {"about_en": "Newer."})
    assert load_roles().updated == 1


def test_a_load_that_fails_leaves_nothing_behind(empty, newer_file):
    newer_file(Passage, {"key": "sales"}, {"no_such_field": "x"})
    with pytest.raises(TypeError):
        load_roles()
    assert [model.objects.count() for model in (*KEYS, ShippedRow)] == [0] * 9


def test_a_row_that_stands_in_the_files_twice_is_named(empty, newer_file):
    newer_file(Source, {"key": "zippia"}, {"key": "bls-oews"})
    with pytest.raises(ValueError, match="bls-oews"):
        load_roles()
