"""Invite a client: create a link, e-mail it, cancel it."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from quiz.counseling.forms import LinkForm
from quiz.counseling.inviting import cancel_invitations, new_invitation
from quiz.counseling.mailing import ask_to_mail
from quiz.counseling.models import ClientInvitation, Counselor
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
