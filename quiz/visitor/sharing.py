"""Links that show a result to others: create, open, revoke."""

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
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quiz.attempts.deletions import delete_for_good
from quiz.attempts.models import Attempt, ShareLink
from quiz.attempts.models.link import token_in
from quiz.attempts.models.sharing import OPENINGS_SHOWN, Opening
from quiz.core.verdict import INSUFFICIENT
from quiz.results.display import result_values
from quiz.results.share_picture import share_picture
from quiz.visitor.forms import PassphraseForm, ShareForm
from quiz.visitor.own_attempt import own_attempt, own_attempt_required
from quiz.web.errors import no_such_link
from quiz.web.forms import render_form, submitted
from quiz.web.limits import TRIES, TRIES_OF_ALL, Tries, network_of, too_many
from quiz.web.previews import is_fetched_ahead
from quiz.web.private import private
from quiz.web.qr_code import qr_code
from quiz.web.scarce import HASHES

OPENED_FOR = 3600  # seconds until a browser asks for the passphrase again
OPENED_COOKIE = "opened"


@require_http_methods(["GET", "HEAD", "POST"])
@own_attempt_required
def shares(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """List the visitor's own links, and create one to their newest result on POST.

    The button on the result (`one_tap`) makes no second link like one that is open already.
    """
    now = timezone.now()
    finished = Attempt.objects.newest_result_of(attempt)
    shared = finished or attempt
    form = ShareForm(
        submitted(request), keep_until=shared.keep_until, now=now, left_out=_left_out(shared)
    )
    own_links = ShareLink.objects.of_same_person(attempt).open_at(now)
    if finished and form.is_valid():
        if not ("one_tap" in request.POST and own_links.like_by_one_tap(finished).exists()):
            _make(finished, form)
        return redirect("quiz:shares")
    links = (
        own_links.select_related("attempt")
        .annotate(opened=Count("openings"))
        .order_by("-created_at", "id")  # a count drops the model's own order
        .prefetch_related(
            Prefetch("openings", Opening.objects.all()[:OPENINGS_SHOWN], to_attr="newest_openings")
        )
    )
    context = {"finished": finished, "open_url": attempt.way_on_url, "links": links}
    return render_form(request, "quiz/shares.html", form, context)


def _left_out(attempt: Attempt) -> list[str]:
    """Name the fields that would show nothing."""
    has_level = attempt.is_finished and attempt.stored_result.band != INSUFFICIENT
    left_out = {"shows_next_step": not attempt.next_step, "shows_picture": not has_level}
    return [name for name, is_left_out in left_out.items() if is_left_out]


def _make(attempt: Attempt, form: ShareForm) -> None:
    data = form.cleaned_data
    link = {
        "scope": data["scope"],
        "shown_name": data["shown_name"],
        "shows_next_step": data.get("shows_next_step", False),
        "shows_picture": data.get("shows_picture", False),
        "expires_at": form.expires_at,
        # Slow on purpose, so before the transaction.
        "passphrase_hash": make_password(data["passphrase"]) if data["passphrase"] else "",
    }
    try:
        with transaction.atomic():
            ShareLink.objects.make(pk=data["id"], attempt=attempt, **link)
    except IntegrityError:
        # The form was submitted twice, and the link exists already.
        return


@require_POST
@own_attempt_required
def revoke(request: HttpRequest, attempt: Attempt, link_id: uuid.UUID) -> HttpResponse:
    delete_for_good(ShareLink.objects.of_same_person(attempt).filter(pk=link_id))
    return redirect("quiz:shares")


# ---------------------------------------------------------------- what others see


@require_http_methods(["GET", "HEAD", "POST"])
@private
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """Show another person's result within the scope of their link."""
    link = ShareLink.objects.select_related("attempt").by_token(token, timezone.now())
    if link is None:
        raise no_such_link()
    path = reverse("quiz:shared", args=[token_in(token)])
    if not link.has_passphrase or _is_opened(request, link):
        return _shared_result(request, link, path)

    form = PassphraseForm(submitted(request))
    if form.is_valid():
        # First in line, then counted: a request refused as busy is no try.
        with HASHES.turn():
            is_right = _opens(request, link, form)
        if is_right:
            return _with_opened_cookie(redirect(path), link, path)
    return _not_indexed(render_form(request, "quiz/passphrase.html", form))


def _opens(request: HttpRequest, link: ShareLink, form: PassphraseForm) -> bool:
    """Say whether the passphrase is right. If it isn't, the form gets an error.

    A passphrase can be guessed, so even a right one counts until it is checked.
    """
    network = f"{link.pk} {network_of(request)}"
    tries = Tries("passphrase", {network: TRIES, str(link.pk): TRIES_OF_ALL})
    if not tries.spend():
        words = _("Too many wrong passphrases for this link. Wait ten minutes, then try again.")
        form.add_error("passphrase", too_many(words))
        return False
    if link.opens_with(form.cleaned_data["passphrase"]):
        tries.give_back()
        return True
    words = _("This isn't the passphrase. Ask the person who sent you the link.")
    form.add_error("passphrase", words)
    return False


@require_safe
@private
def shared_picture(request: HttpRequest, token: str) -> HttpResponse:
    """The picture that messengers show next to a link, if its owner ticked it."""
    link = ShareLink.objects.select_related("attempt").by_token(token, timezone.now())
    if link is None or not link.has_picture:
        raise no_such_link()
    attempt = link.attempt
    picture = share_picture(attempt.stored_result, attempt.questionnaire)
    return _not_indexed(HttpResponse(picture, content_type="image/png"))


def _shared_result(request: HttpRequest, link: ShareLink, path: str) -> HttpResponse:
    own = own_attempt(request)
    is_owner = own is not None and own.person == link.attempt.person
    if request.method == "GET" and not is_owner and not is_fetched_ahead(request.headers):
        link.log_opening(timezone.now())
    context = {
        **result_values(
            link.attempt, link.shows, is_own=False, shows_next_step=link.shows_next_step
        ),
        "whose": link.shown_name,
        "own": own,
        "is_owner": is_owner,
        "link": link,
        "picture": f"{path}picture.png" if link.has_picture else "",
        "qr_code": qr_code(f"{settings.SITE_URL}{path}"),
    }
    return _not_indexed(render(request, "quiz/shared.html", context))


def _not_indexed(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="quiz.opened")


def _cookie_value(link: ShareLink) -> str:
    # With another passphrase, the link asks for it again.
    return f"{link.pk}:{link.passphrase_hash[-12:]}"


def _with_opened_cookie(response: HttpResponse, link: ShareLink, path: str) -> HttpResponse:
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
