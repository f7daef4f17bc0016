"""Coming back with the return code, also when a page was sent after its cookie was lost."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from quiz.attempts.models import Attempt
from quiz.visitor.forms import CodeForm
from quiz.web.forms import render_form
from quiz.web.limits import TRIES, Tries, network_of, too_many


def attempt_with_code(request: HttpRequest, form: CodeForm) -> Attempt | None:
    """Return the attempt that the typed code opens; None, with an error in the form, if none does.

    A right code always works: with 80 random bits it can't be guessed, and a whole class may share
    the network. Only wrong codes count.
    """
    if not form.is_valid():
        return None
    codes = form.cleaned_data["code"]
    if found := Attempt.objects.by_any_code(codes):
        return found
    if codes and not Tries("resume code", {network_of(request): TRIES}).spend():
        words = _(
            "Too many wrong codes from your network. Wait ten minutes, or enter the right one."
        )
        form.add_error("code", too_many(words))
        return None
    form.add_error(
        "code",
        _(
            "This code doesn't open any answers. Check each letter and digit, and whether you "
            "deleted them."
        ),
    )
    return None


def ask_for_code(request: HttpRequest, form: CodeForm) -> HttpResponse:
    """Show a form that sends the same request again, with the code in place of the lost cookie."""
    sent = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "code"  # the page has a field of its own for it
    ]
    context = {"page_url": request.get_full_path(), "sent": sent}
    response = render_form(request, "quiz/return.html", form, context)
    if not form.is_bound:
        response.status_code = HTTPStatus.FORBIDDEN
    response["Cache-Control"] = "no-store"
    return response
