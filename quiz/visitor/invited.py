"""Clients of counselors: starting from an invitation, and choosing what the counselor sees."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from quiz.attempts.codes import grouped, new_code
from quiz.attempts.deletions import delete_for_good
from quiz.attempts.models import Attempt
from quiz.counseling.accounts import counselor_of
from quiz.counseling.audit_details import SHARED_AGAIN
from quiz.counseling.exporting.kept import ExportFile
from quiz.counseling.models import (
    NAME_LENGTH,
    AuditEntry,
    Client,
    ClientGroup,
    ClientInvitation,
    Disclosure,
    GroupLink,
)
from quiz.questionnaires.models.version import frozen_questionnaire
from quiz.visitor.forms import DisclosureForm
from quiz.visitor.own_attempt import own_attempt, own_attempt_required, remember_attempt
from quiz.visitor.welcome import live_version_id, summary_of
from quiz.web.errors import PageError, no_such_invitation
from quiz.web.forms import NameField, PlainForm, render_form, submitted
from quiz.web.private import private


def _signer() -> Signer:
    return Signer(salt="quiz.new-code")


class StartForm(PlainForm):
    """Carries the resume code of the attempt to be, so that a double click starts only one."""

    code = forms.CharField(
        widget=forms.HiddenInput,
        error_messages={"required": gettext_lazy("This page is out of date. Send it again.")},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"code": _signer().sign(new_code())})

    def started_attempt(self) -> Attempt | None:
        """Return the attempt that an earlier click on this form's button started; one query."""
        try:
            code = _signer().unsign(self.data.get("code", ""))
        except BadSignature:
            return None
        return Attempt.objects.by_code(code)

    def clean_code(self) -> str:
        try:
            return _signer().unsign(self.cleaned_data["code"])
        except BadSignature:
            raise PageError(
                400,
                _("This page was open too long"),
                _(
                    "You haven't started the quiz, and the link still works. Open it again and "
                    "press the button."
                ),
            ) from None


class GroupStartForm(StartForm):
    name = NameField(
        label=gettext_lazy("Your name"),
        help_text=gettext_lazy("The name your counselor knows you by."),
        max_length=NAME_LENGTH,
        error_messages={
            "required": gettext_lazy("Type your name, so that your counselor knows who you are.")
        },
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


# ---------------------------------------------------------------- one client's link


@require_http_methods(["GET", "HEAD", "POST"])
@private
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show who invites, and start the quiz on POST: opening the link doesn't use it up."""
    links = ClientInvitation.objects.select_related("client__counselor")
    link = links.by_token_even_used_up(token, timezone.now())
    if link is None:
        raise no_such_invitation()
    own = own_attempt(request)
    form = StartForm(submitted(request))
    if form.is_valid():
        return _continue(_attempt_for(request, link, form, own))
    if own and leads_back_to(own, link):
        return _continue(own)
    if link.spent_at:
        raise no_such_invitation()
    return _offer(request, form, own, link.client.counselor.name)


def _attempt_for(
    request: HttpRequest, link: ClientInvitation, form: StartForm, own: Attempt | None
) -> Attempt:
    """Start the client's attempt, or return the one that is already under way."""
    own = form.started_attempt() or own
    if own and leads_back_to(own, link):
        return own
    if link.spent_at:
        raise no_such_invitation()
    _require_no_counselor(request)
    started = _start_once(link, own, form.cleaned_data["code"]) or form.started_attempt()
    if started is None:
        raise no_such_invitation()
    return started


def leads_back_to(own: Attempt, link: ClientInvitation) -> bool:
    """Return whether a client who opens their link again continues with this attempt.

    With a new link, a client who has finished takes the quiz again.
    """
    return own.client_id == link.client_id and bool(link.spent_at or not own.is_finished)


def _start_once(link: ClientInvitation, own: Attempt | None, code: str) -> Attempt | None:
    """Use up the link and start an attempt; None if another click was faster."""
    version_id = live_version_id()
    try:
        with transaction.atomic():
            if ClientInvitation.objects.spend(link, timezone.now()):
                return _start(version_id, link.client, own, code)
    except IntegrityError:  # there is an attempt with this code
        return None
    return None


# ---------------------------------------------------------------- a group's link


@require_http_methods(["GET", "HEAD", "POST"])
@private
def group_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show who invites, and start the quiz under the name that a member of the group types."""
    links = GroupLink.objects.select_related("group__counselor")
    link = links.by_token_even_used_up(token, timezone.now())
    if link is None:
        raise no_such_invitation()
    own = own_attempt(request)
    form = GroupStartForm(submitted(request))
    started = form.started_attempt()
    if link.is_used_up and started is None:
        raise no_such_invitation()
    if started or form.is_valid():
        _require_no_counselor(request)
        started = started or _start_in_group(link, own, form) or form.started_attempt()
        if started is None:
            raise no_such_invitation()
        return _continue(started)
    return _offer(request, form, own, link.group.counselor.name, link.group.name)


def _start_in_group(link: GroupLink, own: Attempt | None, form: GroupStartForm) -> Attempt | None:
    """Take a place, add a client and start an attempt; None if another click was faster."""
    version_id = live_version_id()
    try:
        with transaction.atomic():
            if GroupLink.objects.take_place(link, timezone.now()):
                # Locked, so that it isn't handed over to another counselor at the same time.
                group = ClientGroup.objects.select_for_update(no_key=True).get(pk=link.group_id)
                client = Client.objects.create(
                    counselor_id=group.counselor_id, group=group, name=form.cleaned_data["name"]
                )
                return _start(version_id, client, own, form.cleaned_data["code"])
    except IntegrityError:  # there is an attempt with this code
        return None
    return None


# ---------------------------------------------------------------- both kinds of link


def _start(version_id: int, client: Client, own: Attempt | None, code: str) -> Attempt:
    """Start an attempt of this client; an earlier one in the browser may be another person's."""
    now = timezone.now()
    Client.objects.filter(pk=client.pk).update(started_at=now)
    attempt, _code = Attempt.objects.start(
        version_id,
        language=get_language() or settings.LANGUAGE_CODE,
        is_first=own is None,
        after=own if own and own.client_id == client.pk else None,
        client_id=client.pk,
        code=code,
        now=now,
    )
    return attempt


def _continue(attempt: Attempt) -> HttpResponse:
    response = redirect(attempt.way_on_url)
    remember_attempt(response, attempt.code)
    return response


def _require_no_counselor(request: HttpRequest) -> None:
    """Raise a page that explains, if a counselor is logged in: the link is meant for a client."""
    if counselor_of(request):
        raise PageError(
            409,
            _("This link is for your client"),
            _(
                "You're logged in as a counselor in this browser, so the quiz didn't start and the "
                "link still works. If your client is with you, log out first."
            ),
            (reverse("quiz:caseload"), _("Back to your clients")),
        )


def _offer(
    request: HttpRequest, form: StartForm, own: Attempt | None, counselor: str, group: str = ""
) -> HttpResponse:
    context = {
        "own_code": grouped(own.code) if own and not own.is_empty else "",
        "counselor": counselor,
        "group": group,
        **summary_of(frozen_questionnaire(live_version_id()), get_language()),
        "is_counselor_here": counselor_of(request) is not None,
    }
    response = render_form(request, "quiz/invitation.html", form, context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


# ---------------------------------------------------------------- what the counselor sees


@require_POST
@own_attempt_required
def disclose(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """Let the counselor see the newest result within the chosen scope, if their account is open."""
    form = DisclosureForm(request.POST)
    finished = Attempt.objects.newest_result_of(attempt)
    if finished and form.is_valid():
        _disclose(finished, form.cleaned_data)
    return redirect(f"{attempt.result_url}#counselor")


def _disclose(finished: Attempt, chosen: dict[str, Any]) -> None:
    """Store the choice, unless client or result have been deleted, or the account closed.

    A choice about one counselor isn't stored for another: the page asks again, with the new name.
    Pages from before an update name none.
    """
    seen = chosen.pop("counselor")
    with transaction.atomic():
        # Locked, so that they stay until the choice is stored, and the client stays with the same
        # counselor. Read after that: a row that is joined would be the one from before a handover.
        clients = Client.objects.select_for_update(of=("self",))
        client = clients.filter(attempts=finished).first()
        is_kept = Attempt.objects.select_for_update().filter(pk=finished.pk).first() is not None
        if client and is_kept and client.counselor.is_open and seen in (None, client.counselor_id):
            values = {**chosen, "client": client, "at": timezone.now()}
            Disclosure.objects.update_or_create(attempt=finished, defaults=values)
            _take_out_of_archive(client)
            # They may hold more of it than the client shares from now on.
            ExportFile.objects.about([client.pk]).delete()


def _take_out_of_archive(client: Client) -> None:
    """A result that someone shares has to be seen, so its client is in the list again."""
    if client.archived_at:
        Client.objects.filter(pk=client.pk).update(archived_at=None, delete_after=None)
        AuditEntry.objects.log(client.counselor, AuditEntry.RESTORED, client, detail=SHARED_AGAIN)


@require_POST
@own_attempt_required
def withdraw(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """Stop sharing all of this person's results with counselors.

    This includes results from another browser, where another link led to the same client.
    """
    ours = Attempt.objects.of_same_person(attempt).filter(client__isnull=False)
    clients = set(ours.values_list("client", flat=True))
    with transaction.atomic():
        delete_for_good(Disclosure.objects.filter(client__in=clients))
        ExportFile.objects.about(clients).delete()
    return redirect(f"{attempt.result_url}#counselor")
