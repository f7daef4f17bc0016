"""Importing the tables of the Bureau of Labor Statistics."""

import re
from decimal import Decimal
from functools import partial

import pytest

from roles.content import load_roles
from roles.importing.bls import CANNOT_VOUCH, NOT_AVAILABLE
from roles.models import Figure, Role
from tests.roles.imports import changes_in, counts_in, everything, printed_by, refusal_of
from tests.roles.official_files import (
    DOWNLOADED,
    FORECAST,
    forecast_table,
    wage_table,
    wages,
    write_csv,
    write_xlsx,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

LEAD, SALES = "sales-manager", "sales-representative"


# The numbers in these files are made up.
run = partial(printed_by, "import_bls", accept_large_changes=True)
refused = partial(refusal_of, "import_bls")


def figure(measure, slug=LEAD, family="bls-", **more):
    return Figure.objects.get(
        role__slug=slug, measure=measure, source__key__startswith=family, **more
    )


@pytest.fixture
def wage_file(tmp_path):
    return write_xlsx(tmp_path / "national_M2026_dl.xlsx", wage_table())


@pytest.fixture
def forecast_file(tmp_path):
    return write_csv(tmp_path / "Employment Projections.csv", forecast_table(DOWNLOADED))


class TestWages:
    def test_wage_table_updates_all_pay_figures_with_their_origin(self, wage_file):
        run(wage_file)
        names = ("pay_p10", "pay_p25", "median_pay", "pay_p75", "pay_p90", "mean_pay")
        found = [figure(name, family="bls-oews") for name in names]
        assert [each.value for each in found] == [39410, 50990, 73310, 100010, 140000, 85510]
        assert {(each.unit, each.currency, each.period) for each in found} == {
            ("year", "USD", "May 2026")
        }
        assert {each.occupation for each in found} == {"11-2022 Sales Managers"}
        assert found[0].source.name.endswith("Wage Statistics, May 2026")
        assert CANNOT_VOUCH in found[0].source.attribution
        hourly = figure("median_pay_hourly", family="bls-oews")
        assert (hourly.value, hourly.unit) == (Decimal("35.25"), "hour")
        assert figure("employment", unit="persons").value == 1234560

    def test_wage_table_updates_the_figures_of_all_occupations(self, wage_file):
        run(wage_file)
        found = Figure.objects.get(role=None, measure="median_pay")
        assert (found.value, found.period) == (51000, "May 2026")

    def test_csv_and_workbook_give_the_same_figures(self, wage_file, tmp_path):
        run(wage_file)
        path = write_csv(tmp_path / "national_M2026_dl.csv", wage_table())
        assert counts_in(run(path)) == (0, 0, 0, 40)

    def test_commas_in_numbers_and_lowercase_columns_are_accepted(self, tmp_path):
        rows = [
            {name.lower(): value for name, value in row.items()}
            for row in [wages("11-2022", "Sales Managers", A_MEDIAN="78,999")]
        ]
        run(write_csv(tmp_path / "national_M2026_dl.csv", rows))
        assert figure("median_pay", family="bls-oews").value == 78999

    def test_second_import_changes_nothing(self, wage_file):
        run(wage_file)
        before = everything()
        assert counts_in(run(wage_file)) == (0, 0, 0, 40)
        assert everything() == before

    def test_importing_the_shipped_values_changes_nothing(self, tmp_path):
        rows = []
        for code in ("11-2022", "00-0000"):
            held = Figure.objects.filter(source__key="bls-oews", occupation__startswith=code)
            value = {each.measure: each.value for each in held}
            rows.append(
                wages(
                    code,
                    held[0].occupation.partition(" ")[2],
                    TOT_EMP=value["employment"],
                    A_MEAN=value["mean_pay"],
                    H_MEDIAN=value["median_pay_hourly"],
                    A_PCT10=value["pay_p10"],
                    A_PCT25=value["pay_p25"],
                    A_MEDIAN=value["median_pay"],
                    A_PCT75=value["pay_p75"],
                    A_PCT90=value["pay_p90"],
                )
            )
        path = write_csv(tmp_path / "national_M2025_dl.csv", rows)
        assert counts_in(printed_by("import_bls", path)) == (0, 0, 0, 16)

    def test_changes_are_printed_with_old_and_new_values(self, wage_file):
        before = figure("median_pay", family="bls-oews").exact
        printed = run(wage_file)
        after = figure("median_pay", family="bls-oews").exact
        assert before != after
        changes = changes_in(printed, Role.objects.get(slug=LEAD).title)
        assert [True for was, is_now in changes if before in was and after in is_now] == [True]
        assert counts_in(printed) == (0, 40, 0, 0)

    def test_unavailable_wage_keeps_its_old_value_and_is_reported(self, tmp_path):
        rows = [wages("11-2022", "Sales Managers", A_PCT90="#", A_MEAN="*")]
        before = figure("pay_p90", family="bls-oews").value
        printed = run(write_csv(tmp_path / "national_M2026_dl.csv", rows))
        for column, mark in (("A_PCT90", "#"), ("A_MEAN", "*")):
            assert f" {column} of 11-2022; {NOT_AVAILABLE[mark]}." in printed
        assert NOT_AVAILABLE["#"] != NOT_AVAILABLE["*"]
        assert figure("pay_p90", family="bls-oews").value == before

    def test_period_option_replaces_a_missing_month_in_the_file_name(self, tmp_path):
        path = write_csv(tmp_path / "wages.csv", wage_table())
        assert "--period" in refused(path)
        assert "--period" in run(path, dry_run=True, older=True)
        run(path, period="May 2027")
        assert figure("median_pay", family="bls-oews").period == "May 2027"

    def test_figures_from_other_sources_stay_unchanged(self, wage_file):
        others = Figure.objects.exclude(source__key__startswith="bls-oews").order_by("pk")
        before = list(others.values())
        run(wage_file)
        assert list(others.values()) == before

    def test_load_content_keeps_imported_figures(self, wage_file):
        run(wage_file)
        load_roles()
        assert figure("median_pay", family="bls-oews").value == 73310

    def test_role_page_shows_imported_figures(self, wage_file, client):
        run(wage_file)
        page = client.get(f"/roles/{LEAD}/").content.decode()
        imported = figure("median_pay", family="bls-oews")
        assert imported.value == 73310
        assert imported.exact in page
        assert imported.source.name in page


class TestProjections:
    @pytest.mark.parametrize("columns", [FORECAST, DOWNLOADED], ids=["workbook", "download"])
    def test_thousands_are_multiplied_out_and_texts_are_kept(self, tmp_path, columns):
        run(write_csv(tmp_path / "occupation.csv", forecast_table(columns)))
        found = {
            each.measure: each
            for each in Figure.objects.filter(
                role__slug=LEAD, source__key="bls-projections-2026-36"
            )
        }
        assert found["employment"].value == 640500
        assert found["employment_projected"].value == 672500
        assert found["employment_change"].value == 32000
        assert found["openings_per_year"].value == 51200
        assert (found["outlook"].value, found["outlook"].unit) == (5, "percent")
        assert found["outlook"].period == "2026-36"
        assert (found["employment"].period, found["employment_projected"].period) == (
            "2026",
            "2036",
        )
        assert found["entry_education"].text == "Bachelor's degree"
        assert found["on_the_job_training"].text == "None"

    def test_index_sheet_title_and_footnotes_are_skipped(self, tmp_path):
        path = write_xlsx(
            tmp_path / "occupation.xlsx",
            forecast_table(),
            above=["Table 1.2 Occupational projections (numbers in thousands)"],
            below=["[1] Wages are from another survey.", "Source: the Bureau"],
            first_sheet="Tables of the projections",
        )
        run(path)
        assert figure("openings_per_year", family="bls-projections").value == 51200

    @pytest.mark.parametrize(
        "title",
        [
            "Sales managers    * First Name of a Job* Second Name of a Job",
            "Sales managers\xa0\xa0\xa0\xa0* First Name of a Job",
            "Sales managers* First Name of a Job",
            "Sales managers\n  * First Name of a Job\n  * Second Name of a Job",
            "Sales managers [2]",
            "Sales managers[1][2]",
            "Sales managers (3)    * First Name of a Job",
            "* Sales managers",
            "Sales\xa0managers*",
        ],
    )
    def test_names_of_jobs_and_footnote_marks_are_no_part_of_the_title(self, tmp_path, title):
        rows = forecast_table(DOWNLOADED)
        rows[0]["Occupation Title"] = title
        run(write_csv(tmp_path / "occupation.csv", rows))
        found = figure("outlook", family="bls-projections")
        assert found.occupation == "11-2022 Sales managers"

    def test_api_names_the_occupation_without_its_job_names(self, tmp_path, client):
        rows = forecast_table(DOWNLOADED)
        for row in rows:
            row["Occupation Title"] += "    * First Name of a Job* Second Name of a Job"
        run(write_csv(tmp_path / "occupation.csv", rows))
        assert "Name of a Job" not in client.get(f"/api/v1/roles/{LEAD}/").content.decode()

    def test_title_keeps_words_in_parentheses(self, tmp_path):
        rows = forecast_table(DOWNLOADED)
        rows[0]["Occupation Title"] = "Sales managers (all other)"
        run(write_csv(tmp_path / "occupation.csv", rows))
        found = figure("outlook", family="bls-projections")
        assert found.occupation == "11-2022 Sales managers (all other)"

    @pytest.mark.parametrize(
        "below",
        [
            "Footnotes:\n[1] Wages are from another survey.\n",
            "\nFootnotes:\n[1] Wages, by year, are from another survey.\nSource: the Bureau",
            "Source: Employment Projections program, U.S. Bureau of Labor Statistics",
            '"Source: Employment Projections program, U.S. Bureau of Labor Statistics"',
            "Note: a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p",
            "* Openings, on average\r\n\r\nLast changed: August 28, 2026\r\n",
            "\nThe Bureau, Office of Occupational Statistics",
            "(1) Wages.,,,,,,,,,,,",
            "Last Modified Date: August 28, 2026",
            "The Bureau publishes these numbers, by year, in thousands.",
            "† Not published",
            "— Not available",
        ],
    )
    def test_footnotes_below_a_csv_table_are_skipped(self, forecast_file, below):
        with forecast_file.open("a", encoding="utf-8", newline="") as file:
            file.write(below)
        run(forecast_file)
        assert figure("openings_per_year", family="bls-projections").value == 51200

    @pytest.mark.parametrize("below", ["Sales engin", "Sales engineers,41-9031,5", "A,B"])
    def test_line_that_is_cut_off_is_no_footnote(self, forecast_file, below):
        with forecast_file.open("a", encoding="utf-8") as file:
            file.write(below)
        assert re.search(r"line \d+: ", refused(forecast_file))

    def test_projections_keep_the_pay_survey_count_of_people(self, forecast_file):
        before = figure("employment", unit="persons").value
        run(forecast_file)
        assert figure("employment", unit="persons").value == before
        assert figure("employment", unit="jobs").value == 640500

    def test_codes_written_as_formulas_are_accepted(self, tmp_path):
        rows = forecast_table(DOWNLOADED)
        for row in rows:
            row["Occupation Code"] = f'="{row["Occupation Code"]}"'
        run(write_csv(tmp_path / "occupation.csv", rows))
        assert figure("outlook", family="bls-projections").value == 5

    def test_second_import_changes_nothing(self, forecast_file):
        run(forecast_file)
        before = everything()
        assert counts_in(run(forecast_file)) == (0, 0, 0, 32)
        assert everything() == before


class TestRefusedFiles:
    @pytest.mark.parametrize("column", ["OCC_CODE", "OCC_TITLE", "A_MEDIAN", "A_PCT90", "TOT_EMP"])
    @pytest.mark.parametrize("write", [write_csv, write_xlsx])
    def test_wage_table_with_a_missing_column_is_refused(self, tmp_path, column, write):
        rows = [{k: v for k, v in row.items() if k != column} for row in wage_table()]
        suffix = "csv" if write is write_csv else "xlsx"
        path = write(tmp_path / f"national_M2026_dl.{suffix}", rows)
        said = refused(path)
        assert said.startswith(f"{path.name} ")
        assert f"“{column}”" in said

    @pytest.mark.parametrize(
        ("lost", "said"),
        [
            ("percent", "Employment Percent Change"),
            ("code", "Occupation Code"),
            ("openings", "Occupational Openings, Annual Average"),
            ("second", "Employment (last year)"),
        ],
    )
    def test_projections_with_a_missing_column_are_refused(self, tmp_path, lost, said):
        columns = {name: heading for name, heading in DOWNLOADED.items() if name != lost}
        path = write_csv(tmp_path / "occupation.csv", forecast_table(columns))
        assert f"“{said}”" in refused(path)

    def test_file_in_another_encoding_is_refused(self, tmp_path):
        rows = wage_table()
        rows[1]["OCC_TITLE"] = "Ventes – chefs de réseau"
        path = write_csv(tmp_path / "national_M2026_dl.csv", rows, "cp1252")
        assert re.match(rf"{path.name} .*UTF-8", refused(path))

    @pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.99])
    def test_truncated_workbook_is_refused(self, wage_file, kept):
        content = wage_file.read_bytes()
        wage_file.write_bytes(content[: int(len(content) * kept)])
        assert re.match(rf"{wage_file.name} .*XLSX", refused(wage_file))

    def test_truncated_csv_is_refused(self, tmp_path):
        path = write_csv(tmp_path / "national_M2026_dl.csv", wage_table())
        path.write_bytes(path.read_bytes()[:-60])
        assert f"{path.name}, line {len(wage_table()) + 1}: " in refused(path)

    def test_html_file_named_xlsx_is_refused(self, tmp_path):
        path = tmp_path / "national_M2026_dl.xlsx"
        path.write_text("<html>Not found</html>", encoding="utf-8")
        assert re.match(rf"{path.name} .*XLSX", refused(path))

    def test_unrelated_empty_or_missing_file_is_refused(self, tmp_path):
        path = tmp_path / "page.csv"
        for text in ("Name,Age\nA,1\n", ""):
            path.write_text(text, encoding="utf-8")
            assert re.match(rf"{path.name} .*“OCC_CODE”.*“A_PCT90”", refused(path))
        assert str(tmp_path / "none.csv") in refused(tmp_path / "none.csv")

    def test_table_by_industry_is_refused(self, tmp_path):
        rows = wage_table()
        path = write_csv(tmp_path / "national_M2026_dl.csv", rows + rows)
        assert re.match(
            rf"{path.name}, line {len(rows) + 2}: {rows[0]['OCC_CODE']} ", refused(path)
        )

    def test_table_without_our_occupations_is_refused(self, tmp_path):
        path = write_csv(tmp_path / "national_M2026_dl.csv", [wages("11-1011", "Chief Executives")])
        said = refused(path)
        codes = Role.objects.values_list("occupation_code", flat=True)
        assert [code for code in codes if code not in said] == []

    def test_wage_that_is_not_a_number_is_refused(self, tmp_path):
        rows = [wages("11-2022", "Sales Managers", A_MEDIAN="a lot")]
        path = write_csv(tmp_path / "national_M2026_dl.csv", rows)
        assert re.match(rf"{path.name}, line 2: “A_MEDIAN” .*“a lot”", refused(path))
