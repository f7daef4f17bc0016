"""Plain-text e-mails."""

import logging
from typing import Any

from django.core.mail import send_mail
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)


def send_text(subject: str, template: str, values: dict[str, Any], address: str) -> bool:
    """Send a template; False if the mail server doesn't take it now."""
    try:
        send_mail(subject, render_to_string(template, values), None, [address])
    except (OSError, ValueError) as error:
        # Without the error's message: it can contain the address.
        logger.warning("%s was not sent: %s", template, type(error).__name__)
        return False
    return True
