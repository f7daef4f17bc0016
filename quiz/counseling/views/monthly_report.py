"""The monthly report for the head of service, as a page and as a file."""

from dataclasses import dataclass

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from quiz.counseling.monthly.file import report_file
from quiz.counseling.monthly.months import ReportedMonth, ReportedRow, ReportOpening
from quiz.counseling.monthly.steps import FEWEST, SHOWN_FROM, STEP, RoundedCounts, sum_of
from quiz.counseling.views.access import report_reader_required
from quiz.counseling.views.large_export import CSV
from quiz.results.tables.lines import COMMAS, SEMICOLONS


@dataclass(frozen=True)
class Month:
    """A month's rows, and their sum if there are several."""

    month: ReportedMonth
    rows: list[ReportedRow]
    total: RoundedCounts | None

    @property
    def has_verdicts(self) -> bool:
        return any(row.verdicts for row in self.rows)


@require_safe
@report_reader_required
def monthly_report(request: HttpRequest) -> HttpResponse:
    """Show the months of a year, the newest unless `year` names another."""
    years = [day.year for day in ReportedMonth.objects.dates("first_day", "year", order="DESC")]
    wanted = request.GET.get("year", "")
    newest = years[0] if years else timezone.localdate().year
    year = next((each for each in years if str(each) == wanted), newest)
    with_groups = Prefetch("rows", ReportedRow.objects.select_related("group"))
    found = ReportedMonth.objects.filter(first_day__year=year).prefetch_related(with_groups)
    _log(request, ReportOpening.PAGE)
    context = {
        "months": [_month(each) for each in found],
        "years": years,
        "year": year,
        "step": STEP,
        "fewest": FEWEST,
        "shown_from": SHOWN_FROM,
    }
    return render(request, "counseling/monthly_report.html", context)


@require_safe
@report_reader_required
def monthly_report_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Send all months as a file, with semicolons if `semicolons` is in the query."""
    dialect = SEMICOLONS if "semicolons" in request.GET else COMMAS
    rows = ReportedRow.objects.select_related("month", "group").order_by(
        "month__first_day", "is_rest", "group__folded", "pk"
    )
    _log(request, ReportOpening.FILE)
    headers = {"Content-Disposition": 'attachment; filename="monthly-report.csv"'}
    return StreamingHttpResponse(report_file(rows, dialect), CSV, headers=headers)


def _month(month: ReportedMonth) -> Month:
    rows = list(month.rows.all())
    return Month(month, rows, sum_of(row.numbers for row in rows) if len(rows) > 1 else None)


def _log(request: HttpRequest, how: str) -> None:
    # A HEAD shows nothing.
    if request.method == "GET":
        ReportOpening.objects.create(user_id=request.user.pk, how=how)
