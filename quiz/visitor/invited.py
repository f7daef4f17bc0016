"""Clients of counselors: taking up an invitation, and choosing what the counselor sees."""

from django import forms
from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from quiz.attempts.codes import grouped, new_code
from quiz.attempts.models import Attempt
from quiz.counseling.forms import NameField
from quiz.counseling.models import NAME_LENGTH, Client, ClientInvitation, Disclosure, GroupLink
from quiz.counseling.views.access import signed_in_counselor
from quiz.questionnaires.models.version import frozen_questionnaire
from quiz.visitor.forms import DisclosureForm
from quiz.visitor.own_attempt import own_attempt, own_attempt_required, remember_attempt
from quiz.visitor.taking import live_version_id, told_before
from quiz.web.errors import PageError, no_such_link
from quiz.web.forms import PlainForm
from quiz.web.private import private


def _signer() -> Signer:
    return Signer(salt="quiz.new-code")


class BeginForm(PlainForm):
    """Carries the code that the attempt will have, so that pressing twice begins once."""

    code = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: object = None) -> None:
        super().__init__(data, initial={"code": _signer().sign(new_code())})

    @property
    def begun(self) -> Attempt | None:
        """Return what an earlier click on this form's button has begun."""
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
                    "Nothing was begun, and the link still works. Open it again and press the "
                    "button."
                ),
            ) from None


class GroupBeginForm(BeginForm):
    name = NameField(
        label=gettext_lazy("Your name, as your counselor knows you"),
        max_length=NAME_LENGTH,
        error_messages={"required": gettext_lazy("Type your name, so that you can be told apart.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@private
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show who invites, and begin once that is asked for: opening the link uses nothing up."""
    now = timezone.now()
    link = ClientInvitation.objects.by_token_even_spent(token, now)
    own = own_attempt(request)
    form = BeginForm(request.POST if request.method == "POST" else None)
    if link and form.is_valid():
        own = form.begun or own
    is_theirs = link is not None and own is not None and own.client_id == link.client_id
    # A new link for somebody who has finished is for taking the quiz again.
    if own and is_theirs and (link.spent_at or not own.is_finished):
        return _go_on(own)
    if link is None or link.spent_at:
        raise no_such_link()
    if form.is_valid():
        _require_no_counselor(request)
        version_id = live_version_id()
        try:
            with transaction.atomic():
                if not ClientInvitation.objects.spend(link, now):
                    raise no_such_link()
                attempt = _begin(version_id, link.client, own, form.cleaned_data["code"])
        except (PageError, IntegrityError):
            attempt = _begun_by_an_earlier_click(form)
        return _go_on(attempt)
    return _offer(request, form, own, link.client.counselor.name)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def group_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Let one of a class begin, under the name that they type."""
    now = timezone.now()
    link = GroupLink.objects.select_related("group__counselor").by_token_even_full(token, now)
    own = own_attempt(request)
    form = GroupBeginForm(request.POST if request.method == "POST" else None)
    begun = form.begun if link else None
    if link is None or (link.is_full and begun is None):
        raise no_such_link()
    if begun or form.is_valid():
        _require_no_counselor(request)
        if begun:
            return _go_on(begun)
        version_id = live_version_id()
        try:
            with transaction.atomic():
                if not GroupLink.objects.take_place(link, now):
                    raise no_such_link()
                client = Client.objects.create(
                    counselor=link.group.counselor, group=link.group, name=form.cleaned_data["name"]
                )
                attempt = _begin(version_id, client, own, form.cleaned_data["code"])
        except (PageError, IntegrityError):
            attempt = _begun_by_an_earlier_click(form)
        return _go_on(attempt)
    return _offer(request, form, own, link.group.counselor.name, link.group.name)


def _begun_by_an_earlier_click(form: BeginForm) -> Attempt:
    """Return what the first of two clicks began; without one, the link leads nowhere."""
    attempt = form.begun
    if attempt is None:
        raise no_such_link()
    return attempt


def _begin(version_id: int, client: Client, own: Attempt | None, code: str) -> Attempt:
    """Begin as this client; whoever else used the browser before may be somebody else."""
    attempt, _code = Attempt.objects.start(
        version_id,
        language=get_language() or settings.LANGUAGE_CODE,
        is_first=own is None,
        after=own if own and own.client_id == client.pk else None,
        client_id=client.pk,
        code=code,
        now=timezone.now(),
    )
    return attempt


def _go_on(attempt: Attempt) -> HttpResponse:
    response = redirect(attempt.way_on_url)
    remember_attempt(response, attempt.code)
    return response


def _require_no_counselor(request: HttpRequest) -> None:
    """Raise a page that explains, where a counselor is signed in: the link is for a client."""
    if signed_in_counselor(request):
        raise PageError(
            409,
            _("This link is for your client"),
            _(
                "You are signed in as a counselor in this browser, so nothing was begun and the "
                "link still works. If your client sits here with you, sign out first."
            ),
            (reverse("quiz:caseload"), _("Back to your clients")),
        )


def _offer(
    request: HttpRequest, form: BeginForm, own: Attempt | None, counselor: str, group: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "own_code": grouped(own.code) if own and not own.is_empty else "",
        "counselor": counselor,
        "group": group,
        **told_before(frozen_questionnaire(live_version_id()), get_language()),
        "is_counselor_here": signed_in_counselor(request) is not None,
    }
    response = render(request, "quiz/invitation.html", context, status=400 if form.errors else 200)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


# ---------------------------------------------------------------- what the counselor sees


@require_POST
@own_attempt_required
def disclose(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """Let the counselor see this result, within the scope chosen."""
    form = DisclosureForm(request.POST)
    if attempt.is_finished and attempt.client_id and form.is_valid():
        chosen = {"scope": form.cleaned_data["scope"], "at": timezone.now()}
        with transaction.atomic():
            Disclosure.objects.update_or_create(
                attempt=attempt, defaults={"client_id": attempt.client_id, **chosen}
            )
    return redirect(f"{attempt.way_on_url}#counselor")


@require_POST
@own_attempt_required
def withdraw(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """End what counselors see of all of this person's results, at once.

    Also of those taken in another browser, by another link to the same client.
    """
    ours = Attempt.objects.of_same_person(attempt).filter(client__isnull=False)
    with transaction.atomic():
        Disclosure.objects.filter(client__in=ours.order_by().values("client")).delete()
    return redirect(f"{attempt.way_on_url}#counselor")
