"""The text release of O*NET, from a folder into the figures."""

from decimal import Decimal

import pytest
from django.core.management import CommandError

from roles.content import load_roles
from roles.importing.onet import percentile
from roles.models import Figure
from tests.roles import official_files
from tests.roles.imports import everything, printed_by, refusal_of
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


class TestWhatIsRead:
    def test_a_rating_with_everything_that_is_known_of_it(self, release):
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

    def test_percentiles_are_reckoned_among_all_occupations_of_the_file(self, release):
        run(release)
        # 1.75, 2.50, 3.25 twice, 3.88 twice, 4.12: two are lower than 3.25, and two equal.
        found = rating("Persuasion", SERVICE_SLUG)
        assert (found.percentile, found.percentile_of) == (Decimal("42.9"), 7)  # (2 + 1) / 7
        assert rating("Persuasion").percentile == Decimal("92.9")  # (6 + 1/2) / 7

    @pytest.mark.parametrize("own", [Decimal(1), Decimal(2), Decimal(3)])
    def test_a_percentile_counts_the_lower_ones_and_half_of_the_equal_ones(self, own):
        values = sorted(map(Decimal, (1, 1, 2, 3, 3, 3, 3)))
        counted = sum(1 if value < own else 0.5 for value in values if value <= own)
        assert float(percentile(values, own)) == pytest.approx(100 * counted / 7, abs=0.05)

    def test_shares_by_what_their_categories_are_called(self, release):
        run(release)
        shares = Figure.objects.filter(role__slug=SLUG, measure="education_share")
        assert {each.category: each.value for each in shares} == {
            "High School Diploma": 40,
            "Bachelor's Degree": 60,
        }
        experience = Figure.objects.filter(role__slug=SLUG, measure="experience_share")
        assert {each.value for each in experience} == {Decimal("25.5"), Decimal("74.5")}

    def test_shares_without_the_file_that_says_what_the_categories_are(self, release):
        release.drop("Education, Training, and Experience Categories.txt")
        run(release)
        shares = Figure.objects.filter(role__slug=SLUG, measure="education_share")
        assert {each.category: each.value for each in shares} == {
            "High School Diploma": 40,
            "Post-Secondary Certificate": 60,
        }

    def test_the_job_zone_and_the_titles_that_people_report(self, release):
        run(release)
        figures = Figure.objects.filter(role__slug=SLUG)
        assert figures.get(measure="job_zone").value == 4
        titles = figures.get(measure="job_titles", source__key="onet-30.3")
        assert titles.text == "Account Manager; Sales Representative (Sales Rep)"

    def test_work_styles_of_the_new_taxonomy(self, release):
        run(release)
        assert rating("Empathy").value == 2
        assert rating("Empathy", SERVICE_SLUG).value == Decimal("2.88")

    def test_work_styles_of_the_old_taxonomy_take_the_place_of_the_new(self, release):
        assert Figure.objects.filter(role__slug=SLUG, unit="impact -3..+3").exists()
        release.write("Work Styles.txt", release.old_styles())
        printed = run(release)
        found = rating("Concern for Others")
        assert (found.value, found.unit) == (Decimal("3.9"), "work style 1..5")
        assert not Figure.objects.filter(unit="impact -3..+3").exists()
        assert "removed  Sales representative: " in printed

    def test_an_old_style_is_shown_on_the_page_of_its_role(self, release, client):
        release.write("Work Styles.txt", release.old_styles())
        run(release)
        page = client.get(f"/roles/{SLUG}/").content.decode()
        assert "Concern for others" in page
        assert "O*NET 30.3 Database" in page

    def test_skills_in_several_files(self, release):
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

    def test_a_rating_that_onet_advises_against_is_left_out_and_named(self, release):
        release.change(
            "Skills.txt",
            tabs(*[rated(SALES, "Persuasion", "4.12")], []),
            tabs(*[rated(SALES, "Persuasion", "4.12", suppress="Y")], []),
        )
        before = rating("Persuasion").source
        printed = run(release)
        assert "Not taken: Persuasion of 41-4012.00." in printed
        assert rating("Persuasion").source == before
        assert rating("Persuasion", SERVICE_SLUG).percentile_of == 6

    def test_the_release_is_known_by_its_folder_its_read_me_or_what_is_given(self, tmp_path):
        plain = Release(tmp_path / "unpacked")
        assert "Nothing here says which release" in run(plain, dry_run=True)
        plain.write("Read Me.txt", "O*NET® 29.1 Database\nOf the text files\n")
        run(plain)
        assert rating("Persuasion").source.key == "onet-29.1"
        run(plain, release="31.0")
        assert rating("Persuasion").source.key == "onet-31.0"


class TestWhatChanges:
    def test_each_change_is_told_with_the_values_before_and_after(self, release):
        printed = run(release)
        line = next(
            each
            for each in printed.splitlines()
            if each.startswith("changed  Sales representative") and "(Persuasion)" in each
        )
        before, after = line.split(" -> ")
        assert [part in before for part in ("3.75", "97.1", "onet-29.3")] == [True] * 3
        assert [part in after for part in ("4.12", "92.9", "onet-30.3")] == [True] * 3
        assert printed.splitlines()[-1].endswith(" unchanged.")

    def test_what_was_not_there_is_new(self, release):
        Figure.objects.filter(category="Persuasion").delete()
        printed = run(release)
        assert printed.count("new      ") >= 4
        assert rating("Persuasion").value == Decimal("4.12")

    def test_a_second_run_changes_nothing(self, release):
        run(release)
        before = everything()
        printed = run(release)
        assert everything() == before
        counted = printed.splitlines()[-1]
        assert counted.startswith("0 new, 0 changed, 0 removed, ")
        assert not counted.endswith(", 0 unchanged.")

    def test_a_later_run_marks_as_checked_what_is_the_same(self, release):
        run(release)
        Figure.objects.update(checked_on="2025-01-31")
        assert "0 new, 0 changed, 0 removed" in run(release)
        assert rating("Persuasion").checked_on.isoformat() > "2025-01-31"

    def test_other_sources_keep_what_they_have(self, release):
        others = Figure.objects.exclude(source__key__startswith="onet-").order_by("pk")
        before = list(others.values())
        run(release)
        assert list(others.values()) == before

    def test_a_share_that_is_no_longer_there_is_taken_away(self, release):
        printed = run(release)
        assert "removed  Sales representative: " in printed
        assert not Figure.objects.filter(
            role__slug=SLUG, measure="education_share", category="Some College Courses"
        ).exists()

    def test_a_figure_that_was_taken_from_the_pages_stays_away_from_them(self, release):
        Figure.objects.filter(pk=rating("Persuasion").pk).update(is_published=False)
        run(release)
        assert rating("Persuasion").value == Decimal("4.12")
        assert not rating("Persuasion").is_published

    def test_a_figure_of_another_region_stays(self, release):
        figure = rating("Persuasion")
        figure.pk, figure.region = None, "California"
        figure.save()
        run(release)
        figure.refresh_from_db()
        assert figure.value == Decimal("3.75")

    def test_history_says_why(self, release):
        run(release)
        changed = rating("Persuasion").history.first()
        assert changed.history_change_reason == "Imported from O*NET 30.3"

    def test_a_later_load_of_the_shipped_content_keeps_what_was_imported(self, release):
        run(release)
        before = list(Figure.objects.order_by("pk").values("value", "period", "source"))
        load_roles()
        assert list(Figure.objects.order_by("pk").values("value", "period", "source")) == before

    def test_a_dry_run_tells_the_changes_and_writes_none(self, release):
        before = everything()
        printed = run(release, dry_run=True)
        assert everything() == before
        assert "Nothing was written" in printed
        assert "4.12" in printed

    def test_a_kind_that_is_missing_leaves_its_figures_as_they_are(self, release):
        release.drop("Interests.txt")
        before = rating("Enterprising").value
        assert "No interests here" in run(release)
        assert rating("Enterprising").value == before


class TestWhatIsRefused:
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
    def test_a_file_without_a_column_is_named_with_the_column(self, release, name, column):
        header, rest = release.read(name).split("\n", 1)
        columns = [f"{each} (old)" if each == column else each for each in header.split("\t")]
        release.write(name, "\t".join(columns) + "\n" + rest)
        said = refused(release)
        assert f"{name} lacks the column “{column}”" in said

    def test_a_file_in_another_encoding(self, release):
        release.write("Skills.txt", release.skills().replace("Repairing", "Réparer"), "latin-1")
        assert "Skills.txt is not in UTF-8" in refused(release)

    def test_a_file_in_utf_16(self, release):
        release.write("Skills.txt", release.skills(), "utf-16")
        assert "Skills.txt is not in UTF-8" in refused(release)

    def test_a_file_that_ends_within_a_line(self, release):
        text = release.read("Skills.txt")
        release.write("Skills.txt", text[:-40])
        assert "cut off" in refused(release)

    def test_a_file_that_ends_within_its_last_cell(self, release):
        text = release.read("Skills.txt")
        release.write("Skills.txt", text[:-3])
        assert "ends in the middle" in refused(release)

    def test_shares_of_which_some_are_missing(self, release):
        name = "Education, Training, and Experience.txt"
        lines = release.read(name).splitlines(keepends=True)
        release.write(name, "".join(lines[:-5]))
        assert "not to 100" in refused(release)

    def test_a_value_that_is_no_number(self, release):
        release.change("Skills.txt", "\t4.12\t", "\t4.1.2\t")
        assert "“Data Value” is “4.1.2”" in refused(release)

    @pytest.mark.parametrize("value", ["NaN", "Infinity", "1e40", "0.12345678"])
    def test_a_number_that_can_not_be_kept(self, release, value):
        release.change("Skills.txt", "\t4.12\t", f"\t{value}\t")
        assert "no number that can be kept" in refused(release)

    def test_a_rating_that_stands_there_twice(self, release):
        release.write("More Skills.txt", release.skills())
        assert "stands there twice" in refused(release)

    def test_a_category_that_nothing_explains(self, release):
        name = "Education, Training, and Experience.txt"
        release.change(name, "\tRL\t2\t", "\tRL\t13\t")
        assert "no file says what category 13" in refused(release)

    def test_a_text_that_no_figure_can_hold(self, release):
        release.change("Occupation Data.txt", "Sales Managers", "Sales Managers" * 40)
        assert "Sales manager: " in refused(release)

    def test_a_folder_that_is_not_there_or_holds_nothing(self, release, tmp_path):
        release.folder = tmp_path / "nowhere"
        assert "There is no folder" in refused(release)
        release.folder = tmp_path / "empty"
        release.folder.mkdir()
        assert "holds none of the text files" in refused(release)

    def test_files_in_which_none_of_the_occupations_is(self, release):
        for name in [path.name for path in release.folder.iterdir() if path.name != "Skills.txt"]:
            release.drop(name)
        rows = [rated(code, "Persuasion", "3.00") for code in OTHERS]
        release.write("Skills.txt", tabs(official_files.RATED, rows))
        assert "None of the roles' occupations" in refused(release)

    def test_a_release_that_is_too_old_or_no_release(self, release):
        assert "27.3 is too old" in refused(release, release="27.3")
        assert "is no number of a release" in refused(release, release="newest")

    def test_an_error_while_writing_leaves_all_as_it_was(self, release, monkeypatch):
        def fail(*args, **options):
            raise CommandError("the disk is full")

        monkeypatch.setattr("roles.importing.apply.bulk_update_with_history", fail)
        assert refused(release) == "the disk is full"


def test_an_occupation_that_is_not_in_the_release_is_named(release):
    for path in release.folder.iterdir():
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        release.write(path.name, "".join(line for line in lines if not line.startswith(SERVICE)))
    before = rating("Persuasion", SERVICE_SLUG).value
    assert "Customer service representative: 43-4051 is not among" in run(release)
    assert rating("Persuasion", SERVICE_SLUG).value == before
