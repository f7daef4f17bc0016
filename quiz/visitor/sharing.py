"""Showing one's result to others by a link: making it, what it shows, taking it back."""

import uuid

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.signing import BadSignature, TimestampSigner
from django.db import IntegrityError, transaction
from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from quiz.attempts.models import Attempt, ShareLink
from quiz.attempts.models.sharing import OPENINGS_SHOWN, Opening
from quiz.results.display import result_values
from quiz.visitor.forms import PassphraseForm, ShareForm
from quiz.visitor.own_attempt import own_attempt, own_attempt_required
from quiz.web.errors import no_such_link
from quiz.web.limits import Tries
from quiz.web.private import private
from quiz.web.qr_code import qr_code

OPENED_FOR = 3600  # seconds that a passphrase holds in a browser
OPENED_COOKIE = "opened"


@require_http_methods(["GET", "HEAD", "POST"])
@own_attempt_required
def shares(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """List one's own links, and make one."""
    now = timezone.now()
    submitted = request.POST if request.method == "POST" else None
    form = ShareForm(submitted, keep_until=attempt.keep_until, now=now)
    if attempt.is_finished and form.is_valid():
        _make(attempt, form)
        return redirect("quiz:shares")
    links = (
        ShareLink.objects.of_same_person(attempt)
        .open_at(now)
        .select_related("attempt")
        .annotate(opened=Count("openings"))
        .prefetch_related(
            Prefetch("openings", Opening.objects.all()[:OPENINGS_SHOWN], to_attr="newest_openings")
        )
    )
    context = {
        "attempt": attempt,
        "form": form,
        "links": links,
        "keep_until": form.keep_until,
    }
    return render(request, "quiz/shares.html", context, status=400 if form.errors else 200)


def _make(attempt: Attempt, form: ShareForm) -> None:
    data = form.cleaned_data
    link = {
        "scope": data["scope"],
        "shown_name": data["shown_name"],
        "expires_at": form.expires_at,
        # Slow on purpose, so not while the database waits.
        "passphrase_hash": make_password(data["passphrase"]) if data["passphrase"] else "",
    }
    try:
        with transaction.atomic():
            ShareLink.objects.make(pk=data["id"], attempt=attempt, **link)
    except IntegrityError:
        # The same form was sent twice: the link is there already.
        return


@require_POST
@own_attempt_required
def revoke(request: HttpRequest, attempt: Attempt, link_id: uuid.UUID) -> HttpResponse:
    with transaction.atomic():
        ShareLink.objects.of_same_person(attempt).filter(pk=link_id).delete()
    return redirect("quiz:shares")


# ---------------------------------------------------------------- what others see


@require_http_methods(["GET", "HEAD", "POST"])
@private
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """Show somebody's result within the scope of their link."""
    link = ShareLink.objects.select_related("attempt").by_token(token, timezone.now())
    if link is None:
        raise no_such_link()
    path = reverse("quiz:shared", args=[token])
    if not link.has_passphrase or _is_opened(request, link):
        return _shown(request, link, path)

    form = PassphraseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        tries = Tries(request, "passphrase", str(link.pk))
        tries.spend()
        if link.opens_with(form.cleaned_data["passphrase"]):
            tries.give_back()
            return _remembered(redirect(path), link, path)
        form.add_error("passphrase", _("This is not the passphrase. Ask whoever sent the link."))
    response = render(
        request, "quiz/passphrase.html", {"form": form}, status=400 if form.errors else 200
    )
    return _for_nobody_else(response)


def _shown(request: HttpRequest, link: ShareLink, path: str) -> HttpResponse:
    own = own_attempt(request)
    if request.method == "GET" and not (own and own.series == link.attempt.series):
        link.log_opening(timezone.now())
    context = {
        **result_values(link.attempt, link.shows, is_own=False),
        "whose": _("%(name)s's result") % {"name": link.shown_name} if link.shown_name else "",
        "link": link,
        "qr_code": qr_code(f"{settings.SITE_URL}{path}"),
    }
    return _for_nobody_else(render(request, "quiz/shared.html", context))


def _for_nobody_else(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="quiz.opened")


def _cookie_value(link: ShareLink) -> str:
    # A link whose passphrase is another one by now has to be opened anew.
    return f"{link.pk}:{link.passphrase_hash[-12:]}"


def _remembered(response: HttpResponse, link: ShareLink, path: str) -> HttpResponse:
    response.set_cookie(
        OPENED_COOKIE,
        _signer().sign(_cookie_value(link)),
        max_age=OPENED_FOR,
        path=path,
        secure=settings.ATTEMPT_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _is_opened(request: HttpRequest, link: ShareLink) -> bool:
    try:
        value = _signer().unsign(request.COOKIES.get(OPENED_COOKIE, ""), max_age=OPENED_FOR)
    except BadSignature:
        return False
    return value == _cookie_value(link)
