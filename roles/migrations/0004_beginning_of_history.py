from django.db import migrations

from roles.history import begin_histories


def begin(apps, schema_editor):
    begin_histories(apps, "roles")


class Migration(migrations.Migration):
    dependencies = [("roles", "0003_history")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
