"""First history entries for rows that are older than their history, and comparing states."""

import re
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

BEGINNING = "As it stood when its history began"
# The change reason of rows that were created together with the whole they belong to.
BEGAN_WITH_WHOLE = "Began with the whole"


def begin_histories(apps: Any, app_label: str) -> None:
    """Write a first history entry for every row, so that its next change can be shown and undone.

    For migrations: `apps` is the migration's app registry.
    """
    now = timezone.now()
    for historical in apps.get_app_config(app_label).get_models():
        if not historical.__name__.startswith("Historical"):
            continue
        model = apps.get_model(app_label, historical.__name__.removeprefix("Historical"))
        names = [field.attname for field in model._meta.concrete_fields]
        historical.objects.bulk_create(
            (
                historical(
                    history_date=now,
                    history_type="+",
                    history_change_reason=BEGINNING,
                    **{name: getattr(row, name) for name in names},
                )
                for row in model.objects.all()
            ),
            batch_size=500,
        )


def plain_lines(text: str) -> str:
    """End lines as the database stores them; browsers send others, which isn't an edit."""
    return re.sub(r"\r\n?", "\n", text)


def differing(fields: Iterable[Any], one: Any, other: Any) -> list[Any]:
    """Select the fields in which two states of a row differ; line ends don't count."""
    return [
        field
        for field in fields
        if _plain(getattr(one, field.attname)) != _plain(getattr(other, field.attname))
    ]


def _plain(value: Any) -> Any:
    return plain_lines(value) if isinstance(value, str) else value
