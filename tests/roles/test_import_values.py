"""Which values of official files are read, and which are refused with file and line."""

import re

import pytest

from roles.importing.bls import read_bls
from roles.importing.onet import read_release
from roles.importing.tables import TableError
from tests.roles.official_files import (
    DOWNLOADED,
    OURS,
    Release,
    forecast_table,
    wage_line,
    wages,
    write_csv,
    write_xlsx,
)

pytestmark = pytest.mark.pure

ODD_NUMBERS = """
    45380,00 45.380,00 45,38 4,5380 45,3800 ,45380 45,380, 45,,380 0,380 045380 45'380 45_380 0_4
    4.538e4 45e3 0x10 +45380 --5 -5 0 45. .5 1.2.3 45380.00001 NaN inf Infinity -inf
    $45,380 45380* 45380[1] 45k ４５３８０ 4５380 4٥380 −45380
"""
CODES = [code.removesuffix(".00") for code in OURS]


def read(path):
    return read_release(path, CODES) if path.is_dir() else read_bls(path, CODES)


def parsed(path):
    """Return the values for customer service representatives by measure."""
    return {figure.measure: figure.value for figure in read(path).by_code["43-4051"]}


def refused(path):
    with pytest.raises(TableError) as refusal:
        read(path)
    return str(refusal.value)


class TestNumbers:
    @pytest.mark.parametrize(
        ("text", "value"),
        [("45,380", 45380), ("45380", 45380), ("45380.00", 45380), (" 45380 ", 45380)],
    )
    def test_number_as_published_is_read(self, tmp_path, text, value):
        assert parsed(wage_line(tmp_path, A_MEAN=text))["mean_pay"] == value

    @pytest.mark.parametrize(
        "text",
        [*ODD_NUMBERS.split(), "45 380", "45\xa0380", "45\u202f380", "- 5", "45380 USD", "9" * 40],
    )
    def test_anything_else_is_refused_with_its_line(self, tmp_path, text):
        said = refused(wage_line(tmp_path, A_MEAN=text))
        assert f"national_M2026_dl.csv, line 2: “A_MEAN” is “{text}”" in said.replace(
            f"is {text},", f"is “{text}”,"
        )

    @pytest.mark.parametrize(
        ("column", "text"),
        [
            ("A_MEAN", "45.380"),
            ("A_PCT10", "30.690"),
            ("TOT_EMP", "725.930"),
            ("TOT_EMP", "2725930.5"),
            ("H_MEDIAN", "0.2059"),
        ],
    )
    def test_wage_or_number_of_people_that_cannot_be_is_refused(self, tmp_path, column, text):
        said = refused(wage_line(tmp_path, **{column: text}))
        assert f"line 2: “{column}” is {text}, but" in said

    def test_text_in_a_workbook_follows_the_same_rule(self, tmp_path):
        row = wages("43-4051", "Customer Service Representatives", H_MEDIAN="20,59")
        assert "line 2: “H_MEDIAN” is “20,59”" in refused(
            write_xlsx(tmp_path / "national_M2026_dl.xlsx", [row])
        )

    def test_all_faults_are_reported_together(self, tmp_path):
        rows = [
            wages(
                "43-4051", "Customer Service Representatives", A_MEAN="45380,00", TOT_EMP="1.0.0"
            ),
            wages("11-2022", "Sales Managers", A_PCT90="9,90"),
        ]
        said = refused(write_csv(tmp_path / "national_M2026_dl.csv", rows)).splitlines()
        assert [line.partition("”")[0].rpartition(" “")[2] for line in said[:-1]] == [
            "TOT_EMP",
            "A_MEAN",
            "A_PCT90",
        ]
        assert "line 3: " in said[2]

    def test_line_is_counted_as_an_editor_counts_it(self, tmp_path):
        rows = [
            wages("15-1252", "Software\nDevelopers"),
            wages("43-4051", "Customer Service Representatives", A_MEAN="45380,00"),
        ]
        assert "line 4: " in refused(write_csv(tmp_path / "national_M2026_dl.csv", rows))

    def test_comma_without_quotes_is_a_cell_too_many(self, tmp_path):
        path = wage_line(tmp_path, HOURLY="TRUE")
        path.write_text(path.read_text("utf-8").replace("45380", "45380,00"), "utf-8")
        assert "line 2: 20 cells instead of 19" in refused(path)

    @pytest.mark.parametrize("name", ["first", "second", "change", "percent", "openings"])
    def test_number_of_projections_is_refused(self, tmp_path, name):
        rows = forecast_table(DOWNLOADED)
        rows[1][DOWNLOADED[name]] = "640,5"
        said = refused(write_csv(tmp_path / "occupation.csv", rows))
        assert f"line 3: “{DOWNLOADED[name]}” is “640,5”" in said

    @pytest.mark.parametrize(
        ("name", "text"),
        [("change", "320"), ("change", "-32.0"), ("percent", "50"), ("percent", "-5.0")],
    )
    def test_change_that_does_not_follow_from_employment_is_refused(self, tmp_path, name, text):
        rows = forecast_table(DOWNLOADED)
        rows[0][DOWNLOADED[name]] = text
        said = refused(write_csv(tmp_path / "occupation.csv", rows))
        assert f"line 2: “{DOWNLOADED[name]}”" in said


def test_row_without_a_title_is_named_by_its_code(tmp_path):
    (figures,) = read(wage_line(tmp_path, OCC_TITLE="")).by_code.values()
    assert {figure.occupation for figure in figures} == {"43-4051"}


class TestOtherTables:
    @pytest.mark.parametrize(
        "cells",
        [
            {"AREA": 72, "AREA_TITLE": "Puerto Rico"},
            {"AREA": "", "AREA_TITLE": "Puerto Rico"},
            {"AREA": 6, "AREA_TITLE": "U.S."},
            {"AREA": "0000099", "AREA_TYPE": 2},
            {"PRIM_STATE": "CA"},
            {"NAICS": "522100"},
            {"NAICS": "", "NAICS_TITLE": "Retail Trade"},
            {"I_GROUP": "sector"},
            {"OWN_CODE": 5},
            {"Area Title": "Puerto Rico"},
        ],
    )
    def test_table_of_a_state_an_industry_or_an_owner_is_refused(self, tmp_path, cells):
        said = refused(wage_line(tmp_path, **cells))
        assert re.search(r"line 2: “([\w ]+)”", said)[1] in cells

    @pytest.mark.parametrize(
        "cells",
        [
            {"AREA": "0000099", "AREA_TITLE": "U.S.", "AREA_TYPE": 1, "PRIM_STATE": "US"},
            {"NAICS": "000000", "NAICS_TITLE": "Cross-industry", "I_GROUP": "cross-industry"},
            {"AREA_TITLE": "United States", "OWN_CODE": "1235", "NAICS": 0},
            {"AREA": "0000000"},
            {"AREA": "US"},
        ],
    )
    def test_national_table_is_imported(self, tmp_path, cells):
        assert parsed(wage_line(tmp_path, **cells))["median_pay"] == 42830

    def test_other_occupations_do_not_matter(self, tmp_path):
        row = wages("43-4051", "Customer Service Representatives", A_MEDIAN=60000)
        other = wages("15-1252", "Software Developers", AREA=6, A_MEAN="1,0,0")
        path = write_csv(tmp_path / "national_M2026_dl.csv", [other, row])
        assert parsed(path)["median_pay"] == 60000


class TestPercentiles:
    @pytest.mark.parametrize(
        ("column", "text"),
        [
            ("A_PCT10", "35980"),
            ("A_PCT25", "30680"),
            ("A_MEDIAN", "35960"),
            ("A_PCT75", "42820"),
            ("A_PCT90", "50130"),
            ("A_MEDIAN", "#"),
        ],
    )
    def test_percentiles_out_of_order_are_refused(self, tmp_path, column, text):
        said = refused(wage_line(tmp_path, **{column: text}))
        assert re.search("line 2: “A_[A-Z0-9]+”.*“A_[A-Z0-9]+”", said)

    @pytest.mark.parametrize(
        "cells",
        [
            {"A_PCT90": "#"},
            {"A_PCT75": "#", "A_PCT90": "#"},
            {"A_PCT25": "*"},
            {"A_PCT25": "30690"},
        ],
    )
    def test_withheld_and_equal_percentiles_are_in_order(self, tmp_path, cells):
        assert parsed(wage_line(tmp_path, **cells))["pay_p10"] == 30690

    def test_order_is_checked_across_a_withheld_percentile(self, tmp_path):
        assert "“A_PCT10”" in refused(wage_line(tmp_path, A_PCT25="*", A_PCT10="43000"))


class TestRatings:
    @pytest.fixture
    def release(self, tmp_path):
        return Release(tmp_path / "db_30_3_text")

    @pytest.mark.parametrize(
        ("name", "before", "after"),
        [
            ("Skills.txt", "4.12", "0.99"),
            ("Skills.txt", "4.12", "5.01"),
            ("Skills.txt", "4.12", "412"),
            ("Skills.txt", "4.12", "4,12"),
            ("Skills.txt", "4.12", "-4.12"),
            ("Work Styles.txt", "2.88", "3.01"),
            ("Work Styles.txt", "2.88", "-3.01"),
            ("Interests.txt", "6.50", "7.01"),
            ("Interests.txt", "6.50", "0"),
            ("Job Zones.txt", "4", "6"),
            ("Job Zones.txt", "4", "0"),
            ("Job Zones.txt", "4", "4.5"),
            ("Education, Training, and Experience.txt", "40.00", "100.01"),
            ("Education, Training, and Experience.txt", "40.00", "-40.00"),
            ("Education, Training, and Experience.txt", "40.00", "40,00"),
            ("Education, Training, and Experience.txt", "40.00", "4.00"),
        ],
    )
    def test_value_outside_its_scale_is_refused(self, release, name, before, after):
        release.change(name, f"\t{before}\t", f"\t{after}\t")
        assert f"{name}, line " in refused(release.folder)

    def test_ends_of_a_scale_belong_to_it(self, release):
        release.change("Work Styles.txt", "\t2.88\t", "\t-3.00\t")
        values = {each.category: each.value for each in read(release.folder).by_code["43-4051"]}
        assert values["Empathy"] == -3

    def test_all_faults_are_reported_together(self, release):
        release.change("Skills.txt", "\t4.12\t", "\t3,88\t")
        release.change("Skills.txt", "\t3.25\t", "\t12\t")
        release.change("Job Zones.txt", "\t4\t", "\t9\t")
        said = refused(release.folder)
        assert [said.count(text) for text in ("“3,88”", " is 12,", " is 9,")] == [1, 2, 4]

    def test_faulty_rating_of_another_occupation_would_shift_ranks(self, release):
        release.change("Skills.txt", "\t1.75\t", "\t175\t")
        assert "“Data Value” is 175" in refused(release.folder)

    def test_duplicate_job_zone_is_refused(self, release):
        zones = release.read("Job Zones.txt")
        release.write("Job Zones.txt", zones + zones.splitlines(keepends=True)[1])
        assert "Job Zones.txt, line 6: job zone of 11-2022.00" in refused(release.folder)

    def test_shares_that_onet_advises_against_are_reported(self, release):
        name = "Education, Training, and Experience.txt"
        header, *lines = release.read(name).splitlines()
        marked = [f"{line}\tY" for line in lines]
        release.write(name, "\n".join([f"{header}\tRecommend Suppress", *marked, ""]))
        warnings = " ".join(read(release.folder).warnings)
        assert re.search(f"{name}.* 41-4012.00", warnings)
