from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("quiz", "0015_clean_and_fold_names")]

    operations = [
        migrations.AlterModelOptions(
            name="client",
            options={
                "ordering": ["folded", "id"],
                "verbose_name": "client",
                "verbose_name_plural": "clients",
            },
        ),
        migrations.AlterModelOptions(
            name="clientgroup",
            options={
                "ordering": ["folded", "id"],
                "verbose_name": "client group",
                "verbose_name_plural": "client groups",
            },
        ),
        migrations.AlterModelOptions(
            name="counselor",
            options={
                "ordering": ["folded", "id"],
                "verbose_name": "counselor",
                "verbose_name_plural": "counselors",
            },
        ),
        migrations.AlterModelOptions(
            name="tag",
            options={
                "ordering": ["folded", "id"],
                "verbose_name": "tag",
                "verbose_name_plural": "tags",
            },
        ),
        migrations.AddIndex(
            "client",
            models.Index("counselor", "folded", "id", name="client_by_folded_name"),
        ),
        migrations.AddConstraint(
            "clientgroup",
            models.UniqueConstraint(fields=["counselor", "folded"], name="group_name_folded_once"),
        ),
        migrations.AddConstraint(
            "tag",
            models.UniqueConstraint(fields=["counselor", "folded"], name="tag_name_folded_once"),
        ),
    ]
