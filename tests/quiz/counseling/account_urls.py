"""The site plus two test pages: one for counselors only, and one that shows who is logged in."""

from http import HTTPStatus

from django.http import HttpResponse
from django.urls import path

from quiz.counseling.accounts import counselor_of
from quiz.counseling.views.access import counselor_required
from quiz.web.accounts import with_accounts
from quizsite import urls

BEHIND = "/counselor/behind/"


@counselor_required
def behind(request, counselor):
    return HttpResponse(f"Hello {counselor.name}")


def whose(request):
    return HttpResponse(str(counselor_of(request)))


urlpatterns = [
    with_accounts(path("counselor/behind/", behind)),
    with_accounts(path("counselor/whose/", whose)),
    *urls.urlpatterns,
]
handler403, handler404 = urls.handler403, urls.handler404


def lets_in(client):
    return client.get(BEHIND).status_code == HTTPStatus.OK
