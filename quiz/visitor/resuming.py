"""The resume code: showing it, continuing on another device, and leaving this one."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quiz.attempts.codes import grouped
from quiz.attempts.models import Attempt
from quiz.visitor.forms import CodeForm, EmailForm
from quiz.visitor.own_attempt import (
    forget_attempt,
    own_attempt,
    own_attempt_required,
    remember_attempt,
)
from quiz.web.forms import render_form, submitted
from quiz.web.limits import Tries
from quiz.web.mail import send_text
from quiz.web.private import private
from quiz.web.rendering import cached_page


@require_http_methods(["GET", "HEAD", "POST"])
@own_attempt_required
def code(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """Show the code; send it by e-mail on POST."""
    form = EmailForm(submitted(request))
    if form.is_valid():
        tries = Tries(request, "send code")
        tries.spend()
        if _send(attempt, form.cleaned_data["email"]):
            return redirect(f"{reverse('quiz:code')}?sent")
        form.add_error(
            "email",
            _("The e-mail could not be sent just now. Note the code down, or try again later."),
        )
    context = {
        "attempt": attempt,
        "code": grouped(attempt.code),
        "is_sent": "sent" in request.GET and not form.is_bound,
    }
    return render_form(request, "quiz/code.html", form, context)


def _send(attempt: Attempt, email: str) -> bool:
    """Send the code; False if the mail server doesn't take it now."""
    context = {
        "code": grouped(attempt.code),
        "url": f"{settings.SITE_URL}{reverse('quiz:resume')}",
        "is_finished": attempt.is_finished,
        "keep_until": attempt.keep_until,
    }
    subject = _("Your code for “Sales or service?”")
    return send_text(subject, "quiz/code_email.txt", context, email)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def resume(request: HttpRequest) -> HttpResponse:
    """Continue in this browser with the attempt that has this code."""
    attempt = own_attempt(request)
    form = CodeForm(submitted(request))
    if form.is_valid():
        tries = Tries(request, "resume code")
        tries.spend()
        found = Attempt.objects.by_code(form.cleaned_data["code"])
        if found:
            tries.give_back()
            response = redirect(found.way_on_url)
            remember_attempt(response, found.code)
            return response
        form.add_error(
            "code",
            _(
                "This code leads to no answers. Compare it with what you noted down. Answers that "
                "were deleted, or not touched for long, are gone."
            ),
        )
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
