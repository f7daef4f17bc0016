"""How tests go through pages: taking the quiz, logging in, reading and sending forms."""

import re
from contextlib import contextmanager
from datetime import date
from unittest.mock import patch

import time_machine
from django.template.response import SimpleTemplateResponse
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils.formats import date_format

from quiz.attempts.models import Attempt
from quiz.counseling.models import Counselor
from tests.answers import page_answers
from tests.factories import NOON, PASSWORD, SECONDS_A_PAGE


def views(resolver: URLResolver | None = None, prefix: str = ""):
    """Yield the route and the view of every address."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from views(pattern, route)
        else:
            yield route, pattern.callback


def page_url(page: int) -> str:
    return f"/quiz/{page}/"


def take_quiz(client: Client, answers: dict[str, int], background: dict[str, str] | None = None):
    """Take the whole quiz at a reader's pace; return the response to the last POST."""
    with time_machine.travel(NOON, tick=False) as clock:
        client.post("/quiz/")
        for page in range(1, 5):
            clock.shift(SECONDS_A_PAGE)
            response = client.post(page_url(page), page_answers(page, answers))
            assert response.url == page_url(page + 1)
        clock.shift(SECONDS_A_PAGE)
        return client.post(page_url(5), background or {})


def only_attempt() -> Attempt:
    return Attempt.objects.get()


def chosen(response) -> dict[str, str]:
    """Return the checked radio buttons of a page: name and value."""
    inputs = re.findall(r"<input[^>]*type=\"radio\"[^>]*>", response.content.decode())
    return {
        re.search('name="([^"]*)"', i)[1]: re.search('value="([^"]*)"', i)[1]
        for i in inputs
        if re.search(r"\schecked\b", i)
    }


def give_password(client: Client, counselor: Counselor, password: str = PASSWORD, to: str = ""):
    """Send the first page of the login."""
    data = {"login": counselor.user.email, "password": password, "next": to}
    return client.post(reverse("account_login"), data)


def give_code(client: Client, code: str):
    """Send the second page of the login."""
    return client.post(reverse("mfa_authenticate"), {"code": code})


def text_of(response) -> str:
    return response.content.decode()


def lasting_text_of(response) -> str:
    """Return a page without its hidden fields, which hold another token each time."""
    return re.sub(r'<input type="hidden"[^>]*>', "", text_of(response))


def fields_with_errors(response) -> set[str]:
    return {
        radios or other
        for radios, other in re.findall(
            r'id="(?:error-(\w+)|id_([\w-]+)_error)"', text_of(response)
        )
    }


def shown_date(year: int, month: int, day: int) -> str:
    """Return a date as every page writes it."""
    return date_format(date(year, month, day), "DATE_FORMAT")


def list_of(model):
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/"


def page_of(row, page="change"):
    return f"{list_of(type(row))}{row.pk}/{page}/"


@contextmanager
def undrawn():
    """Leave pages of the admin undrawn, which takes most of the time of a request."""
    with patch.object(SimpleTemplateResponse, "rendered_content", ""):
        yield


def values_at(client, address, empty=None):
    """Open a form of the admin, and return what `form_values` does."""
    with undrawn():
        return form_values(client.get(address), empty)


def form_values(response, empty=None):
    """Return what a browser sends when nothing was edited, with `empty` for empty fields."""
    context = response.context_data
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    values = {}
    for form in forms:
        for field in form:
            value = field.value()
            is_empty = value is None or value is False or value == ""
            if not is_empty or empty is not None:
                values[field.html_name] = empty if is_empty else value
    seen = context.get("seen")
    return values | ({"seen": seen} if seen else {})
