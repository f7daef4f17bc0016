"""Plain-text e-mails."""

import logging
import re
from collections.abc import Callable, Collection
from email import message_from_bytes
from email.policy import default as default_policy
from email.utils import getaddresses
from pathlib import Path
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from organization.current import current_organization
from quiz.web import metrics
from quiz.web.background import GiveUp, path_of

logger = logging.getLogger(__name__)

# Django's backends that write e-mails to a file or the terminal, or drop them.
_KEEP_MAIL_HERE = tuple(
    f"django.core.mail.backends.{name}." for name in ("filebased", "console", "dummy")
)
# How Django's file backend names its files, and what it writes after each e-mail.
MAIL_FILE = re.compile(r"\d{8}-\d{6}-\d+\.log")
_BETWEEN_MAILS = b"\n" + b"-" * 79 + b"\n"


def sends_mail() -> bool:
    """Return whether this site has a mail server, so that an e-mail reaches anyone."""
    return not settings.EMAIL_BACKEND.startswith(_KEEP_MAIL_HERE)


def delete_written(addresses: Collection[str], is_about: Callable[[str], bool]) -> None:
    """Delete e-mails in files: those to one of the addresses, and those whose text is about it.

    A file holds what was sent in the same second, so other e-mails stay in it.
    """
    own = {address.lower() for address in addresses if address}
    for path in Path(getattr(settings, "EMAIL_FILE_PATH", None) or "").glob("*.log"):
        # Named by Django's file backend; the folder may hold logs of other programs.
        if not MAIL_FILE.fullmatch(path.name):
            continue
        try:
            mails = path.read_bytes().split(_BETWEEN_MAILS)
            kept = [mail for mail in mails if not _concerns(mail, own, is_about)]
            if not b"".join(kept).strip():
                path.unlink()
            elif len(kept) < len(mails):
                path.write_bytes(_BETWEEN_MAILS.join(kept))
        except OSError as error:
            logger.warning("%s was not deleted: %s", path.name, type(error).__name__)


def _concerns(mail: bytes, addresses: set[str], is_about: Callable[[str], bool]) -> bool:
    message = message_from_bytes(mail, policy=default_policy)
    to = {address.lower() for _name, address in getaddresses([str(message["To"] or "")])}
    if to & addresses:
        return True
    try:
        return is_about(str(message.get_content()))
    except (KeyError, LookupError, UnicodeError):  # not a text, or not ours
        return False


class NotSent(Exception):
    """An e-mail is not on its way. The exception names no recipient."""


class ServerAway(NotSent):
    """The mail server can't be reached, or doesn't take it now."""


class AddressRefused(NotSent, GiveUp):
    """The mail server refuses this address for good."""


class NoServer(NotSent, GiveUp):
    """No mail server is set up, so the e-mail was written where the operator can read it."""


def send_text(subject: str, template: str, values: dict[str, Any], address: str) -> None:
    """Send a template. Raises NotSent."""
    try:
        send_mail(
            subject,
            render_to_string(template, values),
            current_organization().sender,
            [address],
        )
    except (OSError, ValueError) as error:
        # Without the error's message: it can contain the address.
        metrics.EMAILS.add("failed")
        logger.warning("%s was not sent: %s", template, type(error).__name__)
        raise (AddressRefused if _is_about_address(error) else ServerAway) from None
    if not sends_mail():
        metrics.EMAILS.add("kept")
        logger.warning("%s was not sent: no mail server is set up (EMAIL_URL)", template)
        raise NoServer
    metrics.EMAILS.add("sent")


def _is_about_address(error: OSError | ValueError) -> bool:
    """Return whether another try would fail too: with a code of 400 to 499, it might not."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    return isinstance(error, ValueError)


# By the class of the error that a task has kept.
REASONS = {
    path_of(each): words
    for each, words in (
        (ServerAway, _("The mail server doesn't take it at the moment.")),
        (AddressRefused, _("The mail server refused the address.")),
        (NoServer, _("No mail server is set up.")),
    )
}
OTHER_REASON = _("Something went wrong on our side.")
