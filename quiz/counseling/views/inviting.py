"""Invite clients and remind them: create a link, e-mail it, cancel it, show texts to send."""

from collections.abc import Collection
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.forms import Textarea
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from quiz.counseling.forms import LinkForm
from quiz.counseling.inviting import cancel_invitations, new_invitation
from quiz.counseling.mailing import ask_to_mail
from quiz.counseling.models import Client, ClientInvitation, ClientQuerySet, Counselor
from quiz.counseling.reminder_mails import remind_and_mail
from quiz.counseling.reminders import Reminder, to_copy
from quiz.counseling.views.access import counselor_required
from quiz.counseling.views.own import own_client


def mail_and_report(request: HttpRequest, invitation: ClientInvitation) -> None:
    """Have an invitation e-mailed, unless this site can't; then show a message.

    The client's page shows how far the e-mail is.
    """
    if not ask_to_mail(invitation):
        messages.error(
            request, _("We couldn't send the e-mail. Copy the link and send it yourself.")
        )


@require_POST
@counselor_required
def client_invite(request: HttpRequest, counselor: Counselor, client_id: UUID) -> HttpResponse:
    """Replace the client's link, and e-mail it if that button was pressed."""
    client = own_client(counselor, client_id)
    form = LinkForm(request.POST)
    by_email = "email" in request.POST
    if by_email and not client.email:
        messages.error(request, _("This client has no e-mail address. Add one first."))
    elif form.is_valid():
        with transaction.atomic():
            invitation = new_invitation(client, form.cleaned_data["id"], timezone.now())
            if invitation and by_email:
                mail_and_report(request, invitation)
    return redirect("quiz:client", client.pk)


@require_POST
@counselor_required
def client_uninvite(request: HttpRequest, counselor: Counselor, client_id: UUID) -> HttpResponse:
    client = own_client(counselor, client_id)
    cancel_invitations(client)
    return redirect("quiz:client", client.pk)


# ---------------------------------------------------------------- reminders


def remind_and_report(
    request: HttpRequest, counselor: Counselor, ids: Collection[UUID]
) -> HttpResponse | None:
    """Remind clients who may be reminded, and say how many; redirect to texts to copy, if any."""
    reminders = remind_and_mail(counselor, ids, timezone.now())
    mailed = sum(each.by_email for each in reminders)
    texts, left_out = len(reminders) - mailed, len(ids) - len(reminders)
    if mailed:
        words = ngettext("We'll e-mail %d reminder.", "We'll e-mail %d reminders.", mailed)
        messages.success(request, words % mailed)
    if left_out:
        words = ngettext(
            "%d client gets none now: finished, quiz deleted, reminded this week, or said stop.",
            "%d clients get none now: finished, quiz deleted, reminded this week, or said stop.",
            left_out,
        )
        messages.info(request, words % left_out)
    return redirect("quiz:reminders") if texts else None


@require_POST
@counselor_required
def client_remind(request: HttpRequest, counselor: Counselor, client_id: UUID) -> HttpResponse:
    """Remind one client. The page shows the text, or how far the e-mail is."""
    client = own_client(counselor, client_id)
    remind_and_mail(counselor, [client.pk], timezone.now())
    return redirect(f"{reverse('quiz:client', args=[client.pk])}#reminder")


@require_safe
@counselor_required
def reminders(request: HttpRequest, counselor: Counselor) -> HttpResponse:
    """Show the texts of this week that the counselor has to send."""
    texts = texts_of(Client.objects.of(counselor))
    return render(request, "counseling/reminders.html", {"texts": texts})


def texts_of(clients: ClientQuerySet) -> list[tuple[Reminder, SafeString]]:
    """Return this week's reminders of these clients that the counselor has to send, in boxes."""
    boxes = []
    for reminder, text in to_copy(clients, timezone.now()):
        attrs = {"id": f"reminder-{reminder.pk}", "rows": 12, "readonly": True, "dir": "auto"}
        boxes.append((reminder, Textarea().render("text", text, attrs)))
    return boxes
