from django.db import migrations

from quiz.web.fields import folded_name
from quiz.web.names import clean_line

BATCH = 500
UNNAMED = "Unnamed"


def clean_and_fold(apps, schema_editor):
    """Clean every name. Groups and tags that now have one name get a number behind it."""
    for model, order in (
        ("Counselor", "pk"),
        ("Client", "pk"),
        ("ClientGroup", "created_at"),
        ("Tag", "pk"),
    ):
        taken = set()
        rows = list(apps.get_model("quiz", model).objects.order_by(order, "pk"))
        for row in rows:
            row.name = name = clean_line(row.name) or UNNAMED
            row.folded = folded_name(name)
            number = 2
            while model in ("ClientGroup", "Tag") and (row.counselor_id, row.folded) in taken:
                ending = f" ({number})"
                longest = row._meta.get_field("name").max_length - len(ending)
                row.name = name[:longest] + ending
                row.folded = folded_name(row.name)
                number += 1
            taken.add((getattr(row, "counselor_id", None), row.folded))
        apps.get_model("quiz", model).objects.bulk_update(rows, ["name", "folded"], BATCH)

    links = list(apps.get_model("quiz", "ShareLink").objects.exclude(shown_name=""))
    for link in links:
        link.shown_name = clean_line(link.shown_name)
    apps.get_model("quiz", "ShareLink").objects.bulk_update(links, ["shown_name"], BATCH)


class Migration(migrations.Migration):
    dependencies = [("quiz", "0014_folded_names")]

    operations = [migrations.RunPython(clean_and_fold, migrations.RunPython.noop)]
