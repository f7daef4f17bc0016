"""Access to the counselors' pages and the monthly report: an account and a login in two steps."""

from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from quiz.counseling.accounts import counselor_of
from quiz.counseling.monthly.months import SEE_REPORT
from quiz.web.private import View, private
from quiz.web.second_factor import ask_at, missing_step


def counselor_required(view: View) -> View:
    """Pass the counselor who logged in with both factors, or redirect to the missing step."""

    @wraps(view)
    def with_counselor(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        counselor = counselor_of(request)
        if counselor is None and request.user.is_authenticated:
            raise PermissionDenied
        step = missing_step(request)
        if step:
            return ask_at(request, step)
        return view(request, counselor, *args, **kwargs)

    return private(with_counselor)


def report_reader_required(view: View) -> View:
    """Let in anyone who has the permission and logged in with both factors, counselor or not."""

    @wraps(view)
    def with_reader(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.has_perm(SEE_REPORT):
            raise PermissionDenied
        step = missing_step(request)
        if step:
            return ask_at(request, step)
        return view(request, *args, **kwargs)

    return private(with_reader)
