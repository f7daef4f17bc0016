"""What an import asks for before it replaces what is stored: large changes, older editions."""

import re
from functools import partial

import pytest

from roles.measures import measure_named
from roles.models import Figure
from tests.roles.imports import everything, printed_by, refusal_of
from tests.roles.official_files import (
    DOWNLOADED,
    Release,
    forecast_table,
    wage_line,
    write_csv,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

run = partial(printed_by, "import_bls")
refused = partial(refusal_of, "import_bls")
SLUG = "customer-service-representative"


def pay(measure="median_pay"):
    return Figure.objects.get(
        role__slug=SLUG, measure=measure, source__key__startswith="bls-oews", region="United States"
    )


class TestLargeChanges:
    @pytest.mark.parametrize(
        ("column", "text"),
        [
            ("TOT_EMP", "272593"),
            ("TOT_EMP", "27259300"),
            ("A_MEAN", "4538000"),
            ("H_MEDIAN", "2059"),
            ("A_PCT90", "627300"),
            ("A_PCT10", "3069"),
        ],
    )
    def test_more_than_twice_or_less_than_half_is_refused(self, tmp_path, column, text):
        said = refused(wage_line(tmp_path, **{column: text}))
        assert "line 2: Customer service representative: " in said
        assert "--accept-large-changes" in said

    def test_large_change_is_imported_when_accepted(self, tmp_path):
        run(wage_line(tmp_path, A_MEAN="4538000"), accept_large_changes=True)
        assert pay("mean_pay").value == 4538000

    def test_change_up_to_twice_is_imported(self, tmp_path):
        before = pay("employment").value
        run(wage_line(tmp_path, TOT_EMP=before * 2))
        assert pay("employment").value == before * 2

    def test_all_large_changes_are_reported_together(self, tmp_path):
        said = refused(wage_line(tmp_path, TOT_EMP="9", A_MEAN="99999999"))
        assert [said.count(text) for text in ("-> 9\n", "-> 99,999,999\n")] == [1, 1]

    def test_dry_run_refuses_a_large_change_too(self, tmp_path):
        assert "--accept-large-changes" in refused(wage_line(tmp_path, TOT_EMP="9"), dry_run=True)

    def test_openings_are_compared_with_what_is_stored(self, tmp_path):
        rows = [row for row in forecast_table(DOWNLOADED) if row["Occupation Code"] == "11-2022"]
        rows[0][DOWNLOADED["openings"]] = "5.12"
        said = refused(write_csv(tmp_path / "occupation.csv", rows))
        assert str(measure_named("openings_per_year").label) in said

    def test_new_figure_has_nothing_to_compare_with(self, tmp_path):
        pay("mean_pay").delete()
        run(wage_line(tmp_path, A_MEAN="4538000"))
        assert pay("mean_pay").value == 4538000

    def test_rank_among_a_few_occupations_is_reported(self, tmp_path):
        release = Release(tmp_path / "db_30_3_text")
        printed = printed_by("import_onet", release.folder)
        assert re.search(r" 7 .* 879\b", printed)


class TestEditions:
    @pytest.mark.parametrize("name", ["national_M2024_dl.csv", "national_m2009_dl.csv"])
    def test_older_wage_table_is_refused(self, tmp_path, name):
        said = refused(wage_line(tmp_path, name))
        assert "8 of May 2025" in said
        assert "--older" in said

    def test_older_month_of_the_same_year_is_refused(self, tmp_path):
        assert "--older" in refused(wage_line(tmp_path, "wages.csv"), period="April 2025")
        assert "--older" in refused(wage_line(tmp_path, "form2026.csv"), period=" April 2025 ")

    def test_letters_that_end_in_m_are_no_month(self, tmp_path):
        assert "--period" in refused(wage_line(tmp_path, "form2026.csv"))

    def test_spaces_around_a_period_are_dropped(self, tmp_path):
        run(wage_line(tmp_path, "wages.csv"), period=" May 2026 ")
        assert pay().period == "May 2026"

    def test_older_wage_table_is_imported_when_asked_for(self, tmp_path):
        run(wage_line(tmp_path, "national_M2024_dl.csv"), older=True)
        assert (pay().period, pay().value) == ("May 2024", 42830)

    def test_same_edition_can_be_imported_again(self, tmp_path):
        path = wage_line(tmp_path, "national_M2025_dl.csv")
        run(path)
        before = everything()
        run(path)
        assert everything() == before

    def test_older_projections_are_refused(self, tmp_path):
        older = {
            name: heading.replace("2026", "2022").replace("2036", "2032")
            for name, heading in DOWNLOADED.items()
        }
        path = write_csv(tmp_path / "occupation.csv", forecast_table(older))
        said = refused(path, accept_large_changes=True)
        assert "2022-32" in said
        assert "--older" in said

    @pytest.mark.parametrize("folder", ["db_29_3_text", "db_30_0_text", "db_28_3_text"])
    def test_older_release_of_onet_is_refused(self, tmp_path, folder):
        release = Release(tmp_path / folder)
        said = refusal_of("import_onet", release.folder)
        assert "of onet-30.1" in said

    def test_release_that_would_remove_newer_ratings_is_refused(self, tmp_path):
        release = Release(tmp_path / "db_29_3_text")
        release.write("Work Styles.txt", release.old_styles())
        assert "32 of onet-30.1" in refusal_of("import_onet", release.folder)
        printed = printed_by("import_onet", release.folder, older=True)
        assert "0 removed" not in printed

    def test_releases_are_compared_as_numbers(self, tmp_path):
        Figure.objects.filter(category="Persuasion").update(period="12/2031")
        release = Release(tmp_path / "db_30_10_text")
        printed_by("import_onet", release.folder)
        newer = Release(tmp_path / "db_30_9_text")
        assert "of onet-30.10" in refusal_of("import_onet", newer.folder)

    def test_figures_of_a_missing_file_are_not_marked_as_checked(self, tmp_path):
        Figure.objects.update(checked_on="2025-01-31")
        release = Release(tmp_path / "db_30_3_text")
        for path in [path for path in release.folder.iterdir() if path.name != "Skills.txt"]:
            path.unlink()
        printed_by("import_onet", release.folder)
        checked = Figure.objects.exclude(checked_on="2025-01-31")
        assert set(checked.values_list("category", flat=True)) == {"Persuasion"}
