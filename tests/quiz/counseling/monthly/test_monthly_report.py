"""The monthly report as a page and a file: who may see it, and what it says."""

import csv
import io
import re
from datetime import date

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from quiz.core.verdict import Verdict
from quiz.counseling.models import ClientGroup
from quiz.counseling.monthly.months import ReportedMonth, ReportOpening
from tests.factories import PASSWORD, make_counselor, sign_in, signed_in
from tests.pages import text_of
from tests.quiz.counseling.pages import main_of

pytestmark = [pytest.mark.django_db]

PAGE, FILE = "/counselor/report/", "/counselor/report.csv"
VERDICTS = [5, 10, 15, 0, 20, 5]


def make_head(**more):
    user = User.objects.create_user("head", "head@service.example", PASSWORD, **more)
    user.groups.add(Group.objects.get(name="Heads of service"))
    return user


@pytest.fixture
def head():
    return sign_in(Browser(), make_head())


@pytest.fixture
def group(counselor):
    return counselor.groups.create(name="Class 9b")


def add_month(day, *rows):
    month = ReportedMonth.objects.create(first_day=day)
    for row in rows:
        month.rows.create(**row)


def row(group=None, **more):
    numbers = {"invited": 30, "started": 25, "finished": 20, "shared": 55, "verdicts": VERDICTS}
    return {"group": group, "is_rest": group is None, **numbers, **more}


def october(group):
    add_month(date(2026, 10, 1), row(group), row(shared=10, verdicts=None))


def rows_of(response, delimiter=","):
    """Return the lines of a CSV file as dicts, and its last line."""
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:-1]], lines[-1]


class TestAccess:
    @pytest.mark.parametrize("url", [PAGE, FILE])
    def test_head_of_service_needs_to_be_neither_counselor_nor_staff(self, head, url):
        assert head.get(url).status_code == 200

    @pytest.mark.parametrize("url", [PAGE, FILE])
    def test_others_are_refused(self, counselor, url):
        assert signed_in(counselor).get(url).status_code == 403
        assert Browser().get(url).url.startswith("/counselor/account/login/")
        assert not ReportOpening.objects.exists()

    @pytest.mark.parametrize("url", [PAGE, FILE])
    def test_password_alone_opens_nothing(self, url):
        browser = Browser()
        browser.force_login(make_head())
        assert browser.get(url).status_code == 302

    def test_counselor_can_be_given_it_too(self, counselor):
        counselor.user.groups.add(Group.objects.get(name="Heads of service"))
        desk = signed_in(counselor)
        assert desk.get(PAGE).status_code == 200
        page = text_of(desk.get("/counselor/groups/"))
        assert f'href="{PAGE}"' in page

    def test_its_link_costs_other_pages_no_query(self, desk):
        with CaptureQueriesContext(connection) as captured:
            desk.get("/counselor/groups/")
        about = [query["sql"] for query in captured if "auth_permission" in query["sql"]]
        assert len(about) == 1
        assert 'FROM "quiz_counselor"' in about[0]

    def test_head_of_service_sees_no_link_to_clients(self, head):
        page = text_of(head.get(PAGE))
        assert 'href="/counselor/groups/"' not in page
        assert head.get("/counselor/groups/").status_code == 403

    def test_counselor_without_it_sees_no_link_to_it(self, desk):
        assert PAGE not in text_of(desk.get("/counselor/groups/"))

    def test_log_in_leads_to_the_report(self, head):
        assert head.get("/counselor/account/login/").url == PAGE

    def test_staff_find_it_in_the_admin(self, admin_client):
        assert f'href="{PAGE}"' in text_of(admin_client.get("/admin/"))

    @pytest.mark.parametrize(("url", "how"), [(PAGE, "page"), (FILE, "file")])
    def test_opening_is_logged_with_who_it_was(self, head, admin_client, url, how):
        head.head(url)
        assert not ReportOpening.objects.exists()
        head.get(url)
        entry = ReportOpening.objects.get()
        assert (entry.user.username, entry.how) == ("head", how)
        page = text_of(admin_client.get("/admin/quiz/reportopening/"))
        assert ">head<" in page

    def test_log_outlives_the_account_without_its_name(self, head):
        head.get(PAGE)
        User.objects.get(username="head").delete()
        assert ReportOpening.objects.get().user is None


class TestPage:
    def test_numbers_are_shown_by_month_and_group(self, head, group):
        october(group)
        page = main_of(head.get(PAGE))
        assert 'data-month="2026-10"' in page
        assert re.search(r"<bdi>Class 9b</bdi>\s*</th>\s*<td[^>]*>30</td>\s*<td[^>]*>25<", page)
        assert "All other clients" in page

    def test_suggestions_and_bands_are_sums_of_verdicts(self, head, group):
        october(group)
        of_class = main_of(head.get(PAGE)).split("<bdi>Class 9b</bdi>")[2].split("</tr>")[0]
        assert re.findall(r">(\d+)</td>", of_class) == ["20", "15", "15", "5", "25", "10"]

    def test_sum_is_of_the_rows_that_are_shown(self, head, group):
        october(group)
        total = main_of(head.get(PAGE)).split("<tfoot>")[1].split("</tfoot>")[0]
        assert re.findall(r">(\d+)</td>", total) == ["60", "50", "40", "65"]

    def test_row_with_few_who_share_has_no_suggestions(self, head):
        add_month(date(2026, 10, 1), row(shared=10, verdicts=None))
        page = main_of(head.get(PAGE))
        assert page.count("<table") == 1
        assert "<tfoot" not in page

    def test_page_shows_a_year_and_leads_to_the_others(self, head, group):
        october(group)
        add_month(date(2025, 12, 1), row())
        page = main_of(head.get(PAGE))
        assert re.findall('data-month="([^"]*)"', page) == ["2026-10"]
        assert 'href="?year=2025"' in page
        page = main_of(head.get(PAGE, {"year": "2025"}))
        assert re.findall('data-month="([^"]*)"', page) == ["2025-12"]

    @pytest.mark.parametrize("year", ["", "0", "-1", "1999", "9" * 30, "next", "2026\u0660"])
    def test_unknown_year_shows_the_newest(self, head, group, year):
        october(group)
        assert 'data-month="2026-10"' in main_of(head.get(PAGE, {"year": year}))

    def test_month_with_too_few_people_says_so(self, head):
        add_month(date(2026, 10, 1))
        assert "Too few people to show" in main_of(head.get(PAGE))

    def test_page_before_the_first_month_says_when_there_will_be_one(self, head):
        assert "No month is counted yet" in main_of(head.get(PAGE))

    def test_deleted_group_has_no_name(self, head, group):
        october(group)
        group.delete()
        assert "A deleted group" in main_of(head.get(PAGE))

    def test_row_outlives_a_group_that_the_release_before_deletes(self, head, group):
        october(group)
        groups = ClientGroup.objects.filter(pk=group.pk)
        groups._raw_delete(groups.db)
        connection.check_constraints()
        assert "A deleted group" in main_of(head.get(PAGE))
        assert [row["group"] for row in rows_of(head.get(FILE))[0]] == ["", ""]

    def test_group_name_is_escaped(self, head, counselor):
        october(counselor.groups.create(name="<script>alert(1)</script>"))
        assert "<script>alert" not in text_of(head.get(PAGE))

    def test_query_count_does_not_grow_with_groups_or_months(self, head, counselor):
        def queries_with(day, count):
            groups = [counselor.groups.create(name=f"{day} {n}") for n in range(count)]
            add_month(day, *map(row, groups))
            with CaptureQueriesContext(connection) as captured:
                head.get(PAGE)
            return len(captured)

        assert queries_with(date(2026, 9, 1), 2) == queries_with(date(2026, 10, 1), 7)


class TestFile:
    def test_file_has_the_numbers_of_the_page(self, head, group):
        october(group)
        add_month(date(2026, 9, 1), row())
        response = head.get(FILE)
        assert "monthly-report.csv" in response["Content-Disposition"]
        rows, last = rows_of(response)
        assert [(r["month"], r["row"], r["group"]) for r in rows] == [
            ("2026-09-01", "others", ""),
            ("2026-10-01", "group", "Class 9b"),
            ("2026-10-01", "others", ""),
        ]
        of_class, others = rows[1:]
        assert [of_class[verdict.heading] for verdict in Verdict] == list(map(str, VERDICTS))
        assert (others["shared"], others["clear_sales"]) == ("10", "")
        assert last[:2] == ["#end", "rows=3"]
        assert last[3] == "use=not for hiring"

    def test_semicolons_separate_cells_on_request(self, head, group):
        october(group)
        rows, _last = rows_of(head.get(f"{FILE}?semicolons"), ";")
        assert rows[0]["group"] == "Class 9b"

    @pytest.mark.parametrize("name", ["=1+2", "1-2"])
    def test_group_name_is_safe_in_a_spreadsheet(self, head, counselor, name):
        october(counselor.groups.create(name=name))
        rows, _last = rows_of(head.get(FILE))
        assert rows[0]["group"] == f"'{name}"

    def test_file_without_months_has_its_heading(self, head):
        rows, last = rows_of(head.get(FILE))
        assert (rows, last[1]) == ([], "rows=0")


def test_permission_is_offered_in_the_admin(admin_client):
    user = make_counselor("Lee Hart").user
    page = text_of(admin_client.get(f"/admin/auth/user/{user.pk}/change/"))
    assert "Can see the monthly report" in page
    assert "Heads of service" in page
