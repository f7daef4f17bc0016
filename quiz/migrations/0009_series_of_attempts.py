from django.db import migrations
from django.db.models import F


def begin_a_series_each(apps, schema_editor):
    """Until now nothing said which attempts were one person's: each begins a series of its own."""
    attempts = apps.get_model("quiz", "Attempt").objects.using(schema_editor.connection.alias)
    attempts.filter(series="").update(series=F("code_hash"))


class Migration(migrations.Migration):
    dependencies = [("quiz", "0008_results_that_people_own")]

    operations = [migrations.RunPython(begin_a_series_each, migrations.RunPython.noop)]
