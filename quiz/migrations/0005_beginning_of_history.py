from django.db import migrations

from roles.history import begin_histories


def begin(apps, schema_editor):
    begin_histories(apps, "quiz")


class Migration(migrations.Migration):
    dependencies = [("quiz", "0004_spare_items_and_history")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
