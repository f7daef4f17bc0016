"""Client groups: their link, poster and report."""

from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quiz.attempts.deletions import delete_for_good
from quiz.counseling.audit_details import of_group
from quiz.counseling.caseload import Chosen, caseload_page, counted
from quiz.counseling.clients import add_group, rename_group
from quiz.counseling.forms import GroupForm, GroupLinkForm
from quiz.counseling.group_report import SMALLEST_GROUP, report_on_group
from quiz.counseling.inviting import new_group_link, open_group_link, place_for_codes
from quiz.counseling.models import (
    SHARED,
    AuditEntry,
    Client,
    ClientGroup,
    Counselor,
    Disclosure,
)
from quiz.counseling.views.access import counselor_required
from quiz.counseling.views.caseload import state_words
from quiz.counseling.views.own import own_group
from quiz.web.forms import render_form, submitted
from quiz.web.qr_code import qr_code


@require_http_methods(["GET", "HEAD", "POST"])
@counselor_required
def client_groups(request: HttpRequest, counselor: Counselor) -> HttpResponse:
    """List the groups, and add one."""
    form = GroupForm(submitted(request))
    if form.is_valid():
        return redirect("quiz:client_group", add_group(counselor, form.cleaned_data["name"]).pk)
    own = Q(clients__counselor=counselor)
    sharing = own & Q(clients__disclosures__isnull=False)
    groups = counselor.groups.annotate(
        size=Count("clients", filter=own, distinct=True),
        shared=Count("clients", filter=sharing, distinct=True),
    ).order_by("folded", "id")  # a count drops the model's own order
    context = {"groups": groups, "smallest": SMALLEST_GROUP}
    return render_form(request, "counseling/client_groups.html", form, context)


@require_safe
@counselor_required
def client_group(request: HttpRequest, counselor: Counselor, group_id: UUID) -> HttpResponse:
    return _group_page(request, own_group(counselor, group_id), GroupLinkForm())


def _group_page(request: HttpRequest, group: ClientGroup, link_form: GroupLinkForm) -> HttpResponse:
    page = caseload_page(group.counselor, Chosen(group=group))
    context = {
        "group": group,
        "link": open_group_link(group, timezone.now()),
        "place_for_codes": place_for_codes(),
        "page": page,
        "rows": [(row, *state_words(row)) for row in page.rows],
        # The report includes archived clients.
        "shared": counted(group.counselor, Chosen(group=group, state=SHARED, archived=None)),
        "archived": Client.objects.archived(group.counselor).filter(group=group).count(),
        "smallest": SMALLEST_GROUP,
    }
    return render_form(
        request, "counseling/client_group.html", link_form, context, name="link_form"
    )


@require_http_methods(["GET", "HEAD", "POST"])
@counselor_required
def client_group_edit(request: HttpRequest, counselor: Counselor, group_id: UUID) -> HttpResponse:
    group = own_group(counselor, group_id)
    form = GroupForm(submitted(request), initial={"name": group.name})
    if form.is_valid():
        if rename_group(group, form.cleaned_data["name"]):
            return redirect("quiz:client_group", group.pk)
        form.add_error("name", _("You have another group with this name. Choose a different one."))
    context = {"group": own_group(counselor, group_id)}
    return render_form(request, "counseling/client_group_edit.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@counselor_required
def client_group_delete(request: HttpRequest, counselor: Counselor, group_id: UUID) -> HttpResponse:
    """Delete a group and its link; its clients stay."""
    group = own_group(counselor, group_id)
    if request.method == "POST":
        delete_for_good(counselor.groups.filter(pk=group.pk))
        return redirect("quiz:client_groups")
    return render(request, "counseling/client_group_delete.html", {"group": group})


# ---------------------------------------------------------------- the link


@require_POST
@counselor_required
def group_link(request: HttpRequest, counselor: Counselor, group_id: UUID) -> HttpResponse:
    """Replace the group's link."""
    group = own_group(counselor, group_id)
    form = GroupLinkForm(request.POST)
    if not form.is_valid():
        return _group_page(request, group, form)
    new_group_link(group, form.cleaned_data["id"], form.cleaned_data["places"], timezone.now())
    return redirect("quiz:client_group", group.pk)


@require_POST
@counselor_required
def group_unlink(request: HttpRequest, counselor: Counselor, group_id: UUID) -> HttpResponse:
    """Delete the link. People who started with it can continue."""
    group = own_group(counselor, group_id)
    delete_for_good(group.links.all())
    return redirect("quiz:client_group", group.pk)


@require_safe
@counselor_required
def group_poster(request: HttpRequest, counselor: Counselor, group_id: UUID) -> HttpResponse:
    """Show the link as a page to print or project."""
    group = own_group(counselor, group_id)
    link = open_group_link(group, timezone.now())
    if link is None or not link.url:
        return redirect("quiz:client_group", group.pk)
    context = {
        "group": group,
        "link": link,
        "place_for_codes": place_for_codes(),
        "qr_code": qr_code(link.url),
    }
    return render(request, "counseling/group_poster.html", context)


# ---------------------------------------------------------------- the report


@require_safe
@counselor_required
def group_report(request: HttpRequest, counselor: Counselor, group_id: UUID) -> HttpResponse:
    """Summarize the newest results of a group, if enough people share one."""
    group = own_group(counselor, group_id)
    shared = Disclosure.objects.of(counselor).filter(client__group=group)
    newest = list(shared.newest_by_client().values())
    report = None
    if len(newest) >= SMALLEST_GROUP:
        shown = [each for each in newest if each.shows.shows_traits]
        hidden = [each for each in newest if not each.shows.shows_traits]
        report = report_on_group(
            [each.result for each in shown],
            [each.attempt.questionnaire for each in newest],
            get_language() or "",
            verdicts_only=[each.result for each in hidden],
        )
    if report and request.method == "GET":
        AuditEntry.objects.log(counselor, AuditEntry.REPORTED, None, detail=of_group(group))
    context = {"group": group, "report": report, "smallest": SMALLEST_GROUP}
    return render(request, "counseling/group_report.html", context)
