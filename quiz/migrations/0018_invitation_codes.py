from django.db import migrations, models


class Migration(migrations.Migration):
    """Invitations made before this have no code, and their links keep working."""

    dependencies = [("quiz", "0017_drafts_first")]

    operations = [
        migrations.AddField(
            model_name=name,
            name="code_hash",
            field=models.CharField(editable=False, max_length=64, null=True, unique=True),
        )
        for name in ("clientinvitation", "grouplink")
    ]
