from django.db import migrations, models

from quiz.attempts.indexes import AddIndexWithoutPause


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("quiz", "0024_logs_without_names"),
    ]

    operations = [
        AddIndexWithoutPause(
            model_name="attempt",
            index=models.Index(
                fields=["saved_at", "id"],
                condition=models.Q(finished_at=None),
                name="attempt_unfinished",
            ),
        ),
    ]
