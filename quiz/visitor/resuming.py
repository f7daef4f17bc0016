"""The resume code: showing it, continuing on another device, and leaving this one."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organization.current import current_organization
from quiz.attempts.codes import grouped
from quiz.attempts.models import Attempt
from quiz.visitor.forms import CodeForm, EmailForm
from quiz.visitor.own_attempt import (
    forget_attempt,
    own_attempt,
    own_attempt_required,
    remember_attempt,
)
from quiz.visitor.returning import attempt_with_code
from quiz.visitor.starts import give_start_back
from quiz.web.forms import render_form, submitted
from quiz.web.limits import TRIES, Tries, network_of, too_many
from quiz.web.mail import AddressRefused, NotSent, send_text, sends_mail
from quiz.web.private import private
from quiz.web.rendering import cached_page

# Per window: enough for a school that shares one address.
MAILS_OF_A_NETWORK = 1000
MAILS_TO_ONE_ADDRESS = 20  # from everyone together


@require_http_methods(["GET", "HEAD", "POST"])
@own_attempt_required
def code(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """Show the code; send it by e-mail on POST, if this site has a mail server."""
    form = EmailForm(submitted(request))
    can_send = sends_mail()
    if not can_send:
        form.fields["email"].help_text = ""
        if form.is_bound:
            words = _("This site can't send e-mail. Write the code down, or take a picture.")
            form.add_error("email", words)
    if form.is_valid():
        email = form.cleaned_data["email"]
        if not _mails(request, attempt, email).spend():
            words = _("Too many e-mails. Wait ten minutes, or write the code down.")
            form.add_error("email", too_many(words))
        else:
            try:
                _send(attempt, email)
            except AddressRefused:
                words = _(
                    "The mail server refused this address. Correct it, or write the code down."
                )
                form.add_error("email", words)
            except NotSent:
                words = _("We couldn't send the e-mail. Write the code down, or try again later.")
                form.add_error("email", words)
            else:
                if attempt.is_empty:
                    give_start_back(request)
                return redirect(f"{reverse('quiz:code')}?sent")
    context = {
        "attempt": attempt,
        "code": grouped(attempt.code),
        "can_send": can_send,
        "is_sent": can_send and "sent" in request.GET and not form.is_bound,
    }
    return render_form(request, "quiz/code.html", form, context)


def _mails(request: HttpRequest, attempt: Attempt, email: str) -> Tries:
    """Count e-mails by attempt: a whole class behind one address can get its codes."""
    return Tries(
        "send code",
        {
            f"attempt {attempt.pk}": TRIES,
            f"address {email.lower()}": MAILS_TO_ONE_ADDRESS,
            network_of(request): MAILS_OF_A_NETWORK,
        },
    )


def _send(attempt: Attempt, email: str) -> None:
    """Send the code now, while the visitor waits. Raises NotSent.

    As a task, code and address would be in the database, which has neither.
    """
    context = {
        "code": grouped(attempt.code),
        "url": f"{settings.SITE_URL}{reverse('quiz:resume')}",
        "is_finished": attempt.is_finished,
        "keep_until": attempt.keep_until,
    }
    subject = _("Your return code for “%s”") % current_organization().name
    send_text(subject, "quiz/code_email.txt", context, email)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def resume(request: HttpRequest) -> HttpResponse:
    """Continue in this browser with the attempt that has this code."""
    attempt = own_attempt(request)
    form = CodeForm(submitted(request))
    found = attempt_with_code(request, form)
    if found:
        response = redirect(found.way_on_url)
        remember_attempt(response, found.code)
        return response
    context = {"own_code": grouped(attempt.code) if attempt else ""}
    return render_form(request, "quiz/resume.html", form, context)


@require_POST
@private
def leave(request: HttpRequest) -> HttpResponse:
    """Make this browser forget the attempt. The answers stay, and the code opens them again."""
    response = redirect("quiz:left")
    return without_traces(response)


def without_traces(response: HttpResponse) -> HttpResponse:
    """Make the browser delete the cookie, and answers that it could not send yet."""
    forget_attempt(response)
    response["Clear-Site-Data"] = '"storage"'
    return response


@require_safe
@private
def left(request: HttpRequest) -> HttpResponse:
    return cached_page(request, "quiz/left.html", {})
