"""The page behind "Don't remind me": it works without an account, and says no one's name."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from quiz.counseling.reminders import Reminder
from quiz.web.errors import no_such_link
from quiz.web.private import private


@require_http_methods(["GET", "HEAD", "POST"])
@private
def stop_reminders(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, and stop reminders on POST: programs that check links in e-mails open them."""
    reminder = Reminder.objects.by_token_even_stopped(token)
    if reminder is None:
        raise no_such_link()
    if request.method == "POST":
        Reminder.objects.stop(reminder, timezone.now())
        return redirect(request.path)
    response = render(request, "quiz/stop_reminders.html", {"is_stopped": reminder.stopped_at})
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
