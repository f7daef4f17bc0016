"""Forms that other sites send in a visitor's name are refused.

Staff's forms carry Django's token. Visitors' forms carry none: their pages are the same for
everyone, and the browser says where a form comes from. Why:
`docs/decisions/2026-11-30-forms-without-token.md`.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from quiz.web.accounts import has_accounts
from quiz.web.private import View
from quizsite.errors import csrf_failure, is_form, not_a_form

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
OWN = {"same-origin", "none"}  # "none": the person did it, as when a closed tab is opened again
REASON = "Sent by another site"


class ForgedForms(CsrfViewMiddleware):
    """Check the token of addresses with accounts, and what the browser says at the others."""

    def process_request(self, request: HttpRequest) -> None:
        """Do nothing yet: `process_view` knows whether the address has accounts."""

    def process_view(  # type: ignore[override]  # Django's stubs know no answer but 403.
        self,
        request: HttpRequest,
        callback: View,
        callback_args: tuple[Any, ...],
        callback_kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        if has_accounts(callback):
            super().process_request(request)
            return super().process_view(request, callback, callback_args, callback_kwargs)
        if request.method in SAFE_METHODS:
            return None
        if getattr(callback, "csrf_exempt", False):  # the API, which reads no cookie
            return None
        if self._is_from_elsewhere(request):
            return csrf_failure(request, REASON)
        return None if is_form(request) else not_a_form(request)

    def _is_from_elsewhere(self, request: HttpRequest) -> bool:
        """Ask Sec-Fetch-Site, which a page can't set; browsers without it send Origin.

        A request with neither comes from a program, or from a browser older than 2020, which sends
        our cookie with its own pages' forms only (SameSite=Lax).
        """
        site = request.META.get("HTTP_SEC_FETCH_SITE")
        if site in OWN:
            return False
        if "HTTP_ORIGIN" in request.META:
            # Django's stubs leave out what starts with an underscore.
            return not self._origin_verified(request)  # type: ignore[attr-defined]
        return site is not None
