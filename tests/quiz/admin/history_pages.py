"""Reading the history of a row, and editing the row."""

from tests.pages import page_of
from tests.quiz.admin.pages import values_of


def entries(client, row):
    return list(client.get(page_of(row, "history")).context["entries"])


def state(row, number=-1):
    """The address of an earlier state; the last entry is the oldest."""
    entry = list(row.history.all())[number]
    return f"{page_of(row, 'history')}{entry.pk}/"


def edit(client, row, **typed):
    response = client.post(page_of(row), values_of(client, row) | typed)
    assert response.status_code == 302, response.context["errors"]


def form_of(response):
    form = response.context["adminform"].form
    return {
        field.html_name: field.value() for field in form if field.value() not in (None, False, "")
    }
