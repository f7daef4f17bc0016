"""The beginning of the history of what was there before history was kept."""

from typing import Any

from django.utils import timezone

BEGINNING = "As it stood when its history began"
# The reason in the first entry of a part that was written together with all others.
BEGAN_WITH_WHOLE = "Began with the whole"


def begin_histories(apps: Any, app_label: str) -> None:
    """Write a first entry for every row, in a migration; so a first change can be told and undone.

    `apps` is the migration's registry.
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
