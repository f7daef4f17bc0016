from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("quiz", "0019_counselor_words")]

    operations = [
        migrations.AddField(
            model_name="attempt",
            name="next_step",
            field=models.CharField(blank=True, default="", editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name="disclosure",
            name="shows_next_step",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="sharelink",
            name="shows_next_step",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="sharelink",
            name="shows_picture",
            field=models.BooleanField(default=False),
        ),
    ]
