import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Rename the models in Python. Tables, constraints and indexes keep their names."""

    dependencies = [("quiz", "0011_freeze_norms")]

    operations = [
        # The table is named before the model is renamed, so that no table has to be.
        migrations.AlterModelTable(name="liking", table="quiz_liking"),
        migrations.AlterModelTable(name="likingcount", table="quiz_likingcount"),
        migrations.RenameModel(old_name="Liking", new_name="Interest"),
        migrations.RenameModel(old_name="LikingCount", new_name="InterestCount"),
        migrations.AlterModelOptions(
            name="interest",
            options={"verbose_name": "interest", "verbose_name_plural": "interests"},
        ),
        migrations.AlterModelOptions(
            name="interestcount",
            options={"verbose_name": "interest count", "verbose_name_plural": "interest counts"},
        ),
        migrations.AlterField(
            model_name="interest",
            name="attempt",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="interests",
                to="quiz.attempt",
            ),
        ),
    ]
