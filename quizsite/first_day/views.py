"""The buttons of the first day's list, for administrators only."""

import logging
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from organization.current import current_organization
from quiz.web import metrics
from quiz.web.first_day import NAME_LENGTH, FirstDayMark, What
from quiz.web.limits import Tries
from quiz.web.mail import sends_mail
from quiz.web.names import clean_line
from quizsite.doctor.findings import reason

logger = logging.getLogger(__name__)

TEST_MAILS = 5  # of one administrator in ten minutes

Button = Callable[[HttpRequest, User], None]


def button(press: Button) -> Callable[[HttpRequest], HttpResponse]:
    """Make a view of what a button does: POST only, administrators only, then the first page."""

    @require_POST
    @wraps(press)
    def view(request: HttpRequest) -> HttpResponse:
        if not (isinstance(request.user, User) and request.user.is_superuser):
            raise PermissionDenied
        press(request, request.user)
        return redirect("admin:index")

    return view


@button
def use(request: HttpRequest, user: User) -> None:
    """Keep who accepted, under the name that they typed, that results aren't for hiring."""
    name = clean_line(request.POST.get("name", ""))[:NAME_LENGTH]
    if name:
        FirstDayMark.objects.set_by(What.USE, user, name)
    else:
        messages.error(request, _("Your name is missing. Type it, then accept."))


@button
def hide(request: HttpRequest, user: User) -> None:
    if FirstDayMark.objects.filter(what=What.USE).exists():
        FirstDayMark.objects.set_by(What.HIDDEN, user)
    else:
        messages.error(request, _("Accept what this is for. Then you can hide the list."))


@button
def show(request: HttpRequest, user: User) -> None:
    FirstDayMark.objects.filter(what=What.HIDDEN).delete()


@button
def data(request: HttpRequest, user: User) -> None:
    FirstDayMark.objects.set_by(What.DATA, user)


@button
def mail(request: HttpRequest, user: User) -> None:
    """Send a test to the administrator's own address, and say what happened."""
    if not sends_mail():
        messages.error(request, _("No mail server is set. Set EMAIL_URL and restart the site."))
    elif not user.email:
        messages.error(request, _("Your account has no e-mail address. Add one on its page."))
    elif not Tries("test e-mail", {f"user {user.pk}": TEST_MAILS}).spend():
        messages.error(request, _("Too many test e-mails. Wait ten minutes, then try again."))
    elif fault := send_test(user.email):
        words = _("The mail server didn't take the e-mail: %s. Correct EMAIL_URL and restart.")
        messages.error(request, words % fault)
    else:
        FirstDayMark.objects.set_by(What.MAIL, user)
        words = _("The mail server took an e-mail to %s. See whether it arrives, also as spam.")
        messages.success(request, words % user.email)


def send_test(address: str) -> str:
    """Send it; return why that failed, or nothing."""
    body = render_to_string("admin/test_email.txt", {"site": settings.SITE_URL})
    try:
        send_mail(
            _("Test e-mail from your quiz site"), body, current_organization().sender, [address]
        )
    except (OSError, ValueError) as error:
        metrics.EMAILS.add("failed")
        # Without the error's message: it can contain the address.
        logger.warning("A test e-mail was not sent: %s", type(error).__name__)
        return reason(error)
    metrics.EMAILS.add("sent")
    return ""
