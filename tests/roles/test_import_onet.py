"""Importing a text release of O*NET."""

import re
from decimal import Decimal

import pytest
from django.core.management import CommandError
from django.utils.html import escape

from roles.content import load_roles
from roles.importing.onet import percentile
from roles.measures import CATEGORIES
from roles.models import Figure, Role
from tests.roles import official_files
from tests.roles.imports import changes_in, counts_in, everything, printed_by, refusal_of
from tests.roles.official_files import OTHERS, SALES, SERVICE, Release, rated, tabs

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

SLUG, SERVICE_SLUG = "sales-representative", "customer-service-representative"


@pytest.fixture
def release(tmp_path):
    return Release(tmp_path / "db_30_3_text")


def run(files, **options):
    return printed_by("import_onet", files.folder, **options)


def refused(files, **options):
    return refusal_of("import_onet", files.folder, **options)


def rating(name, slug=SLUG):
    return Figure.objects.get(role__slug=slug, measure="rating", category=name)


class TestParsing:
    def test_rating_is_imported_with_period_occupation_and_source(self, release):
        run(release)
        found = rating("Persuasion")
        assert (found.value, found.unit, found.period) == (
            Decimal("4.12"),
            "importance 1..5",
            "08/2025",
        )
        assert found.occupation.startswith("41-4012.00 Sales Representatives, Wholesale and")
        assert found.region == "United States"
        assert found.source.name.startswith("O*NET 30.3 Database")
        assert found.source.licence == "CC BY 4.0"
        assert "has modified all or some" in found.source.attribution
        assert found.checked_on is not None
        assert found.is_published

    def test_percentile_ranks_against_all_occupations_in_the_file(self, release):
        run(release)
        # 1.75, 2.50, 3.25 twice, 3.88 twice, 4.12: two are lower, and the two ties count half.
        found = rating("Persuasion", SERVICE_SLUG)
        assert (found.percentile, found.percentile_of) == (Decimal("42.9"), 7)  # (2 + 1) / 7
        assert rating("Persuasion").percentile == Decimal("92.9")  # (6 + 1/2) / 7

    @pytest.mark.parametrize("own", [Decimal(1), Decimal(2), Decimal(3)])
    def test_percentile_counts_lower_values_and_half_of_the_ties(self, own):
        values = sorted(map(Decimal, (1, 1, 2, 3, 3, 3, 3)))
        counted = sum(1 if value < own else 0.5 for value in values if value <= own)
        assert float(percentile(values, own)) == pytest.approx(100 * counted / 7, abs=0.05)

    def test_shares_are_named_by_the_categories_file(self, release):
        run(release)
        shares = Figure.objects.filter(role__slug=SLUG, measure="education_share")
        assert {each.category: each.value for each in shares} == {
            "High School Diploma": 40,
            "Bachelor's Degree": 60,
        }
        experience = Figure.objects.filter(role__slug=SLUG, measure="experience_share")
        assert {each.value for each in experience} == {Decimal("25.5"), Decimal("74.5")}

    def test_shares_are_named_by_the_dictionary_without_a_categories_file(self, release):
        release.drop("Education, Training, and Experience Categories.txt")
        run(release)
        shares = Figure.objects.filter(role__slug=SLUG, measure="education_share")
        assert {each.category: each.value for each in shares} == {
            "High School Diploma": 40,
            "Post-Secondary Certificate": 60,
        }

    def test_job_zone_and_reported_titles_are_imported(self, release):
        run(release)
        figures = Figure.objects.filter(role__slug=SLUG)
        assert figures.get(measure="job_zone").value == 4
        titles = figures.get(measure="job_titles", source__key="onet-30.3")
        assert titles.text == "Account Manager; Sales Representative (Sales Rep)"

    def test_work_styles_of_the_2025_taxonomy_are_imported(self, release):
        run(release)
        assert rating("Empathy").value == 2
        assert rating("Empathy", SERVICE_SLUG).value == Decimal("2.88")

    def test_work_styles_of_the_old_taxonomy_replace_the_new_ones(self, release):
        assert Figure.objects.filter(role__slug=SLUG, unit="impact -3..+3").exists()
        release.write("Work Styles.txt", release.old_styles())
        printed = run(release)
        found = rating("Concern for Others")
        assert (found.value, found.unit) == (Decimal("3.9"), "work style 1..5")
        assert not Figure.objects.filter(unit="impact -3..+3").exists()
        assert counts_in(printed)[2] > 0

    def test_role_page_shows_work_styles_of_the_old_taxonomy(self, release, client):
        release.write("Work Styles.txt", release.old_styles())
        run(release)
        page = client.get(f"/roles/{SLUG}/").content.decode()
        assert str(CATEGORIES["Concern for Others"].label) in page
        assert escape(rating("Concern for Others").source.name) in page

    def test_skills_are_collected_from_several_files(self, release):
        listed = [line.split("\t") for line in release.skills().splitlines()]
        release.drop("Skills.txt")
        release.write("Transferable Skills.txt", tabs(listed[0], listed[1:]))
        service = [rated(SALES, "Service Orientation", "3.50", date="02/2026")]
        release.write("Essential Skills.txt", tabs(official_files.RATED, service))
        columns = ("O*NET-SOC Code", "Workplace Example", "Hot Technology")
        release.write("Software Skills.txt", tabs(columns, [(SALES, "Mailer", "Y")]))
        run(release)
        assert rating("Persuasion").value == Decimal("4.12")
        assert rating("Service Orientation").period == "02/2026"

    def test_rating_that_onet_advises_against_is_skipped_and_reported(self, release):
        release.change(
            "Skills.txt",
            tabs(*[rated(SALES, "Persuasion", "4.12")], []),
            tabs(*[rated(SALES, "Persuasion", "4.12", suppress="Y")], []),
        )
        before = rating("Persuasion").source
        printed = run(release)
        assert " Persuasion of 41-4012.00." in printed
        assert rating("Persuasion").source == before
        assert rating("Persuasion", SERVICE_SLUG).percentile_of == 6

    @pytest.mark.slow
    def test_release_number_comes_from_the_folder_the_readme_or_the_option(self, tmp_path):
        plain = Release(tmp_path / "unpacked")
        assert "--release" in refused(plain)
        assert "--release" in run(plain, dry_run=True, older=True)
        plain.write("Read Me.txt", "O*NET® 30.2 Database\nOf the text files\n")
        run(plain)
        assert rating("Persuasion").source.key == "onet-30.2"
        run(plain, release="31.0")
        assert rating("Persuasion").source.key == "onet-31.0"


class TestApplying:
    def test_changes_are_printed_with_old_and_new_values(self, release):
        changes = changes_in(run(release), Role.objects.get(slug=SLUG).title)
        ((before, after),) = [pair for pair in changes if "(Persuasion)" in pair[0]]
        assert [part in before for part in ("3.75", "97.1", "onet-29.3")] == [True] * 3
        assert [part in after for part in ("4.12", "92.9", "onet-30.3")] == [True] * 3

    def test_missing_figures_are_created(self, release):
        Figure.objects.filter(category="Persuasion").delete()
        assert counts_in(run(release))[0] >= 4
        assert rating("Persuasion").value == Decimal("4.12")

    def test_second_import_changes_nothing(self, release):
        run(release)
        before = everything()
        *touched, unchanged = counts_in(run(release))
        assert everything() == before
        assert touched == [0, 0, 0]
        assert unchanged > 0

    def test_later_import_marks_unchanged_figures_as_checked(self, release):
        run(release)
        Figure.objects.update(checked_on="2025-01-31")
        assert counts_in(run(release))[:3] == (0, 0, 0)
        assert rating("Persuasion").checked_on.isoformat() > "2025-01-31"

    def test_figures_from_other_sources_stay_unchanged(self, release):
        others = Figure.objects.exclude(source__key__startswith="onet-").order_by("pk")
        before = list(others.values())
        run(release)
        assert list(others.values()) == before

    def test_share_missing_from_the_release_is_removed(self, release):
        assert counts_in(run(release))[2] > 0
        assert not Figure.objects.filter(
            role__slug=SLUG, measure="education_share", category="Some College Courses"
        ).exists()

    def test_unpublished_figure_is_updated_and_stays_unpublished(self, release):
        Figure.objects.filter(pk=rating("Persuasion").pk).update(is_published=False)
        run(release)
        assert rating("Persuasion").value == Decimal("4.12")
        assert not rating("Persuasion").is_published

    def test_figure_for_another_region_stays_unchanged(self, release):
        figure = rating("Persuasion")
        figure.pk, figure.region = None, "California"
        figure.save()
        run(release)
        figure.refresh_from_db()
        assert figure.value == Decimal("3.75")

    def test_history_names_the_release_as_reason(self, release):
        run(release)
        changed = rating("Persuasion").history.first()
        assert changed.history_change_reason == "Imported from O*NET 30.3"

    def test_load_content_keeps_imported_figures(self, release):
        run(release)
        before = list(Figure.objects.order_by("pk").values("value", "period", "source"))
        load_roles()
        assert list(Figure.objects.order_by("pk").values("value", "period", "source")) == before

    def test_dry_run_prints_changes_without_writing_them(self, release):
        before = everything()
        printed = run(release, dry_run=True)
        assert everything() == before
        assert "Nothing was written" in printed
        assert "4.12" in printed

    def test_missing_file_leaves_its_figures_unchanged(self, release):
        release.drop("Interests.txt")
        before = rating("Enterprising").value
        assert "No interests in these files" in run(release)
        assert rating("Enterprising").value == before


class TestRefusedFiles:
    @pytest.mark.parametrize(
        ("name", "column"),
        [
            ("Skills.txt", "Data Value"),
            ("Skills.txt", "Element Name"),
            ("Work Styles.txt", "Scale ID"),
            ("Interests.txt", "O*NET-SOC Code"),
            ("Education, Training, and Experience.txt", "Category"),
            ("Education, Training, and Experience Categories.txt", "Category Description"),
            ("Job Zones.txt", "Job Zone"),
            ("Sample of Reported Titles.txt", "Reported Job Title"),
            ("Occupation Data.txt", "Title"),
        ],
    )
    def test_missing_column_is_refused_with_file_and_column(self, release, name, column):
        header, rest = release.read(name).split("\n", 1)
        columns = [f"{each} (old)" if each == column else each for each in header.split("\t")]
        release.write(name, "\t".join(columns) + "\n" + rest)
        said = refused(release)
        assert said.startswith(f"{name} ")
        assert f"“{column}”" in said

    def test_file_in_another_encoding_is_refused(self, release):
        release.write("Skills.txt", release.skills().replace("Repairing", "Réparer"), "latin-1")
        assert re.match(r"Skills\.txt .*UTF-8", refused(release))

    def test_file_in_utf_16_is_refused(self, release):
        release.write("Skills.txt", release.skills(), "utf-16")
        assert re.match(r"Skills\.txt .*UTF-8", refused(release))

    def test_file_that_ends_within_a_line_is_refused(self, release):
        text = release.read("Skills.txt")
        release.write("Skills.txt", text[:-40])
        assert "cut off" in refused(release)

    def test_file_that_ends_within_its_last_cell_is_refused(self, release):
        text = release.read("Skills.txt")
        release.write("Skills.txt", text[:-3])
        assert "ends in the middle" in refused(release)

    def test_incomplete_shares_are_refused(self, release):
        name = "Education, Training, and Experience.txt"
        lines = release.read(name).splitlines(keepends=True)
        release.write(name, "".join(lines[:-5]))
        assert "not 100" in refused(release)

    def test_value_that_is_not_a_number_is_refused(self, release):
        release.change("Skills.txt", "\t4.12\t", "\t4.1.2\t")
        assert re.match(r"Skills\.txt, line \d+: “Data Value” .*“4\.1\.2”", refused(release))

    @pytest.mark.parametrize("value", ["NaN", "Infinity", "1e40", "0.12345678"])
    def test_number_that_the_database_cannot_store_is_refused(self, release, value):
        release.change("Skills.txt", "\t4.12\t", f"\t{value}\t")
        assert re.match(rf"Skills\.txt, line \d+: “Data Value” .*“{value}”", refused(release))

    def test_duplicate_rating_is_refused(self, release):
        release.write("More Skills.txt", release.skills())
        assert re.match(r"[\w ]*Skills\.txt, line \d+: .* of \d\d-\d{4}\.00 ", refused(release))

    def test_category_without_a_description_is_refused(self, release):
        name = "Education, Training, and Experience.txt"
        release.change(name, "\tRL\t2\t", "\tRL\t13\t")
        assert re.match(rf"{name}, line \d+: .*\b13\b.*\bRL\b", refused(release))

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("2.D.1\tLevel\tRL\t3\tBachelor's Degree\n", ""),
            ("\tRL\t3\tBachelor's Degree", "\tRL\t3\t"),
            ("\tRL\t3\t", "\t\t3\t"),
            ("\tRL\t3\t", "\tRL\t\t"),
        ],
        ids=["row", "name", "scale", "number"],
    )
    def test_incomplete_categories_file_is_refused(self, release, before, after):
        """The dictionary calls category 3 something else, so it can't fill the gap."""
        name = "Education, Training, and Experience"
        release.change(f"{name} Categories.txt", before, after)
        said = refused(release)
        assert re.match(rf"{name}\.txt, line \d+: .*\b3\b.*\bRL\b.*{name} Categories\.txt", said)

    def test_categories_file_without_rows_is_refused(self, release):
        name = "Education, Training, and Experience Categories.txt"
        release.write(name, tabs(official_files.CATEGORIES, []))
        assert name in refused(release)

    def test_text_that_is_too_long_is_refused(self, release):
        release.change("Occupation Data.txt", "Sales Managers", "Sales Managers" * 40)
        assert refused(release).startswith(f"{Role.objects.get(slug='sales-manager').title}: ")

    def test_missing_or_empty_folder_is_refused(self, release, tmp_path):
        release.folder = tmp_path / "nowhere"
        assert str(release.folder) in refused(release)
        release.folder = tmp_path / "empty"
        release.folder.mkdir()
        assert refused(release).startswith(f"{release.folder} ")

    def test_release_without_our_occupations_is_refused(self, release):
        for name in [path.name for path in release.folder.iterdir() if path.name != "Skills.txt"]:
            release.drop(name)
        rows = [rated(code, "Persuasion", "3.00") for code in OTHERS]
        release.write("Skills.txt", tabs(official_files.RATED, rows))
        said = refused(release)
        codes = Role.objects.values_list("occupation_code", flat=True)
        assert [code for code in codes if f"{code}.00" not in said] == []

    def test_old_or_invalid_release_number_is_refused(self, release):
        assert re.search(r"\b27\.3\b.*\b28\.0\b", refused(release, release="27.3"))
        assert "“newest”" in refused(release, release="newest")

    def test_error_while_writing_rolls_everything_back(self, release, monkeypatch):
        def fail(*args, **options):
            raise CommandError("the disk is full")

        monkeypatch.setattr("roles.importing.apply.bulk_update_with_history", fail)
        assert refused(release) == "the disk is full"


def test_occupation_missing_from_the_release_is_reported_and_unchanged(release):
    for path in release.folder.iterdir():
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        release.write(path.name, "".join(line for line in lines if not line.startswith(SERVICE)))
    before = rating("Persuasion", SERVICE_SLUG).value
    assert f"{Role.objects.get(slug=SERVICE_SLUG).title}: 43-4051 " in run(release)
    assert rating("Persuasion", SERVICE_SLUG).value == before
