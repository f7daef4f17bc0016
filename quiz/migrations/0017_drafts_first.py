from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("quiz", "0016_names_once")]

    operations = [
        migrations.AlterModelOptions(
            name="questionnaireversion",
            options={
                "ordering": [
                    models.OrderBy(models.F("number"), descending=True, nulls_first=True),
                    "-pk",
                ],
                "permissions": [
                    ("publish_questionnaireversion", "Can publish a questionnaire version"),
                    ("retire_questionnaireversion", "Can retire a questionnaire version"),
                ],
                "verbose_name": "questionnaire version",
                "verbose_name_plural": "questionnaire versions",
            },
        ),
    ]
