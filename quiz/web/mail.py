"""Plain-text e-mails."""

import logging
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)

# Django's backends that write e-mails to a file or the terminal, or drop them.
_KEEP_MAIL_HERE = tuple(
    f"django.core.mail.backends.{name}." for name in ("filebased", "console", "dummy")
)


def sends_mail() -> bool:
    """Return whether this site has a mail server, so that an e-mail reaches anyone."""
    return not settings.EMAIL_BACKEND.startswith(_KEEP_MAIL_HERE)


def send_text(subject: str, template: str, values: dict[str, Any], address: str) -> bool:
    """Send a template. Return False if the mail server doesn't take it now, or there is none.

    Without a mail server, the e-mail is still written where the operator can read it.
    """
    try:
        send_mail(subject, render_to_string(template, values), None, [address])
    except (OSError, ValueError) as error:
        # Without the error's message: it can contain the address.
        logger.warning("%s was not sent: %s", template, type(error).__name__)
        return False
    if not sends_mail():
        logger.warning("%s was not sent: no mail server is set up (EMAIL_URL)", template)
        return False
    return True
