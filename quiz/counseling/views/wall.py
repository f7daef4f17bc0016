"""The wall page: a group's code, numbers and dots for the projector, renewed by a script."""

import hashlib
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from quiz.counseling.inviting import open_group_link, place_for_codes
from quiz.counseling.models import Counselor, GroupLink
from quiz.counseling.views.access import counselor_required
from quiz.counseling.views.own import own_group
from quiz.counseling.wall import Wall, show_results, wall_of
from quiz.web.qr_code import qr_code
from quiz.web.second_factor import PART


@require_safe
@counselor_required
def group_wall(request: HttpRequest, counselor: Counselor, group_id: UUID) -> HttpResponse:
    """Show the page, or with `part` what changes on it: 304 if nothing has."""
    group = own_group(counselor, group_id)
    now = timezone.now()
    wall, link = wall_of(group), open_group_link(group, now)
    etag = _etag(wall, link)
    is_part = PART in request.GET
    unchanged = get_conditional_response(request, etag=etag) if is_part else None
    if unchanged:
        return unchanged
    context = {
        "group": group,
        "wall": wall,
        "link": link,
        "place_for_codes": place_for_codes(),
        "qr_code": qr_code(link.url) if link and link.url else "",
        "etag": etag,
        "now": now,
    }
    template = "counseling/_wall.html" if is_part else "counseling/group_wall.html"
    response = render(request, template, context)
    if is_part:
        response["ETag"] = etag
    return response


@require_POST
@counselor_required
def wall_show(request: HttpRequest, counselor: Counselor, group_id: UUID) -> HttpResponse:
    """Show the results that are new, if they are enough."""
    group = own_group(counselor, group_id)
    show_results(group)
    return redirect("quiz:group_wall", group.pk)


def _etag(wall: Wall, link: GroupLink | None) -> str:
    """Change whenever the part of the page does."""
    seen = (wall.started, wall.finished, sorted(wall.shown), wall.can_add)
    text = repr((seen, link.pk if link else None, get_language()))
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
