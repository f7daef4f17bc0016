"""Keeping hold of one's answers: the code, another device, and leaving this one."""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
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
from quiz.web.limits import Tries
from quiz.web.mail import send_text
from quiz.web.private import private
from quiz.web.rendering import kept_page


@require_http_methods(["GET", "HEAD", "POST"])
@own_attempt_required
def code(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """Show the code, and send it by e-mail where somebody wants that."""
    form = EmailForm(request.POST if request.method == "POST" else None)
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
        "form": form,
        "is_sent": "sent" in request.GET and not form.is_bound,
    }
    return render(request, "quiz/code.html", context, status=_status_of(form))


def _send(attempt: Attempt, email: str) -> bool:
    """Send the code; False when the post office takes nothing just now."""
    context = {
        "code": grouped(attempt.code),
        "url": f"{settings.SITE_URL}{reverse('quiz:resume')}",
        "is_finished": attempt.is_finished,
        "keep_until": attempt.keep_until,
    }
    subject = _("Your code for “Sales or service?”")
    return send_text(subject, "quiz/code_email.txt", context, email)


def _status_of(form: EmailForm | CodeForm) -> int:
    return HTTPStatus.BAD_REQUEST if form.is_bound and form.errors else HTTPStatus.OK


@require_http_methods(["GET", "HEAD", "POST"])
@private
def resume(request: HttpRequest) -> HttpResponse:
    """Take a code, and let this browser go on with what it leads to."""
    attempt = own_attempt(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
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
    context = {"form": form, "own_code": grouped(attempt.code) if attempt else ""}
    return render(request, "quiz/resume.html", context, status=_status_of(form))


@require_POST
@private
def leave(request: HttpRequest) -> HttpResponse:
    """Let this browser forget the attempt; its answers stay, and its code leads back to them."""
    response = redirect("quiz:left")
    return without_traces(response)


def without_traces(response: HttpResponse) -> HttpResponse:
    """Let the browser drop the cookie, and answers that it kept while the site was away."""
    forget_attempt(response)
    response["Clear-Site-Data"] = '"storage"'
    return response


@require_safe
@private
def left(request: HttpRequest) -> HttpResponse:
    return kept_page(request, "quiz/left.html", {})
