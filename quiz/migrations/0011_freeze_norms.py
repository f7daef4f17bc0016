from django.db import migrations

from quiz.questionnaires.freezing import freeze_norms_table, unfreeze_norms_table


def freeze(apps, schema_editor):
    freeze_norms_table(schema_editor.connection)


def unfreeze(apps, schema_editor):
    unfreeze_norms_table(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("quiz", "0010_evidence")]

    operations = [migrations.RunPython(freeze, unfreeze)]
