from django.db import migrations

from quiz.questionnaires.freezing import create_triggers, drop_triggers


def freeze(apps, schema_editor):
    create_triggers(schema_editor.connection)


def unfreeze(apps, schema_editor):
    drop_triggers(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("quiz", "0001_questionnaire_and_attempt")]

    operations = [migrations.RunPython(freeze, unfreeze)]
