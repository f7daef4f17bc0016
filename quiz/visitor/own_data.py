"""What the site stores about the visitor: show it, download it, correct it, delete it."""

from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organization.current import current_organization
from quiz.attempts.codes import codes_in, hash_of
from quiz.attempts.deletions import delete_for_good
from quiz.attempts.models import Attempt, ShareLink
from quiz.counseling.exporting.kept import ExportFile
from quiz.counseling.handover import Change, last_changes
from quiz.counseling.meetings import Meeting
from quiz.counseling.models import AuditEntry, Client, Disclosure
from quiz.counseling.reminders import Reminder
from quiz.counseling.time_limits import Ends, ends_of
from quiz.evidence.folding import delete_attempts
from quiz.evidence.models import Interest
from quiz.results.display import result_data
from quiz.results.files import json_file
from quiz.visitor.forms import DeleteForm, keeping_days
from quiz.visitor.own_attempt import own_attempt, own_attempt_required
from quiz.visitor.page_forms import (
    NotAnAnswer,
    answers_sent,
    blank_fields,
    page_form,
    research_sent,
)
from quiz.visitor.resuming import without_traces
from quiz.visitor.taking import not_an_answer, of_another_quiz
from quiz.web.forms import render_form, submitted
from quiz.web.mail import delete_written
from quiz.web.private import private
from quiz.web.rendering import ATTEMPT_PLACEHOLDER, cached_page


@require_safe
@private
def own_data(request: HttpRequest) -> HttpResponse:
    """Show what is stored, until when, and why."""
    attempt = own_attempt(request)
    if attempt is None:
        values = {**keeping_days(), "talk_to": current_organization().contact}
        return cached_page(request, "quiz/own_data.html", values)
    attempts = list(_all_of(attempt))
    results = [each for each in attempts if each.is_finished]
    clients = _clients_of(attempts)
    changes = last_changes(clients) if clients else {}
    ends = ends_of(clients)
    meetings = list(Meeting.objects.of_same_person(attempt))
    context = {
        "attempts": attempts,
        "results": len(results),
        "allowed": sum(each.allows_research for each in results),
        "is_saved": "saved" in request.GET,
        "is_named": ShareLink.objects.of_same_person(attempt).exclude(shown_name="").exists(),
        "can_correct": attempt.is_finished and bool(attempt.questionnaire.background),
        "shows_a_counselor": Disclosure.objects.filter(client__in=clients).exists(),
        "links": ShareLink.objects.of_same_person(attempt).open_at(timezone.now()).count(),
        "clients": clients,
        "kept": [(each, changes.get(each.pk), ends.get(each.pk)) for each in clients],
        "meetings": meetings,
        "are_meetings_read": any(each.reader for each in meetings),
        "views": AuditEntry.objects.filter(
            client__in=clients,
            action__in=[AuditEntry.SAW, AuditEntry.COMPARED, AuditEntry.MET],
        ).select_related("counselor")[:20],
        **keeping_days(),
        "talk_to": current_organization().contact,
    }
    return render(request, "quiz/own_data.html", context)


def _all_of(attempt: Attempt) -> QuerySet[Attempt]:
    """All attempts of the same person, with what their page and file show."""
    attempts = Attempt.objects.of_same_person(attempt).select_related(
        "client__counselor__user", "client__group", "dot"
    )
    return attempts.prefetch_related(
        Prefetch("interests", Interest.objects.order_by("role")), "client__tags"
    )


def _clients_of(attempts: list[Attempt]) -> list[Client]:
    """This person's client records, without duplicates."""
    return list({a.client.pk: a.client for a in attempts if a.client}.values())


@require_safe
@own_attempt_required
def own_data_json(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    attempts = _all_of(attempt)
    clients = _clients_of(list(attempts))
    changes, ends = last_changes(clients), ends_of(clients)
    data = {
        "about": "What this site stores about you. Notes that a counselor keeps are theirs.",
        "made_at": timezone.now(),
        "attempts": [_attempt_data(each) for each in attempts],
        "share_links": [
            {
                "scope": link.scope,
                "shown_name": link.shown_name,
                "shows_next_step": link.shows_next_step,
                "shows_picture": link.shows_picture,
                "has_passphrase": link.has_passphrase,
                "made_at": link.created_at,
                "good_until": link.expires_at,
                "opened_at": [opening.at for opening in link.openings.all()],
            }
            for link in ShareLink.objects.of_same_person(attempt).prefetch_related("openings")
        ],
        "meetings": [each.to_data() for each in Meeting.objects.of_same_person(attempt)],
        "counselors": [
            _client_data(each, changes.get(each.pk), ends.get(each.pk)) for each in clients
        ],
    }
    return json_file(data, "my-data.json")


def _attempt_data(attempt: Attempt) -> dict[str, Any]:
    return {
        "questionnaire": attempt.questionnaire.number,
        "language": attempt.language,
        "is_first": attempt.is_first,
        "started_at": attempt.started_at,
        "saved_at": attempt.saved_at,
        "finished_at": attempt.finished_at,
        "kept_until": attempt.keep_until,
        "answers": attempt.answers,
        "background": attempt.background,
        "allows_research": attempt.allows_research,
        "shown_in_class": hasattr(attempt, "dot"),
        "my_next_step": attempt.next_step,
        "result": result_data(attempt) if attempt.is_finished else None,
        "said_of_roles": [
            {"role": interest.role, "answer": interest.answer, "said_at": interest.said_at}
            for interest in attempt.interests.all()
        ],
    }


def _client_data(client: Client, changed: Change | None, ends: Ends | None) -> dict[str, Any]:
    return {
        "counselor": client.counselor.name,
        "counselor_can_log_in": client.counselor.is_open,
        "counselor_since": changed.at if changed else None,
        "counselor_before": changed.before.name if changed else "",
        "your_name_there": client.name,
        "your_email_there": client.email,
        "group": client.group.name if client.group else "",
        "tags": [tag.name for tag in client.tags.all()],
        "shared": [
            {"scope": each.scope, "shows_next_step": each.shows_next_step, "since": each.at}
            for each in client.disclosures.all()
        ],
        "you_started_at": client.started_at,
        "archived_at": client.archived_at,
        "archived_on_unless_something_happens": ends.archive_on if ends else None,
        "deleted_on_unless_something_happens": ends.delete_on if ends else None,
        "reminders": [
            {"at": each.created_at, "you_said_stop_at": each.stopped_at}
            for each in Reminder.objects.filter(client=client)
        ],
        "notes_for_you": [
            {"written_at": note.written_at, "text": note.text}
            for note in client.notes.all()
            if note.is_for_client
        ],
        "log": [
            {
                "at": entry.at,
                "by": "you" if entry.action == AuditEntry.ERASED else entry.counselor.name,
                "what": entry.action,
            }
            for entry in client.audit_entries.select_related("counselor")
        ],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@own_attempt_required
def background(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """Correct the background answers of a finished quiz; the result stays the same."""
    page = attempt.questionnaire.background_page
    if not attempt.is_finished or not attempt.questionnaire.background:
        return redirect("quiz:own_data")
    if request.method == "POST":
        if request.POST.get("attempt", attempt.mark) != attempt.mark:
            raise of_another_quiz(reverse("quiz:background"))
        try:
            sent = answers_sent(attempt.questionnaire, page, request.POST)
        except NotAnAnswer:
            raise not_an_answer(reverse("quiz:background")) from None
        attempt.correct_background(sent)
        return redirect(attempt.result_url)
    keys = page_form(attempt.questionnaire, page, attempt.language).base_fields
    checked = {key: attempt.background.get(key, "") for key in keys}
    fields = blank_fields(attempt.questionnaire, page, attempt.language)
    values = {"fields": fields, "page_url": reverse("quiz:background")}
    own = {ATTEMPT_PLACEHOLDER: attempt.mark}
    return cached_page(
        request, "quiz/background_again.html", values, checked=checked, filled_in=own
    )


@require_POST
@own_attempt_required
def research(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """Allow research to use all finished results, or stop allowing it for every attempt."""
    page_url = reverse("quiz:own_data")
    try:
        is_allowed = bool(research_sent(request.POST))
    except NotAnAnswer:
        raise not_an_answer(page_url) from None
    attempt.allow_research(is_allowed)
    return redirect(f"{page_url}?saved#research")


@require_http_methods(["GET", "HEAD", "POST"])
@own_attempt_required
def delete(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """Delete everything of this person after they confirm."""
    form = DeleteForm(submitted(request))
    attempts = Attempt.objects.of_same_person(attempt).select_related("client__counselor__user")
    if form.is_valid():
        with transaction.atomic():
            # Includes results from another browser, where another link led to the same client.
            clients = _clients_of(list(attempts))
            delete_for_good(Disclosure.objects.filter(client__in=clients))
            delete_for_good(Meeting.objects.of_same_person(attempt).select_related(None))
            ExportFile.objects.about([client.pk for client in clients]).delete()
            hashes = set(attempts.values_list("code_hash", flat=True))
            delete_attempts(attempts)
        delete_written(
            {client.email for client in clients},
            lambda text: not hashes.isdisjoint(map(hash_of, codes_in(text))),
        )
        return without_traces(redirect("quiz:deleted"))
    context = {
        "count": attempts.count(),
        "clients": _clients_of(list(attempts)),
        "meetings": Meeting.objects.of_same_person(attempt).count(),
    }
    return render_form(request, "quiz/delete.html", form, context)


@require_safe
@private
def deleted(request: HttpRequest) -> HttpResponse:
    return cached_page(request, "quiz/deleted.html", {})
