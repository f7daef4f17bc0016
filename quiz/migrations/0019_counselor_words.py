from django.db import migrations, models


class Migration(migrations.Migration):
    """Reword what the admin and the log say; the stored values stay."""

    dependencies = [("quiz", "0018_invitation_codes")]

    operations = [
        migrations.AlterField(
            model_name="auditentry",
            name="action",
            field=models.CharField(
                choices=[
                    ("saw", "Opened a result"),
                    ("compared", "Compared results"),
                    ("reported", "Opened a group report"),
                    ("exported", "Exported results"),
                    ("invited", "Invitation"),
                    ("changed", "Edited a client"),
                    ("handed over", "Handed over a client"),
                    ("deleted", "Deleted a client"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="counselor",
            name="name",
            field=models.CharField(
                help_text="Clients see this name.", max_length=120, verbose_name="name"
            ),
        ),
    ]
