"""E-mail invitations to clients and counselors, as tasks.

Their arguments are ids: links and codes are in no task, and the address is that of the moment it is
sent. A worker that is killed right after sending sends the e-mail again.
"""

from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django_tasks import task

from quiz.counseling.audit_details import BY_EMAIL
from quiz.counseling.inviting import place_for_codes
from quiz.counseling.models import AuditEntry, ClientInvitation, CounselorInvitation
from quiz.web.mail import NotSent, send_text, sends_mail


def ask_to_mail(invitation: ClientInvitation | CounselorInvitation) -> bool:
    """Have an invitation e-mailed, in the transaction that this is called in.

    Return False without a mail server: then it is written to a file immediately.
    """
    is_for_client = isinstance(invitation, ClientInvitation)
    task = mail_client_invitation if is_for_client else mail_counselor_invitation
    if sends_mail():
        invitation.mail_by(task)
        return True
    with suppress(NotSent):
        task.call(str(invitation.pk), get_language() or "")
    return False


@task(queue_name="mail")
def mail_client_invitation(invitation_id: str, language: str) -> None:
    """Send a client their link, unless it was sent, used or canceled. Raises NotSent."""
    links = ClientInvitation.objects.open_at(timezone.now()).filter(pk=invitation_id, sent_to="")
    invitation = links.select_related("client__counselor").first()
    if invitation is None or not invitation.client.email:
        return
    client = invitation.client
    with override(language):
        values = {
            "client": client,
            "counselor": client.counselor,
            "url": invitation.url,
            "code": invitation.code,
            "place_for_codes": place_for_codes(),
            "until": invitation.expires_at,
        }
        # The subject contains nothing that a person typed.
        subject = _("You're invited to a short career quiz")
        send_text(subject, "counseling/invitation_email.txt", values, client.email)
    with transaction.atomic():
        if ClientInvitation.objects.filter(pk=invitation.pk).update(sent_to=client.email):
            AuditEntry.objects.log(client.counselor, AuditEntry.INVITED, client, detail=BY_EMAIL)


@task(queue_name="mail")
def mail_client_invitations(invitation_ids: list[str], language: str) -> None:
    """Have each of these e-mailed by a task of its own: one can fail without the others."""
    links = ClientInvitation.objects.filter(pk__in=invitation_ids, mail=None, sent_to="")
    with override(language):
        for invitation in links:
            invitation.mail_by(mail_client_invitation)


@task(queue_name="mail")
def mail_counselor_invitation(invitation_id: str, language: str) -> None:
    """Send a future counselor their link, unless it was used or deleted. Raises NotSent."""
    links = CounselorInvitation.objects.open_at(timezone.now())
    if invitation := links.filter(pk=invitation_id).first():
        with override(language):
            subject, values = _("Your invitation as a counselor"), {"invitation": invitation}
            send_text(subject, "counseling/account_email.txt", values, invitation.email)
